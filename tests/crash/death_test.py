#!/usr/bin/env python3
"""death_test.py WEIR PLUGINS: what is left when a plugin kills the process, and what comes then."""

import base64
import http.client
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, eventually, file_job, wait_for_line  # noqa: E402

WEIR, PLUGINS = sys.argv[1:3]

PORTS = {"source": ["in"], "sink": ["out"], "side": ["errors"]}


def order(value, where="", how=""):
    return {"at": 1_000 + value, "value": value, "where": where, "how": how}


class Folder(unittest.TestCase):
    """A jobs file with one job, its input and its output."""

    def setUp(self):
        self.jobs = self.enterContext(JobsFolder(WEIR, PLUGINS))
        self.folder, self.start, self.read = self.jobs.path, self.jobs.start, self.jobs.rows
        self.run_weir = self.jobs.run

    def write_jobs(self, job="pass", host="", entry="", source=""):
        text = "[host]\nworkers = 2\n%s\n" % host
        self.jobs.write("jobs.toml", text + file_job("deadly", job, PORTS, entry, source))

    def write_orders(self, orders):
        """Returns the offset of each."""
        return self.jobs.write_rows("in.jsonl", orders)[:-1]

    def check_output(self, job, orders, is_once=True):
        """Every order that does no harm, in each row that it belongs to."""
        harmless = [each["value"] for each in orders if not each["where"]]
        rows = self.read("out.jsonl")
        if job == "pass":
            self.assertEqual(sorted(row["value"] for row in rows), harmless)
            return
        sums = {}
        for value in harmless:
            total, count = sums.get(value % 10, (0, 0))
            sums[value % 10] = (total + value, count + 1)
        found = [(row["key"], (row["sum"], row["count"])) for row in rows]
        self.assertEqual(sorted(found if is_once else set(found)), sorted(sums.items()))

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


class Poison(Folder):
    def test_a_record_that_kills_the_process_twice_is_set_aside(self):
        for job, where in (("pass", "kept"), ("pass", "copied"), ("sum", "sums")):
            with self.subTest(where):
                self.setUp()
                self.write_jobs(job)
                orders = [order(value) for value in range(200)]
                orders[120] = order(120, where, "segv")
                offset = self.write_orders(orders)[120]

                self.assertEqual(self.run_weir().returncode, -signal.SIGSEGV)
                first = self.reports()[0]["records"]
                self.assertLess(first[0]["first"], first[0]["last"])
                self.assertEqual(self.run_weir().returncode, -signal.SIGSEGV)
                second = self.reports()[1]
                self.assertEqual([(span["first"], span["last"]) for span in second["records"]],
                                 [(offset, offset)])
                self.assertEqual(json.loads(base64.b64decode(second["record"]["value"])),
                                 orders[120])
                (self.folder / "out.jsonl").unlink(missing_ok=True)
                result = self.run_weir()
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"at offset {offset} crashed the process twice", result.stderr)
                self.assertIn("1 errors", result.stderr)
                self.check_output(job, orders)
                (error,) = self.read("errors.jsonl")
                self.assertEqual(error["reason"], "crashed the process twice")
                self.assertEqual(error["offset"], offset)
                self.assertEqual(json.loads(base64.b64decode(error["value"])), orders[120])
                self.assertEqual(len(self.reports()), 2)

    def condemn(self, orders):
        """Two deaths; the plugins are copies."""
        self.plugins = self.folder / "plugins"
        shutil.copytree(PLUGINS, self.plugins)
        self.jobs.plugins = [str(self.plugins)]
        self.write_jobs()
        self.write_orders(orders)
        for _ in range(2):
            self.assertEqual(self.run_weir().returncode, -signal.SIGABRT)

    def test_another_build_of_the_plugin_gets_the_record_again(self):
        self.condemn([order(1), order(2, "copied", "abort"), order(3)])
        build = bytes.fromhex(self.reports()[0]["plugin_build"])
        library = self.plugins / "libdeadly.so"
        content = library.read_bytes()
        self.assertEqual(content.count(build), 1)
        library.write_bytes(content.replace(build, bytes(byte ^ 1 for byte in build)))

        result = self.run_weir()
        self.assertEqual(result.returncode, -signal.SIGABRT, result.stderr)
        self.assertNotEqual(self.reports()[2]["plugin_build"], build.hex())
        self.assertEqual(self.read("errors.jsonl"), [])
        self.run_weir()
        self.assertEqual(self.run_weir().returncode, 0)
        self.assertEqual(len(self.read("errors.jsonl")), 1)

    def test_another_record_in_the_same_place_is_let_through(self):
        self.condemn([order(1), order(2, "copied", "abort"), order(3)])
        harmless = [order(1), order(2, "nobody", "abort"), order(3)]
        self.write_orders(harmless)
        (self.folder / "out.jsonl").unlink(missing_ok=True)
        result = self.run_weir()

        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("crashed the process twice", result.stderr)
        self.assertEqual(len(self.read("out.jsonl")), 3)
        self.assertEqual(self.read("errors.jsonl"), [])

    def test_on_error_stop_stops_at_such_a_record(self):
        self.write_jobs(entry='on_error = "stop"')
        self.write_orders([order(1), order(2, "copied", "abort"), order(3)])
        for _ in range(2):
            self.assertEqual(self.run_weir().returncode, -signal.SIGABRT)
        result = self.run_weir()

        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, r"record of .*in.jsonl at offset \d+: crashed the process")


