#!/usr/bin/env python3
"""Job enter of the classroom on a real Kafka, killed at every step of its epochs and recoveries and
at random times: what readers of committed records see is every row, once.

crash_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S] [--random N]
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import classroom_input
from broker import ROOT, Broker
from classroom_test import SIDES, check_enter
from topics import host, port

SOURCES = ["enter", "signal", "av", "courseware"]
# What other tests die at, each by name: the tools, and the image as such.
ELSEWHERE = {
    "image.": "checkpoint/image_crash_test.cc",
    "savepoint.": "cli/state_test.py",
    "replay.": "e2e/replay_test.py",
}
# Those of the image that every run passes.
IMAGE_POINTS = ["image.prepare.collected", "image.prepare.synced", "image.commit.marked"]
KILLED = -signal.SIGKILL


def crash_points():
    """The names in the source, so that no step is forgotten."""
    names = set()
    for path in [*(ROOT / "runtime").rglob("*.cc"), *(ROOT / "tools").rglob("*.cc")]:
        names.update(re.findall(r'WEIR_CRASH_POINT\("([^"]+)"\)', path.read_text()))
    for prefix, test in ELSEWHERE.items():
        text = (ROOT / "tests" / test).read_text()
        missing = [name for name in names if name.startswith(prefix) and name not in text]
        assert not missing, "%s does not die at %s" % (test, missing)
    own = sorted(name for name in names if not name.startswith(tuple(ELSEWHERE)))
    assert len(own) >= 9 and names >= set(IMAGE_POINTS), names
    return own + IMAGE_POINTS


def jobs_file(broker, plugins, folder, is_last):
    text = host(broker, plugins).replace("[host]\n", '[host]\nstate = "%s/state"\n' % folder)
    text += '[[job]]\nname = "enter"\nplugin = "classroom"\ntype = "enter"\nepoch = "200ms"\n'
    for source in SOURCES:
        text += port(
            "source",
            source,
            "in." + source,
            start='"earliest"',
            idle_after='"0s"',
            stop_at_end="true" if is_last else "false",
        )
    text += port("sink", "labels", "enter.labels", delivery='"exactly-once"')
    for side in SIDES:
        text += port("side", side, "enter." + side, delivery='"exactly-once"')
    return text


class Runs:
    def __init__(self, arguments, broker, topics, folder, count):
        self.arguments = arguments
        self.broker = broker
        self.topics = {name: topics[name] for name in SOURCES}
        self.folder = Path(folder)
        self.count = count
        self.done = 0

    def feed(self):
        """The next part of the input."""
        for name, partitions in self.topics.items():
            for number, values in enumerate(partitions):
                begin = len(values) * self.done // self.count
                end = len(values) * (self.done + 1) // self.count
                if begin < end:
                    self.broker.produce("in." + name, number, values[begin:end])
        self.done += 1

    def run(self, crash=None, limit=120.0):
        """Feeds a part, runs weir until it ends or the limit; how it ended, what it printed."""
        self.feed()
        jobs = self.folder / "jobs.toml"
        is_last = self.done == self.count
        jobs.write_text(jobs_file(self.broker, self.arguments.plugins, self.folder, is_last))
        environment = {**os.environ, "LC_ALL": "C"}
        if crash:
            environment["WEIR_CRASH"] = crash
        log = self.folder / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [self.arguments.weir, "run", str(jobs)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
            )
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode, log.read_text()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--random", type=int, default=5, help="kills at random times")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    chosen = random.Random(arguments.seed)
    topics = classroom_input.make_input(arguments.seed, arguments.records)
    # A recovery is passed once in a run, an epoch many times.
    crashes = [
        "%s:%d" % (name, 1 if name.startswith("recovery.") else chosen.randint(1, 3))
        for name in crash_points()
    ]
    chosen.shuffle(crashes)
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="weir-crash-") as folder:
        broker.create_topics(["in." + name for name in SOURCES], classroom_input.PARTITIONS)
        broker.create_topics(["enter." + name for name in ["labels"] + SIDES], 2)
        runs = Runs(arguments, broker, topics, folder, len(crashes) + arguments.random + 1)
        for crash in crashes:
            begun = time.monotonic()
            code, text = runs.run(crash)
            assert code == KILLED and time.monotonic() - begun < 115, (
                "%s was not reached: %d\n%s" % (crash, code, text)
            )
            print("killed at %s after %.1f s" % (crash, time.monotonic() - begun), flush=True)
        for _ in range(arguments.random):
            limit = chosen.uniform(0.1, 3)
            code, text = runs.run(limit=limit)
            assert code == KILLED, "ended with %d:\n%s" % (code, text)
            print("killed after %.1f s" % limit, flush=True)
        code, text = runs.run()
        assert code == 0, "the last run ended with %d:\n%s" % (code, text)
        check_enter(broker, topics)


if __name__ == "__main__":
    sys.exit(main())
