#!/usr/bin/env python3
"""rollout_test.py WEIR PLUGINS: plan, apply, history, rollback, diff and upgrade."""

import fcntl
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, eventually, file_job, wait_for_line  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = '# Every job.\n[host]\nhttp = "127.0.0.1:0"\n'
KILLED = -signal.SIGKILL
WORK = 4

# Passed by every apply that succeeds; by one that is turned back; and by neither of the tests below
# in a way that could be told apart.
FORWARD = [
    "rollout.generation-kept",
    "rollout.journalled",
    "rollout.carried-out",
    "rollout.step-journalled",
    "rollout.lock-switched",
    "rollout.jobs-written",
    "rollout.history-written",
]
BACK = ["rollout.turned-back", "rollout.undone"]


def copy_job(name, entry="", source="words"):
    """A job that never ends."""
    return file_job(
        "words",
        "copy",
        {"source": {"words": source}, "sink": {"copies": "copies-" + name}},
        entry=entry,
        source="follow = true",
        name=name,
    )


class Rollout(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.jobs = self.enterContext(JobsFolder(self.weir))
        self.folder, self.write = self.jobs.path, self.jobs.write
        (self.folder / "lib").mkdir()
        self.jobs.plugins = [str(self.folder / "lib")]
        self.address = []
        self.put_plugin("")
        self.write("words.jsonl", "")

    def put_plugin(self, version):
        """The file is exchanged, not written over: a host may have it mapped."""
        fresh = self.folder / "lib/fresh"
        shutil.copy(self.plugins / version / "libwords.so", fresh)
        fresh.rename(self.folder / "lib/libwords.so")

    def write_jobs(self, *jobs):
        self.write("jobs.toml", HOST + "".join(jobs))

    def weir_call(self, *words, code=0, crash=None):
        done = subprocess.run(
            self.jobs.command(*words, *self.address),
            cwd=self.folder,
            timeout=120,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "USER": "ann", **({"WEIR_CRASH": crash} if crash else {})},
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def lock(self):
        return tomllib.loads((self.folder / "jobs.lock").read_text())

    def versions(self):
        return {job["name"]: job["version"] for job in self.lock()["job"]}

    def start_host(self):
        process = self.jobs.start()
        port = wait_for_line(process, r"control API at http://127.0.0.1:(\d+)").group(1)
        self.address = ["--http", "127.0.0.1:" + port]
        return process

    def stop_host(self, process):
        process.terminate()
        process.communicate(timeout=60)
        self.address = []

    def running(self):
        """Versions of the jobs that run."""
        connection = http.client.HTTPConnection(self.address[1], timeout=30)
        connection.request("GET", "/v1/jobs")
        jobs = json.loads(connection.getresponse().read())["jobs"]
        connection.close()
        return {job["name"]: job["plugin_version"] for job in jobs if job["state"] == "running"}


class WithoutAHost(Rollout):
    def test_an_apply_writes_down_what_a_plan_said(self):
        self.write_jobs(copy_job("a"), copy_job("b"))
        plan = self.weir_call("plan", code=WORK)
        self.assertIn("a: start  words 1.2.0  (is new)", plan)
        self.assertIn("2 jobs to change, 0 unchanged, from generation 0", plan)
        self.assertFalse((self.folder / "jobs.lock").exists())

        self.assertIn("generation 1", self.weir_call("apply"))

        self.assertEqual(self.versions(), {"a": "1.2.0", "b": "1.2.0"})
        self.assertIn("nothing to do: 2 jobs", self.weir_call("plan"))
        self.assertIn("nothing to do", self.weir_call("apply"))

    def test_new_code_is_applied_and_taken_back(self):
        self.write_jobs(copy_job("a"))
        self.weir_call("apply")
        self.put_plugin("words-1.3")
        document = json.loads(self.weir_call("plan", "--json", code=WORK))
        change = document["jobs"][0]
        self.assertEqual(
            [change[key] for key in ("change", "old_version", "new_version", "way_back")],
            ["swap", "1.2.0", "1.3.0", "forward"],
        )
        self.weir_call("apply")
        self.assertEqual(self.versions(), {"a": "1.3.0"})
        self.assertIn("code 1.3.0 instead of 1.2.0", self.weir_call("diff", "1", "2", code=WORK))
        self.weir_call("diff", "2", "2")

        self.weir_call("rollback")
        self.assertEqual((self.lock()["generation"], self.versions()), (3, {"a": "1.2.0"}))
        self.weir_call("rollback", "2")
        self.assertEqual((self.lock()["generation"], self.versions()), (4, {"a": "1.3.0"}))
        self.assertIn("generation 9 is not kept", self.weir_call("rollback", "9", code=1))

        history = self.weir_call("history").splitlines()
        self.assertEqual(len(history), 4)
        self.assertRegex(history[2], r"^3 .* ann +rollback to 1 +applied .* a swap$")

    def test_a_plan_is_stale_once_something_moved(self):
        self.write_jobs(copy_job("a"))
        self.weir_call("plan", "--out", "next.plan", code=WORK)
        self.put_plugin("words-1.3")
        told = self.weir_call("apply", "next.plan", code=1)
        self.assertIn("next.plan is stale: a: plugin words is another file", told)
        self.put_plugin("")
        self.write_jobs(copy_job("a"), copy_job("b"))
        told = self.weir_call("apply", "next.plan", code=1)
        self.assertIn("jobs.toml has another text", told)
        self.assertIn("b is new", told)
        self.assertFalse((self.folder / "jobs.lock").exists())

        self.write_jobs(copy_job("a"))
        self.weir_call("apply", "next.plan")
        told = self.weir_call("apply", "next.plan", code=1)
        self.assertIn("the generation is 1, the plan is from 0", told)

    def test_a_second_apply_is_told_about_the_first(self):
        self.write_jobs(copy_job("a"))
        place = self.folder / "var/state/rollout"
        place.mkdir(parents=True)
        with open(place / "LOCK", "w", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertIn("another apply is under way", self.weir_call("apply", code=3))
        self.weir_call("apply")

    def test_mistakes_of_both_files_are_told_with_their_lines(self):
        self.write_jobs(copy_job("a"), "[[job]]\n")
        self.assertIn("jobs.toml:", self.weir_call("plan", code=1))
        self.write_jobs(copy_job("a"))
        self.write("jobs.lock", "generation = 1\ncolour = 7\n")
        self.assertIn("jobs.lock:2:1: colour: found an unknown key", self.weir_call("plan", code=1))

    def test_an_apply_that_is_killed_anywhere_is_finished_by_the_next_start(self):
        self.write_jobs(copy_job("a"))
        self.weir_call("apply")
        for number, point in enumerate(FORWARD):
            self.put_plugin("words-1.3" if number % 2 == 0 else "")
            self.weir_call("apply", code=KILLED, crash=point + ":1")
            host = self.start_host()
            expected = "1.3.0" if number % 2 == 0 else "1.2.0"
            if point == "rollout.generation-kept":
                expected = "1.2.0"  # It had not begun.
            eventually(lambda: self.running() == {"a": expected})  # noqa: B023
            self.stop_host(host)
            self.assertEqual(self.versions(), {"a": expected}, point)
            self.assertFalse((self.folder / "var/state/rollout/journal.json").exists())
            self.weir_call("apply")


class Running(Rollout):
    def start_with(self, *names):
        self.write_jobs(*map(copy_job, names))
        self.weir_call("apply")
        host = self.start_host()
        eventually(lambda: len(self.running()) == len(names))
        return host

    def test_jobs_change_while_the_others_run(self):
        self.start_with("a", "b", "c")
        self.put_plugin("words-1.3")
        self.write_jobs(copy_job("a"), copy_job("b", entry='version = "=1.2.0"'), copy_job("d"))
        plan = self.weir_call("plan", code=WORK)
        self.assertRegex(plan, r"a: swap  words 1.2.0 → 1.3.0")

        told = self.weir_call("apply")

        self.assertRegex(told, r"a: swap  1.2.0 → 1.3.0  gap \d+ ms")
        self.assertEqual(self.running(), {"a": "1.3.0", "b": "1.2.0", "d": "1.3.0"})
        self.assertIn("nothing to do", self.weir_call("plan"))
        steps = json.loads(self.weir_call("history", "--json").splitlines()[-1])["steps"]
        self.assertEqual({step["job"]: step["change"] for step in steps},
                         {"a": "swap", "d": "start", "c": "stop"})
        self.assertGreater(steps[0]["gap_ms"], 0)

        self.weir_call("rollback")
        self.assertEqual(self.running(), {"a": "1.2.0", "b": "1.2.0", "c": "1.2.0"})

    def test_a_job_that_does_not_come_up_turns_all_back(self):
        self.start_with("a", "b")
        before = self.lock()
        self.put_plugin("words-1.3")
        self.write_jobs(copy_job("a"), copy_job("b", source="no/such/folder/words"))

        told = self.weir_call("apply", code=1)

        self.assertIn("undone: b: ", told)
        self.assertEqual(self.running(), {"a": "1.2.0", "b": "1.2.0"})
        self.assertEqual(self.lock(), before)
        self.assertRegex(self.weir_call("history"), r"undone: b: ")

    def test_an_apply_that_is_killed_anywhere_is_finished_by_the_next(self):
        self.start_with("a", "b")
        for number, point in enumerate(FORWARD):
            is_new = number % 2 == 0
            self.put_plugin("words-1.3" if is_new else "")
            self.weir_call("apply", code=KILLED, crash=point + ":1")
            self.weir_call("apply")
            self.assertEqual(set(self.running().values()), {"1.3.0" if is_new else "1.2.0"}, point)
            self.assertEqual(self.running(), self.versions(), point)
            self.assertIn("nothing to do", self.weir_call("plan"))

    def test_one_that_is_killed_on_its_way_back_is_undone_by_the_next(self):
        self.start_with("a", "b")
        before = self.lock()
        for point in BACK:
            self.put_plugin("words-1.3")
            self.write_jobs(copy_job("a"), copy_job("b", source="no/such/folder/words"))
            self.weir_call("apply", code=KILLED, crash=point + ":1")
            self.put_plugin("")
            self.write_jobs(copy_job("a"), copy_job("b"))
            self.assertIn("undone: b: ", self.weir_call("apply"))
            self.assertEqual(self.running(), {"a": "1.2.0", "b": "1.2.0"}, point)
            self.assertEqual(self.lock(), before)

    def test_the_points_to_die_at_are_those_of_the_source(self):
        names = set()
        for path in (ROOT / "runtime/rollout").glob("*.cc"):
            names.update(re.findall(r'WEIR_CRASH_POINT\("([^"]+)"\)', path.read_text()))
        self.assertEqual(names, {*FORWARD, *BACK})

    def test_only_weir_itself_changes_what_runs(self):
        self.start_with("a")
        connection = http.client.HTTPConnection(self.address[1], timeout=30)
        self.addCleanup(connection.close)
        for headers, target, status in [
            ({}, "/v1/jobs/a/stop", 403),
            ({"Weir-Control": "1"}, "/v1/jobs/a/jump", 404),
            ({"Weir-Control": "1"}, "/v1/jobs/a/start?generation=x", 404),
        ]:
            connection.request("POST", target, headers=headers)
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, status, target)
        self.assertEqual(self.running(), {"a": "1.2.0"})


class Bulk(Rollout):
    def set_up_jobs(self):
        pinned = 'version = "=1.2.0"  # stays\n'
        self.write_jobs(*(copy_job(name, entry=pinned) for name in ("a-1", "a-2", "a-3", "b-1")))
        self.weir_call("apply")

    def test_an_upgrade_goes_in_waves_and_keeps_the_text(self):
        self.set_up_jobs()
        self.start_host()
        eventually(lambda: len(self.running()) == 4)
        text = (self.folder / "jobs.toml").read_text()
        self.put_plugin("words-1.3")

        told = self.weir_call(
            "upgrade", "--plugin", "words", "--to", "1.3.0", "--jobs", "a-*",
            "--wave", "1,100%", "--probation", "0s",
        )

        self.assertIn("wave 1 of 2: 1 job\n", told)
        self.assertIn("wave 2 of 2: 2 jobs\n", told)
        self.assertEqual(
            self.running(), {"a-1": "1.3.0", "a-2": "1.3.0", "a-3": "1.3.0", "b-1": "1.2.0"}
        )
        edited = (self.folder / "jobs.toml").read_text()
        self.assertEqual(edited, text.replace("=1.2.0", "=1.3.0", 3))
        self.assertIn("nothing to do", self.weir_call("plan"))

    def test_an_upgrade_that_is_killed_goes_on(self):
        self.set_up_jobs()
        self.put_plugin("words-1.3")
        words = ["upgrade", "--plugin", "words", "--to", "1.3.0", "--wave", "1,50%,100%"]
        for wave in (1, 2):
            self.weir_call(*words, code=KILLED, crash="rollout.lock-switched:%d" % wave)
        self.weir_call(*words)
        self.assertEqual(set(self.versions().values()), {"1.3.0"})
        self.assertIn("nothing to do", self.weir_call("plan"))

    def test_a_version_that_is_nowhere_is_refused(self):
        self.set_up_jobs()
        text = (self.folder / "jobs.toml").read_text()
        told = self.weir_call("upgrade", "--plugin", "words", "--to", "9.0.0", code=1)
        self.assertIn("=9.0.0", told)
        self.assertEqual((self.folder / "jobs.toml").read_text(), text)


if __name__ == "__main__":
    Rollout.plugins = pathlib.Path(sys.argv.pop()).resolve()
    Rollout.weir = pathlib.Path(sys.argv.pop()).resolve()
    unittest.main()