class Watchdog(Folder):
    LIMITS = 'call_warning = "100ms"\ncall_limit = "400ms"\n'

    def test_a_call_that_does_not_come_back_ends_the_process_and_its_record_is_set_aside(self):
        self.write_jobs("sum", host=self.LIMITS)
        orders = [order(value) for value in range(100)]
        orders[40] = order(40, "sums", "hang")
        offset = self.write_orders(orders)[40]
        for _ in range(2):
            result = self.run_weir()
            self.assertEqual(result.returncode, -signal.SIGABRT, result.stderr)
            self.assertRegex(result.stderr,
                             r"a call has not come back for \d+ ms: operator sums of "
                             r"job sum \(plugin deadly 1.0.0\), records .*in.jsonl at \d+ to \d+")
        first, second = self.reports()
        self.assertRegex(first["reason"], r"^a call did not come back for \d+ ms$")
        self.assertEqual(first["operator"], "sums")
        self.assertEqual(second["records"][0]["first"], offset)
        (self.folder / "out.jsonl").unlink(missing_ok=True)
        result = self.run_weir()

        self.assertEqual(result.returncode, 0, result.stderr)
        self.check_output("sum", orders)
        self.assertEqual([error["offset"] for error in self.read("errors.jsonl")], [offset])

    def test_a_slow_call_is_seen_from_outside(self):
        self.write_jobs(host='http = "127.0.0.1:0"\ncall_warning = "50ms"\ncall_limit = "0s"\n')
        self.write_orders([order(1, "copied", "hang")])
        process = self.start()
        port = int(wait_for_line(process, r"control API at http://127.0.0.1:(\d+)").group(1))
        wait_for_line(process, "a call has not come back for")
        (call,) = eventually(lambda: json.loads(self.get(port, "/v1/jobs/pass"))["slow_calls"])

        self.assertEqual(call["operator"], "copied")
        self.assertEqual((call["first_offset"], call["last_offset"]), (0, 0))
        self.assertTrue(call["split"].endswith("in.jsonl"))
        self.assertGreaterEqual(call["lasting_ms"], 50)
        self.assertRegex(
            self.get(port, "/metrics"),
            r'weir_slow_call_seconds{job="pass",operator="copied",worker="\d"} [0-9.]+')

    def get(self, port, target):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", target)
        return connection.getresponse().read().decode()


class Supervision(Folder):
    def child_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return int(children.read_text().split()[0])

    def test_a_host_that_dies_is_started_again_until_it_ends_well(self):
        self.write_jobs("sum")
        orders = [order(value) for value in range(100)]
        orders[40] = order(40, "sums", "segv")
        self.write_orders(orders)
        result = self.run_weir("--supervise", "--restart-delay", "10ms")

        self.assertEqual(result.returncode, 0, result.stderr)
        deaths = re.findall(r"the host \(process \d+\) died of SIGSEGV.*; report: .*REPORT-.*json; "
                            r"starting it again in (\d+ms)", result.stderr)
        self.assertEqual(deaths, ["10ms", "20ms"], result.stderr)
        # A worker that lives may finish before the other one dies, and its rows come again.
        self.check_output("sum", orders, is_once=False)

    def test_what_ends_by_itself_is_not_started_again(self):
        self.write_jobs(entry='on_error = "stop"')
        (self.folder / "in.jsonl").write_text("no json\n")
        result = self.run_weir("--supervise", "--restart-delay", "10ms")

        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stderr.count("pass: running"), 1)

    def test_a_request_to_stop_is_passed_on(self):
        self.write_jobs(source="  follow = true")
        self.write_orders([order(1)])
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start("--supervise", "--restart-delay", "10ms")
            wait_for_line(process, "pass: running")
            process.send_signal(number)
            rest = process.stderr.read()
            self.assertEqual(process.wait(), 0, rest)
            self.assertIn("pass: stopped", rest)

    def test_a_death_without_a_trace_is_told_too(self):
        self.write_jobs(source="  follow = true")
        self.write_orders([order(1)])
        process = self.start("--supervise", "--restart-delay", "10ms")
        wait_for_line(process, "pass: running")
        child = self.child_of(process)
        subprocess.run(["kill", "-KILL", str(child)], check=True)
        wait_for_line(process,
                           rf"process {child}\) died of SIGKILL after .*; it left no report")
        wait_for_line(process, "pass: running")
        process.terminate()

        self.assertEqual(process.wait(), 0)

    def test_a_host_ends_with_its_supervisor(self):
        self.write_jobs(source="  follow = true")
        self.write_orders([order(1)])
        process = self.start("--supervise")
        wait_for_line(process, "pass: running")
        process.kill()

        self.assertIn("pass: stopped", process.stderr.read())


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
