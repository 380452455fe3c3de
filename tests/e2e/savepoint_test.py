#!/usr/bin/env python3
"""Savepoints of a job on a real Kafka, taken while records flow: the job goes on as if nothing had
been, and started again from one of them it does exactly what followed.

savepoint_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S]
"""

import argparse
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import classroom_answer as answer
import classroom_input
from broker import Broker
from classroom_test import SIDES, check_sides
from shared_broker import free_ports
from topics import frozen, host, port, rows_of, same

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import eventually  # noqa: E402  (of tests/run)

SOURCES = ["enter", "signal", "av", "courseware"]
WINDOW = 30_000
PARTS = 12  # The input comes in so many.


def never_late(topics):
    """The input without rows that can be late: which of them are depends on who is how fast."""
    kept = {}
    for name in SOURCES:
        kept[name] = []
        for values in topics[name]:
            kept[name].append([])
            newest = 0
            for value in values:
                row = answer.decode(name, value)
                if row and row["tm"] < classroom_input.START + answer.FAR_FUTURE:
                    end = row["tm"] - row["tm"] % WINDOW + WINDOW
                    if end <= newest - answer.OUT_OF_ORDER:
                        continue
                    newest = max(newest, row["tm"])
                kept[name][-1].append(value)
    return kept


def labels_of(topics):
    rows = answer.Sorted(topics, SOURCES, classroom_input.START).rows
    return answer.enter_labels([answer.enter_event(topic, row) for topic, row, _ in rows], 10_000)


