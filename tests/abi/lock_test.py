#!/usr/bin/env python3
"""tests/abi/lock finds every change that breaks plugins, and lets a later minor append."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LOCK = pathlib.Path(__file__).resolve().parent / "lock"
ROOT = LOCK.parent.parent.parent
HEADER = ROOT / "sdk" / "include" / "weir" / "abi.h"
# Oldest first.
FROZEN = sorted((LOCK.parent / "frozen").glob("v1.*/weir/abi.h"),
                key=lambda path: int(path.parts[-3].split(".")[1]))
SIZES = ROOT / "runtime" / "plugin" / "table_sizes.h"


class Lock(unittest.TestCase):
    def check(self, *replacements):
        text = HEADER.read_text()
        for before, after in replacements:
            self.assertEqual(text.count(before), 1, f"the test looks for: {before}")
            text = text.replace(before, after)
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder) / "abi.h"
            header.write_text(text)
            return subprocess.run([LOCK, "check", header], capture_output=True, text=True)

    def locked(self, header):
        command = [LOCK, "print", header]
        printed = subprocess.run(command, capture_output=True, text=True, check=True)
        return printed.stdout.splitlines()

    def assert_refused(self, result, reason):
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(reason, result.stderr)

    def test_the_header_is_as_it_was_locked(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_last_frozen_header_keeps_the_promise_too(self):
        result = subprocess.run([LOCK, "check", FROZEN[-1]], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_lock_keeps_what_every_frozen_header_promised(self):
        locked = (LOCK.parent / "abi.lock").read_text().splitlines()
        self.assertGreater(len(FROZEN), 1)
        for header in FROZEN:
            for line in self.locked(header)[1:]:
                if not line.startswith("struct "):
                    self.assertIn(line, locked, header)

    def test_finds_members_that_changed_places(self):
        result = self.check(("  uint32_t version;  // raised", "  uint32_t kept;  // raised"),
                            ("  uint32_t value_count;", "  uint32_t counted;"))
        self.assert_refused(result, "was: weir_state.version: offset 4, size 4, uint32_t; "
                                    "is: weir_state.kept: offset 4, size 4, uint32_t")
        self.assert_refused(result, "was: weir_enumeration.value_count")

    def test_finds_a_member_put_in_the_middle(self):
        result = self.check(("  uint32_t job_count;", "  uint32_t colour;\n  uint32_t job_count;"))
        self.assert_refused(result, "was: weir_plugin.job_count: offset 12")

    def test_finds_a_member_that_was_removed(self):
        result = self.check(("  int64_t allowed_lateness;  // ms, >= 0\n", ""))
        self.assert_refused(result, "is: gone")

    def test_finds_a_signature_that_changed(self):
        result = self.check(("  void* (*reserve)(struct weir_out* out, uint32_t count)",
                             "  void* (*reserve)(struct weir_out* out, uint64_t count)"))
        self.assert_refused(result, "weir_out.reserve")

    def test_finds_a_type_of_the_same_size(self):
        result = self.check(("  int64_t out_of_order;", "  uint64_t out_of_order;"))
        self.assert_refused(result, "was: weir_event_time.out_of_order: offset 8, size 8, int64_t; "
                                    "is: weir_event_time.out_of_order: offset 8, size 8, uint64_t")

    def test_finds_a_constant_that_was_renumbered(self):
        result = self.check(("#define WEIR_SLIDING 2u", "#define WEIR_SLIDING 3u"))
        self.assert_refused(result, "changed or gone: constant WEIR_SLIDING = 2u")

    def test_finds_a_struct_that_grew_without_telling_its_size(self):
        result = self.check(("  uint64_t size;\n} weir_text;",
                             "  uint64_t size;\n  uint64_t hash;\n} weir_text;"))
        self.assert_refused(result, "struct weir_text has no struct_size, so it can never grow")

    def test_lets_a_struct_grow_at_its_end(self):
        result = self.check(("} weir_window_spec;", "  int64_t gap;\n} weir_window_spec;"),
                            ("#define WEIR_SLIDING 2u",
                             "#define WEIR_SLIDING 2u\n#define WEIR_SESSION 3u"),
                            ("#define WEIR_ABI_MINOR 1u", "#define WEIR_ABI_MINOR 2u"))
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertIn("are meant to be\nreleased, run tests/abi/lock freeze", result.stdout)

    def test_wants_another_minor_for_what_is_appended(self):
        result = self.check(("} weir_window_spec;", "  int64_t gap;\n} weir_window_spec;"))
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertIn("raise WEIR_ABI_MINOR and run tests/abi/lock freeze", result.stdout)

    def test_finds_a_table_that_ends_in_padding(self):
        result = self.check(("} weir_window_spec;", "  uint32_t gap;\n} weir_window_spec;"))
        self.assert_refused(result, "struct weir_window_spec ends in 4 bytes of padding")

    def test_finds_another_size_of_the_same_members(self):
        result = self.check(("typedef struct weir_window {\n  int64_t start;",
                             "typedef struct weir_window {\n  _Alignas(32) int64_t start;"))
        self.assert_refused(result, "was: struct weir_window: size 16, alignment 8; "
                                    "is: struct weir_window: size 32, alignment 32")

    def test_lets_every_table_grow(self):
        grown = subprocess.run([LOCK, "grow"], capture_output=True, text=True, check=True).stdout
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder) / "abi.h"
            header.write_text(grown)
            result = subprocess.run([LOCK, "check", header], capture_output=True, text=True)
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)

    def test_the_host_wants_no_more_of_a_table_than_the_first_minor_had(self):
        frozen = {}
        for header in reversed(FROZEN):
            frozen |= re.findall(r"struct (\w+): size (\d+)", "\n".join(self.locked(header)))
        wanted = re.findall(r"kSizeMin<(\w+)> = (\d+);", SIZES.read_text())
        self.assertGreater(len(wanted), 10)
        for name, size in wanted:
            self.assertEqual(size, frozen[name], name)

    def test_the_compiler_finds_a_change_as_well(self):
        asserted = subprocess.run([LOCK, "assert"], capture_output=True, text=True, check=True)
        text = HEADER.read_text().replace("  uint32_t job_count;",
                                          "  uint32_t colour;\n  uint32_t job_count;")
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder) / "weir" / "abi.h"
            header.parent.mkdir()
            header.write_text(text)
            source = pathlib.Path(folder) / "layout.c"
            source.write_text(asserted.stdout)
            compiled = subprocess.run(["cc", "-std=c11", "-fsyntax-only", "-I", folder, source],
                                      capture_output=True, text=True)
        self.assertNotEqual(compiled.returncode, 0)
        self.assertIn("weir_plugin.job_count has changed", compiled.stderr)


class Freeze(unittest.TestCase):
    """In a copy of what the tool works on."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(LOCK.parent, self.root / "tests" / "abi")
        shutil.copytree(HEADER.parent, self.root / "sdk" / "include" / "weir")
        self.header = self.root / "sdk" / "include" / "weir" / "abi.h"
        self.frozen = self.root / "tests" / "abi" / "frozen"

    def freeze(self):
        return subprocess.run([self.root / "tests" / "abi" / "lock", "freeze"],
                              capture_output=True, text=True)

    def change(self, path, before, after):
        self.assertEqual(path.read_text().count(before), 1, before)
        path.write_text(path.read_text().replace(before, after))

    def grow(self):
        self.change(self.header, "} weir_window_spec;", "  int64_t gap;\n} weir_window_spec;")

    def test_writes_a_new_minor_beside_the_old_one(self):
        before = (self.frozen / "v1.1" / "weir" / "abi.h").read_text()
        self.grow()
        self.change(self.header, "#define WEIR_ABI_MINOR 1u", "#define WEIR_ABI_MINOR 2u")

        result = self.freeze()

        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("gap", (self.frozen / "v1.2" / "weir" / "abi.h").read_text())
        self.assertEqual((self.frozen / "v1.1" / "weir" / "abi.h").read_text(), before)

    def test_does_not_write_over_a_frozen_minor(self):
        before = (self.frozen / "v1.1" / "weir" / "abi.h").read_text()
        self.grow()

        result = self.freeze()

        self.assertEqual(result.returncode, 1)
        self.assertIn("v1.1 is frozen, and abi.h differs from it: raise WEIR_ABI_MINOR",
                      result.stderr)
        self.assertEqual((self.frozen / "v1.1" / "weir" / "abi.h").read_text(), before)

    def test_does_not_write_over_the_cpp_layer_either(self):
        self.change(self.header.parent / "cpp" / "window.h", "#pragma once", "#pragma  once")

        result = self.freeze()

        self.assertEqual(result.returncode, 1)
        self.assertIn("v1.1 is frozen, and ", result.stderr)

    def test_writes_the_same_again(self):
        shutil.rmtree(self.frozen)

        self.assertEqual(self.freeze().returncode, 0)
        self.assertEqual(self.freeze().returncode, 0)


if __name__ == "__main__":
    sys.exit(unittest.main())
