#!/usr/bin/env python3
"""The classroom jobs on a real Kafka: every label, and every input row in exactly one place.

classroom_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S] [--kafka VERSION]
"""

import argparse
import itertools
import sys
import time
from collections import Counter

import classroom_answer as answer
import classroom_input
from broker import Broker, run_weir
from topics import frozen, host, port, rows_of, same, same_bytes

SIDES = ["filtered", "unnatural", "late", "errors"]
SIZE, SLIDE = 30_000, 15_000  # of the windows of job courseware


def job(name, sources):
    text = '[[job]]\nname = "%s"\nplugin = "classroom"\ntype = "%s"\n' % (name, name)
    for source in sources:
        text += port("source", source, "in." + source, start='"earliest"', stop_at_end="true")
    text += port("sink", "labels", name + ".labels")
    for side in SIDES:
        text += port("side", side, "%s.%s" % (name, side))
    return text


def jobs_file(broker, plugins, workers=2):
    return (
        host(broker, plugins, workers)
        + job("enter", ["enter", "signal", "av", "courseware"])
        + job("courseware", ["teacher", "student"])
    )


def check_sides(broker, topics, name, sorted_input):
    """All that no window of the job sees."""
    origins = {"in." + topic: partitions for topic, partitions in topics.items()}
    same_bytes(broker, name + ".errors", sorted_input.errors, origins)
    for side, rows in (
        ("filtered", sorted_input.filtered),
        ("unnatural", sorted_input.unnatural),
    ):
        topic = "%s.%s" % (name, side)
        same(topic, [row for _, row in rows], rows_of(broker, topic)[0])


def check_enter(broker, topics):
    sorted_input = answer.Sorted(
        topics, ["enter", "signal", "av", "courseware"], classroom_input.START
    )
    late, operators = rows_of(broker, "enter.late")
    assert set(operators) == {"attempts"}, Counter(operators)
    events = [
        (answer.enter_event(topic, row), watermark) for topic, row, watermark in sorted_input.rows
    ]
    kept = answer.leave_out_late(events, Counter(map(frozen, late)), 30_000, 30_000)
    print("enter.late: %d, each behind its watermark" % len(late))
    same("enter.labels", answer.enter_labels(kept, 10_000), rows_of(broker, "enter.labels")[0])
    check_sides(broker, topics, "enter", sorted_input)


def possible_labels(rows, end):
    """All labels one group can have: rows behind their watermark may have missed this window.

    Not their last window: a row that misses it as well is late."""
    sure = ([], [])
    unsure = []
    for side, row, watermark in rows:
        is_last = end == max(answer.window_ends(row["tm"], SIZE, SLIDE))
        if watermark is not None and watermark >= end - 1 and not is_last:
            unsure.append((side, row))
        else:
            sure[side].append(row)
    for chosen in itertools.product((False, True), repeat=len(unsure)):
        sides = (list(sure[0]), list(sure[1]))
        for (side, row), taken in zip(unsure, chosen):
            if taken:
                sides[side].append(row)
        yield from answer.courseware_labels(*sides, 3_000, lambda _side, _row: [end]) or [None]


def check_courseware(broker, topics):
    late, operators = rows_of(broker, "courseware.late")
    assert set(operators) == {"sides"}, Counter(operators)
    groups = {}
    late_rows = Counter(map(frozen, late))
    sources = ["teacher", "student"]
    sorted_input = answer.Sorted(topics, sources, classroom_input.START)
    check_sides(broker, topics, "courseware", sorted_input)
    for source, row, watermark in sorted(sorted_input.rows, key=lambda item: -(item[2] or 0)):
        ends = answer.window_ends(row["tm"], SIZE, SLIDE)
        if late_rows[frozen(row)] > 0:
            assert watermark is not None and watermark >= max(ends) - 1, "not late: %r" % (row,)
            late_rows[frozen(row)] -= 1
            continue
        for end in ends:
            member = (sources.index(source), row, watermark)
            groups.setdefault((row["lesson_id"], end), []).append(member)
    assert not +late_rows, "late rows that are not in the input: %r" % list(+late_rows)[:3]
    found = {
        (row["lesson_id"], row["window_end"]): row
        for row in rows_of(broker, "courseware.labels")[0]
    }
    ambiguous = 0
    for (lesson, end), rows in groups.items():
        possible = list(possible_labels(rows, end))
        ambiguous += len(possible) > 1
        assert (
            found.pop((lesson, end), None) in possible
        ), "lesson %s, window end %d: none of %r" % (lesson, end, possible)
    assert not found, "labels nobody asked for: %r" % list(found.values())[:3]
    print(
        "courseware.labels: %d equal (%d have rows that may have missed them); late: %d"
        % (len(groups), ambiguous, len(late))
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kafka", metavar="VERSION", help="of the broker")
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    topics = classroom_input.make_input(arguments.seed, arguments.records)
    with Broker(version=arguments.kafka) as broker:
        broker.create_topics(["in." + name for name in topics], classroom_input.PARTITIONS)
        broker.create_topics(
            [job + "." + name for job in ("enter", "courseware") for name in ["labels"] + SIDES], 2
        )
        for name, partitions in topics.items():
            for number, values in enumerate(partitions):
                broker.produce("in." + name, number, values)
        print(
            "%d records produced"
            % sum(len(values) for partitions in topics.values() for values in partitions),
            flush=True,
        )
        run_weir(arguments.weir, jobs_file(broker, arguments.plugins))
        check_enter(broker, topics)
        check_courseware(broker, topics)


if __name__ == "__main__":
    sys.exit(main())
