#!/usr/bin/env python3
"""run_test.py WEIR PLUGINS: weir run, and what one sees of it from outside."""

import fcntl
import http.client
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import sys
import termios
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, eventually, file_job, wait_for_line  # noqa: E402
from rows import same, without_marks  # noqa: E402

COPY = '[host]\nhttp = "127.0.0.1:0"\n' + file_job(
    "words",
    "copy",
    {"source": ["words"], "sink": ["copies"], "side": ["filtered", "errors"]},
    entry="params = { length_min = 3 }",
)

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
FOLLOW = COPY.replace('path = "words.jsonl"', 'path = "words.jsonl"\nfollow = true')

T0 = 1_795_248_000_000


def words(count):
    """Records of 26 words, 20 a second of event time."""
    for number in range(count):
        word = "abcdefghijklmnopqrstuvwxyz"[number % 26] * (number % 7 + 1)
        yield {"tm": T0 + number * 50, "word": word, "mood": "Calm", "length": len(word)}


class Run(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.jobs = self.enterContext(JobsFolder(self.weir, self.plugins))
        self.folder, self.start, self.write = self.jobs.path, self.jobs.start, self.jobs.write
        self.rows = self.jobs.rows

    def write_words(self, count, extra=""):
        self.write("words.jsonl", "".join(json.dumps(word) + "\n" for word in words(count)) + extra)

    def finish(self, code, process):
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + error)
        return out, error

    def port_of(self, process):
        """Where it answers, once it says so."""
        return int(wait_for_line(process, r"control API at http://127.0.0.1:(\d+)").group(1))

    def get(self, port, target, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", target, headers={"Host": host or f"127.0.0.1:{port}"})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def wait_for_records(self, port, count):
        def has_read():
            job = json.loads(self.get(port, "/v1/jobs/copy")[1])
            return job if job.get("records_in", 0) >= count else None  # It may not be there yet.

        return eventually(has_read)

    def check_all(self, count):
        """Each word is where it belongs, once."""
        places = {"copies": [], "filtered": []}
        for word in words(count):
            places["copies" if word["length"] >= 3 else "filtered"].append(word)
        for name, expected in places.items():
            rows = [without_marks(row) for row in self.rows(name + ".jsonl")]
            same(name, expected, rows)


class Finishing(Run):
    def test_every_row_is_in_exactly_one_place(self):
        self.write("jobs.toml", COPY)
        self.write_words(5_000, extra='{"tm": "never"}\nno json\n')
        self.finish(0, self.start())

        self.assertEqual(len(self.rows("errors.jsonl")), 2)
        self.check_all(5_000)

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
        self.check_all(2_000)

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
            'connector = "file"\npath = "copies.jsonl"', 'connector = "stdout"'))
        self.write_words(50_000)
        process = self.start()
        self.wait_for_records(self.port_of(process), 1_000)
        process.send_signal(signal.SIGTERM)
        wait_for_line(process, "draining")
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
        self.jobs.started.append(process)
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
