#!/usr/bin/env python3
"""Job enter of the classroom on a real Kafka, killed at every step of its epochs, recoveries and
drains and at random times: what readers of committed records see is every row, once; with sinks
that are at least once, every row and no other.

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

import classroom_answer as answer
import classroom_input
from broker import ROOT, Broker
from classroom_test import SIDES, check_enter
from jobs_folder import eventually
from topics import frozen, host, port, rows_of

SOURCES = ["enter", "signal", "av", "courseware"]
# What other tests die at, each by name: the tools, and the image as such.
ELSEWHERE = {
    "image.": "checkpoint/image_crash_test.cc",
    "savepoint.": "cli/state_test.py",
    "replay.": "e2e/replay_test.py",
    "rollout.": "cli/rollout_test.py",
    "store.": "registry/store_test.py",
    "swap.": "e2e/swap_test.py",
}
# Those of the image that every run passes.
IMAGE_POINTS = ["image.prepare.collected", "image.prepare.synced", "image.commit.marked"]
# Those that a job without exactly-once sinks never comes to.
TRANSACTION_POINTS = ("kafka.", "epoch.flushed", "epoch.published", "recovery.half-taken-over")
# Passed once in a run; and those that are passed only when it is asked to stop.
ONCE = ("recovery.", "drain.", "run.")
AT_THE_END = ("drain.", "run.")
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


def in_topic(job, source):
    return ("in." if job == "enter" else job + ".in.") + source


def jobs_file(broker, plugins, folder, job, delivery, is_last):
    text = host(broker, plugins).replace("[host]\n", '[host]\nstate = "%s/state"\n' % folder)
    text += '[[job]]\nname = "%s"\nplugin = "classroom"\ntype = "enter"\nepoch = "200ms"\n' % job
    for source in SOURCES:
        text += port(
            "source",
            source,
            in_topic(job, source),
            start='"earliest"',
            idle_after='"0s"',
            stop_at_end="true" if is_last else "false",
        )
    text += port("sink", "labels", job + ".labels", delivery='"%s"' % delivery)
    for side in SIDES:
        text += port("side", side, "%s.%s" % (job, side), delivery='"%s"' % delivery)
    return text


class Runs:
    """All runs of one job."""

    def __init__(self, arguments, broker, topics, job, delivery):
        self.arguments = arguments
        self.broker = broker
        self.topics = {name: topics[name] for name in SOURCES}
        self.job = job
        self.delivery = delivery
        self.done = self.count = 0
        self.folder = Path()
        inputs = [in_topic(job, name) for name in SOURCES]
        broker.create_topics(inputs, classroom_input.PARTITIONS)
        broker.create_topics(["%s.%s" % (job, name) for name in ["labels"] + SIDES], 2)

    def feed(self):
        """The next part of the input."""
        for name, partitions in self.topics.items():
            for number, values in enumerate(partitions):
                begin = len(values) * self.done // self.count
                end = len(values) * (self.done + 1) // self.count
                if begin < end:
                    self.broker.produce(in_topic(self.job, name), number, values[begin:end])
        self.done += 1

    def run(self, crash=None, limit=120.0):
        """Feeds a part, runs weir until it ends or the limit, asked to stop where it dies of that;
        how it ended, what it printed."""
        self.feed()
        jobs = self.folder / "jobs.toml"
        is_last = self.done == self.count
        jobs.write_text(
            jobs_file(
                self.broker,
                self.arguments.plugins,
                self.folder,
                self.job,
                self.delivery,
                is_last,
            )
        )
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
                if crash and crash.startswith(AT_THE_END):
                    is_up = "%s: running" % self.job
                    eventually(lambda: is_up in log.read_text() or process.poll() is not None)
                    process.terminate()
                process.wait(limit)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode, log.read_text()

    def die_everywhere(self, chosen, kills):
        """At each of the points, so many random times, and then runs to the end."""
        points = [
            name
            for name in crash_points()
            if self.delivery == "exactly-once" or not name.startswith(TRANSACTION_POINTS)
        ]
        # An epoch is passed many times in a run.
        crashes = [
            "%s:%d" % (name, 1 if name.startswith(ONCE) else chosen.randint(1, 3))
            for name in points
        ]
        chosen.shuffle(crashes)
        self.count = len(crashes) + kills + 1
        with tempfile.TemporaryDirectory(prefix="weir-crash-") as folder:
            self.folder = Path(folder)
            for crash in crashes:
                begun = time.monotonic()
                code, text = self.run(crash)
                assert code == KILLED and time.monotonic() - begun < 115, (
                    "%s was not reached: %d\n%s" % (crash, code, text)
                )
                print("killed at %s after %.1f s" % (crash, time.monotonic() - begun), flush=True)
            for _ in range(kills):
                limit = chosen.uniform(0.1, 3)
                code, text = self.run(limit=limit)
                assert code == KILLED, "ended with %d:\n%s" % (code, text)
                print("killed after %.1f s" % limit, flush=True)
            code, text = self.run()
            assert code == 0, "the last run ended with %d:\n%s" % (code, text)


def check_repeated(broker, topics, job):
    """Every row that must be there is, and nothing else, however often. A row that was late the
    first time may have been in time when it came again: its group is left out."""
    rows = answer.Sorted(topics, SOURCES, classroom_input.START)
    late = rows_of(broker, job + ".late")[0]
    touched = {(row["lesson_id"], row["user_id"], row["tm"] // 30_000) for row in late}
    events = [answer.enter_event(topic, row) for topic, row, _ in rows.rows]

    def sure(labels):
        return {
            frozen(label)
            for label in labels
            if (label["lesson_id"], label["user_id"], label["window_start"] // 30_000)
            not in touched
        }

    found = rows_of(broker, job + ".labels")[0]
    expected = sure(answer.enter_labels(events, 10_000))
    assert sure(found) == expected, "labels: %d of %d" % (
        len(sure(found) & expected),
        len(expected),
    )
    for side, expected_rows in (("filtered", rows.filtered), ("unnatural", rows.unnatural)):
        seen = rows_of(broker, "%s.%s" % (job, side))[0]
        assert set(map(frozen, seen)) == {frozen(row) for _, row in expected_rows}, side
    assert len(expected) > 100 and len(touched) < len(expected)
    print("%s.labels: %d, each at least once, %d in all" % (job, len(expected), len(found)))


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
    with Broker() as broker:
        Runs(arguments, broker, topics, "enter", "exactly-once").die_everywhere(
            chosen, arguments.random
        )
        check_enter(broker, topics)
        Runs(arguments, broker, topics, "again", "at-least-once").die_everywhere(
            chosen, arguments.random // 2
        )
        check_repeated(broker, topics, "again")


if __name__ == "__main__":
    sys.exit(main())
