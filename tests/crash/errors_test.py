#!/usr/bin/env python3
"""errors_test.py WEIR PLUGINS: what on_error does, and weir errors."""

import base64
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, file_job  # noqa: E402  (of tests/run)

WEIR, PLUGINS = sys.argv[1:3]

PORTS = {"source": ["in"], "sink": ["out"], "side": ["errors"]}


def order(value, where="", how=""):
    return json.dumps({"at": 1_000 + value, "value": value, "where": where, "how": how})


class Folder(unittest.TestCase):
    def setUp(self):
        self.jobs = self.enterContext(JobsFolder(WEIR, PLUGINS))
        self.folder, self.weir, self.read = self.jobs.path, self.jobs.call, self.jobs.rows

    def run_job(self, job, on_error, lines):
        """Returns what it said; its output is in out.jsonl and errors.jsonl."""
        self.setUp()
        entry = 'on_error = "%s"' % on_error
        self.jobs.write("jobs.toml", file_job("deadly", job, PORTS, entry))
        self.jobs.write("in.jsonl", "".join(line + "\n" for line in lines))
        return self.jobs.run()


class OnError(Folder):
    # What goes wrong: job, line, reason in the stream, what stop says.
    TROUBLES = {
        "decode": ("pass", "no json", "not JSON|expected|bad|no object", r"at offset \d+: "),
        "row": ("pass", order(5, "kept", "refuse"), "asked to refuse",
                "operator kept: refused a row: asked to refuse"),
        "row in a window": ("sum", order(5, "sums", "refuse"), "asked to refuse",
                            "operator sums: refused a row: asked to refuse"),
        "window": ("sum", order(5, "fire"), "asked to refuse the window",
                   "operator sums: refused a window: asked to refuse the window"),
    }

    def lines(self, bad):
        return [order(value) for value in range(10, 20)] + [bad] + [order(21)]

    def harmless_rows(self, job, name):
        if job == "pass":
            return 11
        return 9 if name == "window" else 10  # Digits; the refused window's is 5.

    def test_dead_letter_sets_it_aside_and_goes_on(self):
        for name, (job, bad, reason, _) in self.TROUBLES.items():
            with self.subTest(name):
                result = self.run_job(job, "dead-letter", self.lines(bad))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(len(self.read("out.jsonl")), self.harmless_rows(job, name))
                (error,) = self.read("errors.jsonl")
                self.assertEqual(error["job"], job)
                if name != "decode":
                    self.assertEqual(error["reason"], reason)
                self.assertEqual("window_start" in error, name == "window")
                if name != "window":
                    place = [error[field] for field in ("source", "partition", "offset")]
                    before = sum(len(line) + 1 for line in self.lines(bad)[:10])
                    self.assertEqual(place, ["in", 0, before])
                    self.assertEqual(base64.b64decode(error["value"]).decode(), bad)

    def test_skip_counts_it_and_goes_on(self):
        for name, (job, bad, _, _) in self.TROUBLES.items():
            with self.subTest(name):
                result = self.run_job(job, "skip", self.lines(bad))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(" 1 errors", result.stderr)
                self.assertEqual(len(self.read("out.jsonl")), self.harmless_rows(job, name))
                self.assertEqual(self.read("errors.jsonl"), [])

    def test_stop_fails_the_job(self):
        for name, (job, bad, _, message) in self.TROUBLES.items():
            with self.subTest(name):
                result = self.run_job(job, "stop", self.lines(bad))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertRegex(result.stderr, message)
                self.assertEqual(self.read("errors.jsonl"), [])


