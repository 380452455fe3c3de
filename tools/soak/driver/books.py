"""The input of the soak: classroom records in books, each reproducible by itself from the seed.

A book is written to a file as the frames that `soak_client feed` takes, in order of arrival, and
beside it what is in it. All records differ: `client_version` holds the book's number and the
record's. A book begins with one record for each partition of each topic, far behind the times of
the book before: when they have been read, all windows of that book have fired.
"""

import array
import json
import random
import struct

TOPICS = ["enter", "signal", "av", "courseware", "teacher", "student"]
JOBS = {"enter": TOPICS[:4], "courseware": TOPICS[4:]}
PARTITIONS = 4
SLICE = 1000  # Records between two places of the index.
START = 1_760_000_010_000  # ms UTC, a multiple of 30 s.
UNNATURAL = 40 * 365 * 86_400_000
STEPS = ["Sdk", "Gateway", "Media", "Channel", "Courseware"]
LESSON_EVERY = 700  # ms
LESSON_RECORDS_MIN = 150  # In the mean there are three times as many.
ROW = '{"tm":%d,"user_id":"%s","lesson_id":"%s","client_version":"%d.%d","f":%s,%s}'


def span(records):
    """Event time from the begin of a book to that of the next."""
    busy = records // LESSON_RECORDS_MIN * LESSON_EVERY
    return (busy + 1_200_000) // 30_000 * 30_000


