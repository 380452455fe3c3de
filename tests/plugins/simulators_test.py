#!/usr/bin/env python3
"""The simulators tell what their READMEs say, and the same again for the same seed.

simulators_test.py WEIR PLUGIN_FOLDER TEST_PLUGIN_FOLDER
"""

import base64
import datetime
import json
import sys
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, file_job  # noqa: E402  (of tests/run)

STREAMS = ["enter", "signal", "av", "courseware", "teacher", "student"]
START = 1_760_000_040_000  # ms UTC, a multiple of one minute
MINUTE = 60_000
REPORTS = 8_000  # of each stream
PLAYS = 30_000
PLAYS_A_SECOND = 200  # so the plays are two and a half minutes
VIDEOS = 20_000
# Which story each job is told.
SEEDS = {"one": 1, "again": 1, "two": 2}

SIMULATED = """
  [job.source.%(port)s]
  connector = "plugin:%(simulator)s"
  seed = %(seed)d
  start_ms = %(start)d
  speed = 0
  records = %(records)d
%(more)s
"""


def job(kind, name, seed):
    """A job that puts what the simulator says into NAME.jsonl."""
    simulator, records, ports, more = {
        "reports": ("classroom-sim", REPORTS, STREAMS, ""),
        "plays": ("video-sim", PLAYS, ["plays"], "per_second = %d" % PLAYS_A_SECOND),
    }[kind]
    text = file_job("unread", kind, {}, name=name)
    for port in ports:
        text += SIMULATED % {
            "port": port,
            "simulator": simulator,
            "seed": seed,
            "start": START,
            "records": records,
            "more": more,
        }
        sink = "nothing" if kind == "plays" else "nothing-of-" + port
        text += '[job.sink.%s]\nconnector = "blackhole"\n' % sink
    return text + '[job.side.errors]\nconnector = "file"\npath = "%s.jsonl"\n' % name


def time_of(report):
    tm = report["tm"]
    if isinstance(tm, int):
        return tm
    moment = datetime.datetime.fromisoformat(tm.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1_000)


def parsed(values):
    """Those that are JSON objects."""
    found = []
    for value in values:
        try:
            found.append(json.loads(value))
        except (UnicodeDecodeError, json.JSONDecodeError):
            pass
    return found


