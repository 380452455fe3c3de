"""Feeds the input book by book at a steady rate, with a client that produces each record once."""

import json
import multiprocessing
import queue
import struct
import subprocess
import threading
import time
from pathlib import Path

from books import PARTITIONS, SLICE, TOPICS, Book

AHEAD = 3  # Books that are written before they are fed.
WRITING_S = 120  # At most for one of them.
MARK = struct.pack("<BBI", 255, 0, 0)
GROWING = ["enter", "signal", "av", "courseware"]  # Topics that partitions are added to.


def book_path(folder, number):
    """Of the last book with a negative number."""
    return Path(folder) / ("book-%d.frames" % number if number >= 0 else "book-last.frames")


def partitions_of(number, growth):
    """By topic; `growth` holds the books with which a partition is added."""
    added = sum(number >= book for book in growth)
    return {topic: PARTITIONS + (added if topic in GROWING else 0) for topic in TOPICS}


def write_books(folder, options, wanted, written):
    """A process of its own. `wanted` gives a number for each book, negative for the last one;
    `written` has it when the book is there."""
    while (number := wanted.get()) is not None:
        partitions = partitions_of(abs(number), options.growth)
        book = Book(options.seed, abs(number), options.book, partitions, is_last=number < 0)
        path = book_path(folder, number)
        book.write(path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)
        written.put(number)


class Feeder:
    """Everything but `start` and `finish` happens on its own thread; what it publishes is replaced
    as a whole."""

    def __init__(self, folder, client, brokers, options, log):
        self.folder = folder
        self.options = options
        topics = ["in." + topic for topic in TOPICS]
        self.feeder = subprocess.Popen(
            [client, "feed", brokers, *topics],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        self.wanted = multiprocessing.Queue()
        self.written = multiprocessing.Queue()
        arguments = (folder, options, self.wanted, self.written)
        self.writer = multiprocessing.Process(target=write_books, args=arguments, daemon=True)
        self.thread = threading.Thread(target=self._feed_safely, daemon=True)
        self.ends = {topic: [0] * PARTITIONS for topic in TOPICS}  # Acknowledged.
        self.begun = {}  # By book: `ends` when it had begun.
        self.records = 0
        self.book = 0
        self.is_last = threading.Event()  # The next book is the last one.
        self.grows = threading.Event()  # A partition has to be added …
        self.grown = threading.Event()  # … and was.
        self.closing = threading.Event()
        self.failure = None
        self.stall = 0.0  # Longest time a slice waited for the broker.

    def start(self):
        self.writer.start()
        for number in range(AHEAD):
            self.wanted.put(number)
        self.thread.start()

    def finish(self):
        """Ends with a last book; returns when it is acknowledged."""
        self.is_last.set()
        self.thread.join()

    def close(self):
        self.closing.set()
        self.wanted.put(None)
        self.feeder.kill()
        self.feeder.wait()
        self.writer.join(5)
        self.writer.kill()

    def _feed_safely(self):
        try:
            self._feed()
        except (OSError, AssertionError, queue.Empty) as error:
            self.failure = "feeding: %r" % error

    def _feed(self):
        due = time.monotonic()
        while True:
            is_last = self.is_last.is_set() and self.book > 0
            if is_last:
                self.wanted.put(-self.book)
            else:
                self.wanted.put(self.book + AHEAD)
            if self.book in self.options.growth:
                self.grows.set()
                self.grown.wait()
                self.grown.clear()
            number = -self.book if is_last else self.book
            while self.written.get(timeout=WRITING_S) != number:
                pass  # One that was wanted before the last one was.
            due = self._feed_book(due, book_path(self.folder, number))
            if is_last:
                return
            self.book += 1

    def _feed_book(self, due, path):
        facts = json.loads(path.with_suffix(".json").read_text())
        data = path.read_bytes()
        ends = {topic: list(each) for topic, each in self.ends.items()}
        at = 0
        for number, end in enumerate(facts["ends"]):
            count = min(SLICE, facts["records"] - number * SLICE)
            due = max(due + count / self.options.rate, time.monotonic() - 5)
            self.closing.wait(max(0, due - time.monotonic()))
            self._produce(data[at:end])
            count_frames(data, at, end, ends)
            at = end
            self.ends = {topic: list(each) for topic, each in ends.items()}
            self.records += count
            if number == 0:
                self.begun = {**self.begun, self.book: self.ends}
        return due

    def _produce(self, frames):
        began = time.monotonic()
        self.feeder.stdin.write(frames + MARK)
        self.feeder.stdin.flush()
        assert self.feeder.stdout.readline() == b"acknowledged\n", "the producer has ended"
        self.stall = max(self.stall, time.monotonic() - began)


def count_frames(data, begin, end, ends):
    unpack = struct.Struct("<BBI").unpack_from
    while begin < end:
        topic, partition, size = unpack(data, begin)
        each = ends[TOPICS[topic]]
        each += [0] * (partition + 1 - len(each))
        each[partition] += 1
        begin += 6 + size
