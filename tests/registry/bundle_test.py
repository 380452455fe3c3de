#!/usr/bin/env python3
"""bundle_test.py WEIR PLUGINS: two versions of one library under two jobs of one host."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

JOB = """
[[job]]
name = "{name}"
plugin = "scaled"
type = "scale"
version = "={version}"
  [job.source.numbers]
  connector = "file"
  path = "numbers.jsonl"
  [job.sink.results]
  connector = "file"
  path = "{name}.jsonl"
"""


class Bundle(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def call(self, *arguments, code=0):
        done = subprocess.run([self.weir, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def library(self, version):
        return self.plugins / f"companion-{version}" / f"libscaled-{version}.so"

    def rows(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def test_a_plugin_with_a_shared_library_is_told_to_pack(self):
        said = self.call("plugin", "add", self.library(1), code=1)

        self.assertIn("dependencies: needs libcompanion.so.1, ", said)
        self.assertIn("make a bundle with weir pack", said)

    def test_each_job_runs_its_own_version_of_the_library(self):
        for version in (1, 2):
            self.call("pack", self.library(version), "--out", f"bundle-{version}")
            self.call("plugin", "add", f"bundle-{version}")
        (self.folder / "numbers.jsonl").write_text(
            "".join(json.dumps({"at": i, "value": i}) + "\n" for i in range(10)))
        (self.folder / "jobs.toml").write_text(
            JOB.format(name="one", version="1.0.0") + JOB.format(name="two", version="2.0.0"))

        self.call("run", "jobs.toml")

        self.assertEqual(self.rows("one.jsonl"), [
            {"value": i, "here": i, "there": i, "version": 1, "size_here": 8, "size_there": 8}
            for i in range(10)])
        self.assertEqual(self.rows("two.jsonl"), [
            {"value": i, "here": 1000 + 2 * i, "there": 1000 + 2 * i, "version": 2,
             "size_here": 64, "size_there": 64}
            for i in range(10)])

    def test_pack_tells_what_it_did(self):
        packed = json.loads(
            self.call("pack", self.library(1), "--out", "made", "--json"))

        self.assertEqual(packed["bundle"], "made")
        self.assertEqual(packed["libraries"][0]["needed"], "libcompanion.so.1")
        self.assertEqual({path.name for path in (self.folder / "made").iterdir()},
                         {"libscaled-1.so", packed["libraries"][0]["name"]})
        self.assertIn("made is there already", self.call("pack", self.library(1), "--out", "made",
                                                         code=1))
        self.assertFalse((self.folder / "made.new").exists())

    def test_pack_says_which_library_it_cannot_find(self):
        lonely = self.folder / "lonely.so"
        lonely.write_bytes(self.library(1).read_bytes())
        subprocess.run(["patchelf", "--remove-rpath", lonely], check=True)

        said = self.call("pack", "lonely.so", code=3)

        self.assertIn("needs libcompanion.so.1, which is neither beside it", said)
        self.assertFalse((self.folder / "lonely.bundle.new").exists())
        self.call("pack", "lonely.so", "--library-path", self.plugins / "companion-1")
        self.assertTrue((self.folder / "lonely.bundle").is_dir())


if __name__ == "__main__":
    Bundle.weir, Bundle.plugins = map(pathlib.Path, sys.argv[1:3])
    sys.argv[1:] = sys.argv[3:]
    unittest.main()
