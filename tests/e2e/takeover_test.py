#!/usr/bin/env python3
"""Job enter of the classroom on two hosts: the first is stopped as if its machine hung, the second
takes the job over with a copy of its state, the first wakes up. It must give the job up and say
why, and readers of committed records see every row once.

takeover_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S]
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import classroom_input
from broker import Broker
from classroom_test import check_enter
from crash_test import SOURCES, Runs
from topics import port
from watched_host import PATIENCE_S, Host, lives


def idle_job():
    """One that must not notice what becomes of the other."""
    text = '[[job]]\nname = "courseware"\nplugin = "classroom"\ntype = "courseware"\n'
    text += port("source", "teacher", "in.teacher") + port("source", "student", "in.student")
    return text + port("sink", "labels", "courseware.labels")


def start_without_state(arguments, broker, folder):
    """A start with nothing must not take the job from a host that has its state."""
    with Host(arguments, broker, folder) as host:
        code = host.process.wait(PATIENCE_S)
        host.reader.join()
        assert code != 0 and "its state is not here" in host.text(), (code, host.text())


def take_over(arguments, broker, runs, home):
    first = Host(arguments, broker, home / "first", more=idle_job())
    with first:
        lives(first)
        first.process.send_signal(signal.SIGSTOP)
        runs.feed()  # To be read by both.
        start_without_state(arguments, broker, home / "nothing")
        first.process.send_signal(signal.SIGCONT)
        lives(first)  # It was shut out by that start, and went on.
        first.process.send_signal(signal.SIGSTOP)
        (home / "second").mkdir()
        shutil.copytree(home / "first" / "state", home / "second" / "state")
        with Host(arguments, broker, home / "second") as second:
            lives(second)
            runs.feed()
            first.process.send_signal(signal.SIGCONT)
            lost = first.wait_until("enter", lambda status: status["state"] == "failed")
            assert "enter was taken over by another host" in lost["cause"], lost
            assert "shut out" in first.text(), first.text()
            assert first.job("courseware")["state"] == "running", first.text()
            lives(second)
            assert second.job("enter")["restarts"] == 0, second.text()
            second.process.send_signal(signal.SIGTERM)
            assert second.process.wait(PATIENCE_S) == 0, second.text()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    topics = classroom_input.make_input(arguments.seed, arguments.records)
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="weir-takeover-") as folder:
        runs = Runs(arguments, broker, topics, "enter", "exactly-once")
        runs.count = 4
        broker.create_topics(["in.teacher", "in.student"], classroom_input.PARTITIONS)
        broker.create_topics(["courseware.labels"], 2)
        home = Path(folder)
        runs.feed()
        take_over(arguments, broker, runs, home)
        runs.feed()
        with Host(arguments, broker, home / "second", is_last=True) as last:
            assert last.process.wait(PATIENCE_S) == 0, last.text()
        check_enter(broker, {name: topics[name] for name in SOURCES})


if __name__ == "__main__":
    sys.exit(main())
