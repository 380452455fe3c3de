#!/usr/bin/env python3
"""Each rule of tools/tidy is shown a small tree that breaks it, and one that does not."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TIDY = pathlib.Path(__file__).resolve().parents[2] / "tools" / "tidy"
# Words that this file may not hold itself, put together.
LATER = "TO" + "DO"
SKIPPED = "DISABLED" + "_Sum"
HOME = "/ho" + "me/anna"
OUTSIDE = "ht" + "tps://downloads.somewhere.net"
SLEEP = "std::this_thread::sleep" + "_for"

LIBRARY_A = "weir_library(a SOURCES a.cc)\n"


def findings(rule, files):
    """What the rule says about a tree: `PATH:LINE: RULE: TEXT`."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            place = pathlib.Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            mode = "wb" if isinstance(content, bytes) else "w"
            with open(place, mode) as file:
                file.write(content)
        run = subprocess.run(
            [sys.executable, "-B", TIDY, "--root", folder, rule],
            capture_output=True, text=True, check=False,
        )
        if run.returncode not in (0, 1):
            raise AssertionError(run.stderr)
        found = run.stdout.splitlines()
        assert bool(found) == bool(run.returncode), run.stdout
        return found


class RuleTest(unittest.TestCase):
    def expect(self, rule, place, text, files):
        """One finding, at this place, that contains this text."""
        found = findings(rule, files)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{place}: {rule}: "), found)
        self.assertIn(text, found[0])

    def expect_none(self, rule, files):
        self.assertEqual(findings(rule, files), [])


class Layering(RuleTest):
    def tree(self, deps, include="b/b.h"):
        return {
            "runtime/a/CMakeLists.txt": f"weir_library(a SOURCES a.cc {deps})\n",
            "runtime/a/a.cc": f'#include <string>\n\n#include "{include}"\n',
            "runtime/b/CMakeLists.txt": "weir_library(b)\n",
            "runtime/b/b.h": "#pragma once\n",
        }

    def test_an_include_outside_of_the_deps_is_found(self):
        self.expect("layering", "runtime/a/a.cc:3", "a may not include b/b.h", self.tree(""))

    def test_a_declared_include_is_fine(self):
        self.expect_none("layering", self.tree("DEPS b"))

    def test_a_dependency_nobody_uses_is_found(self):
        files = self.tree("DEPS b c")
        files["runtime/c/CMakeLists.txt"] = "weir_library(c)\n"
        self.expect("layering", "runtime/a/CMakeLists.txt:1", "includes nothing of c", files)

    def test_a_dependency_of_a_dependency_must_be_declared_too(self):
        files = self.tree("DEPS b", "b/b.h")
        files["runtime/c/CMakeLists.txt"] = "weir_library(c)\n"
        files["runtime/c/c.h"] = "#pragma once\n"
        files["runtime/b/CMakeLists.txt"] = "weir_library(b DEPS c)\n"
        files["runtime/b/b.h"] = '#include "c/c.h"\n'
        files["runtime/a/a.cc"] += '#include "c/c.h"\n'
        self.expect("layering", "runtime/a/a.cc:4", "c is not in the DEPS", files)

    def test_a_nested_folder_is_a_library_of_its_own(self):
        files = self.tree("DEPS b", "b/b.h")
        files["runtime/b/x/CMakeLists.txt"] = "weir_library(b_x)\n"
        files["runtime/a/a.cc"] += '#include "b/x/y.h"\n'
        self.expect("layering", "runtime/a/a.cc:4", "b_x is not in the DEPS", files)

    def test_the_sdk_must_be_declared_like_a_folder(self):
        files = self.tree("", "weir/abi.h")
        self.expect("layering", "runtime/a/a.cc:3", "sdk is not in the DEPS", files)

    def test_a_file_without_a_library_is_found(self):
        files = {"runtime/a/a.h": "#pragma once\n"}
        self.expect("layering", "runtime/a/a.h:1", "belongs to no weir_library", files)

    def folders_of_tests(self, include, deps):
        return {
            **self.tree("DEPS b"),
            "tests/a/CMakeLists.txt": f"weir_test(a\n  SOURCES a_test.cc\n  DEPS {deps}\n"
                                      "  LABELS unit)\n",
            "tests/a/a_test.cc": f'#include "a/fake.h"\n#include "{include}"\n',
            "tests/a/fake.h": "#pragma once\n",
            "tests/b/CMakeLists.txt": "weir_test_library(b_fakes DEPS b)\n",
            "tests/b/fake.h": "#pragma once\n",
        }

    def test_a_test_declares_what_it_includes(self):
        self.expect("program-layering", "tests/a/a_test.cc:2", "b is not in the DEPS",
                    self.folders_of_tests("b/b.h", "a"))
        self.expect_none("program-layering", self.folders_of_tests("b/b.h", "a b"))

    def test_a_test_declares_whose_fakes_it_uses(self):
        self.expect("program-layering", "tests/a/a_test.cc:2", "b_fakes is not in the DEPS",
                    self.folders_of_tests("b/fake.h", "a b"))
        self.expect_none("program-layering", self.folders_of_tests("b/fake.h", "a b_fakes"))

    def test_the_command_line_declares_what_it_includes(self):
        self.expect("program-layering", "tools/weir/run.cc:1", "a is not in the DEPS", {
            **self.tree("DEPS b"),
            "tools/weir/CMakeLists.txt": "weir_program(weir SOURCES run.cc DEPS b)\n",
            "tools/weir/run.cc": '#include "a/a.h"\n',
        })

    def test_an_outside_library_of_a_test_is_declared_too(self):
        files = self.folders_of_tests("rocksdb/db.h", "a")
        self.expect("third-party", "tests/a/a_test.cc:2", "tests/a does not wrap", files)

    def test_a_circle_is_found(self):
        self.expect("layers", "runtime/a/CMakeLists.txt:1", "circle: a -> b -> a", {
            "runtime/a/CMakeLists.txt": "weir_library(a DEPS b)\n",
            "runtime/b/CMakeLists.txt": "weir_library(b DEPS a)\n",
        })

    def test_a_library_is_named_like_its_folder(self):
        self.expect("layers", "runtime/a/b/CMakeLists.txt:1", "should be named a_b", {
            "runtime/a/b/CMakeLists.txt": "weir_library(b)\n",
        })

    def test_an_outside_library_is_included_only_where_it_is_wrapped(self):
        files = {
            "runtime/a/CMakeLists.txt": LIBRARY_A,
            "runtime/a/a.cc": "#include <rocksdb/db.h>\n",
        }
        self.expect("third-party", "runtime/a/a.cc:1", "does not wrap rocksdb/db.h", files)
        files["runtime/a/CMakeLists.txt"] = "weir_library(a LINKS weir_third::rocksdb)\n"
        self.expect_none("third-party", files)

    def test_a_plugin_includes_nothing_of_the_runtime(self):
        self.expect("plugin-includes", "plugins/p/p.cc:3", "base/result.h", {
            "plugins/p/p.cc": '#include <weir/sdk.h>\n#include "own.h"\n#include "base/result.h"\n',
            "plugins/p/own.h": "",
        })

    def test_the_sdk_includes_no_outside_library(self):
        self.expect("plugin-includes", "sdk/include/weir/a.h:2", "fmt/core.h", {
            "sdk/include/weir/a.h": "#include <string>\n#include <fmt/core.h>\n",
        })


