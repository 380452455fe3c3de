#!/usr/bin/env python3
"""Transactional requests that a network delays until the job's next transaction is open.

late_request_test.py DRIVER

Each case is run twice: as Weir does it, where nothing may be lost, doubled or torn, and with the
change of the transactional id switched off, where the test must see the damage.
"""

import struct
import sys

from driven_transaction import Broker, Job, Run, free_ports
from kafka_proxy import (
    ADD_PARTITIONS,
    END_TXN,
    TXN_OFFSET_COMMIT,
    KafkaProxy,
    proxied_listener,
)

ROWS = 20
UNGUARDED = "no-change-of-id"

# A request counts as unanswered after a second.
TIMEOUTS = ["socket.timeout.ms=1000", "transaction.timeout.ms=30000"]


def epoch(number):
    return ["write %d" % ROWS, "seal %d" % number, "flush %d" % number, "commit %d" % number]


def error_of_end(answer):
    """Of the answer to an EndTxn: behind the correlation id and the throttle time."""
    return struct.unpack(">h", answer[8:10])[0]


def finish(job, words):
    """What every case ends with: the process is gone, another recovers and goes on."""
    with Run(job, *TIMEOUTS, *words) as run:
        last, position = run.recover()
        run.do(*epoch(last + 1))
    return job.damage(position + ROWS)


def late_end(proxy, job, words):
    """EndTxn of epoch 1 reaches the broker when the rows of epoch 2 are there, then a crash."""
    with Run(job, *TIMEOUTS, *words) as run:
        run.recover()
        proxy.hold_next(END_TXN)
        run.do(*epoch(1))
        held = proxy.wait_held(END_TXN)
        run.do(*epoch(2)[:3])
        error = error_of_end(proxy.release(held))
        print("   the late EndTxn was answered with error %d" % error)
        log = run.kill()
    return log, finish(job, words)


def late_offsets(proxy, job, words):
    """The offsets of epoch 1 reach the broker when those of epoch 2 are there, before its end."""
    with Run(job, *TIMEOUTS, *words) as run:
        run.recover()
        proxy.hold_next(TXN_OFFSET_COMMIT)
        run.do(*epoch(1))
        held = proxy.wait_held(TXN_OFFSET_COMMIT)
        run.do(*epoch(2)[:3])
        proxy.hold_next(END_TXN)
        run.send("commit 2")
        end = proxy.wait_held(END_TXN)
        proxy.release(held)
        proxy.release(end)
        assert run.answer() == "ok"
        log = run.kill()
    return log, finish(job, words)


def late_partitions(proxy, job, words):
    """AddPartitionsToTxn of epoch 1 reaches the broker in epoch 2. Does no harm as such."""
    with Run(job, *TIMEOUTS, *words) as run:
        run.recover()
        proxy.hold_next(ADD_PARTITIONS)
        run.do(*epoch(1))
        held = proxy.wait_held(ADD_PARTITIONS)
        run.do(*epoch(2)[:3])
        proxy.release(held)
        run.do("commit 2")
        log = run.kill()
    return log, finish(job, words)


def main():
    driver = sys.argv[1]
    plain, controller, behind, port = free_ports(4)
    listeners = proxied_listener(plain, controller, behind, port)
    with Broker(properties=listeners, port=plain) as broker, KafkaProxy(port, behind) as proxy:
        for case, harms in [(late_end, True), (late_offsets, True), (late_partitions, False)]:
            for words in [], [UNGUARDED]:
                name = case.__name__.replace("_", "-") + ("-unguarded" if words else "")
                job = Job(driver, broker, name, "127.0.0.1:%d" % port)
                log, damage = case(proxy, job, words)
                print("%s: %s" % (name, damage or "exact"))
                # The delay was met as one, or not noticed at all.
                assert ("going on as weir-%s-b" % name in log) == (not words), log
                if not words:
                    assert not damage, damage
                elif harms:
                    assert damage, "without the guard nothing happened: the test proves nothing"


if __name__ == "__main__":
    main()
