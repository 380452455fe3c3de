#!/usr/bin/env python3
"""cli_test.py WEIR PLUGINS: the program as a user meets it."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

COPY = """
[[job]]
name = "copy"
plugin = "words"
type = "copy"
version = "^1.0"
  [job.source.words]
  connector = "kafka"
  cluster = "main"
  topics = ["words"]
  [job.sink.copies]
  connector = "kafka"
  cluster = "main"
  topic = "copies"

[kafka.main]
brokers = "127.0.0.1:1"
"""

INSPECTED = """words 1.2.0  (ABI 1.0)

job copy  every word that is long enough
  parameters
    length_min  i64  1  shorter words are filtered
  operators
    words        source                    Word; out of order by 1s
    long-enough  filter  from words        Word
    copies       sink    from long-enough
"""

SCHEMA = """copy/words  source

Word
  tm      time                        when it was said
  word    text                        what was said
  mood    enum (Calm, Loud)           how it was said
  length  i32                letters  how long it is
"""

SUBCOMMANDS = [
    "check", "doctor", "run", "errors", "inspect", "schema", "plugin", "pack", "status", "job",
    "state", "savepoint", "new", "completion", "version",
]


class Cli(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def call(self, *arguments, **options):
        return subprocess.run(
            [str(self.weir), *map(str, arguments)],
            capture_output=True, text=True, cwd=self.folder, timeout=60, **options)

    def expect(self, code, *arguments, **options):
        result = self.call(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result


class Help(Cli):
    def test_without_arguments_it_explains_itself_and_fails(self):
        result = self.expect(2)
        self.assertEqual(result.stdout, "")
        for name in SUBCOMMANDS:
            self.assertIn(f"\n  {name} ", result.stderr)

    def test_asked_for_help_it_succeeds(self):
        for arguments in (["--help"], ["help"], ["-h"]):
            result = self.expect(0, *arguments)
            self.assertIn("Exit codes:", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_every_subcommand_has_examples(self):
        for name in SUBCOMMANDS:
            result = self.expect(0, name, "--help")
            self.assertIn("Example", result.stdout)
            self.assertIn(f"  weir {name}", result.stdout.replace("source <(", "  "))
            self.assertEqual(self.expect(0, "help", name).stdout, result.stdout)

    def test_every_subcommand_speaks_json(self):
        for name in SUBCOMMANDS:
            result = self.expect(0, name, "--help")
            self.assertRegex(result.stdout, r"\n  --json +print JSON, for programs\n", name)
            self.assertRegex(result.stdout, r"\nUsage: .*\[--json\]", name)

    def test_lines_of_help_fit_a_terminal(self):
        for name in SUBCOMMANDS:
            for line in self.expect(0, name, "--help").stdout.splitlines():
                self.assertLessEqual(len(line), 100, line)

    def test_an_unknown_subcommand_gets_the_nearest(self):
        result = self.expect(2, "chek")
        self.assertEqual(result.stderr, "weir: unknown subcommand chek\ndid you mean weir check?\n")
        self.assertEqual(result.stdout, "")

    def test_an_unknown_option_gets_the_nearest(self):
        result = self.expect(2, "check", "--jsn")
        self.assertEqual(
            result.stderr,
            "weir: check: unknown option --jsn, did you mean --json?\n"
            "usage: weir check [FILE] [--plugin-path FOLDER]… [--json]\n"
            "weir check --help explains it\n")
        self.assertIn("weir: unknown option --jsn\n", self.expect(2, "--jsn").stderr)

    def test_wrong_arguments_are_named(self):
        self.assertIn("one argument too many: b", self.expect(2, "check", "a", "b").stderr)
        self.assertIn("an argument is missing\nusage: weir inspect ",
                      self.expect(2, "inspect").stderr)
        for address in ("localhost", "localhost:http", "127.0.0.1:"):
            self.assertEqual(
                self.expect(2, "status", "--http", address).stderr,
                f"weir: status: an address is HOST:PORT, like 127.0.0.1:8088, not {address}\n")
        self.assertIn("more than once", self.expect(2, "status", "--http=a", "--http=b").stderr)
        self.assertIn("whole number", self.expect(2, "run", "--seconds", "soon").stderr)
        self.assertIn("weir job list", self.expect(2, "job", "lst").stderr)

    def test_versions_name_the_libraries(self):
        versions = json.loads(self.expect(0, "version", "--json").stdout)
        for name in ("weir", "plugin ABI", "librdkafka", "RocksDB", "Boost", "simdjson"):
            self.assertRegex(versions[name], r"^\d+\.\d+")
        self.assertIn(versions["librdkafka"], self.expect(0, "--version").stdout)

    def test_a_full_disk_is_noticed(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([self.weir, "version"], stdout=full, timeout=60)
        self.assertEqual(result.returncode, 3)


class Completion(Cli):
    def complete(self, *words):
        script = self.expect(0, "completion", "bash").stdout
        line = " ".join(f"'{word}'" for word in words)
        result = subprocess.run(
            ["bash", "--norc", "-c",
             f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _weir\n"
             "printf '%s\\n' \"${COMPREPLY[@]}\""],
            capture_output=True, text=True, cwd=self.folder, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.split()

    def test_subcommands_are_completed(self):
        self.assertEqual(self.complete("weir", "ch"), ["check"])
        for name in SUBCOMMANDS:
            self.assertIn(name, self.complete("weir", ""))

    def test_options_are_completed(self):
        self.assertEqual(self.complete("weir", "check", "--pl"), ["--plugin-path"])
        self.assertIn("--http", self.complete("weir", "status", "--"))

    def test_files_are_completed(self):
        self.write("jobs.toml", "")
        self.assertEqual(self.complete("weir", "check", "jo"), ["jobs.toml"])
        self.assertEqual(self.complete("weir", "schema", "--from", "jo"), ["jobs.toml"])

    def test_programs_get_the_script_as_json(self):
        script = self.expect(0, "completion", "bash").stdout
        document = json.loads(self.expect(0, "completion", "bash", "--json").stdout)
        self.assertEqual(document, {"shell": "bash", "script": script})

    def test_other_shells_are_refused(self):
        self.expect(2, "completion", "fish")


class Check(Cli):
    def check(self, code, text, *options):
        self.write("jobs.toml", text)
        return self.expect(code, "check", "--plugin-path", self.plugins, *options)

    def test_a_file_without_mistakes_is_summed_up(self):
        result = self.check(0, COPY)
        self.assertEqual(
            result.stdout,
            "jobs.toml: 1 job, no mistakes\n"
            "  copy  words/copy  words: kafka, copies: kafka (exactly-once)\n")
        self.assertEqual(result.stderr, "")

    def test_mistakes_go_to_standard_error(self):
        text = COPY.replace('"copy"\nversion', '"copi"\nversion').replace("topics", "tpics")
        result = self.check(1, text)
        self.assertEqual(result.stdout, "")
        self.assertEqual(
            result.stderr.splitlines()[0],
            'jobs.toml:5:8: job.copy.type: found "copi", expected one of copy, count; '
            'did you mean "copy"?')
        self.assertIn("jobs.toml:10:3: job.copy.source.words.tpics: found an unknown key",
                      result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1], r"^\d mistakes$")

    def test_mistakes_as_json_go_to_standard_output(self):
        result = self.check(1, COPY.replace('"words"\ntype', '"wrds"\ntype'), "--json")
        mistakes = json.loads(result.stdout)["mistakes"]
        self.assertEqual(len(mistakes), 1)
        self.assertEqual(mistakes[0]["line"], 4)
        self.assertEqual(mistakes[0]["key"], "job.copy.plugin")
        self.assertEqual(mistakes[0]["nearest"], "words")
        self.assertEqual(result.stderr, "")

    def test_a_property_that_librdkafka_does_not_know_is_a_mistake(self):
        result = self.check(1, COPY + 'properties = { "linger.mss" = 5 }\n')
        self.assertIn('jobs.toml:18:16: kafka.main.properties."linger.mss": found an unknown '
                      'property, expected a property of librdkafka; did you mean "linger.ms"?\n'
                      '1 mistake\n',
                      result.stderr)

    def test_a_version_that_is_not_there_is_a_mistake(self):
        result = self.check(1, COPY.replace("^1.0", "^2.0"))
        self.assertIn('found "^2.0", expected a constraint that takes words 1.2.0', result.stderr)

    def test_secrets_stay_out_of_sight(self):
        self.write("jobs.toml", COPY + """[kafka.main.properties]
