#!/usr/bin/env python3
"""Input that means harm, on a real Kafka: all of it is set aside; the job beside answers as ever.

hostile_test.py WEIR PLUGIN_FOLDER [--seed S]
"""

import argparse
import base64
import json
import sys
import time
from collections import Counter

import classroom_input
from broker import Broker, run_weir
from classroom_test import check_courseware, job
from topics import host, rows_of

START = classroom_input.START
KEYS = 1_000_000
LONG_RECORD = 10_000_000
CUT_AT = 700_000  # bytes of a value that an error record keeps unless told otherwise


def step(tm=START, user="u", **fields):
    record = {
        "tm": tm,
        "user_id": user,
        "lesson_id": "L",
        "client_version": "5",
        "f": True,
        "attempt": 1,
        "step": "Sdk",
        "ok": True,
        "cost_ms": 5,
        **fields,
    }
    return json.dumps(record).encode()


def broken_values():
    good = step()
    return [
        b"[" * 100_000,
        b'{"tm":' * 100_000,
        b'{"a":'
        + b"[" * 5_000
        + b"]" * 5_000
        + b","
        + good[1:-1],  # deeper than any parser should follow, and cut
        b'{"tm":1e400,' + good[1:],
        good.replace(b'"u"', b'"u\x00v"'),
        b"\x00" * 50,
        good[:-1],
        good + b"}",
        good + good,
        b"null",
        b"17",
        b'"text"',
        b"[]",
        b"{}",
        b"{",
        b"}",
        b" ",
        good.replace(b"true", b"tru"),
        good.replace(b'"u"', b'"\xc3\x28"'),
        good.replace(b'"u"', b'"\\ud800"'),
        step(attempt=2**31),
        step(attempt=-(2**31) - 1),
        step(attempt=1.5),
        step(cost_ms="5"),
        step(tm=2**63),
        step(tm=None),
        step(tm="2025-13-45T99:00:00Z"),
        step(step="Nothing"),
        step(step=3),
        step(f="true"),
        step(user=["u"]),
        b"x" * LONG_RECORD,
        step(user="u" * LONG_RECORD)[:-1],
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    topics = classroom_input.make_input(arguments.seed, 20_000)
    broken = broken_values()
    extreme = [
        step(tm=2**63 - 1),
        step(tm=2**63 - 2),
        step(tm=-(2**63)),
        step(tm=-(2**63) + 1),
        step(tm=0),
    ]
    many_keys = [step(START + number % 30_000, "user-%d" % number) for number in range(KEYS)]
    long_names = [step(START, "n" * 30_000), step(START, "m" * LONG_RECORD)]
    with Broker(message_bytes_max=2 * LONG_RECORD) as broker:
        broker.create_topics(["in." + name for name in topics], classroom_input.PARTITIONS)
        broker.create_topics(
            [
                name + "." + part
                for name in ("enter", "courseware")
                for part in ("labels", "filtered", "unnatural", "late", "errors")
            ],
            2,
        )
        for name in ("teacher", "student"):
            for number, values in enumerate(topics[name]):
                broker.produce("in." + name, number, values)
        broker.produce("in.enter", 0, many_keys)
        broker.produce("in.enter", 1, broken + long_names)
        broker.produce_empty("in.enter", 2, tombstone=True)
        broker.produce_empty("in.enter", 2, tombstone=False)
        broker.produce("in.enter", 3, extreme)
        output = run_weir(
            arguments.weir,
            host(broker, arguments.plugins)
            + job("enter", ["enter", "signal", "av", "courseware"])
            + job("courseware", ["teacher", "student"]),
        )
        check_courseware(broker, topics)
        check_hostile(broker, broken, long_names, output)


def written(record):
    """What stands of a value, and how long it was."""
    value = base64.b64decode(record["value"])
    return value, record.get("value_size", len(value))


def check_hostile(broker, broken, long_names, output):
    errors = [json.loads(value) for value in broker.consume("enter.errors")]
    refused = [record for record in errors if record["operator"] != record["source"]]
    assert [record["operator"] for record in refused] == ["user"], json.dumps(refused)[:500]
    assert refused[0]["offset"] == len(broken) + 1 and refused[0]["partition"] == 1
    assert written(refused[0]) == (long_names[1][:CUT_AT], len(long_names[1]))
    assert "impossible key of %d bytes" % (LONG_RECORD + 5) == refused[0]["reason"], refused[0][
        "reason"
    ]
    errors = [record for record in errors if record["operator"] == record["source"]]
    found = Counter(written(record) for record in errors if record["partition"] == 1)
    expected = Counter((value[:CUT_AT], len(value)) for value in broken)
    assert found == expected, "set aside %d, broken %d; missing %r" % (
        found.total(),
        len(broken),
        [(value[:60], size) for value, size in expected - found][:3],
    )
    assert (
        sum(record["partition"] == 2 for record in errors) == 2
    ), "the tombstone and the empty value"
    assert not [record for record in errors if record["partition"] in (0, 3)], errors
    unnatural = rows_of(broker, "enter.unnatural")[0]
    assert sorted(row["tm"] for row in unnatural) == [2**63 - 2, 2**63 - 1], unnatural
    late = rows_of(broker, "enter.late")[0]
    labels = rows_of(broker, "enter.labels")[0]
    users = Counter(row["user_id"] for row in labels if row["user_id"].startswith("user-"))
    late_users = Counter(row["user_id"] for row in late if row["user_id"].startswith("user-"))
    assert not late_users and users.total() == KEYS == len(users), (len(users), len(late_users))
    others = sum(row["events"] for row in labels if not row["user_id"].startswith("user-"))
    others += sum(not row["user_id"].startswith("user-") for row in late)
    assert others == 3 + 1, "three old times and one long name, each in one place: %d" % others
    print("%d broken values set aside, %d keys labelled" % (len(errors), len(users)))


if __name__ == "__main__":
    sys.exit(main())
