#!/usr/bin/env python3
"""Moves jobs that run to other versions and shows what that takes. Part of tools/demo.

swap.py BUILD_FOLDER FOLDER [--jobs N]

N jobs over simulated clients run in FOLDER, which is made anew. One of them goes to version 1.1 of
its plugin; a version that cannot take its state over is refused; then all the others follow with
one command, in two waves. Each command is shown as it can be typed in FOLDER.
"""

import argparse
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

SOURCES = ("enter", "signal", "av", "courseware")
VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "2.0.0")


def say(text):
    print("demo: " + text, flush=True)


def eventually(find, patience_s=60):
    """What `find` returns once it is true of it."""
    deadline = time.monotonic() + patience_s
    while not (found := find()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in %d s" % patience_s)
        threading.Event().wait(0.05)
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def jobs_text(names):
    text = '[host]\nworkers = 2\nhttp = "127.0.0.1:%d"\n' % free_port()
    text += 'plugin_path = ["plugins"]\n'
    for name in names:
        text += '\n[[job]]\nname = "%s"\nplugin = "classroom"\ntype = "enter"\n' % name
        text += 'version = "=1.0.0"\nclass = "label"\nepoch = "200ms"\n'
        text += "params = { slow_enter_ms = 8000 }\n"
        for source in SOURCES:
            text += '  [job.source.%s]\n  connector = "plugin:classroom-sim"\n' % source
            text += "  speed = 20\n  lessons = 20\n"
        text += '  [job.sink.labels]\n  connector = "file"\n  path = "%s.labels.jsonl"\n' % name
    return text


class Demo:
    def __init__(self, build, folder, count):
        self.build = build
        self.folder = folder
        self.weir = build / "bin" / "weir"
        self.names = ["enter-%d" % number for number in range(1, count + 1)]
        self.host = None

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "plugins").mkdir(parents=True)
        shutil.copy(self.build / "plugins" / "libclassroom-sim.so", self.folder / "plugins")
        for version in VERSIONS:
            (self.folder / version).mkdir()
            shutil.copy(self.built(version), self.folder / version)
        (self.folder / "jobs.toml").write_text(jobs_text(self.names))

    def built(self, version):
        if version == "1.0.0":
            return self.build / "plugins" / "libclassroom.so"
        return self.build / "tests" / "versions" / ("classroom-" + version) / "libclassroom.so"

    def run(self, *words, expected=0):
        """A command of weir, shown with what it prints."""
        say("$ weir " + " ".join(str(word) for word in words))
        done = subprocess.run(
            [self.weir, *words], cwd=self.folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        print(done.stdout, end="", flush=True)
        if done.returncode != expected:
            sys.exit("demo: it ended with %d, not %d" % (done.returncode, expected))

    def start(self):
        log = (self.folder / "log").open("w")
        self.host = subprocess.Popen(
            [self.weir, "run", "jobs.toml"], cwd=self.folder, stdout=log, stderr=log)
        log.close()
        eventually(lambda: self.versions().total() == len(self.names))

    def versions(self):
        """How many jobs run each version."""
        if self.host.poll() is not None:
            sys.exit((self.folder / "log").read_text())
        listed = subprocess.run(
            [self.weir, "job", "list", "--json"], cwd=self.folder, text=True,
            capture_output=True, check=False)
        jobs = json.loads(listed.stdout)["jobs"] if listed.returncode == 0 else []
        return Counter(job["plugin_version"] for job in jobs if job["state"] == "running")

    def wait_for_labels(self, name, rules):
        def labels():
            made = Counter()
            for file in self.folder.glob(name + ".labels.jsonl*"):
                made.update(re.findall(r'"rules":"([^"]*)"', file.read_text()))
            return made if made[rules] else None

        made = eventually(labels)
        say("%s: labels by version: %s" % (
            name, ", ".join("%s of %s" % (made[rules], rules) for rules in sorted(made))))

    def end(self):
        if self.host and self.host.poll() is None:
            self.host.send_signal(signal.SIGTERM)
            self.host.wait()


def show(demo):
    first = demo.names[0]
    upgrade = ("upgrade", "--plugin", "classroom", "--probation", "2s", "--to")
    demo.run("plugin", "add", *[version + "/libclassroom.so" for version in VERSIONS])
    demo.run("apply")
    demo.start()
    demo.wait_for_labels(first, "1.0")
    say("one job goes to 1.1, where only the slowest of what starts together counts")
    demo.run(*upgrade, "1.1.0", "--jobs", first)
    demo.wait_for_labels(first, "1.1")
    say("one that cannot take over what the job has counted so far")
    demo.run(*upgrade, "2.0.0", "--jobs", first, expected=1)
    say("all others follow, one first")
    demo.run(*upgrade, "1.1.0", "--wave", "1,100%")
    demo.wait_for_labels(demo.names[-1], "1.1")
    demo.run("history")
    say("jobs by version: %s" % dict(demo.versions()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=10)
    arguments = parser.parse_args()
    demo = Demo(arguments.build.resolve(), arguments.folder.resolve(), arguments.jobs)
    demo.prepare()
    try:
        show(demo)
    finally:
        demo.end()


if __name__ == "__main__":
    sys.exit(main())