"sasl.password" = "${env:SECRET}"
"security.protocol" = "${env:SECRET}"
""")
        for options in ([], ["--json"]):
            result = self.call("check", "--plugin-path", self.plugins, *options,
                               env={"SECRET": "canary-5b1c"})
            self.assertEqual(result.returncode, 1)
            self.assertIn("security.protocol", result.stdout + result.stderr)
            self.assertNotIn("canary", result.stdout + result.stderr)

    def test_a_file_that_is_not_there_is_a_mistake(self):
        result = self.expect(1, "check", "nowhere.toml")
        self.assertEqual(
            result.stderr, "nowhere.toml: found no such file, expected a jobs file\n1 mistake\n")


class Plugins(Cli):
    def path(self):
        return self.plugins / "libwords.so"

    def test_a_plugin_is_shown(self):
        result = self.expect(0, "inspect", self.path())
        self.assertTrue(result.stdout.startswith(INSPECTED), result.stdout)
        self.assertIn("10s tumbling; state Tally version 1", result.stdout)

    def test_a_plugin_is_shown_as_json(self):
        plugin = json.loads(self.expect(0, "inspect", self.path(), "--json").stdout)
        self.assertEqual([job["name"] for job in plugin["jobs"]], ["copy", "count"])
        counts = plugin["jobs"][1]["operators"][2]
        self.assertEqual(counts["window"]["size_ms"], 10_000)

    def test_what_is_no_plugin_is_refused(self):
        self.write("text.so", "no library")
        self.assertIn("text.so", self.expect(1, "inspect", "text.so").stderr)
        self.expect(1, "inspect", "/bin/true")
        self.expect(3, "inspect", "nowhere.so")

    def test_the_ports_of_a_plugin_are_listed(self):
        result = self.expect(0, "schema", "--from", self.path())
        self.assertEqual(result.stdout.splitlines()[0], "copy/words    source  Word")

    def test_the_fields_of_a_port_are_shown(self):
        result = self.expect(0, "schema", "copy/words", "--from", self.path())
        self.assertTrue(result.stdout.startswith(SCHEMA), result.stdout)

    def test_the_ports_of_a_jobs_file_go_by_the_names_of_its_jobs(self):
        self.write("jobs.toml", COPY.replace('name = "copy"', 'name = "copy-eu"'))
        result = self.expect(0, "schema", "copy-eu/words", "--json", "--plugin-path", self.plugins)
        ports = json.loads(result.stdout)["ports"]
        self.assertEqual([field["name"] for field in ports[0]["record"]["fields"]],
                         ["tm", "word", "mood", "length"])

    def test_an_unknown_port_gets_the_nearest(self):
        result = self.expect(1, "schema", "copy/word", "--from", self.path())
        self.assertEqual(result.stderr,
                         "weir: schema: no job or port copy/word, did you mean copy/words?\n")
        self.assertEqual(self.expect(1, "schema", "elsewhere", "--from", self.path()).stderr,
                         "weir: schema: no job or port elsewhere; weir schema lists them all\n")


class New(Cli):
    def test_a_plugin_is_made_with_its_name_in_every_place(self):
        result = self.expect(0, "new", "plugin", "my-jobs")
        self.assertIn("cd my-jobs\n", result.stdout)
        files = {path.name: path.read_text() for path in (self.folder / "my-jobs").iterdir()}
        self.assertIn("project(my-jobs ", files["CMakeLists.txt"])
        self.assertIn('WEIR_PLUGIN("my-jobs"', files["plugin.cc"])
        self.assertIn('plugin = "my-jobs"', files["jobs.toml"])
        for text in files.values():
            self.assertNotRegex(text, "@[a-z]+@")

    def test_programs_are_told_where_it_is_and_how_to_go_on(self):
        told = json.loads(self.expect(0, "new", "plugin", "my-jobs", "--json").stdout)
        self.assertEqual(told["plugin"], "my-jobs")
        self.assertTrue((pathlib.Path(told["folder"]) / "plugin.cc").is_file(), told)
        text = self.expect(0, "new", "plugin", "other").stdout
        self.assertEqual(told["next"], [line.strip() for line in text.splitlines()[3:]])

    def test_nothing_is_overwritten(self):
        (self.folder / "my-jobs").mkdir()
        result = self.expect(1, "new", "plugin", "my-jobs")
        self.assertEqual(result.stderr, "weir: new: my-jobs is already there\n")
        self.assertEqual(list((self.folder / "my-jobs").iterdir()), [])

    def test_names_that_do_not_fit_are_refused(self):
        for name in ("My-Jobs", "../up", "1st", "", "a b"):
            self.expect(2, "new", "plugin", name)
        self.expect(2, "new", "job", "x")
        self.expect(3, "new", "plugin", "x", "--sdk", "nowhere")
        self.assertEqual(list(self.folder.iterdir()), [])


class Remote(Cli):
    def test_nobody_there_is_unavailable(self):
        for arguments in (["status"], ["job", "list"], ["job", "show", "copy"]):
            result = self.expect(3, *arguments, "--http", "127.0.0.1:1")
            self.assertIn("127.0.0.1:1: Connection refused", result.stderr)
            self.assertEqual(result.stdout, "")

    def test_the_address_comes_from_the_jobs_file(self):
        self.write("jobs.toml", '[host]\nhttp = "127.0.0.1:2"\n')
        self.assertIn("127.0.0.1:2: Connection refused", self.expect(3, "status").stderr)


if __name__ == "__main__":
    Cli.plugins = pathlib.Path(sys.argv.pop(2)).absolute()
    Cli.weir = pathlib.Path(sys.argv.pop(1)).absolute()
    unittest.main()
