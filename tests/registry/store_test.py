#!/usr/bin/env python3
"""store_test.py WEIR PLUGINS: the store as a user meets it, and as a death leaves it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

# In the order in which adding passes them, and then removing.
ADDING = ["store.staging", "store.half", "store.staged"]
ADDED = "store.added"
REMOVING = "store.removing"

JOBS = """
[host]
store = "store"
[[job]]
name = "copy"
plugin = "words"
type = "copy"
version = "%s"
  [job.source.words]
  connector = "file"
  path = "in.jsonl"
  [job.sink.copies]
  connector = "file"
  path = "out.jsonl"
"""
ROW = {"tm": 1000, "word": "to", "mood": "Calm", "length": 2}


class Store(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.store = self.folder / "store"

    def call(self, *arguments, crash=None):
        return subprocess.run(
            [self.weir, *map(str, arguments)], capture_output=True, text=True, timeout=120,
            check=False, cwd=self.folder,
            env={**os.environ, **({"WEIR_CRASH": crash} if crash else {})})

    def plugin(self, action, *arguments, code=0, crash=None):
        done = self.call("plugin", action, *arguments, "--store", "store", crash=crash)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def add(self, name="words", **options):
        return self.plugin("add", self.plugins / f"lib{name}.so", **options)

    def other_words(self, version):
        """The plugin words under another number, in its manifest and in itself."""
        path = self.folder / f"libwords-{version}.so"
        shutil.copy(self.plugins / "libwords.so", path)
        assert len(version) == len("1.2.0")
        path.write_bytes(path.read_bytes().replace(b"1.2.0", version.encode()))
        return path

    def versions(self):
        lines = self.plugin("list", "--json").splitlines()
        return [f"{line['plugin']} {line['version']}" for line in map(json.loads, lines)]

    def test_add_list_show_verify_remove(self):
        library = self.plugins / "libwords.so"
        digest = subprocess.run(["sha256sum", library], capture_output=True, text=True,
                                check=True).stdout.split()[0]

        self.assertRegex(self.add(), rf"^added words 1\.2\.0  .*/store/{digest}/libwords\.so\n$")
        self.assertRegex(self.add(), r"^was there: words 1\.2\.0  ")
        self.assertRegex(self.plugin("list"), rf"^words  1\.2\.0  {digest[:12]}  +[\d.]+ \w+  20")
        shown = self.plugin("show", "words@1.2.0")
        self.assertIn("libwords.so  ", shown)
        self.assertIn(f"sha256 {digest}", shown)
        self.assertIn("job copy  every word that is long enough", shown)
        self.assertEqual(self.plugin("verify"), "words 1.2.0  good\n")
        self.assertEqual(self.plugin("remove", "words@1.2.0"), "removed words 1.2.0\n")
        self.assertEqual(self.plugin("list"), "")

    def test_json_for_programs(self):
        added = json.loads(self.plugin("add", self.plugins / "libwords.so", "--json"))
        self.assertTrue(added["admitted"] and added["is_new"], added)
        self.assertEqual(added["version"]["version"], "1.2.0")
        shown = json.loads(self.plugin("show", "words", "--json"))
        self.assertEqual(shown["manifest"]["jobs"][0]["name"], "copy")
        self.assertTrue(json.loads(self.plugin("verify", "--json"))["good"])
        (self.folder / "no.so").write_text("no")
        refused = self.call("plugin", "add", "no.so", "--store", "store", "--json")
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(json.loads(refused.stdout)["findings"],
                         [{"rule": "file", "text": "not an ELF file"}])

    def test_wrong_arguments_are_told(self):
        self.assertIn("say weir plugin add FILE", self.plugin("ad", "x", code=2))
        self.assertIn("say which version: words@VERSION", self.plugin("remove", "words", code=2))
        self.assertIn("--keep wants a number", self.plugin("gc", "--keep", "few", code=2))
        self.assertIn("no plugin words in ", self.plugin("show", "words", code=1))
        self.assertIn("No such file", self.plugin("add", "libnobody.so", code=3))

    def test_a_number_never_changes_what_it_means(self):
        self.add()
        other = self.folder / "libother.so"
        shutil.copy(self.plugins / "libwords.so", other)
        subprocess.run(["strip", "--strip-debug", other], check=True)

        said = self.plugin("add", other, code=1)

        self.assertRegex(said, r"store: version 1\.2\.0 of words is in the store with SHA-256 ")

    def test_gc_keeps_the_newest(self):
        for version in ("1.2.0", "1.2.1", "1.3.0"):
            self.plugin("add", self.other_words(version))

        self.assertIn("would remove words 1.2.0", self.plugin("gc", "--keep", "2", "--dry-run"))
        self.assertIn("removed words 1.2.0", self.plugin("gc", "--keep", "2"))
        self.assertEqual(self.versions(), ["words 1.2.1", "words 1.3.0"])

    def test_adding_dies_anywhere_and_works_afterwards(self):
        for point in ADDING:
            with self.subTest(point):
                self.add(code=-signal.SIGKILL, crash=f"{point}:1")
                self.assertEqual(self.versions(), [])
                self.assertIn("; 1 leftovers", self.plugin("gc"))
                self.add()
                self.assertEqual(self.plugin("verify"), "words 1.2.0  good\n")
                self.plugin("remove", "words@1.2.0")

    def test_what_was_added_stays_when_the_process_dies_at_once(self):
        self.add(code=-signal.SIGKILL, crash=f"{ADDED}:1")

        self.assertEqual(self.plugin("verify"), "words 1.2.0  good\n")
        self.assertIn("; 0 leftovers", self.plugin("gc"))

    def test_removing_dies_in_between(self):
        self.add()
        self.plugin("remove", "words@1.2.0", code=-signal.SIGKILL, crash=f"{REMOVING}:1")

        self.assertEqual(self.versions(), [])
        self.assertIn("; 1 leftovers", self.plugin("gc"))
        self.add()
        self.assertEqual(self.versions(), ["words 1.2.0"])

    def run_job(self, version, code=0):
        (self.folder / "jobs.toml").write_text(JOBS % version)
        (self.folder / "in.jsonl").write_text(json.dumps(ROW) + "\n")
        done = self.call("run", "jobs.toml")
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def used(self, version):
        (self.folder / "jobs.toml").write_text(JOBS % version)
        checked = self.call("check", "jobs.toml", "--json")
        return json.loads(checked.stdout)["jobs"][0]["plugin_path"]

    def test_a_job_runs_from_the_store(self):
        self.add()
        self.run_job("^1.2")
        self.assertEqual(json.loads((self.folder / "out.jsonl").read_text())["word"], "to")
        self.assertIn("/store/", self.used("^1.2"))

    def test_a_job_gets_the_newest_version_that_fits(self):
        hashes = {}
        for version in ("1.2.0", "1.2.1", "1.3.0"):
            added = self.plugin("add", self.other_words(version), "--json")
            hashes[version] = json.loads(added)["version"]["hash"]

        for wish, version in {"~1.2": "1.2.1", "^1.2": "1.3.0", "=1.2.0": "1.2.0"}.items():
            self.assertIn(hashes[version], self.used(wish))
        self.assertIn("expected a constraint that takes words 1.3.0", self.run_job("^2", code=1))

    def test_what_a_lock_names_stays(self):
        self.add()
        (self.folder / "jobs.toml").write_text(JOBS % "^1.2")
        applied = self.call("apply")
        self.assertEqual(applied.returncode, 0, applied.stdout + applied.stderr)

        self.assertIn("words 1.2.0 stays: jobs.lock names it for job copy",
                      self.plugin("remove", "words@1.2.0", code=1))
        self.assertEqual(self.versions(), ["words 1.2.0"])

    def test_a_damaged_version_does_not_run(self):
        self.add()
        library = next(self.store.glob("*/libwords.so"))
        os.chmod(library, 0o644)
        with open(library, "ab") as file:
            file.write(b"x")

        self.assertIn("add words 1.2.0 again", self.run_job("^1.2", code=1))
        self.assertIn("add words 1.2.0 again", self.plugin("verify", code=1))
        self.add()
        self.run_job("^1.2")


if __name__ == "__main__":
    Store.weir, Store.plugins = map(pathlib.Path, sys.argv[1:3])
    sys.argv[1:] = sys.argv[3:]
    unittest.main()
