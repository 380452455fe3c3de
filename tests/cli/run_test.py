#!/usr/bin/env python3
"""run_test.py WEIR PLUGINS: weir run, and what one sees of it from outside."""

import fcntl
import http.client
import json
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

COPY = """
[host]
http = "127.0.0.1:0"

[[job]]
name = "copy"
plugin = "words"
type = "copy"
params = { length_min = 3 }
  [job.source.words]
  connector = "file"
  path = "words.jsonl"
  [job.sink.copies]
  connector = "file"
  path = "copies.jsonl"
  [job.side.filtered]
  connector = "file"
  path = "filtered.jsonl"
  [job.side.errors]
  connector = "file"
  path = "errors.jsonl"
"""

COUNT = """
[[job]]
name = "count"
plugin = "words"
type = "count"
  [job.source.words]
  connector = "file"
  path = "words.jsonl"
  [job.sink.counts]
  connector = "stdout"
"""

# Never ends.
FOLLOW = COPY.replace('path = "words.jsonl"', 'path = "words.jsonl"\n  follow = true')

T0 = 1_795_248_000_000


def words(count):
    """Records of 26 words, 20 a second of event time."""
    for number in range(count):
        word = "abcdefghijklmnopqrstuvwxyz"[number % 26] * (number % 7 + 1)
        yield {"tm": T0 + number * 50, "word": word, "mood": "Calm", "length": len(word)}


