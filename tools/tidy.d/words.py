"""What must not be written."""

import re

from tree import CPP, Finding

VAGUE = "Manager|Utils?|Helpers?|Common|Impl|Data|Info|Base"
TYPE = re.compile(rf"\b(?:class|struct|union|enum(?:\s+class)?|concept|using)\s+"
                  rf"(\w*?(?:{VAGUE})(?![a-z])\w*)\s*(?:final\b|[:{{;=])")
FUNCTION = re.compile(r"(?<![\w.>:])(do_\w+|try_\w+|process_internal)\s*\(")

# Pattern, what is wrong with it, and where it is looked for.
EVERYWHERE = ("",)
OURS = ("runtime/", "sdk/", "plugins/", "tests/", "tools/weir/")
ENGINE = ("runtime/", "tools/weir/")
IN_CODE = [
    (r"\b\w+_clock::now\b|\b(gettimeofday|clock_gettime)\s*\(|\btime\((nullptr|NULL|0)\)",
     "ask the Clock that was passed in", OURS, ("runtime/base/clock.cc",)),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", "wait for the condition, not for time",
     OURS, ()),
    (r"\bthrow\b", "return an Error: nothing here throws", ENGINE, ()),
    (r"\bstd::(shared_|recursive_|timed_)?mutex\b", "keep what it guards in a Guarded<T>",
     ENGINE, ("runtime/base/",)),
    (r"\bstd::atomic\b", "threads meet in channels, mailboxes and Guarded<T>", ENGINE,
     ("runtime/base/", "runtime/flow/channel", "runtime/worker/")),
    (r"\b(DISABLED_\w+|GTEST_SKIP)\b", "fix the test, or remove it with its reason", EVERYWHERE,
     ()),
    (r"\busing namespace\b(?! std::\w*literals)", "name what you use", ("runtime/", "sdk/"), ()),
    (r"\bprintf\s*\(|\bstd::(cout|cerr)\b", "write to the Log", ("runtime/",),
     ("runtime/base/",)),
]


def banned_code(tree):
    """Clocks, sleeps, throws, bare mutexes and atomics stay where they belong."""
    for path in tree.cpp():
        for pattern, reason, places, exempt in IN_CODE:
            if not path.startswith(places) or exempt and path.startswith(exempt):
                continue
            for number, line in tree.code_lines(path):
                for match in re.finditer(pattern, line):
                    yield Finding(path, number, f"{match.group(0).strip()}: {reason}")


def vague_names(tree):
    """No type is called Manager, Helper, Data and the like, no function do_... or try_..."""
    for path in tree.cpp():
        if path.endswith(".c") or path.startswith("sdk/include/weir/abi"):
            continue
        for number, line in tree.code_lines(path):
            for match in list(TYPE.finditer(line)) + list(FUNCTION.finditer(line)):
                yield Finding(path, number, f"a name that says nothing: {match.group(1)}")


# Split, so that this file does not hold them.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")) + r")\b")


def unfinished(tree):
    """Nothing is left to be done later."""
    for path in tree.paths:
        for number, line in tree.lines(path):
            match = UNFINISHED.search(line)
            if match:
                yield Finding(path, number, f"{match.group(0)}: do it, or write an issue")


def disabled_tests(tree):
    """No test is commented out and no code is switched off."""
    for path in tree.paths:
        if path.endswith(CPP):
            pattern = r"//\s*(TEST(_[FP])?|RC_GTEST_PROP|TYPED_TEST)\(|^\s*#\s*if\s+0\b"
        elif path.endswith(("CMakeLists.txt", ".cmake")):
            pattern = r"^\s*#\s*(add_test|weir_test|add_subdirectory)\(\w+[ )]?[^.]*\)?$"
            pattern += r"|\bDISABLED\s+(ON|TRUE|1)\b"
        elif path.endswith(".py"):
            pattern = r"^\s*#\s*def test_|@(unittest\.)?skip"
        else:
            continue
        for number, line in tree.lines(path):
            if re.search(pattern, line):
                yield Finding(path, number, f"switched off: {line.strip()}")


ADDRESS = re.compile(r"\bhttps?://([^\s/\"'<>)`]+)")
KNOWN_ADDRESSES = re.compile(
    r"^(localhost|127\.0\.0\.1|\[::1\]|[\w.-]*\.?example(\.\w+)?|"
    r"maven\.apache\.org|www\.w3\.org|www\.apache\.org)(:|$)|[{$%]"
)
MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(home|root|work|Users)/\w")


def machine_facts(tree):
    """No path of one machine, no address of the outside world."""
    for path in tree.paths:
        if path == "LICENSE":
            continue
        for number, line in tree.lines(path):
            match = MACHINE_PATH.search(line)
            if match:
                yield Finding(path, number, f"a path of one machine: {match.group(0)}")
            for match in ADDRESS.finditer(line):
                if not path.endswith(".md") and not KNOWN_ADDRESSES.search(match.group(1)):
                    yield Finding(path, number, f"an address: {match.group(1)}")


SHELL = [
    (r"(^|[|;&(]\s*)\s*(curl|wget)\s", "packages come through package clients only"),
    (r"\b(pkill|killall)\b", "end processes by their id"),
]
# Looked for in calls only: words of a sentence may be the same.
PYTHON = [
    (r"\btime\.sleep\(|\bfrom time import .*\bsleep\b", "wait for the condition, not for time"),
    (r"\bdatetime\.(datetime\.)?(now|utcnow|today)\(", "ask nobody what time it is"),
    (r"[\"'](pkill|killall)\b", "end processes by their id"),
]
CMAKE = [
    (r"\bfile\s*\(\s*GLOB", "name the files"),
    (r"^\s*(include_directories|link_libraries|add_definitions|add_compile_options)\s*\(",
     "give it to a target"),
]


def scripts_and_cmake(tree):
    """Scripts fetch by no address, kill by no name, wait for no time; CMake names its files."""
    for path in tree.paths:
        rules = []
        if path.endswith(("CMakeLists.txt", ".cmake")):
            rules = CMAKE
        elif tree.is_python(path):
            rules = PYTHON
        elif not path.endswith(".md") and tree.is_shell(path):
            rules = SHELL
        for pattern, reason in rules:
            for number, line in tree.lines(path):
                match = re.search(pattern, line.split(" #")[0])
                if match and not line.lstrip().startswith("#"):
                    yield Finding(path, number, f"{match.group(0).strip()}: {reason}")


RULES = (banned_code, vague_names, unfinished, disabled_tests, machine_facts, scripts_and_cmake)