class Sizes(RuleTest):
    def test_a_long_header_is_found(self):
        self.expect("file-length", "runtime/a/a.h:251", "at most 250", {
            "runtime/a/a.h": "\n" * 251, "runtime/a/b.h": "\n" * 250,
        })

    def test_a_long_source_file_is_found(self):
        self.expect("file-length", "runtime/a/a.cc:501", "at most 500", {
            "runtime/a/a.cc": "\n" * 501, "runtime/a/b.cc": "\n" * 500,
        })

    def test_a_long_line_is_found(self):
        self.expect("line-length", "tools/x:2", "101 columns", {
            "tools/x": "#!/bin/sh\n" + "#" * 101 + "\n" + "#" * 100 + "\n",
        })

    def function(self, lines):
        body = "  step();\n" * (lines - 2)
        return f"namespace a {{\nvoid A::run(int count) const {{\n{body}}}\n}}  // namespace a\n"

    def test_a_long_function_is_found(self):
        self.expect("function-length", "a.cc:2", "71 lines", {
            "a.cc": self.function(71), "b.cc": self.function(70),
        })

    def test_a_long_function_is_found_after_an_initialiser_list_and_a_lambda(self):
        before = "A::A(int x) : x_{x}, y_(x) {}\n"
        before += "int y = f([](int z) { return z; });\nint z[] = {1};\n"
        self.expect("function-length", "a.cc:5", "71 lines", {"a.cc": before + self.function(71)})

    def test_a_long_class_of_short_functions_is_fine(self):
        members = "  int f(int a) const { return a; }\n  struct S { int x = 0; };\n" * 60
        self.expect_none("function-length", {"a.h": "class A final : public B<int(int)> {\n"
                                             + members + "};\n"})

    def test_braces_in_strings_and_comments_do_not_count(self):
        odd = 'void f() {\n  g("}{{", \'{\');  // {{\n  h(R"({{{)", 1\'000);\n}\n'
        self.expect_none("function-length", {"a.cc": odd + self.function(70)})

    def test_a_long_python_function_is_found(self):
        self.expect("function-length", "a.py:1", "71 lines", {
            "a.py": "def run():\n" + "    step()\n" * 70,
        })

    def test_many_parameters_are_found(self):
        self.expect("parameters", "a.cc:2", "7 parameters", {
            "a.cc": "void f(A<int, int> a, int b, int c, int d, int e, int f) {}\n"
                    "void g(int a, int b, int c, int d, int e, int f, int g) {}\n",
        })


