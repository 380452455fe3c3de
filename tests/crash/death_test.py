#!/usr/bin/env python3
"""death_test.py WEIR PLUGINS: what is left when a plugin kills the process, and what comes then."""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

WEIR, PLUGINS = sys.argv[1:3]

JOBS = """
[host]
workers = 2
{host}
[[job]]
name = "{job}"
plugin = "deadly"
type = "{job}"
{entry}
  [job.source.in]
  connector = "file"
  path = "in.jsonl"
  [job.sink.out]
  connector = "file"
  path = "out.jsonl"
  [job.side.errors]
  connector = "file"
  path = "errors.jsonl"
"""


def order(value, where="", how=""):
    return {"at": 1_000 + value, "value": value, "where": where, "how": how}


class Folder(unittest.TestCase):
    """A jobs file with one job, its input and its output."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write_jobs(self, job="pass", host="", entry=""):
        (self.folder / "jobs.toml").write_text(JOBS.format(job=job, host=host, entry=entry))

    def write_orders(self, orders):
        """Returns the offset of each."""
        offsets, lines = [], b""
        for each in orders:
            offsets.append(len(lines))
            lines += json.dumps(each).encode() + b"\n"
        (self.folder / "in.jsonl").write_bytes(lines)
        return offsets

    def read(self, name):
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def run_weir(self, *arguments):
        return subprocess.run([WEIR, "run", "jobs.toml", "--plugin-path", PLUGINS, *arguments],
                              cwd=self.folder, timeout=120, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def reports(self):
        paths = sorted((self.folder / "var/state/crash").glob("REPORT-*.json"),
                       key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_text()) for path in paths]


class Report(Folder):
    def die(self, job, where, how, expected):
        """Runs into the deed of one order in the middle; returns the report."""
        self.setUp()
        self.write_jobs(job)
        orders = [order(value) for value in range(100)]
        orders[40] = order(40, where, how)
        offsets = self.write_orders(orders)
        result = self.run_weir()
        self.assertEqual(result.returncode, -expected, result.stderr)
        self.assertFalse(list(self.folder.glob("var/state/crash/*.part")))
        (report,) = self.reports()
        self.assertEqual(report["signal"], signal.Signals(expected).name)
        self.assertEqual(report["signal_number"], expected)
        self.assertIn(f"weir: died of {report['signal']} in job {job}, operator {where}",
                      result.stderr)
        self.assertEqual([report[name] for name in ("job", "operator", "plugin", "plugin_version")],
                         [job, where, "deadly", "1.0.0"])
        self.assertRegex(report["plugin_build"], "^[0-9a-f]{16,}$")
        (span,) = report["records"]
        self.assertEqual(span["source"], "in")
        self.assertLessEqual(span["first"], offsets[40])
        self.assertGreaterEqual(span["last"], offsets[40])
        self.assertIn(span["last"], offsets)
        self.assertTrue(any(frame["module"].endswith("libdeadly.so") for frame in report["stack"]),
                        report["stack"])
        return report

    def test_every_way_to_die_is_told(self):
        for how, expected in (("segv", signal.SIGSEGV), ("abort", signal.SIGABRT),
                              ("trap", signal.SIGILL), ("fpe", signal.SIGFPE),
                              ("overflow", signal.SIGSEGV)):
            with self.subTest(how):
                report = self.die("pass", "copied", how, expected)
                if how == "segv":
                    self.assertEqual(report["address"], "0x1010")

    def test_the_operator_is_named_wherever_it_runs(self):
        for job, where in (("pass", "kept"), ("pass", "copied"), ("sum", "sums")):
            with self.subTest(where):
                self.die(job, where, "segv", signal.SIGSEGV)


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
