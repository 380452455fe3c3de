"""What the two jobs must have answered to one book, and how that differs from what stands in Kafka.

Works on the book's bytes and on rows that were read; the rules of the labels are those which the
end-to-end tests recompute. Which rows were late depends on how fast partitions advanced, so late
rows are taken as found, if they can have been late: they must be behind the watermark of their own
partition.
"""

import base64
import itertools
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests" / "e2e"))

import classroom_answer as answer  # noqa: E402
from books import JOBS, TOPICS, frames_of  # noqa: E402
from topics import frozen  # noqa: E402

SIDES = ["filtered", "unnatural", "late", "errors"]
WINDOW = 30_000
SLIDE = 15_000
SLOW_ENTER = 10_000
OUT_OF_SYNC = 3_000


@dataclass
class Outcome:
    """Of one output topic: how many rows it should hold, and what is wrong with those it does."""

    expected: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0  # Another row in its place, or nobody's.

    def add(self, other):
        self.expected += other.expected
        self.lost += other.lost
        self.doubled += other.doubled
        self.wrong += other.wrong

    def is_exact(self):
        return not (self.lost or self.doubled or self.wrong)


def compare_rows(expected, found):
    """Two Counters."""
    outcome = Outcome(expected.total(), lost=(expected - found).total())
    for row, count in (found - expected).items():
        if row in expected:
            outcome.doubled += count
        else:
            outcome.wrong += count
    return outcome


def compare_labels(possible, found, key_of):
    """`possible` holds for each key all labels it can have, None among them if it may have none."""
    outcome = Outcome(len(possible))
    seen = set()
    for row in found:
        key = key_of(row)
        if key in seen:
            outcome.doubled += 1
        elif row not in possible.get(key, ()):
            outcome.wrong += 1
        seen.add(key)
    outcome.lost = sum(None not in labels and key not in seen for key, labels in possible.items())
    return outcome


class Watermarks:
    """The greatest time of each partition so far. Goes from book to book."""

    def __init__(self):
        self.newest = {}

    def pass_by(self, job, topic, partition, tm):
        """The watermark before this row; None when there is none."""
        key = (job, topic, partition)
        newest = self.newest.get(key)
        if newest is None or tm > newest:
            self.newest[key] = tm
        return None if newest is None else newest - answer.OUT_OF_ORDER - 1


class BookInput:
    """The rows of a book by where they have to go."""

    def __init__(self, data, first_offsets, watermarks):
        self.start = None
        self.watermarks = watermarks
        self.errors = {job: Counter() for job in JOBS}
        self.sides = {job + "." + side: Counter() for job in JOBS for side in SIDES[:2]}
        self.events = []  # Job enter: (event, watermark)
        self.actions = []  # Job courseware: (side, row, watermark)
        offsets = {topic: list(first) for topic, first in first_offsets.items()}
        jobs = {topic: job for job, topics in JOBS.items() for topic in topics}
        for topic, partition, value in frames_of(data):
            offset = offsets[topic][partition]
            offsets[topic][partition] += 1
            row = answer.decode(topic, value)
            if row is None:
                self.errors[jobs[topic]]["in." + topic, partition, offset, value] += 1
            else:
                self._take(jobs[topic], topic, partition, row)

    def _take(self, job, topic, partition, row):
        if self.start is None:
            self.start = row["tm"]
        if row["tm"] > self.start + answer.FAR_FUTURE:
            self.sides[job + ".unnatural"][frozen(row)] += 1
        elif not row["f"] or not row["lesson_id"] or not row["user_id"]:
            self.sides[job + ".filtered"][frozen(row)] += 1
        else:
            watermark = self.watermarks.pass_by(job, topic, partition, row["tm"])
            if job == "enter":
                self.events.append((answer.enter_event(topic, row), watermark))
            else:
                self.actions.append((TOPICS.index(topic) - TOPICS.index("teacher"), row, watermark))

    def judge(self, found):
        """`found` holds the rows of each output topic; returns an Outcome for each."""
        outcomes = {}
        for job in JOBS:
            for side in SIDES[:2]:
                name = job + "." + side
                outcomes[name] = compare_rows(self.sides[name], Counter(map(frozen, found[name])))
            errors = Counter(map(broken_record, found[job + ".errors"]))
            outcomes[job + ".errors"] = compare_rows(self.errors[job], errors)
        outcomes["enter.late"], outcomes["enter.labels"] = self._judge_enter(found)
        outcomes["courseware.late"], outcomes["courseware.labels"] = self._judge_courseware(found)
        return outcomes

    def _judge_enter(self, found):
        late = Counter(map(frozen, found["enter.late"]))
        may_be_late = Counter()
        events = []
        for event, watermark in self.events:
            end = event["tm"] - event["tm"] % WINDOW + WINDOW
            if watermark is not None and watermark >= end - 1:
                row = frozen(event)
                may_be_late[row] += 1
                if may_be_late[row] <= late[row]:
                    continue
            events.append(event)
        labels = {
            (label["lesson_id"], label["user_id"], label["window_end"]): [label]
            for label in answer.enter_labels(events, SLOW_ENTER)
        }
        outcome = compare_labels(
            labels,
            found["enter.labels"],
            lambda row: (row["lesson_id"], row["user_id"], row["window_end"]),
        )
        return late_outcome(late, may_be_late), outcome

    def _judge_courseware(self, found):
        late = Counter(map(frozen, found["courseware.late"]))
        may_be_late = Counter()
        groups = defaultdict(lambda: ([], []))  # Rows the window has; rows it may have missed.
        for side, row, watermark in self.actions:
            ends = answer.window_ends(row["tm"], WINDOW, SLIDE)
            if watermark is not None and watermark >= ends[-1] - 1:
                key = frozen(row)
                may_be_late[key] += 1
                if may_be_late[key] <= late[key]:
                    continue
            for end in ends:
                may_miss = watermark is not None and watermark >= end - 1
                groups[row["lesson_id"], end][may_miss].append((side, row))
        possible = {key: list(possible_labels(key[1], *rows)) for key, rows in groups.items()}
        outcome = compare_labels(
            possible, found["courseware.labels"], lambda row: (row["lesson_id"], row["window_end"])
        )
        return late_outcome(late, may_be_late), outcome


def possible_labels(end, sure, unsure):
    """All labels a group can have, or None for none at all."""
    for chosen in itertools.product((False, True), repeat=len(unsure)):
        sides = ([], [])
        for side, row in sure + [row for row, is_in in zip(unsure, chosen) if is_in]:
            sides[side].append(row)
        labels = answer.courseware_labels(*sides, OUT_OF_SYNC, lambda _side, _row: [end])
        yield labels[0] if labels else None


def late_outcome(late, may_be_late):
    """Rows that were not late but are here are missed by their labels as well."""
    outcome = compare_rows(may_be_late, late)
    outcome.expected, outcome.lost = (late & may_be_late).total(), 0
    return outcome


def broken_record(record):
    value = base64.b64decode(record["value"])
    return record["topic"], record["partition"], record["offset"], value
