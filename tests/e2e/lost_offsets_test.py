#!/usr/bin/env python3
"""Job enter of the classroom, whose next records a real Kafka deletes while it is stopped: it ends
with the cause instead of starting again and again, and its position stays where it was.

lost_offsets_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S]
"""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

import classroom_input
from broker import Broker
from crash_test import Runs
from watched_host import PATIENCE_S, Host, lives


def positions(broker):
    """Committed by the job, by partition of topic in.enter."""
    lines = [line.split(" ") for line in broker.group("enter")]
    return {int(line[1]): int(line[2]) for line in lines if line[0] == "in.enter"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    topics = classroom_input.make_input(arguments.seed, arguments.records)
    fullest = max(range(classroom_input.PARTITIONS), key=lambda at: len(topics["enter"][at]))
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="weir-lost-") as folder:
        home = Path(folder) / "host"
        runs = Runs(arguments, broker, topics, "enter", "exactly-once")
        runs.count = 2
        runs.feed()
        with Host(arguments, broker, home) as host:
            lives(host)
            host.process.send_signal(signal.SIGTERM)
            assert host.process.wait(PATIENCE_S) == 0, host.text()
        before = positions(broker)
        runs.feed()
        broker.delete_records("in.enter", fullest)

        with Host(arguments, broker, home) as host:
            code = host.process.wait(PATIENCE_S)
            host.reader.join()
        said = "kafka partition in.enter/%d: records are lost" % fullest
        assert code != 0 and said in host.text(), (code, host.text())
        assert "starts again" not in host.text(), host.text()
        assert positions(broker)[fullest] == before[fullest], (positions(broker), before)
        print("in.enter/%d stays at %d" % (fullest, before[fullest]))


if __name__ == "__main__":
    sys.exit(main())
