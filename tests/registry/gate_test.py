#!/usr/bin/env python3
"""gate_test.py WEIR PLUGINS: files that must not get into the store, each with its message."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import damage
from damage import Damage, replaced, write_at

BUILD = "build it with weir_plugin() of the SDK's CMake package"


def job(manifest):
    return manifest["jobs"][0]


# What is done to a good plugin as a file. NAME: damage, message.
DAMAGED_BYTES = {
    "empty": (lambda good: b"", "file: not an ELF file"),
    "a script": (lambda good: b"#!/bin/sh\n", "file: not an ELF file"),
    "cut in the middle": (
        lambda good: good[: len(good) // 2], "file: has no dynamic section"),
    "one byte short": (
        lambda good: good[:-1], "file: the names of the sections are missing"),
    "32 bits": (
        lambda good: write_at(good, 4, "B", 1), "file: not a 64-bit little-endian library"),
    "big-endian": (
        lambda good: write_at(good, 5, "B", 2), "file: not a 64-bit little-endian library"),
    "a program": (lambda good: write_at(good, 16, "H", 2), "file: not a shared library"),
    "an object file": (lambda good: write_at(good, 16, "H", 1), "file: not a shared library"),
    "for another machine": (
        lambda good: write_at(good, 18, "H", 183),
        "machine: is made for AArch64, this host runs on x86-64: compile it for that"),
    "odd section headers": (
        lambda good: write_at(good, 0x3A, "H", 7), "file: section headers have 7 bytes"),
    "odd program headers": (
        lambda good: write_at(good, 0x36, "H", 7), "file: program headers have 7 bytes"),
    "program headers far away": (
        lambda good: write_at(good, 0x20, "Q", 1 << 40),
        "file: the program headers lie behind the end of the file"),
    "without a dynamic section": (
        damage.without_dynamic_section, "file: has no dynamic section"),
    "a stack that runs": (
        damage.with_executable_stack,
        "stack: wants a stack that can be executed, which the host must not have: link it with "
        "-Wl,-z,noexecstack"),
    "a manifest of another kind": (
        lambda good: replaced(good, b"WEIRMAN1{", b"WEIRMAN9{"),
        "manifest: does not begin with WEIRMAN1"),
    "another major of the ABI": (
        lambda good: replaced(good, b'"abi":[1,0]', b'"abi":[2,0]'),
        "manifest: built for ABI 2, this host has ABI {ABI}: rebuild it with this host's SDK"),
    "a newer minor of the ABI": (
        lambda good: replaced(good, b'"abi":[1,0]', b'"abi":[1,9]'),
        "manifest: needs ABI 1.9, this host has {ABI}: use a newer host"),
    "another entry": (
        lambda good: replaced(good, b"weir_plugin_open_v1", b"weir_plugin_open_v9"),
        "exports: exports weir_plugin_open_v9, not weir_plugin_open_v1, which the host calls: "
        + BUILD),
    "a symbol that nobody has": (
        lambda good: replaced(good, b"\0calloc\0", b"\0callow\0"),
        "symbols: uses callow, which none of its libraries has: link what defines it, and with "
        "-Wl,-z,defs to be told"),
}


def many_jobs(manifest):
    manifest["jobs"] = [dict(job(manifest), name=f"job{i}") for i in range(257)]


def many_fields(manifest):
    record = manifest["records"][0]
    record["fields"] = [dict(record["fields"][0], name=f"f{i}") for i in range(1025)]


def with_(**members):
    return lambda manifest: manifest.update(members)


def with_job(**members):
    return lambda manifest: job(manifest).update(members)


# What is done to its manifest.
DAMAGED_MANIFESTS = {
    "a name with blanks": (
        with_(name="Two Words"),
        'manifest: plugin "Two Words": its name is made of a-z, 0-9 and -'),
    "half a version": (
        with_(version="1.0"), 'manifest: plugin hostile: version "1.0" is not like 1.4.0'),
    "no jobs in it": (lambda manifest: manifest.pop("jobs"), "manifest: it has no jobs"),
    "two jobs of one name": (
        lambda manifest: manifest["jobs"].append(job(manifest)),
        "manifest: two jobs are called refuse-row"),
    "a sink without what it takes": (
        lambda manifest: job(manifest).update(operators=job(manifest)["operators"][-1:]),
        "manifest: job refuse-row: operator out: input 4 does not stand before it (it is operator "
        "0)"),
    "too many jobs": (many_jobs, "manifest: jobs has more than 256 elements"),
    "too many fields": (
        many_fields, "manifest: records[0].fields has more than 1024 elements"),
    "a text too long": (
        with_job(doc="x" * 17_000), "manifest: jobs[0].doc is longer than 16384 bytes"),
    "a name too long": (
        with_job(name="x" * 200), "manifest: jobs[0].name is longer than 128 bytes"),
    "a record too large": (
        lambda manifest: manifest["records"][0].update(size=1 << 20),
        "manifest: job refuse-row: operator in: record number: size 1048576 is not a multiple of "
        "its alignment 8, or is 0 or above 65536"),
    "a type from the future": (
        lambda manifest: manifest["records"][0]["fields"][0].update(type="matrix"),
        "manifest: records[0].fields[0].type is not a type"),
    "an operator from the future": (
        lambda manifest: job(manifest)["operators"][1].update(kind="wonder"),
        "manifest: jobs[0].operators[1].kind is not a kind of operator"),
    "a field outside of its record": (
        lambda manifest: manifest["records"][0]["fields"][0].update(offset=4096),
        "manifest: job refuse-row: operator in: record number: field at: ends at byte 4104, behind "
        "the end of the record at 16"),
    "a version that is not its own": (
        with_(version="1.0.9"),
        "trial: the manifest is not that of this library: version is 1.0.9 in the manifest, 1.0.0 "
        "in the library"),
    "a job that it does not have": (
        with_job(name="refuse-raw"),
        "trial: the manifest is not that of this library: the manifest has job refuse-raw: doc, "
        "the library job refuse-row: doc"),
}

# What patchelf does to it.
PATCHED = {
    "a library that nobody has": (
        ["--add-needed", "libcompanion.so.2"],
        "dependencies: needs libcompanion.so.2, which is neither among the libraries that plugins "
        "share with the host nor in its bundle: link an archive, or make a bundle with weir pack"),
    "a library that the host has for itself": (
        ["--add-needed", "libsimdjson.so.14"],
        "dependencies: needs libsimdjson.so.14, which is neither among the libraries that plugins "
        "share with the host nor in its bundle: link an archive, or make a bundle with weir pack"),
    "a library by its path": (
        ["--add-needed", "/usr/lib/libm.so.6"],
        "dependencies: needs /usr/lib/libm.so.6, which is neither among the libraries that plugins "
        "share with the host nor in its bundle: link an archive, or make a bundle with weir pack"),
    "a folder of libraries": (
        ["--set-rpath", "/opt/libraries"],
        "search path: has its libraries looked for in /opt/libraries (RUNPATH), they may only lie "
        "beside it: link archives, or make a bundle with weir pack"),
}

# Built like that.
BUILT = {
    "stray": (
        "exports: exports stray_export beside weir_plugin_open_v1, which must be the only one: "
        + BUILD),
    "static-tls": (
        "static TLS: needs static thread-local storage (DF_STATIC_TLS), for which a process has "
        "room in a few libraries only: compile all of it with -ftls-model=global-dynamic"),
    "text-relocations": (
        "text relocations: has the loader write into its code (DT_TEXTREL), which must work "
        "wherever it lies: compile all of it with -fPIC"),
    "lazy": (
        "binding: looks up its symbols when they are first called, all must be there when it is "
        "loaded: link it with -Wl,-z,now"),
    "unique": (
        "exports: exports _Z16registered_countv, _ZN10Registered5countE beside "
        "weir_plugin_open_v1, which must be the only one: " + BUILD + "\n"
        "unique symbols: shares _ZN10Registered5countE with every other library that has them "
        "(STB_GNU_UNIQUE), versions must not share anything: compile it with -fno-gnu-unique and "
        "hide all symbols with a version script"),
    "foreign-sanitizer": (
        "sanitizer: is built with ThreadSanitizer, this host with {SANITIZER}: build both alike"),
}

# What it does when it is loaded.
UNRULY = {
    "crash": "died of SIGSEGV while it was loaded: its constructors and its entry must not fail",
    "crash-in-entry": (
        "died of SIGSEGV while it was loaded: its constructors and its entry must not fail"),
    "abort": "died of SIGABRT while it was loaded: its constructors and its entry must not fail",
    "hang": "was not loaded within 1500 ms: what runs then must return, move work to its jobs",
    "exit": "ended the process with code 0 while it was loaded: it must not call exit()",
    "exit-7": "ended the process with code 7 while it was loaded: it must not call exit()",
    "write": (
        'wrote "hello from a constructor\\n" to standard output while it was loaded, which belongs '
        "to the host: use the log of the SDK"),
    "write-to-error": (
        'wrote "hello, too" to standard error while it was loaded, which belongs to the host: use '
        "the log of the SDK"),
    "crash-at-the-end": "died of SIGSEGV while it was unloaded: its destructors must not fail",
    "hang-at-the-end": (
        "was not unloaded within 1500 ms: what runs then must return, move work to its jobs"),
    "refuse": "does not feel like it",
}


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Gate(unittest.TestCase):
    weir = plugins = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.damage = Damage(self.folder, self.plugins / "libhostile.so")

    def add(self, path, **environment):
        return subprocess.run(
            [self.weir, "plugin", "add", path, "--store", self.folder / "store", "--limit",
             "1500ms"],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, **environment})

    def messages(self, path, **environment):
        """What is said against a file, a line each, without its name."""
        done = self.add(path, **environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        start = f"weir: plugin add: {path}: "
        lines = done.stderr.splitlines()
        for line in lines:
            self.assertTrue(line.startswith(start), line)
        self.assertEqual(list((self.folder / "store").glob("[.0-9a-f]*")), [])
        return "\n".join(line[len(start):] for line in lines)

    def expect(self, path, message, **environment):
        self.assertEqual(self.messages(path, **environment), message)

    def known(self, message):
        """With what differs from machine to machine filled in."""
        needed = output_of("readelf", "-d", str(self.weir))
        sanitizer = "AddressSanitizer" if "libasan" in needed else "no sanitizer"
        abi = json.loads(output_of(self.weir, "version", "--json"))["plugin ABI"]
        for name, value in {"SANITIZER": sanitizer, "ABI": abi}.items():
            message = message.replace("{%s}" % name, value)
        return message

    def test_the_plugin_that_the_others_are_made_of_is_admitted(self):
        done = self.add(self.plugins / "libhostile.so")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("added hostile 1.0.0  "), done.stdout)

    def test_damaged_files_are_refused(self):
        for name, (change, message) in DAMAGED_BYTES.items():
            with self.subTest(name):
                path = self.damage.write(change(self.damage.read()))
                self.expect(path, self.known(message))

    def test_damaged_manifests_are_refused(self):
        for name, (change, message) in DAMAGED_MANIFESTS.items():
            with self.subTest(name):
                self.expect(self.damage.with_manifest(change), message)

    def test_a_file_without_a_manifest_is_refused(self):
        self.expect(self.damage.without_manifest(),
                    "manifest: has no manifest: " + BUILD)

    def test_a_manifest_that_is_no_json_is_refused(self):
        self.expect(self.damage.with_manifest_text(b'WEIRMAN1{"abi":[1,'),
                    "manifest: not JSON: The JSON document has an improper structure: missing or "
                    "superfluous commas, braces, missing keys, etc.")

    def test_a_plugin_for_a_newer_system_is_refused(self):
        data = (self.plugins / "libminimal.so").read_bytes()
        path = self.damage.write(replaced(data, b"\0GLIBCXX_3.4\0", b"\0GLIBCXX_9.9\0"))

        self.assertRegex(
            self.messages(path),
            r"^symbol versions: needs GLIBCXX_9\.9 of libstdc\+\+\.so\.6, this host has up to "
            r"GLIBCXX_3\.4\.\d+: compile it on a system that is not newer than the host's$")

    def test_files_that_were_changed_after_linking_are_refused(self):
        for name, (arguments, message) in PATCHED.items():
            with self.subTest(name):
                self.expect(self.damage.patched(*arguments), message)

    def test_files_that_were_built_otherwise_are_refused(self):
        for name, message in BUILT.items():
            with self.subTest(name):
                self.expect(self.plugins / f"lib{name}.so", self.known(message))

    def test_what_misbehaves_while_it_is_loaded_is_refused(self):
        for deed, message in UNRULY.items():
            with self.subTest(deed):
                self.expect(self.plugins / "libunruly.so", "trial: " + message, WEIR_UNRULY=deed)

    def test_all_that_is_wrong_is_said_at_once(self):
        path = self.damage.patched("--add-needed", "libnobody.so.1", "--set-rpath", "/opt")
        path.write_bytes(damage.with_executable_stack(path.read_bytes()))

        rules = [line.split(": ")[0] for line in self.messages(path).splitlines()]

        self.assertEqual(rules, ["stack", "search path", "dependencies"])

    def test_the_corpus_is_large(self):
        self.assertGreaterEqual(
            sum(map(len, (DAMAGED_BYTES, DAMAGED_MANIFESTS, PATCHED, BUILT, UNRULY))), 30)


if __name__ == "__main__":
    Gate.weir, Gate.plugins = map(pathlib.Path, sys.argv[1:3])
    sys.argv[1:] = sys.argv[3:]
    unittest.main()
