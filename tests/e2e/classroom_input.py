"""Random classroom records for end-to-end tests, written apart from everything in plugins/.

The same seed gives the same records. Each record goes to one partition of one topic, chosen by its
lesson; within a partition they stand in order of arrival. What is wrong with a record is known only
here and found again by classroom_answer.py from the bytes alone.
"""

import json
import random

PARTITIONS = 4
START = 1_760_000_010_000  # ms UTC, a multiple of 30 s
STEPS = ["Sdk", "Gateway", "Media", "Channel", "Courseware"]


class Reporter:
    """Collects (arrival, partition, bytes) for each topic."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.topics = {
            name: [] for name in ("enter", "signal", "av", "courseware", "teacher", "student")
        }
        self.count = 0

    def report(self, topic, tm, lesson, user, **fields):
        chance = self.random.random
        arrival = tm + self.random.randint(10, 900)
        if chance() < 0.05:
            arrival = tm + self.random.randint(1_000, 5_000)
        if chance() < 0.004:
            arrival = tm + self.random.randint(60_000, 200_000)
        record = {
            "tm": tm,
            "user_id": user,
            "lesson_id": lesson,
            "client_version": "5.%d" % self.random.randint(0, 9),
            "f": True,
            **fields,
        }
        if chance() < 0.01:
            record["f"] = False
        elif chance() < 0.003:
            record["user_id" if chance() < 0.5 else "lesson_id"] = ""
        elif chance() < 0.002:
            record["tm"] = tm + 40 * 365 * 86_400_000
        if chance() < 0.1:
            record["extra"] = {"nested": [1, {"deep": None}, "\u4f60\u597d"], "more": -1.5e3}
        if chance() < 0.1:
            record = dict(sorted(record.items(), key=lambda item: self.random.random()))
        text = json.dumps(
            record,
            ensure_ascii=chance() < 0.5,
            separators=((",", ":") if chance() < 0.5 else (", ", ": ")),
        )
        data = text.encode()
        if chance() < 0.003:
            data = self.damage(record, data)
        partition = sum(lesson.encode()) % PARTITIONS
        self.topics[topic].append((arrival, self.count, partition, data))
        self.count += 1

    def damage(self, record, data):
        kind = self.random.randint(0, 5)
        if kind == 0:
            return data[: self.random.randint(1, len(data) - 1)]
        if kind == 1:
            return json.dumps({key: value for key, value in record.items() if key != "tm"}).encode()
        if kind == 2:
            return json.dumps({**record, "tm": "yesterday"}).encode()
        if kind == 3:
            return json.dumps({**record, "user_id": 7}).encode()
        if kind == 4:
            return json.dumps({**record, "f": None}).encode()
        return b"\xff\xfe" + data


def tell_entering(reporter, lesson, user, tm):
    """Returns when the user is in the room, or None."""
    rnd = reporter.random
    for attempt in range(1, 5):
        reporter.report("signal", tm, lesson, user, kind="Join" if attempt == 1 else "Reconnect")
        fine = True
        for number, step in enumerate(STEPS):
            cost = rnd.randint(50, 4_500)
            ok = rnd.random() > 0.06
            tm += cost if number < 3 else 0
            reporter.report(
                "enter", tm, lesson, user, attempt=attempt, step=step, ok=ok, cost_ms=cost
            )
            fine = fine and ok
            if not ok and number < 2:
                break
        if fine:
            return tm
        if rnd.random() < 0.3:
            reporter.report("signal", tm + 100, lesson, user, kind="Leave")
            return None
        tm += rnd.randint(500, 3_000)
    return None


def tell_courseware(reporter, lesson, begin, end):
    rnd = reporter.random
    sloppy = rnd.random() < 0.3
    tm, number = begin, 0
    while tm < end:
        number += 1
        action = "Load" if number == 1 else rnd.choice(["Turn", "Draw", "Drag"])
        fields = {"action_id": number, "action": action, "ok": True}
        reporter.report("teacher", tm, lesson, "t", **fields)
        if not (sloppy and rnd.random() < 0.1):
            shown = tm + (
                rnd.randint(2_000, 9_000) if sloppy and rnd.random() < 0.2 else rnd.randint(20, 700)
            )
            fields["ok"] = rnd.random() > (0.05 if sloppy else 0.0)
            reporter.report("student", shown, lesson, "s", **fields)
            reporter.report("courseware", shown, lesson, "s", **fields)
        tm += rnd.randint(400, 2_500)


def make_input(seed, records_min):
    """Returns {topic: [[bytes of partition 0 in order], …]}, at least records_min in all."""
    reporter = Reporter(seed)
    rnd = reporter.random
    lesson_number = 0
    while reporter.count < records_min:
        lesson_number += 1
        lesson = "L%d" % lesson_number
        begin = START + lesson_number * 700
        end = begin + rnd.randint(60_000, 180_000)
        for user in ("t", "s"):
            entered = tell_entering(reporter, lesson, user, begin + rnd.randint(0, 20_000))
            if entered is None:
                continue
            for tm in range(entered, end, 500):
                received = 0 if rnd.random() < 0.05 else rnd.randint(1, 900)
                reporter.report(
                    "av",
                    tm,
                    lesson,
                    user,
                    sent_kbit=rnd.randint(0, 900),
                    received_kbit=received,
                    stalled_ms=rnd.randint(0, 400),
                )
            for tm in range(entered, end, 5_000):
                reporter.report("signal", tm, lesson, user, kind="Heartbeat")
            reporter.report("signal", end, lesson, user, kind="Leave")
        tell_courseware(reporter, lesson, begin, end)
    topics = {}
    for topic, reports in reporter.topics.items():
        topics[topic] = [[] for _ in range(PARTITIONS)]
        for _, _, partition, data in sorted(reports, key=lambda report: report[:2]):
            topics[topic][partition].append(data)
    return topics
