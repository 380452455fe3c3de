"""clang-tidy over what has changed: too slow for every run of the tests."""

import json
import shutil
import subprocess
import sys


def run(tree, reference):
    """Returns the exit code: 0 when clang-tidy has nothing to say."""
    program = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    commands = tree.root / "build" / "dev" / "compile_commands.json"
    if program is None or not commands.exists():
        print("tidy: needs clang-tidy and a configured build/dev: run tools/test", file=sys.stderr)
        return 2
    command = ["git", "-C", str(tree.root), "diff", "--name-only", reference]
    changed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    known = {entry["file"] for entry in json.loads(commands.read_text())}
    sources = [
        str(tree.root / path)
        for path in changed
        if path.endswith((".cc", ".c")) and str(tree.root / path) in known
    ]
    if not sources:
        print(f"tidy: no compiled source file has changed since {reference}", file=sys.stderr)
        return 0
    runner = shutil.which("run-clang-tidy-14") or shutil.which("run-clang-tidy")
    command = [runner, "-clang-tidy-binary", program] if runner else [program]
    command += ["-quiet", "-p", str(commands.parent)]
    return subprocess.run(command + sources, check=False).returncode
