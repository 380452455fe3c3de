#!/usr/bin/env python3
"""Does what sdk/README.md says, in a folder outside of the repository, and sees what it shows.

  readme_test.py WEIR    the program

Every line of a console block that begins with "$ " is run by one shell; what follows is what it
must print, where a line with only "…" stands for any lines.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

README = pathlib.Path(__file__).resolve().parent.parent.parent / "sdk" / "README.md"


def steps():
    """Command and expected output, in order."""
    text = README.read_text()
    for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def matches(expected, found):
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else re.escape(line)
        for line in expected.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, found) is not None


def run(command, folder, environment):
    """Output of the command, and the folder the shell is in afterwards."""
    marker = "--- now in "
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c",
         f'{command}\nstatus=$?; echo "{marker}$PWD"; exit $status'],
        cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=600)
    output, _, rest = result.stdout.rpartition(marker)
    return result.returncode, output, rest.strip()


def main(weir):
    environment = dict(os.environ)
    environment["PATH"] = f"{pathlib.Path(weir).resolve().parent}:{environment['PATH']}"
    with tempfile.TemporaryDirectory(prefix="weir-readme-") as folder:
        count = 0
        here = folder
        for command, expected in steps():
            print(f"$ {command}", flush=True)
            status, output, folder_now = run(command, here, environment)
            print(output, end="", flush=True)
            if status != 0 or not matches(expected, output):
                print(f"README.md expects (and exit code 0, not {status}):\n{expected}")
                for log in pathlib.Path(folder_now).glob("*.log"):
                    print(f"--- {log.name}\n{log.read_text()[-4000:]}")
                return 1
            here = folder_now
            count += 1
        assert count > 5, "README.md has lost its commands"
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
