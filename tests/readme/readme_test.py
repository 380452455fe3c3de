#!/usr/bin/env python3
"""Does what a README says, and sees what it shows.

  readme_test.py WEIR README [FOLDER] [--shape]

WEIR is the program, README the file, FOLDER where to do it: a fresh one when not given.

Every line of a ```console block that begins with "$ " is run by one shell; what follows is what it
must print. "…" stands for any text in a line; alone, for any lines. With --shape any number may
stand for another, but 0 for no "88 late", and any text of a JSON value. A block ```toml NAME is
put into a file NAME first.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import wait_for_address_of  # noqa: E402  (of tests/run)

BLOCK = re.compile(r"^```(console|toml \S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def steps(text):
    """("run", command, expected output) and ("write", file, content), in order."""
    for kind, block in BLOCK.findall(text):
        if kind != "console":
            yield "write", kind.split()[1], block
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield "run", command, output


NUMBER = r"\d(?:[\d,.]*\d)?"
COUNT = r"[1-9][\d,]*"
# A number before a word: something is counted, and there was some. In a pattern, where a blank has
# a backslash.
COUNTED = r"(?<=\\ )(?P<counted>%s)(?=\\ [a-z])" % COUNT


def line_pattern(line, is_shape):
    pattern = re.escape(line)
    if is_shape:
        pattern = re.sub(r'":"[^"]*"', '":"[^"]*"', pattern)
        pattern = re.sub(
            COUNTED + "|" + NUMBER,
            lambda number: COUNT if number["counted"] else NUMBER,
            pattern,
        )
        # Only a terminal gets times without dates.
        if re.match(r"\d+:\d+:\d+", line):
            pattern = r"(?:[\d-]+T)?" + pattern
    return re.compile(re.sub(r"(?:\\ )?…(?:\\ )?", ".*", pattern))


def matches(expected, found, is_shape):
    """Whether each part between two lines "…" is there, in order, the outer ones at the ends."""
    parts = [[]]
    for line in expected.splitlines():
        if line.strip() == "…":
            parts.append([])
        else:
            parts[-1].append(line_pattern(line, is_shape))
    lines = found.splitlines()

    def is_at(part, start):
        rest = lines[start : start + len(part)]
        return len(rest) == len(part) and all(map(re.Pattern.fullmatch, part, rest))

    if not is_at(parts[0], 0):
        return False
    at = len(parts[0])
    if len(parts) == 1:
        return at == len(lines)
    for part in parts[1:-1]:
        at = next((i for i in range(at, len(lines) + 1) if is_at(part, i)), None)
        if at is None:
            return False
        at += len(part)
    last = len(lines) - len(parts[-1])
    return last >= at and is_at(parts[-1], last)


def run(command, folder, environment):
    """Output of the command, and the folder the shell is in afterwards."""
    marker = "--- now in "
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c",
         f'{command}\nstatus=$?; echo "{marker}$PWD"; exit $status'],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=600)
    output, _, rest = result.stdout.rpartition(marker)
    return result.returncode, output, rest.strip()


def do_all(text, folder, environment, is_shape):
    here = folder
    count = 0
    for kind, subject, content in steps(text):
        if kind == "write":
            (pathlib.Path(here) / subject).write_text(content)
            continue
        print(f"$ {subject}", flush=True)
        status, output, folder_now = run(subject, here, environment)
        print(output, end="", flush=True)
        # What shows mistakes ends with 1.
        wanted = 1 if re.search(r"^\d+ mistakes?$", content, re.MULTILINE) else 0
        if status != wanted or not matches(content, output, is_shape):
            print(f"the README expects (and exit code {wanted}, not {status}):\n{content}")
            for log in pathlib.Path(folder_now).glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()[-4000:]}")
            return 1
        here = folder_now
        count += 1
    assert count > 0, "the README has lost its commands"
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=pathlib.Path)
    parser.add_argument("readme", type=pathlib.Path)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--shape", action="store_true")
    arguments = parser.parse_args()
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    environment["PATH"] = f"{arguments.weir.resolve().parent}:{environment['PATH']}"
    text = arguments.readme.read_text()
    if arguments.folder:
        wait_for_address_of(arguments.folder / "jobs.toml")
        return do_all(text, arguments.folder.resolve(), environment, arguments.shape)
    with tempfile.TemporaryDirectory(prefix="weir-readme-") as folder:
        return do_all(text, folder, environment, arguments.shape)


if __name__ == "__main__":
    sys.exit(main())
