"""What the jobs have committed, as their offsets in Kafka tell, and how long recoveries take."""

import subprocess
import threading
import time

from books import JOBS

PARTITIONS_MAX = 8


class Positions:
    """Watches from another thread; everything may be asked from any."""

    def __init__(self, client, brokers, log):
        groups = [
            job + "=" + ",".join("in." + topic for topic in topics) for job, topics in JOBS.items()
        ]
        command = [client, "watch", brokers, str(PARTITIONS_MAX), *groups]
        self.watcher = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True
        )
        self.changed = threading.Condition()
        self.committed = {job: {topic: [] for topic in topics} for job, topics in JOBS.items()}
        self.measured = None  # (since, ends) of the recovery that is under way.
        self.recoveries = []  # Seconds.
        threading.Thread(target=self._watch, daemon=True).start()

    def close(self):
        self.watcher.kill()
        self.watcher.wait()

    def _watch(self):
        for line in self.watcher.stdout:
            job, *offsets = line.split()
            with self.changed:
                if offsets[0] != "away":
                    self._take(job, [int(offset) for offset in offsets])
                self.changed.notify_all()

    def _take(self, job, offsets):
        for number, topic in enumerate(JOBS[job]):
            begin = number * PARTITIONS_MAX
            self.committed[job][topic] = offsets[begin : begin + PARTITIONS_MAX]
        if self.measured and self._has_passed(self.measured[1]):
            self.recoveries.append(time.monotonic() - self.measured[0])
            self.measured = None

    def _has_passed(self, ends):
        """`ends` holds an offset for each partition of each topic."""
        for job, topics in JOBS.items():
            for topic in topics:
                committed = self.committed[job][topic]
                if not committed:
                    return False
                if any(max(offset, 0) < end for offset, end in zip(committed, ends[topic])):
                    return False
        return True

    def wait_passed(self, ends, patience_s):
        """Whether both jobs have committed everything before `ends`."""
        with self.changed:
            return self.changed.wait_for(lambda: self._has_passed(ends), patience_s)

    def has_passed(self, ends):
        with self.changed:
            return self._has_passed(ends)

    def wait_partition(self, topics, number, patience_s):
        """Whether jobs commit positions of this partition of all these topics."""

        def is_known():
            return all(
                self.committed[job][topic][number : number + 1] not in ([], [-1])
                for job, own in JOBS.items()
                for topic in own
                if topic in topics
            )

        with self.changed:
            return self.changed.wait_for(is_known, patience_s)

    def total(self):
        with self.changed:
            return sum(
                max(offset, 0)
                for topics in self.committed.values()
                for offsets in topics.values()
                for offset in offsets
            )

    def measure(self, since, ends):
        """From now on: how long it takes from `since` until everything before `ends` is done."""
        with self.changed:
            self.measured = (since, {topic: list(each) for topic, each in ends.items()})

    def interrupt(self):
        """Another fault comes: what is under way is not measured."""
        with self.changed:
            self.measured = None