class Job:
    """Job enter, its host, and the commands that are asked of it."""

    def __init__(self, arguments, broker, folder):
        self.weir = arguments.weir
        self.broker = broker
        self.folder = Path(folder)
        self.http = free_ports(1)[0]
        self.plugins = arguments.plugins
        self.process = None

    def write(self, outputs, is_last):
        head = '[host]\nstate = "state"\nhttp = "127.0.0.1:%d"\n' % self.http
        text = host(self.broker, self.plugins).replace("[host]\n", head)
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
        for kind, name in [("sink", "labels"), *[("side", side) for side in SIDES]]:
            text += port(kind, name, outputs + "." + name)
        (self.folder / "jobs.toml").write_text(text)

    def start(self, outputs, is_last=False):
        self.write(outputs, is_last)
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [self.weir, "run"],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C"},
            )

    def end(self, patience_s=180):
        code = self.process.wait(patience_s)
        assert code == 0, "weir ended with %d:\n%s" % (code, (self.folder / "log").read_text())

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def call(self, *words):
        done = subprocess.run(
            [self.weir, *words], cwd=self.folder, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, "%s: %s" % (" ".join(words), done.stdout + done.stderr)
        return done.stdout

    def status(self):
        done = subprocess.run(
            [self.weir, "job", "show", "enter", "--json"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return json.loads(done.stdout) if done.returncode == 0 else None

    def labels(self):
        return rows_of(self.broker, "enter.labels")[0]

    def dump(self):
        return sorted(self.call("state", "dump", "enter", "attempts", "--json").splitlines())


class Taken:
    """A savepoint taken under load, and what readers saw before and after."""

    def __init__(self, job, name):
        self.name = name
        self.before = Counter(map(frozen, job.labels()))
        begun = time.monotonic()
        made = json.loads(job.call("savepoint", "create", "enter", name, "--json"))
        self.took = time.monotonic() - begun
        self.after = Counter(map(frozen, job.labels()))
        self.epoch = made["epoch"]
        self.positions = {each["source"]: each["splits"] for each in made["positions"]}

    def rest_of(self, topics):
        """The input behind it."""
        return {
            name: [
                values[self.positions.get(name, {}).get("in.%s/%d" % (name, number), 0) :]
                for number, values in enumerate(partitions)
            ]
            for name, partitions in topics.items()
        }


def records(topics):
    return sum(len(values) for partitions in topics.values() for values in partitions)


def feed(broker, topics):
    for part in range(PARTS):
        for name, partitions in topics.items():
            for number, values in enumerate(partitions):
                begin, end = (len(values) * (part + more) // PARTS for more in (0, 1))
                if begin < end:
                    broker.produce("in." + name, number, values[begin:end])


def take_under_load(job, topics):
    """Savepoints as long as records come; the one in the middle."""
    feeding = threading.Thread(target=feed, args=(job.broker, topics))
    feeding.start()
    eventually(lambda: (job.status() or {"epoch": {"completed": 0}})["epoch"]["completed"] > 0)
    taken = []
    while feeding.is_alive():
        taken.append(Taken(job, "s%d" % len(taken)))
        job.dump()
    feeding.join()
    assert all(first.epoch < second.epoch for first, second in zip(taken, taken[1:]))
    half = records(topics) / 2
    chosen = min(taken, key=lambda each: abs(records(each.rest_of(topics)) - half))
    left = records(chosen.rest_of(topics))
    assert 0 < left < records(topics), "no savepoint was taken in the midst of the input"
    print(
        "%d savepoints, each took at most %.2f s; chosen: epoch %d, %d of %d records behind it"
        % (len(taken), max(t.took for t in taken), chosen.epoch, left, records(topics))
    )
    return chosen


def check_what_followed(broker, taken, topics, all_labels):
    """The outputs of the run that began at the savepoint."""
    rest = answer.Sorted(taken.rest_of(topics), SOURCES, classroom_input.START)
    for side, rows in (("filtered", rest.filtered), ("unnatural", rest.unnatural)):
        same("again." + side, [row for _, row in rows], rows_of(broker, "again." + side)[0])
    errors = [json.loads(value)["value"] for value in broker.consume("again.errors")]
    assert Counter(map(base64.b64decode, errors)) == Counter(rest.errors), "again.errors"
    assert not broker.consume("again.late")
    # A window fired before the savepoint or behind it, not twice and not never. What readers saw
    # before it was asked for came before it; what they did not see when it was there, behind it.
    answered = Counter(map(frozen, all_labels))
    again = Counter(map(frozen, rows_of(broker, "again.labels")[0]))
    assert not again - answered, "labels that nobody expects: %r" % list(again - answered)[:3]
    assert not again & taken.before, "labels of before: %r" % list(again & taken.before)[:3]
    missing = answered - taken.after - again
    assert not missing, "labels that are missing: %r" % list(missing)[:3]
    unsure = (taken.after - taken.before).total()
    print("again.labels: %d of %d, %d on the border" % (again.total(), answered.total(), unsure))
    assert again and taken.after, "the savepoint was not in the midst of the labels"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    topics = never_late(classroom_input.make_input(arguments.seed, arguments.records))
    labels = labels_of(topics)
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="weir-savepoint-") as folder:
        broker.create_topics(["in." + name for name in SOURCES], classroom_input.PARTITIONS)
        for outputs in ("enter", "again"):
            broker.create_topics([outputs + "." + name for name in ["labels"] + SIDES], 2)
        job = Job(arguments, broker, folder)
        try:
            job.start("enter")
            taken = take_under_load(job, topics)
            eventually(lambda: job.status()["records_in"] == records(topics))
            epoch = job.status()["epoch"]["completed"]
            eventually(lambda: job.status()["epoch"]["completed"] > epoch + 1)
            running = job.dump()
            job.process.send_signal(signal.SIGTERM)
            job.end()
            assert running and job.dump() == running, "the state changed with nothing to read"
            assert not list((Path(folder) / "state" / "copies").rglob("*.sst"))
            job.start("enter", is_last=True)
            job.end()
            same("enter.labels", labels, job.labels())
            everything = answer.Sorted(topics, SOURCES, classroom_input.START)
            check_sides(broker, topics, "enter", everything)
            job.call("savepoint", "restore", "enter", taken.name)
            job.start("again", is_last=True)
            job.end()
            check_what_followed(broker, taken, topics, labels)
        finally:
            job.kill()


if __name__ == "__main__":
    sys.exit(main())
