#!/usr/bin/env python3
"""Faults of a real Kafka while a job's transaction is open: nothing is lost, nothing doubled.

transaction_fault_test.py DRIVER [CASE ...]

The driver recovers when flush or commit has failed, as the host does; every fault is shown to have
hit. Most of it is waiting, so what leaves the broker alone runs side by side, and what does not
runs beside it on a broker of its own.
"""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from driven_transaction import Broker, Job, Run, secured_listener

ROWS = 20
DONE = "ok"


def epoch(number):
    return ["write %d" % ROWS, "seal %d" % number, "flush %d" % number, "commit %d" % number]


def recovered(run, tries=20):
    """Epoch and position, asking again while the cluster is not there."""
    for _ in range(tries):
        answer = run.ask("recover")
        if answer.startswith(DONE):
            return tuple(int(number) for number in answer.split()[1:])
        assert answer.startswith("error unavailable"), answer
    raise AssertionError(answer)


def go_on(run, last):
    """An epoch, taken up again as often as it takes; the failures on the way."""
    failures = []
    while True:
        for line in epoch(last + 1):
            answer = run.ask(line)
            if answer != DONE:
                failures.append(answer)
                found = recovered(run)[0]
                if found == last + 1:
                    return failures
                assert found == last, (found, last)
                break
        else:
            return failures


def stand(run, number, until):
    """The commands of an epoch up to (and without) one."""
    lines = epoch(number)
    run.do(*lines[: [line.split()[0] for line in lines].index(until)])


def check(job, epochs):
    with Run(job) as run:
        assert run.recover() == (epochs, epochs * ROWS)
    damage = job.damage(epochs * ROWS)
    assert not damage, damage