class Words(RuleTest):
    def test_a_clock_is_asked_only_in_one_file(self):
        code = "auto now = std::chrono::steady_clock::now();\n"
        self.expect("banned-code", "runtime/flow/a.cc:1", "Clock", {
            "runtime/flow/a.cc": code, "runtime/base/clock.cc": code,
        })

    def test_a_test_that_sleeps_is_found(self):
        self.expect("banned-code", "tests/a_test.cc:1", "wait for the condition", {
            "tests/a_test.cc": f"void f() {{ {SLEEP}(1s); }}\n",
        })

    def test_the_engine_does_not_throw(self):
        self.expect("banned-code", "runtime/a/a.cc:2", "nothing here throws", {
            "runtime/a/a.cc": '// We never throw.\nvoid f() { throw 1; }\nauto t = "throw";\n',
            "tests/plugins/bad.cc": "void f() { throw 1; }\n",
        })

    def test_a_bare_mutex_is_found(self):
        self.expect("banned-code", "runtime/a/a.h:1", "Guarded", {
            "runtime/a/a.h": "std::mutex mutex_;\n", "runtime/base/guarded.h": "std::mutex m_;\n",
        })

    def test_an_atomic_outside_of_its_places_is_found(self):
        self.expect("banned-code", "runtime/job/a.h:1", "channels", {
            "runtime/job/a.h": "std::atomic<int> a_;\n",
            "runtime/flow/channel.h": "std::atomic<int> a_;\n",
        })

    def test_a_test_that_is_switched_off_by_its_name_is_found(self):
        self.expect("banned-code", "tests/a_test.cc:1", "fix the test", {
            "tests/a_test.cc": f"TEST(Sum, {SKIPPED}) {{}}\n",
        })

    def test_a_type_with_a_vague_name_is_found(self):
        self.expect("vague-names", "runtime/a/a.h:1", "TaskManager", {
            "runtime/a/a.h": "class TaskManager {\n};\nclass Database {};\nclass Managed {};\n",
        })

    def test_a_function_with_a_vague_name_is_found(self):
        self.expect("vague-names", "runtime/a/a.h:1", "do_run", {
            "runtime/a/a.h": "void do_run();\nint undo_all();\n",
        })

    def test_a_note_to_do_something_later_is_found(self):
        self.expect("unfinished", "a.md:2", LATER, {"a.md": f"one\n{LATER}: two\n"})

    def test_a_test_that_is_commented_out_is_found(self):
        self.expect("disabled-tests", "tests/a_test.cc:1", "switched off", {
            "tests/a_test.cc": "// TEST(Sum, AddsUp) {}\n",
        })

    def test_a_test_that_is_commented_out_in_cmake_is_found(self):
        self.expect("disabled-tests", "tests/CMakeLists.txt:2", "switched off", {
            "tests/CMakeLists.txt": "# weir_test(flow SOURCES ...): a folder.\n"
                                    "# weir_test(flow SOURCES a_test)\n",
        })

    def test_a_path_of_one_machine_is_found(self):
        self.expect("machine-facts", "a.sh:1", HOME[:7], {
            "a.sh": f"cd {HOME}/weir\ncd build/work/x\n",
        })

    def test_an_address_of_the_outside_world_is_found(self):
        self.expect("machine-facts", "a.sh:2", "downloads.somewhere.net", {
            "a.sh": f"ask http://127.0.0.1:80/\nget {OUTSIDE}/x\n",
        })

    def test_a_script_that_downloads_is_found(self):
        self.expect("scripts-and-cmake", "tools/x:2", "package clients", {
            "tools/x": "#!/bin/bash\ncurl -O $address\napt-get install libcurl-dev\n",
        })

    def test_a_script_in_python_that_waits_for_time_is_found(self):
        wait = "import time\ntime" + ".sleep(1)\n"
        self.expect("scripts-and-cmake", "tests/x.py:2", "wait for the condition", {
            "tests/x.py": wait,
        })
        self.expect("scripts-and-cmake", "tools/x:3", "wait for the condition", {
            "tools/x": "#!/usr/bin/env python3\n" + wait,
        })

    def test_a_script_in_python_that_asks_what_time_it_is_is_found(self):
        self.expect("scripts-and-cmake", "tests/x.py:1", "what time it is", {
            "tests/x.py": "datetime.datetime" + ".now()\n",
        })

    def test_a_script_in_python_that_ends_processes_by_name_is_found(self):
        self.expect("scripts-and-cmake", "tests/x.py:1", "by their id", {
            "tests/x.py": 'run(["%s", "java"])\n' % ("pk" + "ill"),
        })

    def test_a_glob_in_cmake_is_found(self):
        self.expect("scripts-and-cmake", "CMakeLists.txt:1", "name the files", {
            "CMakeLists.txt": "file(GLOB sources *.cc)\n",
        })


