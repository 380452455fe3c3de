#!/usr/bin/env python3
"""Wrong uses of the C++ layer do not compile, and the first error is a sentence that helps."""

import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

INCLUDE = pathlib.Path(__file__).resolve().parent.parent.parent / "sdk" / "include"

PREAMBLE = """
struct Step {
  weir::Time at;
  weir::Text user;
  std::int32_t cost;
  float share;
  weir::Optional<weir::Time> left_at;
};
WEIR_RECORD(Step, at, user, cost, share, left_at)
struct Sum {
  std::int64_t cost = 0;
};
WEIR_STATE(Sum, 1, cost)
struct Plain {
  int number;
};
auto steps(weir::Flow& flow) {
  return flow.source<Step>("steps").event_time(&Step::at, weir::in_order());
}
auto windows(weir::Flow& flow) {
  return steps(flow).key_by("user", &Step::user).window("sums", weir::tumbling(1s));
}
"""

# What is written, and what the first error must say.
CASES = {
    "text of a record as std::string": (
        "struct Bad { std::string text; }; WEIR_RECORD(Bad, text)",
        "a record holds text as weir::Text"),
    "a container in a record": (
        "struct Bad { std::vector<int> list; }; WEIR_RECORD(Bad, list)",
        "containers and std::chrono types cannot be fields"),
    "a duration in a record": (
        "struct Bad { weir::Duration wait; }; WEIR_RECORD(Bad, wait)",
        "containers and std::chrono types cannot be fields"),
    "a pointer in a record": (
        "struct Bad { int* number; }; WEIR_RECORD(Bad, number)",
        "this type cannot be a field"),
    "an enum without its names": (
        "enum class Color : std::int32_t { Red }; struct Bad { Color color; };"
        "WEIR_RECORD(Bad, color)",
        "an enum in a record needs WEIR_ENUM(Type, names...) in front of WEIR_RECORD"),
    "an enum of another size": (
        "enum class Color : std::uint8_t { Red }; WEIR_ENUM(Color, Red)",
        "an enum in a record is `enum class Name : std::int32_t`"),
    "a member that is not named": (
        "struct Bad { int one; int two; }; WEIR_RECORD(Bad, one)",
        "does not name all members of the struct"),
    "a record with a constructor": (
        "struct Bad { Bad(); int one; }; WEIR_RECORD(Bad, one)",
        "a record is a plain struct"),
    "an accumulator that points to text": (
        "struct Bad { weir::Text text; }; WEIR_STATE(Bad, 1, text)",
        "use weir::InlineText<N> instead of weir::Text"),
    "a state of version 0": (
        "struct Bad { int one; }; WEIR_STATE(Bad, 0, one)",
        "the version of a state starts at 1"),
    "a migration from a later state": (
        "struct Later { int cost; }; WEIR_STATE(Later, 2, cost)"
        "Sum back(const Later&) { return {}; } WEIR_MIGRATE(Sum, back)",
        "a migration leads from an earlier version to a later one"),
    "a migration of what is no state": (
        "Sum back(const Plain&) { return {}; } WEIR_MIGRATE(Sum, back)",
        "write WEIR_STATE(Type, version, fields...) behind both"),
    "a migration of another kind": (
        "void back(Sum&) {} WEIR_MIGRATE(Sum, back)",
        "a migration is a function NewState name(const OldState&)"),
    "a source of what is no record": (
        'void job(weir::Flow& flow) { flow.source<Plain>("plain"); }',
        "this type is not a record: write WEIR_RECORD(Type, fields...) behind it"),
    "a source without event time": (
        'void job(weir::Flow& flow) { flow.source<Step>("steps").sink("out"); }',
        "say first how the time of the records is found: .event_time(&Record::field, "
        "weir::out_of_order(...))"),
    "event time that is a number": (
        'void job(weir::Flow& flow) { flow.source<Step>("s").event_time(&Step::cost, {}); }',
        "event_time needs a field of type weir::Time, not optional"),
    "event time that may be missing": (
        'void job(weir::Flow& flow) { flow.source<Step>("s").event_time(&Step::left_at, {}); }',
        "event_time needs a field of type weir::Time, not optional"),
    "a filter that takes something else": (
        'void job(weir::Flow& flow) { steps(flow).filter("f", [](const Sum&) { return true; }); }',
        "filter needs a function bool(const Row&)"),
    "a filter that keeps a count": (
        'void job(weir::Flow& flow) { steps(flow).filter("f", [n = 0](const Step&) mutable '
        "{ return ++n > 3; }); }",
        "a job's function keeps nothing between calls: the lambda must not be mutable"),
    "a map to what is no record": (
        'void job(weir::Flow& flow) { steps(flow).map("m", '
        "[](const Step& step) { return step.cost; }); }",
        "this type is not a record"),
    "a flat_map without Out": (
        'void job(weir::Flow& flow) { steps(flow).flat_map("m", [](const Step&) {}); }',
        "flat_map needs a function (const Row&, weir::Out<Result>)"),
    "a key that is a temporary string": (
        'void job(weir::Flow& flow) { steps(flow).key_by("k", [](const Step& s) '
        "{ return weir::key(s.user.copy()); }); }",
        "a std::string made inside the function is gone before the key is read"),
    "a key that is a floating point number": (
        'void job(weir::Flow& flow) { steps(flow).key_by("k", &Step::share); }',
        "floating point numbers and records cannot be keys"),
    "a key that may be missing": (
        'void job(weir::Flow& flow) { steps(flow).key_by("k", &Step::left_at); }',
        "a part of a key cannot be optional: say what a missing one means with value_or()"),
    "an accumulator without WEIR_STATE": (
        "void job(weir::Flow& flow) { windows(flow).aggregate<Plain>([](Plain&, const Step&) {},"
        "[](const auto&, weir::Window, const Plain&, weir::Out<Step>) {}); }",
        "this type is not an accumulator: write WEIR_STATE(Type, version, fields...) behind it"),
    "an add function in the wrong order": (
        "void job(weir::Flow& flow) { windows(flow).aggregate<Sum>([](const Step&, Sum&) {},"
        "[](const auto&, weir::Window, const Sum&, weir::Out<Step>) {}); }",
        "aggregate needs an add function void(State&, const Row&)"),
    "an emit function without Out": (
        "void job(weir::Flow& flow) { windows(flow).aggregate<Sum>([](Sum&, const Step&) {},"
        "[](const auto&, weir::Window, const Sum&) {}); }",
        "aggregate needs an emit function (const auto& key, weir::Window, const State&, "
        "weir::Out<Result>)"),
    "an emit function that forgets the window": (
        "void job(weir::Flow& flow) { windows(flow).aggregate<Sum>([](Sum&, const Step&) {},"
        "[](const weir::Key<weir::Text>&, const Sum&, weir::Out<Step>) {}); }",
        "aggregate needs an emit function (const auto& key, weir::Window, const State&, "
        "weir::Out<Result>)"),
    "a merge function of other types": (
        "void job(weir::Flow& flow) { windows(flow).aggregate<Sum>([](Sum&, const Step&) {},"
        "[](Step&) {}, [](const auto&, weir::Window, const Sum&, weir::Out<Step>) {}); }",
        "aggregate needs a merge function void(State& into, const State& from)"),
    "a function over rows of another type": (
        "void job(weir::Flow& flow) { windows(flow).rows([](const auto&, weir::Window, "
        "weir::Rows<Sum>, weir::Out<Step>) {}); }",
        "rows needs a function (const auto& key, weir::Window, weir::Rows<Row>, "
        "weir::Out<Result>)"),
    "a union of different records": (
        'void job(weir::Flow& flow) { auto s = steps(flow); flow.unite("u", s, '
        's.map("m", [](const Step&) { return Sum(); })); }',
        "unite needs streams of one record type: map the others to it first"),
    "a coGroup of different keys": (
        'void job(weir::Flow& flow) { auto s = steps(flow); flow.cogroup("c", '
        's.key_by("a", &Step::user), s.key_by("b", &Step::cost), weir::tumbling(1s), '
        "[](const auto&, weir::Window, weir::Rows<Step>, weir::Rows<Step>, weir::Out<Step>) {}); }",
        "cogroup needs both streams keyed by the same types in the same order"),
    "a window over rows without a key": (
        'void job(weir::Flow& flow) { steps(flow).window("w", weir::tumbling(1s)).rows('
        "[](const auto&, weir::Window, weir::Rows<Step>, weir::Out<Step>) {}); }",
        'a window needs rows of one key: say .key_by(uid, &Record::field) first'),
    "a sink behind a key": (
        'void job(weir::Flow& flow) { steps(flow).key_by("k", &Step::user).sink("out"); }',
        'rows of one key meet in windows: say .window(uid, weir::tumbling(...)) behind key_by'),
    "an aggregate behind a key": (
        'void job(weir::Flow& flow) { steps(flow).key_by("k", &Step::user).aggregate<Sum>('
        "[](Sum&, const Step&) {}, [](const auto&, weir::Window, const Sum&, weir::Out<Step>) {})"
        '.sink("out"); }',
        'rows of one key meet in windows: say .window(uid, weir::tumbling(...)) behind key_by'),
    "a sink behind a window": (
        'void job(weir::Flow& flow) { windows(flow).sink("out"); }',
        "say first what becomes of the rows of a window: .aggregate<State>(add, emit)"),
    "a map behind a window": (
        'void job(weir::Flow& flow) { windows(flow).map("m", [](const Step& s) { return s; })'
        '.sink("out"); }',
        "say first what becomes of the rows of a window: .aggregate<State>(add, emit)"),
    "a coGroup of streams without keys": (
        'void job(weir::Flow& flow) { auto s = steps(flow); flow.cogroup("c", '
        's.key_by("a", &Step::user), s, weir::tumbling(1s), '
        "[](const auto&, weir::Window, weir::Rows<Step>, weir::Rows<Step>, weir::Out<Step>) {})"
        '.sink("out"); }',
        'cogroup needs both streams keyed: say .key_by(uid, &Record::field) first'),
    "a union of sources": (
        'void job(weir::Flow& flow) { flow.unite("u", flow.source<Step>("a"), '
        'flow.source<Step>("b")).sink("out"); }',
        "say first how the time of the records is found: .event_time(&Record::field, "
        "weir::out_of_order(...))"),
    "a union of a stream and a source": (
        'void job(weir::Flow& flow) { flow.unite("u", steps(flow), flow.source<Step>("b")); }',
        "say first how the time of the records is found: .event_time(&Record::field, "
        "weir::out_of_order(...))"),
    "a parameter that is a record": (
        'void job(weir::Flow& flow) { flow.param("p", Step(), "doc"); }',
        "a parameter is a bool, an integer, a floating point number, text or a duration"),
    "a connector of another class": (
        "struct Bad { using Options = weir::NoOptions; "
        "Bad(const Options&, const weir::ConnectorContext&); };"
        'WEIR_PLUGIN("p", "1.0.0") { source_connector<Bad>("bad", {}); }',
        "source_connector needs a class derived from weir::SourceConnector"),
    "a connector without options": (
        "struct Bad : weir::SinkConnector {};"
        'WEIR_PLUGIN("p", "1.0.0") { sink_connector<Bad>("b", weir::Delivery::Idempotent, {}); }',
        "a connector has a type Options (weir::NoOptions when there are none) and a constructor"),
    "an option of another type": (
        "struct Bad { int number; }; WEIR_OPTIONS(Bad, number)"
        "constexpr auto bad = weir_options_of(weir::detail::Of<Bad>());",
        "an option is a bool, a std::int64_t, a double, a std::string or a weir::Duration"),
}


