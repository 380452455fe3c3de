#!/usr/bin/env python3
"""What tools/datagen promises about its files.

datagen_test.py DATAGEN
"""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

DATAGEN = sys.argv.pop(1)
STREAMS = {"telemetry": ["telemetry"], "sparse": ["sparse"], "cogroup": ["audio", "video"]}
LATENESS_MAX = 4_900
PARTITIONS = 3


def make(folder, shape, records=3_000, seed=1):
    command = [DATAGEN, "--shape", shape, "--records", str(records), "--seed", str(seed)]
    subprocess.run(command + ["--partitions", str(PARTITIONS), "--dir", folder], check=True)
    files = [
        Path(folder) / ("%s-%d.jsonl" % (stream, partition))
        for stream in STREAMS[shape]
        for partition in range(PARTITIONS)
    ]
    return [file.read_bytes().splitlines() for file in files]


def key_of(row):
    return row.get("uid") or row["lesson"] + row["user"]


class Datagen(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_the_same_seed_gives_the_same_bytes_and_another_one_others(self):
        first = make(self.folder, "telemetry")

        self.assertEqual(first, make(self.folder, "telemetry"))
        self.assertNotEqual(first, make(self.folder, "telemetry", seed=2))

    def test_records_have_seventeen_fields_and_about_three_hundred_bytes(self):
        for shape in STREAMS:
            lines = [line for file in make(self.folder, shape) for line in file]

            self.assertEqual({len(json.loads(line)) for line in lines}, {17}, shape)
            self.assertAlmostEqual(sum(map(len, lines)) / len(lines), 300, delta=15)

    def test_there_are_as_many_records_as_asked_for_and_a_marker_in_every_partition(self):
        for shape, streams in STREAMS.items():
            files = make(self.folder, shape, records=1_000)

            markers = len(streams) * PARTITIONS
            self.assertEqual(sum(map(len, files)), 1_000 + markers)
            for file in files:
                self.assertTrue(key_of(json.loads(file[-1])).startswith("~end"))

    def test_a_key_stays_in_its_partition_in_all_streams(self):
        files = make(self.folder, "cogroup")

        partitions = {}
        for number, file in enumerate(files):
            for line in file[:-1]:
                partitions.setdefault(key_of(json.loads(line)), set()).add(number % PARTITIONS)
        self.assertEqual({len(each) for each in partitions.values()}, {1})

    def test_disorder_stays_below_its_bound_and_the_marker_is_a_minute_ahead(self):
        for file in make(self.folder, "sparse", records=300_000):
            times = [json.loads(line)["ts"] for line in file]

            behind, greatest = 0, times[0]
            for time in times[:-1]:
                greatest = max(greatest, time)
                behind = max(behind, greatest - time)
            self.assertGreater(behind, LATENESS_MAX // 2)
            self.assertLessEqual(behind, LATENESS_MAX)
            self.assertGreaterEqual(times[-1], greatest + 60_000)

    def test_records_can_come_when_they_are_due(self):
        begun = time.time()
        command = [DATAGEN, "--shape", "telemetry", "--records", "500", "--partitions", "1"]
        command += ["--pace", "1000", "--due", "1", "--markers", "0", "--dir", self.folder]
        subprocess.run(command, check=True)
        ended = time.time()

        lines = (Path(self.folder) / "telemetry-0.jsonl").read_bytes().splitlines()
        times = [json.loads(line)["ts"] for line in lines]
        self.assertEqual(len(times), 500)
        self.assertGreaterEqual(ended - begun, 0.499)
        self.assertLessEqual(max(times), ended * 1000)
        self.assertGreaterEqual(sorted(times)[len(times) // 2], begun * 1000)


if __name__ == "__main__":
    unittest.main()
