#!/usr/bin/env python3
"""Job `consumption` on a real Kafka: counts, chained top-N and pool, against a recomputation.

video_test.py WEIR PLUGIN_FOLDER [--records N] [--seed S]
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter

import video_answer as answer
from broker import Broker, run_weir
from topics import frozen, host, port, rows_of, same, same_bytes

START = 1_760_000_040_000  # ms UTC, a multiple of one minute
OUT_OF_ORDER = 5_000
PARTITIONS = 3


def make_plays(seed, records):
    rnd = random.Random(seed)
    partitions = [[] for _ in range(PARTITIONS)]
    for number in range(records):
        tm = START + number * 300_000 // records
        video = int(rnd.paretovariate(0.6)) % 5_000
        play = {
            "tm": tm,
            "user_id": "u%d" % rnd.randint(0, 30_000),
            "video_id": "v%d" % video,
            "author_id": "a%d" % (video % 97),
            "topic": "t%d" % (video % 7),
            "action": rnd.choices(["View", "Like", "Share"], [90, 8, 2])[0],
            "watched_ms": rnd.randint(0, 60_000),
        }
        arrival = tm + (rnd.randint(0, 4_900) if rnd.random() < 0.3 else rnd.randint(0, 200))
        if rnd.random() < 0.002:
            arrival += rnd.randint(60_000, 120_000)
        if rnd.random() < 0.001:
            play["action"] = "Stare"
        partitions[rnd.randrange(PARTITIONS)].append((arrival, number, json.dumps(play).encode()))
    return [[data for _, _, data in sorted(partition)] for partition in partitions]


def expected_rows(partitions, pool, late):
    """Broken values, plays outside the pool, and the plays that windows took."""
    broken, outside, taken = [], [], []
    late = Counter(map(frozen, late))
    for partition in partitions:
        watermark = None
        candidates = []
        for data in partition:
            play = answer.decode(data)
            if play is None:
                broken.append(data)
            elif play["video_id"] not in pool:
                outside.append(play)
            else:
                candidates.append((play, watermark))
                watermark = max(watermark or 0, play["tm"] - OUT_OF_ORDER - 1)
        for play, behind in sorted(candidates, key=lambda pair: -(pair[1] or 0)):
            if late[frozen(play)] > 0:
                end = play["tm"] // answer.MINUTE * answer.MINUTE + answer.MINUTE
                assert behind is not None and behind >= end - 1, "not late: %r" % (play,)
                late[frozen(play)] -= 1
            else:
                taken.append(play)
    assert not +late, "late rows that are not in the input: %r" % list(+late)[:3]
    return broken, outside, taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    partitions = make_plays(arguments.seed, arguments.records)
    pool = {"v%d" % number for number in range(5_000) if number % 3 != 1}
    with Broker() as broker, tempfile.NamedTemporaryFile("w", suffix=".txt") as pool_file:
        pool_file.write("".join(video + "\n" for video in sorted(pool)))
        pool_file.flush()
        broker.create_topics(["in.plays"], PARTITIONS)
        broker.create_topics(["minutes", "hot", "late", "filtered", "errors"], 2)
        for number, values in enumerate(partitions):
            broker.produce("in.plays", number, values)
        run_weir(
            arguments.weir,
            host(broker, arguments.plugins) + '[[job]]\nname = "consumption"\nplugin = "video"\n'
            'type = "consumption"\nparams = { top = 4 }\n'
            + port("source", "plays", "in.plays", start='"earliest"', stop_at_end="true")
            + '  [job.pool.watched]\n  path = "%s"\n' % pool_file.name
            + port("sink", "minutes", "minutes", key='["video_id"]')
            + port("sink", "hot", "hot")
            + "".join(port("side", side, side) for side in ("late", "filtered", "errors")),
        )
        late, operators = rows_of(broker, "late")
        assert set(operators) == {"per-minute"}, Counter(operators)
        broken, outside, taken = expected_rows(partitions, pool, late)
        print("late: %d, each behind its watermark" % len(late))
        minutes = answer.minutes(taken)
        same("minutes", minutes, rows_of(broker, "minutes")[0])
        same("hot", answer.hot(minutes, 4, 5, 10), rows_of(broker, "hot")[0])
        same("filtered", outside, rows_of(broker, "filtered")[0])
        same_bytes(broker, "errors", broken, {"in.plays": partitions})


if __name__ == "__main__":
    sys.exit(main())