class Compiler:
    """Compiles against a header that was compiled once."""

    def __init__(self, command, folder):
        self.command = [command, "-std=c++20", "-I", str(INCLUDE)]
        self.folder = pathlib.Path(folder)
        self.header = self.folder / "sdk.h"
        self.header.write_text("#include <weir/sdk.h>\n")
        output = self.folder / ("sdk.h.gch" if "g++" in command and "clang" not in command
                                else "sdk.h.pch")
        subprocess.run([*self.command, "-x", "c++-header", self.header, "-o", output], check=True)
        self.include = (["-include-pch", output] if output.suffix == ".pch"
                        else ["-include", self.header])

    def errors(self, name, code):
        source = self.folder / (re.sub(r"\W", "_", name) + ".cc")
        source.write_text(PREAMBLE + code + "\n")
        result = subprocess.run(
            [*self.command, *self.include, "-fsyntax-only", source], capture_output=True, text=True)
        return [line for line in result.stderr.splitlines() if "error:" in line]


class WrongUse(unittest.TestCase):
    def check(self, command):
        with tempfile.TemporaryDirectory() as folder, \
                concurrent.futures.ThreadPoolExecutor(2) as pool:
            compiler = Compiler(command, folder)
            self.assertEqual(compiler.errors("nothing wrong", ""), [])
            names = list(CASES)
            all_errors = pool.map(lambda name: compiler.errors(name, CASES[name][0]), names)
            for name, errors in zip(names, all_errors):
                with self.subTest(name):
                    self.assertTrue(errors, "it compiles")
                    self.assertIn(CASES[name][1], errors[0], "\n".join(errors[:5]))

    def test_gcc(self):
        self.check("g++")

    def test_clang(self):
        self.check("clang++")


if __name__ == "__main__":
    sys.exit(unittest.main())