class Run(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def write_words(self, count, extra=""):
        self.write("words.jsonl", "".join(json.dumps(word) + "\n" for word in words(count)) + extra)

    def read(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def start(self, *arguments):
        process = subprocess.Popen(
            [str(self.weir), "run", "jobs.toml", "--plugin-path", str(self.plugins), *arguments],
            cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def finish(self, code, process):
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + error)
        return out, error

    def port_of(self, process):
        """Where it answers, once it says so."""
        for line in process.stderr:
            found = re.search(r"control API at http://127.0.0.1:(\d+)", line)
            if found:
                return int(found.group(1))
        self.fail("no control API")

    def get(self, port, target, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", target, headers={"Host": host or f"127.0.0.1:{port}"})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def wait_for_records(self, port, count):
        while True:
            job = json.loads(self.get(port, "/v1/jobs/copy")[1])
            if job.get("records_in", 0) >= count:  # It may not be there yet.
                return job


class Finishing(Run):
    def test_every_row_is_in_exactly_one_place(self):
        self.write("jobs.toml", COPY)
        self.write_words(5_000, extra='{"tm": "never"}\nno json\n')
        self.finish(0, self.start())

        copies, filtered = self.read("copies.jsonl"), self.read("filtered.jsonl")
        self.assertEqual(len(self.read("errors.jsonl")), 2)
        expected = [word for word in words(5_000) if word["length"] >= 3]
        self.assertEqual(sorted(copies, key=lambda word: word["tm"]), expected)
        self.assertEqual(len(copies) + len(filtered), 5_000)

    def test_windows_of_an_ended_file_are_complete(self):
        self.write("jobs.toml", COUNT)
        self.write_words(5_000)
        out, error = self.finish(0, self.start())

        expected = {}
        for word in words(5_000):
            key = (word["word"], word["tm"] // 10_000 * 10_000)
            expected[key] = expected.get(key, 0) + 1
        counts = {}
        for line in out.splitlines():
            row = json.loads(line.split(" ", 1)[1])
            key = (row["word"], row["window_start"])
            self.assertNotIn(key, counts)
            counts[key] = row["count"]
        self.assertEqual(counts, expected)
        self.assertIn("count: finished: 5000 records in", error)

    def test_a_job_that_fails_is_told_and_leaves_the_others_alone(self):
        stopping = COPY.replace('type = "copy"', 'type = "copy"\non_error = "stop"')
        self.write("jobs.toml", stopping + COUNT)
        self.write_words(1_000, extra="no json\n")
        out, error = self.finish(1, self.start())
        self.assertRegex(error, r"error +\[host\] copy: failed: ")
        self.assertIn("count: finished: 1001 records in", error)
        self.assertTrue(out)

    def test_logs_can_be_json(self):
        self.write("jobs.toml", COPY)
        self.write_words(100)
        out, error = self.finish(0, self.start("--json"))
        lines = [json.loads(line) for line in error.splitlines()]
        self.assertIn("copy", {line["job"] for line in lines})
        self.assertEqual({line["level"] for line in lines}, {"info"})
        summary = json.loads(out)
        self.assertEqual(summary["jobs"][0]["state"], "finished")
        self.assertEqual(summary["jobs"][0]["records_in"], 100)

    def test_mistakes_start_nothing(self):
        self.write("jobs.toml", COPY.replace("length_min", "lenght_min"))
        self.write_words(10)
        _, error = self.finish(1, self.start())
        self.assertIn("lenght_min: found an unknown key, expected length_min", error)
        self.assertFalse((self.folder / "copies.jsonl").exists())

    def test_an_address_in_use_is_told(self):
        self.write("jobs.toml", FOLLOW)
        self.write_words(10)
        port = self.port_of(self.start())
        self.write("jobs.toml", FOLLOW.replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        _, error = self.finish(3, self.start())
        self.assertIn("Address already in use", error)


class Draining(Run):
    def test_sigterm_writes_what_was_read(self):
        self.write("jobs.toml", FOLLOW)
        self.write_words(2_000)
        process = self.start()
        self.wait_for_records(self.port_of(process), 2_000)
        process.send_signal(signal.SIGTERM)
        _, error = self.finish(0, process)

        self.assertIn("draining", error)
        self.assertIn("copy: stopped: 2000 records in", error)
        self.assertEqual(len(self.read("copies.jsonl")) + len(self.read("filtered.jsonl")), 2_000)

    def test_control_c_does_the_same(self):
        self.write("jobs.toml", FOLLOW)
        self.write_words(10)
        process = self.start()
        self.wait_for_records(self.port_of(process), 10)
        process.send_signal(signal.SIGINT)
        self.assertIn("copy: stopped", self.finish(0, process)[1])

    def test_a_second_signal_ends_it_at_once(self):
        # Nobody reads what it prints, so it cannot drain.
        self.write("jobs.toml", FOLLOW.replace(
            'connector = "file"\n  path = "copies.jsonl"', 'connector = "stdout"'))
        self.write_words(50_000)
        process = self.start()
        self.wait_for_records(self.port_of(process), 1_000)
        process.send_signal(signal.SIGTERM)
        for line in process.stderr:
            if "draining" in line:
                break
        process.send_signal(signal.SIGTERM)

        self.assertEqual(process.wait(20), -signal.SIGTERM)

    def test_it_ends_by_itself_after_the_time_given(self):
        self.write("jobs.toml", FOLLOW)
        self.write_words(10)
        self.assertIn("copy: stopped", self.finish(0, self.start("--seconds", "1"))[1])


class Terminal(Run):
    def read_until(self, terminal, text):
        shown = b""
        while text not in shown:
            shown += os.read(terminal, 4096)
        return shown

    def test_the_last_line_shows_what_is_going_on(self):
        self.write("jobs.toml", FOLLOW)
        self.write_words(100)
        terminal, theirs = pty.openpty()
        self.addCleanup(os.close, terminal)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
        process = subprocess.Popen(
            [str(self.weir), "run", "--plugin-path", str(self.plugins)],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=theirs)
        self.addCleanup(self.end, process)
        os.close(theirs)

        shown = self.read_until(terminal, b"total 100 in")
        self.assertIn(b"\x1b[1;23r", shown)  # Others scroll above the last line.
        self.assertIn(b"\x1b[24;1H", shown)
        self.assertIn(b"1 of 1 jobs running", shown)
        process.send_signal(signal.SIGTERM)
        self.read_until(terminal, b"\x1b[r")  # The line is given back.
        self.assertEqual(process.wait(60), 0)


class Watching(Run):
    def setUp(self):
        super().setUp()
        self.write("jobs.toml", FOLLOW)
        self.write_words(1_000, extra="no json\n")
        self.process = self.start()
        self.port = self.port_of(self.process)
        self.wait_for_records(self.port, 1_001)

    def call(self, *arguments):
        result = subprocess.run(
            [str(self.weir), *arguments, "--http", f"127.0.0.1:{self.port}"],
            capture_output=True, text=True, cwd=self.folder, timeout=60)
        return result.returncode, result.stdout, result.stderr

    def test_the_host_and_its_jobs_are_shown(self):
        code, out, _ = self.call("status")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^weir \d+\.\d+\.\d+, since 20")
        self.assertRegex(out, r"copy +running +words/copy 1\.2\.0 +1,001 +\d+ +0 +1 ")
        self.assertEqual(self.call("job", "list", "--names")[1], "copy\n")

    def test_a_job_is_shown_with_its_operators(self):
        code, out, _ = self.call("job", "show", "copy")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"long-enough +filter +1,000 +\d+ +\d+")
        self.assertRegex(out, r"errors +1\n")

    def test_json_is_what_the_api_says(self):
        job = json.loads(self.call("job", "show", "copy", "--json")[1])
        self.assertEqual(job["name"], "copy")
        self.assertEqual([op["uid"] for op in job["operators"]], ["words", "long-enough", "copies"])
        self.assertIn({"stream": "errors", "is_connected": True, "rows": 1}, job["sides"])
        jobs = json.loads(self.call("status", "--json")[1])
        self.assertEqual(jobs["jobs"][0]["plugin_version"], "1.2.0")

    def test_an_unknown_job_gets_the_nearest(self):
        self.assertEqual(self.call("job", "show", "cpy"),
                         (1, "", "weir: job: no job cpy, did you mean copy?\n"))
        self.assertEqual(self.call("job", "show", "../metrics")[0], 1)

    def test_probes_and_metrics_answer(self):
        self.assertEqual(self.get(self.port, "/healthz"), (200, "healthy\n"))
        self.assertEqual(self.get(self.port, "/readyz"), (200, "ready\n"))
        status, text = self.get(self.port, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('weir_operator_rows_in_total{job="copy",operator="words"} 1001\n', text)
        self.assertIn('weir_job_side_rows_total{job="copy",stream="errors"} 1\n', text)

    def test_another_name_of_the_machine_is_refused(self):
        self.assertEqual(self.get(self.port, "/v1/jobs", host="evil.example")[0], 421)


if __name__ == "__main__":
    Run.plugins = pathlib.Path(sys.argv.pop(2)).absolute()
    Run.weir = pathlib.Path(sys.argv.pop(1)).absolute()
    unittest.main()
