"""The program transaction_driver, as tests of crashes and of faults of the network use it."""

import os
import select
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "e2e"))

from broker import Broker  # noqa: E402  (of tests/e2e)
from shared_broker import free_ports, secured_listener  # noqa: E402  (of tests/e2e)

__all__ = ["Broker", "Job", "Run", "free_ports", "secured_listener"]

PATIENCE_S = 120


class Run:
    """One process. Ends by SIGKILL with its `with`."""

    def __init__(self, job, *words, crash=None):
        self.process = subprocess.Popen(
            [job.driver, job.address, job.name, job.output, job.input, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **({"WEIR_CRASH": crash} if crash else {})},
        )
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        """SIGKILL. Returns what it wrote to its log."""
        self.process.kill()
        log = self.process.communicate()[1]
        return log.decode()

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self, within_s=None):
        """The next answer; None if it did not come in time."""
        while b"\n" not in self.buffer:
            patience_s = PATIENCE_S if within_s is None else within_s
            if not select.select([self.process.stdout], [], [], patience_s)[0]:
                assert within_s is not None, "no answer in %d s" % PATIENCE_S
                return None
            read = self.process.stdout.read1(4096)
            assert read, "the driver ended with %d:\n%s" % (
                self.process.wait(),
                self.process.stderr.read().decode(),
            )
            self.buffer += read
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode()

    def ask(self, line):
        self.send(line)
        return self.answer()

    def do(self, *lines):
        for line in lines:
            answer = self.ask(line)
            assert answer == "ok", "%s: %s" % (line, answer)

    def recover(self):
        """Epoch and position."""
        word, epoch, position = self.ask("recover").split(" ", 2)
        assert word == "ok", (word, epoch, position)
        return int(epoch), int(position)


class Job:
    """A job with topics of its own."""

    def __init__(self, driver, broker, name, address=None):
        self.driver = driver
        self.broker = broker
        self.address = address or broker.address
        self.name = name
        self.output = name + "-out"
        self.input = name + "-in"
        broker.create_topics([self.output, self.input], 1)

    def rows(self, isolation="read_committed"):
        return [int(value) for value in self.broker.consume(self.output, isolation)]

    def damage(self, until):
        """Numbers below `until` that are not there exactly once, and all others that are there."""
        counts = Counter(self.rows())
        doubled = sorted(row for row in counts if counts[row] > 1)
        lost = [row for row in range(until) if row not in counts]
        foreign = sorted(row for row in counts if not 0 <= row < until)
        return {
            name: rows
            for name, rows in [("doubled", doubled), ("lost", lost), ("foreign", foreign)]
            if rows
        }
