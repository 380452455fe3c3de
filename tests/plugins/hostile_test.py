#!/usr/bin/env python3
"""A plugin that breaks the contract fails its own job, with a sentence, and no other one.

  hostile_test.py WEIR PLUGIN_FOLDER
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

WEIR, PLUGINS = sys.argv[1:3]

JOBS = """
[host]
workers = 2
plugin_path = ["{plugins}"]

[[job]]
name = "bad"
plugin = "{plugin}"
type = "{job}"
{ports}
  [job.side.errors]
  connector = "file"
  path = "errors.jsonl"

[[job]]
name = "good"
plugin = "minimal"
type = "words"
  [job.source.lines]
  connector = "file"
  path = "lines.jsonl"
  [job.sink.totals]
  connector = "file"
  path = "totals.jsonl"
"""

PORTS = """
  [job.source.in]
  connector = "file"
  path = "in.jsonl"
  [job.sink.out]
  connector = "file"
  path = "out.jsonl"
"""

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
        self.folder = tempfile.TemporaryDirectory(prefix="weir-hostile-")
        self.addCleanup(self.folder.cleanup)
        self.write("lines.jsonl", [{"at": 1000, "text": "to be"}])
        self.write("in.jsonl", [{"at": i * 100, "value": i % 10} for i in range(50)])

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def write(self, name, rows):
        self.path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))

    def read(self, name):
        path = self.path(name)
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    # Runs both jobs to their end; the good one must not have noticed anything.
    def run_jobs(self, plugin, job, ports):
        self.path("jobs.toml").write_text(
            JOBS.format(plugins=PLUGINS, plugin=plugin, job=job, ports=ports))
        result = subprocess.run([WEIR, "run", "jobs.toml"], cwd=self.folder.name, timeout=120,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(sorted(row["word"] for row in self.read("totals.jsonl")), ["be", "to"],
                         result.stdout)
        return result

    def test_a_broken_contract_fails_the_job_with_a_sentence(self):
        for job, message in FAILURES.items():
            with self.subTest(job):
                self.setUp()
                result = self.run_jobs("hostile", job, PORTS)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(message, result.stdout)

    def test_a_refused_row_is_set_aside_alone(self):
        result = self.run_jobs("hostile", "refuse-row", PORTS)

        self.assertEqual(result.returncode, 0, result.stdout)
        errors = self.read("errors.jsonl")
        self.assertEqual([error["reason"] for error in errors], 5 * ["not a 7"])
        self.assertEqual(sorted(row["value"] for row in self.read("out.jsonl")),
                         [0, 1, 2, 3, 4, 5, 6, 8, 9])

    def test_keys_from_nowhere_are_errors_of_their_rows(self):
        result = self.run_jobs("hostile", "key-from-nowhere", PORTS)

        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(len(self.read("errors.jsonl")), 50)
        self.assertEqual(self.read("out.jsonl"), [])

    def test_rows_whose_functions_throw_leave_no_trace(self):
        ports = "".join(
            f'  [job.{side}.{port}]\n  connector = "file"\n  path = "{port}.jsonl"\n'
            for side, port in (("source", "left"), ("source", "right"), ("sink", "scores"),
                               ("sink", "last-events"), ("sink", "pairs")))
        ports += '  [job.pool.banned]\n  path = "banned.txt"\n'
        self.path("banned.txt").write_text("nobody\n")
        users = ["ann", "throw-in-filter", "throw-in-map", "throw-in-add", "ann"]
        self.write("left.jsonl", [EVENT | {"user": user} for user in users])
        self.write("right.jsonl", [])

        result = self.run_jobs("minimal", "kinds", ports)

        self.assertEqual(result.returncode, 0, result.stdout)
        reasons = {error["reason"] for error in self.read("errors.jsonl")}
        self.assertEqual(reasons, {"filter: asked to throw", "map: asked to throw",
                                   "add: asked to throw"})
        scores = [row for row in self.read("scores.jsonl") if row["user"] == "ann!"]
        self.assertEqual({row["rows"] for row in scores}, {2})


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
