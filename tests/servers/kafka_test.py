#!/usr/bin/env python3
"""tools/servers/kafka does what its usage text says."""

import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from shared_broker import end_with  # noqa: E402  (of tests/e2e)

KAFKA = pathlib.Path(__file__).resolve().parents[2] / "tools" / "servers" / "kafka"


def kafka(*arguments, check=True, **environment):
    return subprocess.run(
        [KAFKA, *map(str, arguments)],
        capture_output=True, text=True, check=check, timeout=120,
        env={**os.environ, **environment},
    )


class Broker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-kafka-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "broker"
        self.folder.mkdir()
        end_with(self.folder, os.getpid())
        self.addCleanup(lambda: kafka("stop", self.folder))

    def start(self, **environment):
        return kafka("start", self.folder, **environment).stdout.strip()

    def produce(self, address, topic, *values):
        subprocess.run(["kcat", "-q", "-P", "-b", address, "-t", topic, "-p", "0"],
                       input="\n".join(values), text=True, check=True)

    def test_its_topics_records_and_address_outlive_a_crash(self):
        address = self.start()
        kafka("create-topics", self.folder, "clicks:2", "labels:1:cleanup.policy=compact")
        self.produce(address, "clicks", "a", "b", "c")

        kafka("kill", self.folder)
        self.assertEqual(kafka("status", self.folder, check=False).returncode, 1)
        self.assertEqual(self.start(), address)

        self.assertEqual(kafka("topics", self.folder).stdout, "clicks 2\nlabels 1\n")
        self.assertEqual(kafka("offsets", self.folder, "clicks").stdout,
                         "clicks 0 0 3\nclicks 1 0 0\n")

    def test_records_are_deleted_from_the_front(self):
        address = self.start()
        kafka("create-topics", self.folder, "clicks:1")
        self.produce(address, "clicks", "a", "b", "c")

        kafka("delete-records", self.folder, "clicks", 0, 2)
        self.assertEqual(kafka("offsets", self.folder, "clicks").stdout, "clicks 0 2 3\n")
        kafka("delete-records", self.folder, "clicks", 0, -1)
        self.assertEqual(kafka("offsets", self.folder, "clicks").stdout, "clicks 0 3 3\n")

    def test_a_second_start_is_refused(self):
        self.start()
        again = kafka("start", self.folder, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("already runs", again.stderr)

    def test_properties_of_the_caller_reach_the_broker(self):
        address = self.start(KAFKA_PROPERTIES="auto.create.topics.enable=true num.partitions=7")
        self.produce(address, "made-by-producing", "a")
        self.assertIn("made-by-producing 7\n", kafka("topics", self.folder).stdout)

    def test_a_process_that_only_has_its_number_is_left_alone(self):
        self.folder.mkdir(exist_ok=True)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
            (self.folder / "pid").write_text(str(other.pid))
            self.assertEqual(kafka("status", self.folder, check=False).returncode, 1)
            kafka("stop", self.folder)
            kafka("kill", self.folder)
            other.stdin.close()
            self.assertEqual(other.wait(60), 0)

    def test_what_nobody_stopped_ends_with_its_process(self):
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
            end_with(self.folder, other.pid)
            self.start()
            arguments = pathlib.Path("/proc", (self.folder / "pid").read_text().strip(), "cmdline")
            self.assertIn(b"kafka.Kafka", arguments.read_bytes())
            other.stdin.close()
        deadline = time.monotonic() + 60
        while self.folder.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        self.assertFalse(self.folder.exists())
        self.assertFalse(arguments.exists() and arguments.read_bytes())

    def test_a_broker_that_cannot_start_says_why(self):
        failed = kafka("start", self.folder, check=False, KAFKA_PROPERTIES="num.io.threads=none")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("num.io.threads", failed.stderr)
        self.assertEqual(kafka("status", self.folder, check=False).returncode, 1)


if __name__ == "__main__":
    unittest.main()
