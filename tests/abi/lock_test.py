#!/usr/bin/env python3
"""tests/abi/lock finds every change that breaks plugins, and lets a later minor append."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

LOCK = pathlib.Path(__file__).resolve().parent / "lock"
HEADER = LOCK.parent.parent.parent / "sdk" / "include" / "weir" / "abi.h"
FROZEN = LOCK.parent / "frozen" / "v1.0" / "weir" / "abi.h"


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

    def assert_refused(self, result, reason):
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(reason, result.stderr)

    def test_the_header_is_as_it_was_locked(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_frozen_header_keeps_the_promise_too(self):
        result = subprocess.run([LOCK, "check", FROZEN], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

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
                             "#define WEIR_SLIDING 2u\n#define WEIR_SESSION 3u"))
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertIn("run tests/abi/lock freeze", result.stdout)

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


if __name__ == "__main__":
    sys.exit(unittest.main())
