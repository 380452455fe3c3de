"""Jobs over files: a folder of their own, `weir` run in it, and the rows it wrote there."""

import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import tomllib
from pathlib import Path


def file_job(plugin, job, ports, entry="", source="", name=None):
    """Text of a job of jobs.toml. `ports` names the ports of each kind ("source", "sink", "side");
    each is the file PORT.jsonl, or FILE.jsonl where they are a dict of port and FILE. `entry` and
    `source` are more lines, of the job and of every source."""
    lines = ["[[job]]", 'name = "%s"' % (name or job), 'plugin = "%s"' % plugin]
    lines += ['type = "%s"' % job, entry]
    for kind, names in ports.items():
        for port in names:
            lines += ["[job.%s.%s]" % (kind, port), 'connector = "file"']
            file = names[port] if isinstance(names, dict) else port
            lines += ['path = "%s.jsonl"' % file] + [source] * (kind == "source")
    return "\n".join(lines) + "\n"


def rows_of(path):
    """Of a file, if it is there, and of those the host rotated away from it."""
    rows = []
    for part in sorted(path.parent.glob(path.name + "*")):
        rows += [json.loads(line) for line in part.read_text().splitlines()]
    return rows


class JobsFolder:
    """Use in a `with`, which ends what was started and removes the folder. Files go by their names
    in it. Plugins are found in the folders of `plugins`, which may be changed."""

    def __init__(self, weir, *plugins):
        self.weir = str(Path(weir).resolve())
        self.plugins = [str(Path(folder).resolve()) for folder in plugins]

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="weir-jobs-")
        self.path = Path(self.temporary.name)
        self.started = []
        return self

    def __exit__(self, *_):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.temporary.cleanup()

    def command(self, *words):
        options = [word for folder in self.plugins for word in ("--plugin-path", str(folder))]
        return [self.weir, *words, *options]

    def write(self, name, text):
        (self.path / name).write_text(text)

    def write_rows(self, name, rows):
        """A line for each. Returns the offset of each, and of the end."""
        offsets, content = [0], b""
        for row in rows:
            content += json.dumps(row, ensure_ascii=False).encode() + b"\n"
            offsets.append(len(content))
        (self.path / name).write_bytes(content)
        return offsets

    def rows(self, name):
        return rows_of(self.path / name)

    def run(self, *arguments, timeout=120):
        """`weir run` to its end; its exit code and what it printed are in the result."""
        return self.call("run", "jobs.toml", *arguments, timeout=timeout)

    def call(self, *words, timeout=120):
        """Any command of weir."""
        return subprocess.run(
            self.command(*words),
            cwd=self.path,
            timeout=timeout,
            env={**os.environ, "LC_ALL": "C"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def start(self, *arguments):
        """`weir run`, to be watched."""
        process = subprocess.Popen(
            self.command("run", "jobs.toml", *arguments),
            cwd=self.path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process


def log_until(process, pattern):
    """What it says up to the line with a match."""
    seen = []
    for line in process.stderr:
        seen.append(line)
        if re.search(pattern, line):
            return "".join(seen)
    raise AssertionError("no line with %s:\n%s" % (pattern, "".join(seen)))


def wait_for_line(process, pattern):
    """The match in the next line that has one."""
    return re.search(pattern, log_until(process, pattern))


def eventually(condition, patience_s=60):
    """What the condition says once it is true of it; an error when that takes too long."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.005)  # Others want to run, too.
    return found


def wait_for_address_of(jobs_file):
    """Until nobody else listens where its host will, like another run of the same test."""
    address = tomllib.loads(jobs_file.read_text())["host"]["http"]
    host, port = address.rsplit(":", 1)

    def is_free():
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) != 0

    eventually(is_free, patience_s=300)
