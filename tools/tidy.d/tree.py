"""The tree that is checked: its files, their texts, and what a rule finds."""

import functools
import re
import subprocess
from typing import NamedTuple

CPP = (".h", ".cc", ".c")


class Finding(NamedTuple):
    path: str
    line: int
    text: str


class Tree:
    def __init__(self, root):
        self.root = root
        self.paths = sorted(self._list())

    def _list(self):
        """Everything git knows or would add; of a tree without git, what was not built."""
        if (self.root / ".git").exists():
            command = ["git", "-C", str(self.root), "ls-files", "-co", "--exclude-standard", "-z"]
            listed = subprocess.run(command, check=True, capture_output=True).stdout
            names = listed.decode().split("\0")
        else:
            names = [str(path.relative_to(self.root)) for path in self.root.rglob("*")]
        made = ("build/", "var/", ".git/")
        return [
            name
            for name in names
            if name and not name.startswith(made) and (self.root / name).is_file()
        ]

    def matching(self, *suffixes, under=""):
        return [path for path in self.paths if path.endswith(suffixes) and path.startswith(under)]

    def cpp(self, under=""):
        return self.matching(*CPP, under=under)

    def scripts(self):
        """Shell and Python, known by suffix or first line."""
        return [
            path
            for path in self.paths
            if path.endswith((".sh", ".py")) or self.text(path).startswith("#!")
        ]

    def is_shell(self, path):
        first = self.text(path).split("\n", 1)[0]
        return path.endswith(".sh") or first.startswith("#!") and first.endswith("sh")

    def is_python(self, path):
        return path.endswith(".py") or "python" in self.text(path).split("\n", 1)[0]

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """Empty for a binary file."""
        content = (self.root / path).read_bytes()
        return "" if b"\0" in content else content.decode("utf-8", "replace")

    def lines(self, path):
        """Pairs of line number and line."""
        return enumerate(self.text(path).split("\n"), 1)

    @functools.lru_cache(maxsize=None)
    def code(self, path):
        """The text with comments and the insides of strings blanked, line for line."""
        return blank(self.text(path))

    def code_lines(self, path):
        return enumerate(self.code(path).split("\n"), 1)

    def is_allowed(self, rule, finding):
        lines = self.text(finding.path).split("\n") if finding.path in self.paths else []
        near = lines[max(0, finding.line - 2) : finding.line]
        return any(re.search(rf"tidy: allow {rule}: \w", line) for line in near)


TOKEN = re.compile(
    r'R"(?P<raw>[^()\\ ]{0,16})\(.*?\)(?P=raw)"'  # A raw string.
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"  # Not the separator of 1'000.
    r"|//(?:\\\n|[^\n])*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


def blank(text):
    def spaces(match):
        found = match.group(0)
        if found.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", found)
        return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'

    return TOKEN.sub(spaces, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
