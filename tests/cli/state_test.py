#!/usr/bin/env python3
"""state_test.py WEIR MAKE_STATE: looking into the state of jobs, keeping and restoring it."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

DUMP = """job clicks, epoch 1, 128 key groups
position  in  clicks/0  12
attempts  1970-01-01T00:01:00.000Z  {"lesson_id":"L5","grade":-1}  {"steps":3,"stage":"Channel"}
attempts  1970-01-01T00:01:00.000Z  {"lesson_id":"L6","grade":7}  {"steps":1,"stage":"None"}
clicks  1970-01-01T00:01:00.000Z  {"user":"anna","side":1}  \
[{"time":61000,"row":{"user":"anna","x":7,"at":61000}},\
{"time":60500,"row":{"user":"anna","at":60500}}]
"""


class State(unittest.TestCase):
    weir = make_state = pathlib.Path()

    def setUp(self):
        self.state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.make()

    def make(self, steps=3):
        subprocess.run([self.make_state, self.state, str(steps)], check=True, timeout=60)

    def run_weir(self, *arguments, code=0, crash=None):
        done = subprocess.run(
            [self.weir, *arguments, "--state", self.state],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, **({"WEIR_CRASH": crash} if crash else {})},
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    def files(self, folder="images/clicks"):
        return {path.name: path.read_bytes() for path in (self.state / folder).iterdir()}

    def test_dump_prints_fields_by_name(self):
        self.assertEqual(self.run_weir("state", "dump", "clicks"), DUMP)
        lines = self.run_weir("state", "dump", "clicks", "attempts", "--json").splitlines()
        self.assertEqual(
            json.loads(lines[0]),
            {
                "uid": "attempts",
                "section": 2,
                "from": "1970-01-01T00:01:00.000Z",
                "to": "1970-01-01T00:01:30.000Z",
                "key": {"lesson_id": "L5", "grade": -1},
                "value": {"steps": 3, "stage": "Channel"},
            },
        )

    def test_get_finds_a_key_by_its_fields(self):
        got = self.run_weir("state", "get", "clicks", "attempts", "L6", "7", "--json")
        self.assertEqual(json.loads(got)["value"], {"steps": 1, "stage": "None"})

    def test_rows_are_printed_with_the_names_of_their_fields(self):
        got = json.loads(self.run_weir("state", "get", "clicks", "clicks", "anna", "--json"))
        self.assertEqual(got["key"], {"user": "anna", "side": 1})
        self.assertEqual([each["row"]["x"] for each in got["value"][:1]], [7])
        self.assertEqual([each["time"] for each in got["value"]], [61_000, 60_500])

    def test_get_says_what_is_wrong_with_a_key(self):
        said = self.run_weir("state", "get", "clicks", "attempts", "L6", code=1)
        self.assertIn("the key has 2 fields: lesson_id (text), grade (i16)", said)
        said = self.run_weir("state", "get", "clicks", "attempts", "L6", "seven", code=1)
        self.assertIn("grade is no i16: seven", said)
        said = self.run_weir("state", "get", "clicks", "attempts", "L7", "7", code=1)
        self.assertIn("nothing is kept for this key", said)
        said = self.run_weir("state", "get", "clicks", "nobody", "L7", code=1)
        self.assertIn("no state of operator nobody", said)

    def test_a_job_without_state_is_refused(self):
        self.assertIn("no state in", self.run_weir("state", "dump", "views", code=1))
        self.assertIn("say weir state get", self.run_weir("state", "dump", "a", "b", "c", code=2))

    def test_looking_changes_nothing(self):
        before = self.files()
        self.run_weir("state", "dump", "clicks")
        self.assertEqual(self.files(), before)

    def test_a_savepoint_holds_what_was_there(self):
        said = self.run_weir("savepoint", "create", "clicks", "before")
        self.assertIn("before  epoch 1", said)
        self.make(steps=9)

        different = self.run_weir("state", "diff", "clicks@before", "clicks", code=1)

        self.assertEqual(
            [line.split("  ")[-1] for line in different.splitlines()],
            ['{"steps":3,"stage":"Channel"}', '{"steps":9,"stage":"Channel"}'],
        )
        self.run_weir("savepoint", "create", "clicks", "after")
        listed = [json.loads(line) for line in
                  self.run_weir("savepoint", "list", "clicks", "--json").splitlines()]
        self.assertEqual([(each["name"], each["epoch"]) for each in listed],
                         [("after", 2), ("before", 1)])
        self.assertEqual(listed[0]["positions"], [{"source": "in", "splits": {"clicks/0": 12}}])

    def test_a_restored_savepoint_takes_the_place_of_the_image(self):
        self.run_weir("savepoint", "create", "clicks", "before")
        self.make(steps=9)
        saved = self.files("savepoints/clicks/before")

        said = self.run_weir("savepoint", "restore", "clicks", "before")

        self.assertIn("images/clicks.replaced-1", said)
        self.assertEqual(self.run_weir("state", "dump", "clicks"), DUMP)
        aside = str(self.state / "images/clicks.replaced-1")
        self.assertIn('"steps":9', self.run_weir("state", "dump", aside))
        self.make(steps=4)
        self.assertIn('"steps":4', self.run_weir("state", "dump", "clicks"))
        self.assertEqual(self.files("savepoints/clicks/before"), saved)
        self.assertIn('"steps":3', self.run_weir("state", "dump", "clicks@before"))

    def test_a_damaged_savepoint_is_not_restored(self):
        self.run_weir("savepoint", "create", "clicks", "before")
        folder = self.state / "savepoints/clicks/before"
        table = next(folder.glob("*.sst"))
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 1
        table.unlink()
        table.write_bytes(content)

        for action in ("inspect", "restore"):
            said = self.run_weir("savepoint", action, "clicks", "before", code=1)
            self.assertIn(f"{table.name} is not what was saved", said)
        self.assertEqual(self.run_weir("state", "dump", "clicks"), DUMP)

        manifest = folder / "savepoint.json"
        manifest.write_text(manifest.read_text().replace('"epoch":1', '"epoch":2'))
        said = self.run_weir("savepoint", "inspect", "clicks", "before", code=1)
        self.assertIn("checksum of the manifest", said)

    def die(self, point, *arguments):
        self.run_weir(*arguments, code=-signal.SIGKILL, crash=f"{point}:1")

    def names(self):
        listed = self.run_weir("savepoint", "list", "clicks")
        return [line.split()[0] for line in listed.splitlines()]

    def test_a_savepoint_is_there_whole_or_not_at_all(self):
        self.die("savepoint.create.written", "savepoint", "create", "clicks", "one")
        self.assertEqual(self.names(), [])
        self.run_weir("savepoint", "create", "clicks", "one")
        self.die("savepoint.create.named", "savepoint", "create", "clicks", "two")
        self.assertEqual(self.names(), ["one", "two"])
        self.run_weir("savepoint", "inspect", "clicks", "two")

    def test_a_restore_happens_as_a_whole_or_not_at_all(self):
        self.run_weir("savepoint", "create", "clicks", "before")
        self.make(steps=9)
        restore = ("savepoint", "restore", "clicks", "before")
        self.die("savepoint.restore.unpacked", *restore)
        self.assertIn('"steps":9', self.run_weir("state", "dump", "clicks"))
        self.die("savepoint.restore.exchanged", *restore)
        self.assertEqual(self.run_weir("state", "dump", "clicks"), DUMP)
        self.make(steps=4)
        self.assertIn('"steps":4', self.run_weir("state", "dump", "clicks"))

    def test_names_are_checked(self):
        self.run_weir("savepoint", "create", "clicks", "one")
        said = self.run_weir("savepoint", "create", "clicks", "one", code=1)
        self.assertIn("there is a savepoint one already", said)
        self.assertIn("../up", self.run_weir("savepoint", "create", "clicks", "../up", code=1))
        self.run_weir("savepoint", "create", "views", "one", code=1)
        self.run_weir("savepoint", "restore", "clicks", "two", code=1)


if __name__ == "__main__":
    State.weir, State.make_state = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