class Errors(Folder):
    def setUp(self):
        super().setUp()
        self.bad = ["no json", '{"at": "never"}', '{"at": 1000, "value": 1.5}',
                    order(3, "kept", "refuse")]

    def set_aside(self):
        result = self.run_job("pass", "dead-letter", [order(1), *self.bad, order(2)])
        self.assertEqual(result.returncode, 0, result.stderr)

    def errors(self, code, *arguments):
        result = self.weir("errors", *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout

    def listed(self, *filters):
        return [json.loads(line)
                for line in self.errors(0, "list", "pass", "--json", *filters).splitlines()]

    def test_list_shows_what_was_set_aside(self):
        self.set_aside()
        text = self.errors(0, "list", "pass")

        self.assertIn("4 set aside", text)
        self.assertEqual(len(re.findall(r"^[0-9a-f]{16} ", text, re.MULTILINE)), 4, text)
        self.assertIn("asked to refuse", text)
        listed = self.listed()
        self.assertEqual(listed, [{"id": each["id"], "replay": ""} | error
                                  for each, error in zip(listed, self.read("errors.jsonl"))])

    def test_filters_can_be_combined(self):
        self.set_aside()
        (value,) = self.listed("--field", "value")
        offset = str(value["offset"])

        self.assertEqual(self.listed("--offset", offset, "--reason", value["reason"]), [value])
        self.assertEqual(self.listed("--offset", offset, "--field", "at"), [])
        self.assertEqual(len(self.listed("--reason", "refuse")), 1)
        self.assertEqual(len(self.listed("--partition", "0")), 4)
        self.assertEqual(self.listed("--partition", "1"), [])

    def test_show_prints_the_bytes(self):
        self.set_aside()
        first = self.listed()[0]["id"]

        self.assertIn("value     no json\n", self.errors(0, "show", "pass", first))
        self.errors(1, "show", "pass", "f" * 16)

    def test_a_replay_sends_each_record_once(self):
        self.set_aside()
        text = self.errors(0, "replay", "pass", "--to", "again.jsonl")
        self.assertIn("4 sent, 0 sent before, 0 uncertain, 0 impossible", text)
        again = self.folder / "again.jsonl"
        self.assertEqual(again.read_text().splitlines(), self.bad)
        self.assertEqual([each["replay"] for each in self.listed()], 4 * ["replayed"])

        second = self.errors(0, "replay", "pass", "--to", "again.jsonl")
        self.assertIn("0 sent, 4 sent before", second)
        self.assertEqual(again.read_text().splitlines(), self.bad)
        self.errors(0, "replay", "pass", self.listed()[0]["id"], "--to", "again.jsonl", "--again")
        self.assertEqual(again.read_text().splitlines(), [*self.bad, self.bad[0]])

    def test_rows_refused_in_a_window_are_sent_and_refused_windows_are_not(self):
        row = order(5, "sums", "refuse")
        result = self.run_job("sum", "dead-letter", [order(4), row, order(6, "fire")])
        self.assertEqual(result.returncode, 0, result.stderr)

        text = self.weir("errors", "replay", "sum", "--to", "again.jsonl").stdout
        self.assertIn("cannot be sent: ", text)
        self.assertIn("1 sent, 0 sent before, 0 uncertain, 1 impossible", text)
        self.assertEqual((self.folder / "again.jsonl").read_text().splitlines(), [row])

    def test_a_record_is_known_wherever_it_stands_in_the_stream(self):
        self.set_aside()
        stream = self.folder / "errors.jsonl"
        lines = stream.read_text().splitlines()
        before = self.listed()
        self.errors(0, "replay", "pass", "--to", "again.jsonl")
        # Rotated away, set aside again after a crash, and a new one in its old place.
        newer = json.loads(lines[0]) | {"value": base64.b64encode(b"not json either").decode()}
        stream.write_text("\n".join([json.dumps(newer), *reversed(lines), lines[0]]) + "\n")

        listed = self.listed()
        self.assertEqual(sorted(each["id"] for each in listed[1:]),
                         sorted(each["id"] for each in before))
        text = self.errors(0, "replay", "pass", "--to", "again.jsonl")
        self.assertIn("1 sent, 4 sent before, 0 uncertain, 0 impossible", text)
        self.assertEqual((self.folder / "again.jsonl").read_text().splitlines(),
                         [*self.bad, "not json either"])

    def test_a_replay_that_was_cut_off_sends_nothing_twice(self):
        self.set_aside()
        first, second = (each["id"] for each in self.listed()[:2])
        journal = self.folder / "var/state/replayed/pass.jsonl"
        journal.parent.mkdir(parents=True)
        journal.write_text(json.dumps({"id": first, "mark": "sending"}) + '\n{"id": "' + second)
        text = self.errors(1, "replay", "pass", "--field", "", "--to", "again.jsonl")

        self.assertIn("1 uncertain", text)
        self.assertIn("--again", text)
        self.assertNotIn("no json", (self.folder / "again.jsonl").read_text()
                         if (self.folder / "again.jsonl").exists() else "")

    def test_wrong_requests_are_refused(self):
        self.set_aside()
        self.errors(2, "forget", "pass")
        self.errors(2, "list", "pass", "--offset", "many")
        self.errors(1, "list", "nobody")
        self.errors(1, "replay", "pass", self.listed()[0]["id"])  # Files want --to.
        self.assertEqual(self.errors(1, "replay", "pass", self.listed()[0]["id"]), "")


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
