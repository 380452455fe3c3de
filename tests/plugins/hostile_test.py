#!/usr/bin/env python3
"""A plugin that breaks the contract fails its own job, with a sentence, and no other one.

  hostile_test.py WEIR PLUGIN_FOLDER
"""

import json
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, eventually, file_job, log_until  # noqa: E402  (of tests/run)

WEIR, PLUGINS = sys.argv[1:3]

PORTS = {"source": ["in"], "sink": ["out"], "side": ["errors"]}
# It is in the middle of its work when the bad job ends: its input has no end.
GOOD = file_job("minimal", "words", {"source": ["lines"], "sink": ["totals"]},
                source="follow = true", name="good")

# What each job of the plugin `hostile` does, and how it ends.
FAILURES = {
    "refuse-row-beyond": "operator kept: filter: refused row 55 of 50",
    "unknown-status": "operator kept: filter: returned unknown status 77",
    "long-message": "operator kept: filter: " + 496 * "x",
    "reserve-too-many": "operator copied: output: reserved 1000000 rows, not 1 to 4096",
    "commit-too-many": "operator copied: output: committed 2 rows where 1 were reserved",
    "source-beyond": "operator copied: output: committed a row made from row 1050 of 50",
    "fire-source-beyond": "operator first: output: committed a row made from row 5 of 5",
    "create-fails": "create job create-fails of plugin hostile: does not feel like it",
    "create-nothing": "create job create-nothing of plugin hostile: create returned no instance",
    "forget-function": "operator copied: has no function map",
}

EVENT = {
    "at": 1000, "user": "ann", "room": 1, "mood": "Calm", "is_teacher": False, "i8": 1, "i16": 1,
    "i64": 1, "u8": 1, "u16": 1, "u32": 1, "u64": 1, "f32": 1, "f64": 1, "payload": "", "tag": "",
    "place": {"row": 1, "seat": 1}, "score": 1, "note": None,
}


class Hostile(unittest.TestCase):
    def setUp(self):
        self.jobs = self.enterContext(JobsFolder(WEIR, PLUGINS))
        self.jobs.write_rows("lines.jsonl", [{"at": 1_000, "text": "to be"}])
        self.jobs.write_rows("in.jsonl", [{"at": i * 100, "value": i % 10} for i in range(50)])

    def run_jobs(self, plugin, job, ports=None, more=""):
        """Exit code and log of both jobs; the good one has gone on when the bad one was over."""
        bad = file_job(plugin, job, ports or PORTS, name="bad") + more
        self.jobs.write("jobs.toml", "[host]\nworkers = 2\n" + bad + GOOD)
        process = self.jobs.start()
        log = log_until(process, r"\] bad: (failed|finished|did not start)")
        with open(self.jobs.path / "lines.jsonl", "a", encoding="utf-8") as lines:
            lines.write(json.dumps({"at": 60_000, "text": "or"}) + "\n")
        eventually(lambda: len(self.jobs.rows("totals.jsonl")) == 2)
        process.send_signal(signal.SIGTERM)
        log += process.communicate(timeout=60)[1]
        words = sorted(row["word"] for row in self.jobs.rows("totals.jsonl"))
        self.assertEqual(words, ["be", "to"], log)
        return process.returncode, log

    def test_a_broken_contract_fails_the_job_with_a_sentence(self):
        for job, message in FAILURES.items():
            with self.subTest(job):
                self.setUp()
                code, log = self.run_jobs("hostile", job)
                self.assertEqual(code, 1, log)
                self.assertIn(message, log)

    def test_a_refused_row_is_set_aside_alone(self):
        code, log = self.run_jobs("hostile", "refuse-row")

        self.assertEqual(code, 0, log)
        errors = self.jobs.rows("errors.jsonl")
        self.assertEqual([error["reason"] for error in errors], 5 * ["not a 7"])
        self.assertEqual(sorted(row["value"] for row in self.jobs.rows("out.jsonl")),
                         [0, 1, 2, 3, 4, 5, 6, 8, 9])

    def test_keys_from_nowhere_are_errors_of_their_rows(self):
        code, log = self.run_jobs("hostile", "key-from-nowhere")

        self.assertEqual(code, 0, log)
        self.assertEqual(len(self.jobs.rows("errors.jsonl")), 50)
        self.assertEqual(self.jobs.rows("out.jsonl"), [])

    def test_rows_whose_functions_throw_leave_no_trace(self):
        ports = {"source": ["left", "right"], "sink": ["scores", "last-events", "pairs"],
                 "side": ["errors"]}
        self.jobs.write("banned.txt", "nobody\n")
        users = ["ann", "throw-in-filter", "throw-in-map", "throw-in-add", "ann"]
        self.jobs.write_rows("left.jsonl", [EVENT | {"user": user} for user in users])
        self.jobs.write_rows("right.jsonl", [])

        code, log = self.run_jobs(
            "minimal", "kinds", ports, '[job.pool.banned]\npath = "banned.txt"\n')

        self.assertEqual(code, 0, log)
        reasons = {error["reason"] for error in self.jobs.rows("errors.jsonl")}
        self.assertEqual(reasons, {"filter: asked to throw", "map: asked to throw",
                                   "add: asked to throw"})
        scores = [row for row in self.jobs.rows("scores.jsonl") if row["user"] == "ann!"]
        self.assertEqual({row["rows"] for row in scores}, {2})


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