class Files(RuleTest):
    def test_a_source_file_no_target_names_is_found(self):
        self.expect("orphans", "runtime/a/b.cc:1", "no CMakeLists.txt names", {
            "runtime/a/CMakeLists.txt": "# b.cc\n" + LIBRARY_A,
            "runtime/a/a.cc": "",
            "runtime/a/b.cc": "",
        })

    def test_a_header_nobody_includes_is_found(self):
        self.expect("orphans", "runtime/a/b.h:1", "no file includes", {
            "runtime/a/CMakeLists.txt": LIBRARY_A,
            "runtime/a/a.cc": '#include "a/a.h"\n',
            "runtime/a/a.h": "",
            "runtime/a/b.h": "",
        })

    def test_a_script_nobody_runs_is_found(self):
        self.expect("orphans", "tools/b.py:1", "nothing names", {
            "tools/a.py": "import c\n", "tools/b.py": "", "tools/c.py": "",
            "tools/run": "python3 a.py\n",
        })

    def test_a_file_name_in_camel_case_is_found(self):
        self.expect("file-names", "a/TaskQueue.h:1", "snake_case", {"a/TaskQueue.h": ""})

    def test_a_vague_file_name_is_found(self):
        self.expect("file-names", "a/string_utils.h:1", "string_utils", {"a/string_utils.h": ""})

    def test_a_header_without_a_guard_is_found(self):
        self.expect("header-guards", "a/b.h:1", "#pragma once", {
            "a/b.h": "int x();\n",
            "a/c.h": "#pragma once\n",
            "a/d.h": "#ifndef D_H\n#define D_H\n#endif\n",
        })

    def test_a_plugin_without_a_readme_is_found(self):
        self.expect("plugin-readme", "plugins/p/CMakeLists.txt:1", "README.md", {
            "plugins/p/CMakeLists.txt": "",
            "plugins/CMakeLists.txt": "",
            "plugins/q/CMakeLists.txt": "",
            "plugins/q/README.md": "",
        })

    def test_a_binary_is_found(self):
        self.expect("binaries", "a.so:1", "binary", {
            "a.so": b"\x7fELF\0", "tests/fuzz/corpus/x": b"\0",
        })


class Layout(RuleTest):
    def test_code_that_is_not_formatted_is_found(self):
        style = (TIDY.parent.parent / ".clang-format").read_text()
        self.expect("clang-format", "a.cc:2", "clang-format -i", {
            ".clang-format": style, "a.cc": "int a;\nint  b;\n", "b.cc": "int b;\n",
        })

    def test_blanks_at_the_end_of_a_line_are_found(self):
        self.expect("whitespace", "a.sh:1", "blanks", {"a.sh": "one \ntwo\n"})

    def test_a_missing_last_newline_is_found(self):
        self.expect("whitespace", "a.sh:1", "one newline", {"a.sh": "one"})


class AllRules(unittest.TestCase):
    def test_every_rule_has_a_tree_that_breaks_it(self):
        listed = subprocess.run([sys.executable, "-B", TIDY, "--list"],
                                capture_output=True, text=True, check=True).stdout
        tests = pathlib.Path(__file__).read_text()
        for line in listed.splitlines():
            self.assertIn(f'self.expect("{line.split()[0]}"', tests)


class Permission(RuleTest):
    def test_a_line_may_break_a_rule_with_a_reason(self):
        allowed = "// tidy: allow unfinished: the word itself is the subject\n"
        self.expect_none("unfinished", {"a.cc": f"{allowed}// {LATER}\n"})

    def test_a_permission_without_a_reason_is_none(self):
        allowed = "// tidy: allow unfinished:\n"
        self.expect("unfinished", "a.cc:2", LATER, {"a.cc": f"{allowed}// {LATER}\n"})


if __name__ == "__main__":
    unittest.main()