class Simulators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with JobsFolder(*sys.argv[1:4]) as folder:
            jobs = {"%s-%s" % (kind, name): (kind, SEEDS[name])
                    for kind in ("reports", "plays") for name in SEEDS}
            text = "[host]\nworkers = 2\n"
            for name, (kind, seed) in jobs.items():
                text += job(kind, name, seed)
            folder.write("jobs.toml", text)
            result = folder.run()
            assert result.returncode == 0, result.stderr
            cls.told = {name: cls.streams(folder.rows(name + ".jsonl")) for name in jobs}

    @staticmethod
    def streams(errors):
        """Values by stream and split, in order."""
        told = {}
        for error in sorted(errors, key=lambda each: each["offset"]):
            place = (error["operator"], error.get("topic"), error.get("partition"))
            told.setdefault(place, []).append(base64.b64decode(error["value"]))
        return told

    def reports(self, stream):
        """Values of the stream's splits."""
        return [values for place, values in self.told["reports-one"].items() if place[0] == stream]

    def all_reports(self, stream):
        return parsed(value for values in self.reports(stream) for value in values)

    def test_the_same_seed_tells_the_same_story_and_another_one_another(self):
        for kind, streams, records in (("reports", STREAMS, REPORTS), ("plays", ["plays"], PLAYS)):
            first, again, other = (self.told["%s-%s" % (kind, name)] for name in SEEDS)
            self.assertEqual({place[0] for place in first}, set(streams))
            for stream in streams:
                count = sum(len(first[place]) for place in first if place[0] == stream)
                self.assertEqual(count, records, stream)
            self.assertTrue(first == again, kind)
            for place in first:
                self.assertNotEqual(first[place][:100], other[place][:100], place)

    def test_lessons_are_divided_into_splits(self):
        for stream in STREAMS:
            lessons = [{report["lesson_id"] for report in parsed(values)}
                       for values in self.reports(stream)]
            self.assertEqual(len(lessons), 2, stream)
            self.assertGreater(min(map(len, lessons)), 10, stream)
            self.assertFalse(lessons[0] & lessons[1], stream)

    def test_clients_are_of_three_versions_that_write_differently(self):
        reports = self.all_reports("enter")
        versions = Counter(report["client_version"] for report in reports)
        self.assertEqual(len(versions), 3)
        self.assertGreater(min(versions.values()), REPORTS // 5)
        as_text = {report["client_version"] for report in reports if isinstance(report["tm"], str)}
        with_more = {report["client_version"] for report in reports if "trace" in report}
        self.assertEqual([len(as_text), len(with_more), len(as_text | with_more)], [1, 1, 2])

    def test_who_fails_to_enter_tries_again_or_leaves(self):
        attempts = Counter(report["attempt"] for report in self.all_reports("enter"))
        for attempt in (1, 2, 3):
            self.assertGreater(attempts[attempt], 0)
        kinds = Counter(report["kind"] for report in self.all_reports("signal"))
        for kind in ("Join", "Reconnect", "Leave", "Heartbeat"):
            self.assertGreater(kinds[kind], 0, kind)

    def test_reports_come_late_twice_from_the_future_unwanted_and_broken(self):
        found = Counter()
        for stream in STREAMS:
            for values in self.reports(stream):
                found["broken"] += len(values) - len(parsed(values))
                found["twice"] += len(values) - len(set(values))
                newest = START
                for report in parsed(values):
                    tm = time_of(report)
                    if tm > newest + 50 * MINUTE:
                        found["future"] += 1
                        continue
                    found["seconds late"] += tm < newest - 1_000
                    found["minute late"] += tm < newest - 30_000
                    found["unwanted"] += not report["f"]
                    newest = max(newest, tm)
        for what in ("broken", "twice", "future", "seconds late", "minute late", "unwanted"):
            self.assertGreater(found[what], 5, what)
            self.assertLess(found[what], len(STREAMS) * REPORTS // 5, what)

    def plays(self):
        (values,) = self.told["plays-one"].values()
        return parsed(values)

    def test_few_videos_get_most_of_the_plays(self):
        plays = self.plays()
        counts = Counter(play["video_id"] for play in plays)
        # By Zipf's law: the first one's share is that of the second twice, of the tenth ten times.
        harmonic = sum(1 / rank for rank in range(1, VIDEOS + 1))
        for rank in (1, 2, 5, 10):
            expected = 0.9 * PLAYS / rank / harmonic
            self.assertAlmostEqual(counts["v%d" % (rank - 1)], expected, delta=expected / 4)

    def test_each_minute_another_video_is_hot(self):
        hot = []
        for minute in range(PLAYS // PLAYS_A_SECOND // 60):
            begin = START + minute * MINUTE
            counts = Counter(play["video_id"] for play in self.plays()
                             if begin <= play["tm"] < begin + MINUTE)
            usual = {"v%d" % rank for rank in range(10)}
            (video, count) = next(each for each in counts.most_common() if each[0] not in usual)
            self.assertAlmostEqual(count / counts.total(), 0.1, delta=0.02)
            hot.append(video)
        self.assertEqual(len(set(hot)), len(hot))
        self.assertEqual(len(hot), 2)

    def test_plays_come_late_and_broken(self):
        late, newest, actions = 0, START, Counter()
        for play in self.plays():
            late += play["tm"] < newest - 10_000
            newest = max(newest, play["tm"])
            actions[play["action"]] += 1
        self.assertGreater(late, 10)
        self.assertLess(late, PLAYS // 100)
        broken = actions.pop("Stare")
        self.assertTrue(5 < broken < PLAYS // 100, broken)
        self.assertEqual(set(actions), {"View", "Like", "Share"})


class Options(unittest.TestCase):
    def run_with(self, option):
        """What a job does whose simulators have this option instead of a number of records."""
        with JobsFolder(*sys.argv[1:4]) as folder:
            text = job("reports", "few", 1).replace("records = %d" % REPORTS, option)
            folder.write("jobs.toml", "[host]\nworkers = 2\n" + text)
            result = folder.run()
            return result, folder.rows("few.jsonl") if result.returncode == 0 else []

    def test_fewer_records_than_splits_are_told_and_no_more(self):
        result, told = self.run_with("records = 1")

        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(Counter(row["operator"] for row in told), {name: 1 for name in STREAMS})

    def test_numbers_that_make_no_sense_are_refused(self):
        for option, reason in (
            ("records = -1", "history, start_ms and records must not be negative"),
            ("records = 1\nsplits = 0", "splits must be 1 to 64"),
        ):
            result, _ = self.run_with(option)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(reason, result.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
