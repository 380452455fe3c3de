#!/usr/bin/env python3
"""A job's transactions on a real Kafka, killed at each step: every row is there once.

transaction_crash_test.py DRIVER [--rounds N] [--seed S]
"""

import argparse
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from driven_transaction import Broker, Job, Run

ROWS = 50

# The step a process dies at: the commands that are done, and the one that is under way.
STEPS = {
    "recovered": ([], None),
    "recovering": (None, "recover"),
    "half fenced": (None, "recover"),
    "claiming": (None, "recover"),
    "claimed": (None, "recover"),
    "writing": ([], "write"),
    "written": (["write"], None),
    "sealed": (["write", "seal"], None),
    "flushing": (["write", "seal"], "flush"),
    "flushed": (["write", "seal", "flush"], None),
    "committing": (["write", "seal", "flush"], "commit"),
    "offsets added": (["write", "seal", "flush"], "commit"),
    "committed, nothing begun": (["write", "seal", "flush"], "commit"),
    "committed": (["write", "seal", "flush", "commit"], None),
}
# Steps at which the process kills itself.
POINTS = {
    "half fenced": "recovery.half-taken-over:1",
    "claiming": "kafka.offsets_added:1",
    "claimed": "kafka.committed:1",
    "offsets added": "kafka.offsets_added:2",
    "committed, nothing begun": "kafka.committed:2",
}


# What a call takes, about: a process dies at a random moment of it.
DURATION_S = {"recover": 0.2, "write": 0.004, "flush": 0.004, "commit": 0.02}


def line(command, epoch, rows=ROWS):
    if command == "recover":
        return command
    return "%s %d" % (command, rows if command == "write" else epoch)


def crash(job, step, share, known):
    """One process that dies at the step, after this share of the time that what is under way takes.
    Returns whether that was in the middle of a call."""
    done, under_way = STEPS[step]
    epoch, position = known
    with Run(job, crash=POINTS.get(step)) as run:
        if done is None:
            run.send("recover")
        else:
            assert run.recover() == known, "recovered something else than %s" % (known,)
            for command in done:
                run.do(line(command, epoch + 1))
            if under_way:
                run.send(line(under_way, epoch + 1, rows=400 * ROWS))
        if step in POINTS:
            return run.process.wait(60) == -signal.SIGKILL
        if not under_way:
            return False
        return run.answer(share * DURATION_S[under_way]) is None


def check_crash(job, step, known):
    """What is there after a process died at the step; then an epoch more. The last epoch with its
    position, and whether what the process was doing had happened."""
    with Run(job) as run:
        found = run.recover()
        follows = (known[0] + 1, known[1] + ROWS)
        may_be = {
            "committing": [known, follows],
            "committed, nothing begun": [follows],
            "committed": [follows],
        }.get(step, [known])
        assert found in may_be, "%s: %s, not one of %s" % (step, found, may_be)
        # What is visible is what the positions say, before anything new is written.
        damage = job.damage(found[1])
        assert not damage, "%s: %s" % (step, damage)
        run.do(*[line(command, found[0] + 1) for command in STEPS["committed"][0]])
    return (found[0] + 1, found[1] + ROWS), found == follows


def run_round(job, seed):
    """Dies at each step once. How often that was in the middle, and whether what was under way had
    happened; the epoch, the rows and the rows that were rolled back."""
    chance = random.Random(seed)
    with Run(job) as run:
        run.recover()
        run.do(*[line(command, 1) for command in STEPS["committed"][0]])
    known = (1, ROWS)
    hits, fates = Counter(), Counter()
    for step, (_, under_way) in STEPS.items():
        # Again, and sooner, until it is in the middle: a quiet machine is quicker.
        for tries in range(6):
            hits[step] += crash(job, step, chance.random() / 2**tries, known)
            known, happened = check_crash(job, step, known)
            fates[step, happened] += 1
            if hits[step] or not under_way:
                break
    damage = job.damage(known[1])
    assert not damage, damage
    return hits, fates, known, len(job.rows("read_uncommitted")) - known[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print("seed %d: --seed %d repeats its choices" % (options.seed, options.seed))
    # Mostly waiting for the coordinator, so the rounds run side by side, each a job of its own.
    with Broker() as broker, ThreadPoolExecutor(3) as pool:
        names = ["crash-%d" % number for number in range(options.rounds)]
        jobs = [Job(options.driver, broker, name) for name in names]
        seeds = [options.seed + number for number in range(options.rounds)]
        hits, fates, aborted = Counter(), Counter(), 0
        for hit, fate, known, rolled_back in pool.map(run_round, jobs, seeds):
            hits += hit
            fates += fate
            aborted += rolled_back
            print("epoch %d, %d rows, %d more were rolled back" % (*known, rolled_back))
    print("died in the middle: %s" % dict(hits))
    print("killed while committing: %d times it had happened" % fates["committing", True])
    assert aborted > 0, "no crash left a row behind"
    for step, (_, under_way) in STEPS.items():
        assert not under_way or hits[step], "no process died in the middle: " + step


if __name__ == "__main__":
    main()