def broker_is_restarted(job, stop):
    """In the middle of an epoch, and while it is committed."""
    with Run(job) as run:
        run.recover()
        run.do(*epoch(1))
        run.do("write %d" % (ROWS // 2))
        job.broker.end(stop)
        run.do("write %d" % (ROWS // 2), "seal 2")
        run.send("flush 2")
        assert run.answer(0.5) is None, "the broker was not gone"
        job.broker.start_again()
        answer = run.answer()
        if answer != DONE:
            recovered(run)
            go_on(run, 1)
        else:
            job.broker.end(stop)
            run.send("commit 2")
            assert run.answer(0.5) is None, "the broker was not gone"
            job.broker.start_again()
            if run.answer() != DONE and recovered(run)[0] == 1:
                go_on(run, 1)
        for number in 3, 4:
            go_on(run, number - 1)
    check(job, 4)


def broker_is_stopped(job):
    broker_is_restarted(job, "stop")


def broker_is_killed(job):
    broker_is_restarted(job, "kill")


def host_dies_and_stays_away(job):
    """The cluster ends the transaction before the next start."""
    timeout = "transaction.timeout.ms=2000"
    with Run(job, timeout) as run:
        run.recover()
        run.do(*epoch(1))
        stand(run, 2, "commit")
    job.broker.wait_for_log("Completed rollback of ongoing transaction", "weir-%s-" % job.name)
    assert len(job.rows("read_uncommitted")) == 2 * ROWS
    with Run(job, timeout) as run:
        assert run.recover() == (1, ROWS)
        run.do(*epoch(2))
    check(job, 2)


def host_pauses_beyond_the_transaction(job):
    """The cluster ends the transaction; the commit fails and the rows come once, later."""
    with Run(job, "transaction.timeout.ms=2000") as run:
        run.recover()
        run.do(*epoch(1))
        stand(run, 2, "commit")
        os.kill(run.process.pid, signal.SIGSTOP)
        job.broker.wait_for_log("Completed rollback of ongoing transaction", "weir-%s-" % job.name)
        os.kill(run.process.pid, signal.SIGCONT)
        answer = run.ask("commit 2")
        assert answer.startswith("error unavailable") and "shut out" in answer, answer
        assert recovered(run) == (1, ROWS)
        go_on(run, 1)
    check(job, 2)


def broker_pauses(job):
    """Longer than requests wait: they count as unanswered, and the id is changed."""
    with Run(job, "socket.timeout.ms=1000", "transaction.timeout.ms=30000") as run:
        run.recover()
        run.do(*epoch(1))
        stand(run, 2, "commit")
        os.kill(job.broker.pid(), signal.SIGSTOP)
        run.send("commit 2")
        assert run.answer(3) is None, "the broker was not paused"
        os.kill(job.broker.pid(), signal.SIGCONT)
        if run.answer() != DONE and recovered(run)[0] == 1:
            go_on(run, 1)
        run.do(*epoch(3))
        log = run.kill()
    assert "a request had no answer" in log, log
    check(job, 3)


def partitions_are_added(job):
    with Run(job) as run:
        run.recover()
        run.do(*epoch(1))
        job.broker.add_partitions(job.output, 3)
        for number in range(2, 6):
            run.do(*epoch(number))
    check(job, 5)


def topic_is_deleted(job):
    """An error that names the topic, at the latest when the job recovers: until its time is over, a
    transaction waits for a topic that the cluster forgot."""
    patience = ["transaction.timeout.ms=2500", "topic.metadata.propagation.max.ms=500"]
    with Run(job, *patience) as run:
        run.recover()
        run.do(*epoch(1))
        job.broker.delete_topics([job.output])
        failures = [answer for answer in map(run.ask, epoch(2)[:3]) if answer != DONE]
        assert failures, "the topic was still there"
        answer = run.ask("recover")
        assert answer.startswith("error not found") and job.output in answer, answer


def coordinator_is_away(job):
    """At a start: an error that may pass, and the start after it succeeds."""
    with Run(job) as run:
        run.recover()
        run.do(*epoch(1))
    job.broker.end("kill")
    with Run(job, "transaction.timeout.ms=3000", "socket.timeout.ms=1000") as run:
        answer = run.ask("recover")
        assert answer.startswith("error unavailable"), answer
        job.broker.start_again()
        assert recovered(run) == (1, ROWS)
        run.do(*epoch(2))
    check(job, 2)


def rights_are_withdrawn(job):
    """Errors that name the missing right; nothing of the epoch is visible."""
    user = ["security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN"]
    user += ["sasl.username=weir", "sasl.password=let-me-in"]
    rights = {
        "topic": ("WRITE", "TOPIC", job.output),
        "consumer group": ("READ", "GROUP", job.name),
        # The id that is used after an even number of recoveries, and the other.
        "transactional id": ("WRITE", "TRANSACTIONAL_ID", "weir-%s-a" % job.name),
    }
    others = [
        ("WRITE", "TRANSACTIONAL_ID", "weir-%s-b" % job.name),
        ("READ", "TOPIC", job.input),
        ("READ", "TOPIC", job.output),  # For the marker.
    ]
    job.broker.allow("weir", *rights.values(), *others)
    plain, job.address = job.address, job.broker.sasl_address
    number = 1
    with Run(job, *user) as run:
        patient(run, (-1, 0))
        run.do(*epoch(number))
        for what, right in rights.items():
            job.broker.no_longer_allow("weir", right)
            failure = first_failure(run, number, right_is_checked_at_start="id" in what)
            assert failure.startswith("error invalid"), failure
            assert "not allowed to use the " + what in failure, failure
            print("   without the right to the %s: %s" % (what, failure))
            job.broker.allow("weir", right)
            patient(run, (number, number * ROWS))
            number += 1
            run.do(*epoch(number))
    job.address = plain
    check(job, number)


def first_failure(run, number, right_is_checked_at_start):
    """Of the next epoch; of a recovery, for the right that a start needs."""
    lines = ["recover"] if right_is_checked_at_start else epoch(number + 1)
    for answer in map(run.ask, lines):
        if not answer.startswith(DONE):
            return answer
    raise AssertionError("the right was still there")


def patient(run, expected):
    """Recovers; rights take a moment to reach the broker."""
    deadline = time.monotonic() + 30
    answer = run.ask("recover")
    while not answer.startswith(DONE) and time.monotonic() < deadline:
        answer = run.ask("recover")
    assert answer == "ok %d %d" % expected, answer


# Those that stop, kill or pause the broker.
ROUGH = [broker_is_stopped, broker_is_killed, broker_pauses, coordinator_is_away]
CALM = [
    host_dies_and_stays_away,
    host_pauses_beyond_the_transaction,
    partitions_are_added,
    topic_is_deleted,
    rights_are_withdrawn,
]

# How often the broker looks for transactions that took too long.
IMPATIENT = ["transaction.abort.timed.out.transaction.cleanup.interval.ms=200"]


def run_cases(driver, cases, at_once):
    if not cases:
        return
    listeners, plain, sasl = secured_listener()
    with Broker(properties=listeners + IMPATIENT, port=plain) as broker:
        broker.sasl_address = "127.0.0.1:%d" % sasl

        def run(case):
            started = time.monotonic()
            case(Job(driver, broker, case.__name__.replace("_", "-")))
            print("%s: exact, %.1f s" % (case.__name__, time.monotonic() - started), flush=True)

        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(run, cases))  # Raises what one of them raised.


def main():
    driver, wanted = sys.argv[1], sys.argv[2:]
    rough = [case for case in ROUGH if not wanted or case.__name__ in wanted]
    calm = [case for case in CALM if not wanted or case.__name__ in wanted]
    with ThreadPoolExecutor(2) as pool:
        groups = [
            pool.submit(run_cases, driver, rough, 1),
            pool.submit(run_cases, driver, calm, len(CALM)),
        ]
        for group in groups:
            group.result()


if __name__ == "__main__":
    main()