class Book:
    """`partitions` are those that its records are spread over, by topic. The last book only begins,
    so that the one before it is complete."""

    def __init__(self, seed, number, records, partitions, is_last=False):
        self.random = random.Random("%d/%d" % (seed, number))
        self.number = number
        self.partitions = partitions
        self.begin = START + number * span(records)
        self.frames = []  # (arrival, count, topic, partition, bytes)
        self.count = 0
        self._open()
        for lesson in range(records):
            if is_last or self.count >= records:
                break
            self._lesson(lesson)
        self.frames.sort(key=lambda frame: frame[:2])

    def _report(self, topic, tm, lesson, user, rest):
        chance = self.random.random()
        arrival = tm + 10 + int(880 * self.random.random())
        name = "b%d-L%d" % (self.number, lesson)
        is_useful, is_damaged = "true", False
        if chance < 0.03:
            if chance < 0.02:
                arrival = tm + self.random.randint(1_000, 5_000)
            elif chance < 0.022:
                arrival = tm + self.random.randint(60_000, 200_000)
            elif chance < 0.026:
                is_useful = "false"
            elif chance < 0.0265:
                user = ""
            elif chance < 0.027:
                name = ""
            elif chance < 0.028:
                tm += UNNATURAL
            else:
                is_damaged = True
        text = ROW % (tm, user, name, self.number, self.count, is_useful, rest)
        data = self._damaged(text) if is_damaged else text.encode()
        partition = lesson % self.partitions[topic]
        self.frames.append((arrival, self.count, topic, partition, data))
        self.count += 1

    def _damaged(self, text):
        kind = self.random.randint(0, 4)
        if kind == 0:
            return text[: self.random.randint(1, len(text) - 1)].encode()
        if kind == 1:
            return text.replace('"tm"', '"mt"').encode()
        if kind == 2:
            return text.replace('"tm":', '"tm":"at ').replace(',"user_id"', '","user_id"').encode()
        if kind == 3:
            return text.replace('"f":true', '"f":null').encode()
        return b"\xff\xfe" + text.encode()

    def _open(self):
        rest = {
            "enter": '"attempt":0,"step":"Sdk","ok":true,"cost_ms":0',
            "signal": '"kind":"Heartbeat"',
            "av": '"sent_kbit":1,"received_kbit":1,"stalled_ms":0',
            "courseware": '"action_id":1,"action":"Load","ok":true',
        }
        rest["teacher"] = rest["student"] = rest["courseware"]
        for topic in TOPICS:
            for partition in range(self.partitions[topic]):
                name = "b%d-%s-%d" % (self.number, topic, partition)
                row = ROW % (self.begin, "o", name, self.number, self.count, "true", rest[topic])
                self.frames.append((self.begin, self.count, topic, partition, row.encode()))
                self.count += 1

    def _lesson(self, lesson):
        rnd = self.random
        begin = self.begin + 10_000 + lesson * LESSON_EVERY
        end = begin + rnd.randint(60_000, 180_000)
        for user in ("t", "s"):
            entered = self._enter(lesson, user, begin + rnd.randint(0, 20_000))
            if entered is None:
                continue
            for tm in range(entered, end, 1_000):
                received = 0 if rnd.random() < 0.05 else rnd.randint(1, 900)
                rest = '"sent_kbit":%d,"received_kbit":%d,"stalled_ms":%d'
                rest %= (received // 2, received, received % 400)
                self._report("av", tm, lesson, user, rest)
            for tm in range(entered, end, 5_000):
                self._report("signal", tm, lesson, user, '"kind":"Heartbeat"')
            self._report("signal", end, lesson, user, '"kind":"Leave"')
        self._act(lesson, begin, end)

    def _enter(self, lesson, user, tm):
        """When the user is in the room, or None."""
        rnd = self.random
        for attempt in range(1, 4):
            kind = "Join" if attempt == 1 else "Reconnect"
            self._report("signal", tm, lesson, user, '"kind":"%s"' % kind)
            is_fine = True
            for number, step in enumerate(STEPS):
                cost = rnd.randint(50, 4_500)
                is_ok = rnd.random() > 0.06
                tm += cost if number < 3 else 0
                rest = '"attempt":%d,"step":"%s","ok":%s,"cost_ms":%d'
                rest %= (attempt, step, "true" if is_ok else "false", cost)
                self._report("enter", tm, lesson, user, rest)
                is_fine = is_fine and is_ok
            if is_fine:
                return tm
            if rnd.random() < 0.3:
                self._report("signal", tm + 100, lesson, user, '"kind":"Leave"')
                return None
            tm += rnd.randint(500, 3_000)
        return None

    def _act(self, lesson, begin, end):
        """What the teacher does with the courseware, and when it shows at the student's."""
        rnd = self.random
        is_sloppy = rnd.random() < 0.3
        tm, number = begin, 0
        while tm < end:
            number += 1
            action = "Load" if number == 1 else rnd.choice(("Turn", "Draw", "Drag"))
            rest = '"action_id":%d,"action":"%s","ok":%s' % (number, action, "%s")
            self._report("teacher", tm, lesson, "t", rest % "true")
            if not (is_sloppy and rnd.random() < 0.1):
                is_slow = is_sloppy and rnd.random() < 0.2
                shown = tm + (rnd.randint(2_000, 9_000) if is_slow else rnd.randint(20, 700))
                is_ok = not is_sloppy or rnd.random() > 0.05
                shown_rest = rest % ("true" if is_ok else "false")
                self._report("student", shown, lesson, "s", shown_rest)
                self._report("courseware", shown, lesson, "s", shown_rest)
            tm += rnd.randint(400, 2_500)

    def counts(self):
        """Records by topic and partition."""
        counts = {topic: [0] * number for topic, number in self.partitions.items()}
        for _, _, topic, partition, _ in self.frames:
            counts[topic][partition] += 1
        return counts

    def write(self, path):
        """The frames; beside them `.json`: counts, and where in the file each slice ends."""
        numbers = {topic: number for number, topic in enumerate(TOPICS)}
        ends = array.array("Q")
        size = 0
        with open(path, "wb") as out:
            for number, (_, _, topic, partition, data) in enumerate(self.frames, 1):
                head = struct.pack("<BBI", numbers[topic], partition, len(data))
                out.write(head + data)
                size += len(head) + len(data)
                if number % SLICE == 0 or number == len(self.frames):
                    ends.append(size)
        facts = {
            "book": self.number,
            "records": self.count,
            "counts": self.counts(),
            "ends": ends.tolist(),
        }
        path.with_suffix(".json").write_text(json.dumps(facts))


def frames_of(data):
    """(topic, partition, bytes) of each frame of a book's file."""
    at, size = 0, len(data)
    unpack = struct.Struct("<BBI").unpack_from
    while at < size:
        topic, partition, length = unpack(data, at)
        at += 6
        yield TOPICS[topic], partition, data[at : at + length]
        at += length
