"""How the text is laid out."""

import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess

from tree import Finding


def clang_format(tree):
    """The code is formatted by clang-format 14."""
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    if program is None:
        yield Finding(".clang-format", 1, "clang-format is not installed: run tools/setup")
        return
    style = b"".join((tree.root / p).read_bytes() for p in tree.matching(".clang-format"))
    seen = tree.root / "build" / "tidy" / "formatted"
    known = set(seen.read_text().split()) if seen.exists() else set()
    wanted = {}
    for path in tree.cpp():
        digest = hashlib.sha256(style + (tree.root / path).read_bytes()).hexdigest()
        wanted[path] = digest

    def check(path):
        command = [program, "--dry-run", "--Werror", "--style=file", path]
        run = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
        lines = re.findall(r":(\d+):\d+: (?:error|warning):", run.stderr)
        return path, [int(line) for line in lines] or ([1] if run.returncode else [])

    unknown = [path for path, digest in wanted.items() if digest not in known]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, lines in pool.map(check, unknown):
            if lines:
                del wanted[path]
                yield Finding(path, lines[0], "not formatted: run clang-format -i")
    if unknown and (tree.root / "CMakeLists.txt").exists():
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.write_text("\n".join(sorted(wanted.values())))


def whitespace(tree):
    """No tabs in code, no blanks at the end of a line, one newline at the end of a file."""
    for path in tree.paths:
        text = tree.text(path)
        if not text or "corpus/" in path or path.endswith((".jsonl", ".json", ".golden", ".txt")):
            continue
        for number, line in tree.lines(path):
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of the line")
            if "\t" in line and path.endswith((".h", ".cc", ".c", ".py", ".cmake")):
                yield Finding(path, number, "a tab")
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield Finding(path, text.count("\n") + 1, "a file ends with one newline")


RULES = (clang_format, whitespace)
