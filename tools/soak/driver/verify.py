#!/usr/bin/env python3
"""Verifies a soak: reads the books of the input and, from Kafka, what committed output is there.

verify.py CLIENT BROKERS FOLDER PATIENCE

Lines on standard input: a number, when a book is in Kafka and the jobs have committed past it, so
that its output must be there within PATIENCE seconds; at last "end". Lines on standard output,
JSON: for each book the outcome of every output topic, and at the end what came for books that were
done with.
Shares no code with the host; only reads.
"""

import json
import struct
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from books import JOBS, TOPICS
from recomputed import SIDES, BookInput, Outcome, Watermarks

OUTPUTS = [job + "." + port for job in JOBS for port in ["labels", *SIDES]]
OUTPUT_PARTITIONS = 2
QUIET_S = 5
NOBODYS = -1


class Output:
    """Rows of the output topics by book, as they come."""

    def __init__(self, client, brokers):
        command = [client, "read", brokers, str(OUTPUT_PARTITIONS), *OUTPUTS]
        self.reader = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.lock = threading.Condition()
        self.rows = defaultdict(lambda: defaultdict(list))  # By book and topic.
        self.broken = []  # Of errors, which tell where they come from, not their book: (topic, row)
        self.count = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        head = struct.Struct("<BBQI")
        stream = self.reader.stdout
        while len(start := stream.read(head.size)) == head.size:
            number, _, _, size = head.unpack(start)
            row = json.loads(stream.read(size))
            topic = OUTPUTS[number]
            with self.lock:
                self.count += 1
                self.lock.notify_all()
                if topic.endswith(".errors"):
                    self.broken.append((topic, row))
                else:
                    row.pop("weir.operator", None)
                    row.pop("weir.record", None)
                    self.rows[book_of(row)][topic].append(row)

    def of_book(self, book, begins, ends):
        """Its rows so far by topic; begins and ends are its offsets in the input."""
        with self.lock:
            found = {topic: list(self.rows[book][topic]) for topic in OUTPUTS}
            count = self.count
            for topic, row in self.broken:
                if is_within(row, begins, ends):
                    found[topic].append(row)
        return found, count

    def forget(self, book, begins, ends):
        """What comes from now on for this book is too much."""
        with self.lock:
            self.rows.pop(book, None)
            self.broken = [
                (topic, row) for topic, row in self.broken if not is_within(row, begins, ends)
            ]

    def rest(self):
        """How many rows of each topic nobody has asked for."""
        with self.lock:
            counts = {topic: 0 for topic in OUTPUTS}
            for topics in self.rows.values():
                for topic, rows in topics.items():
                    counts[topic] += len(rows)
            for topic, _ in self.broken:
                counts[topic] += 1
            return counts

    def wait_for_more(self, count, patience_s):
        """Whether there are more rows than that."""
        with self.lock:
            return self.lock.wait_for(lambda: self.count > count, patience_s)


def book_of(row):
    name = row.get("lesson_id") or "b%s-" % row.get("client_version", "").partition(".")[0]
    number = name[1:].partition("-")[0]
    return int(number) if number.isdigit() else NOBODYS


def is_within(row, begins, ends):
    topic, partition = row["topic"].removeprefix("in."), row["partition"]
    begin = begins[topic][partition] if partition < len(begins[topic]) else 0
    end = ends[topic][partition] if partition < len(ends[topic]) else 0
    return begin <= row["offset"] < end


class Verification:
    def __init__(self, client, brokers, folder, patience_s):
        self.output = Output(client, brokers)
        self.folder = Path(folder)
        self.patience_s = float(patience_s)
        self.begins = {topic: [] for topic in TOPICS}
        self.watermarks = Watermarks()

    def verify(self, book):
        path = self.folder / ("book-%d.frames" % book)
        counts = json.loads(path.with_suffix(".json").read_text())["counts"]
        for topic, begins in self.begins.items():
            begins += [0] * (len(counts[topic]) - len(begins))
        ends = {
            topic: [begin + count for begin, count in zip(begins, counts[topic])]
            for topic, begins in self.begins.items()
        }
        book_input = BookInput(path.read_bytes(), self.begins, self.watermarks)
        deadline = time.monotonic() + self.patience_s
        while True:
            found, count = self.output.of_book(book, self.begins, ends)
            outcomes = book_input.judge(found)
            is_exact = all(outcome.is_exact() for outcome in outcomes.values())
            if is_exact or not self.output.wait_for_more(
                count, deadline - time.monotonic()
            ):
                break
        self.output.forget(book, self.begins, ends)
        self.begins = ends
        if is_exact:
            path.unlink()
        else:
            (self.folder / ("book-%d.found.json" % book)).write_text(json.dumps(found))
        self.tell(book, outcomes)

    def end(self):
        """Waits until nothing comes any more. Rows that are left are of no book, or too late."""
        while self.output.wait_for_more(self.output.count, QUIET_S):
            pass
        rest = self.output.rest()
        self.tell("rest", {topic: Outcome(doubled=count) for topic, count in rest.items()})
        self.output.reader.kill()
        self.output.reader.wait()

    @staticmethod
    def tell(book, outcomes):
        line = {"book": book, "outcomes": {name: asdict(each) for name, each in outcomes.items()}}
        print(json.dumps(line), flush=True)


def main():
    verification = Verification(*sys.argv[1:5])
    for line in sys.stdin:
        if line.strip() == "end":
            return verification.end()
        verification.verify(int(line))
    verification.output.reader.kill()
    return None


if __name__ == "__main__":
    main()
