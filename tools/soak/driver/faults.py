"""The faults of a soak, drawn from its seed. Each is asserted to have hit, and none overlaps
another but where it says so."""

import os
import random
import signal
import time
from collections import Counter

from feeding import GROWING, PARTITIONS
from host import TRANSACTION_TIMEOUT_S, process_state

PATIENCE_S = 120
UNCLEAN = "no clean shutdown file was found"
NO_ROOM = "No space left on device"
TIMED_OUT = "due to timeout"  # What the broker says of a transaction it has ended.

# How often each stands in a deck, which is shuffled; the first one of a run is shorter.
FIRST_DECK = {
    "host-kill": 12,
    "broker-kill": 1,
    "cut": 1,
    "hold": 1,
    "host-pause": 1,
    "host-long-pause": 1,
    "broker-pause": 1,
    "broker-long-pause": 1,
    "disk-full": 1,
}
# At least once: kills are enough to double rows, and no broker ends a transaction.
DAMAGE_DECK = {"host-kill": 12, "broker-kill": 1, "cut": 1, "hold": 1}
DECK = {
    "host-kill": 200,
    "broker-kill": 4,
    "cut": 3,
    "hold": 3,
    "host-pause": 2,
    "host-long-pause": 1,
    "broker-pause": 1,
    "broker-long-pause": 1,
    "disk-full": 1,
}


class Gaveup(Exception):
    """A job does not go on by itself."""


def last(seconds):
    """A fault stays as it is."""
    # tidy: allow scripts-and-cmake: how long a fault lasts is what it is about
    time.sleep(seconds)


class Faults:
    """Runs on the main thread."""

    def __init__(self, setting, seed):
        self.broker = setting.broker
        self.network = setting.network
        self.host = setting.host
        self.feeder = setting.feeder
        self.positions = setting.positions
        self.disk = setting.disk
        self.say = setting.say
        self.random = random.Random("faults/%d" % seed)
        self.decks = [DAMAGE_DECK] if setting.is_damaged else [DECK, FIRST_DECK]
        self.deck = self._new_deck()
        self.left_of_first = len(self.deck)
        self.counts = Counter()
        self.gave_up = []
        self.started = self.host.start()
        self.positions.measure(self.started, self.feeder.ends)

    def _new_deck(self):
        numbers = self.decks.pop() if len(self.decks) > 1 else self.decks[0]
        deck = [kind for kind, number in numbers.items() for _ in range(number)]
        if not self.disk.is_own:
            deck = [kind for kind in deck if kind != "disk-full"]
        self.random.shuffle(deck)
        return deck

    def kills(self):
        return self.counts["host-kill"] + self.counts["broker-kill"]

    def next(self):
        """One fault, and what goes before it."""
        if self.feeder.grows.is_set():
            return self.add_partition()
        self._let_catch_up()
        if not self.deck:
            self.deck = self._new_deck()
        kind = self.deck.pop()
        self.left_of_first = max(0, self.left_of_first - 1)
        if kind != "host-kill":
            self._let_run(self.random.uniform(0.2, 1.5))
            self.positions.interrupt()
        getattr(self, kind.replace("-", "_"))()
        return None

    # The faults.

    def host_kill(self):
        early = self.random.random() < 0.3
        delay = self.random.uniform(0.02, 0.6) if early else self.random.uniform(0.6, 1.8)
        # Some are left alone, so that slow recoveries are measured as well as quick ones.
        if self.random.random() < 0.1:
            self.positions.wait_passed(self.feeder.ends, 20)
        self._let_run(self.started + delay - time.monotonic())
        self._kill_host()
        self._start_host()

    def broker_kill(self):
        pid = self.broker.pid()
        self.setting_aside_log()
        self.broker.end("kill")
        assert process_state(pid) in ("", "Z", "X"), "the broker lives"
        self.counts["broker-kill"] += 1
        both = self.random.random() < 0.3
        if both:
            self._kill_host()
            self._start_host()
        self.broker.start_again()
        log = (self.broker.folder / "broker.log").read_text(errors="replace")
        assert UNCLEAN in log and self.broker.pid() != pid, "the broker was not killed"
        self._measure_again("broker-kill")

    def cut(self):
        lasting = self.random.uniform(0.3, 5)
        self.network.cut()
        self._stay(lasting)
        closed = self.network.closed
        self.network.mend()
        assert closed > 0, "nobody was cut off"
        self.counts["cut"] += 1
        self._measure_again("cut for %.1f s, %d connections" % (lasting, closed))

    def hold(self):
        lasting = self.random.uniform(0.5, TRANSACTION_TIMEOUT_S)
        self.network.hold()
        self._stay(lasting)
        held = self.network.held
        self.network.mend()
        assert held > 0, "nothing was held back"
        self.counts["hold"] += 1
        self._measure_again("hold for %.1f s, %d bytes" % (lasting, held))

    def host_pause(self):
        self._pause(self.host.process.pid, self.random.uniform(0.3, TRANSACTION_TIMEOUT_S / 2))
        self.counts["host-pause"] += 1
        self._measure_again("host-pause")

    def host_long_pause(self):
        """Counts when the broker has ended a transaction for it."""
        for _ in range(10):
            if self.feeder.grows.is_set():  # It waits, and without input there is no transaction.
                self.add_partition()
            self.positions.wait_passed(self.feeder.ends, 10)
            self._let_run(self.random.uniform(0.1, 0.8))  # Not always just behind a commit.
            before = self._timed_out()
            self._pause(
                self.host.process.pid, TRANSACTION_TIMEOUT_S + self.random.uniform(1.5, 3)
            )
            if self._timed_out() > before:
                break
        else:
            raise AssertionError("no transaction was open for too long")
        self.counts["host-long-pause"] += 1
        self._measure_again("host-long-pause")

    def broker_pause(self):
        self._pause(self.broker.pid(), self.random.uniform(0.3, TRANSACTION_TIMEOUT_S / 2))
        self.counts["broker-pause"] += 1
        self._measure_again("broker-pause")

    def broker_long_pause(self):
        self._pause(self.broker.pid(), TRANSACTION_TIMEOUT_S + self.random.uniform(1, 3))
        self.counts["broker-long-pause"] += 1
        self._measure_again("broker-long-pause")

    def disk_full(self):
        """A host that has reserved room notices nothing: it is killed and started meanwhile, and
        others now and then."""
        self.disk.fill()
        size = self.host.log_size()
        is_noticed = self._wait_for_log(NO_ROOM, size, 5)
        if not is_noticed or self.random.random() < 0.5:
            self._kill_host()
            self._start_host()
        is_noticed = is_noticed or self._wait_for_log(NO_ROOM, size, PATIENCE_S)
        assert is_noticed, "nobody noticed the full disk"
        self._let_run(self.random.uniform(0.5, 3))
        self.disk.empty()
        self.counts["disk-full"] += 1
        self._measure_again("disk-full")

    def add_partition(self):
        self.feeder.grows.clear()
        number = PARTITIONS + self.counts["partition-added"]
        for topic in GROWING:
            self.broker.add_partitions("in." + topic, number + 1)
        begun = time.monotonic()
        if not self.positions.wait_partition(GROWING, number, PATIENCE_S):
            raise Gaveup("nobody reads the new partition")
        self.counts["partition-added"] += 1
        self.say("partition %d read after %.1f s" % (number, time.monotonic() - begun))
        self.feeder.grown.set()

    # How they are done.

    def _kill_host(self):
        self.positions.interrupt()
        try:
            self.host.kill()
        except AssertionError as error:
            self._note("%s" % error)
            return
        self.counts["host-kill"] += 1

    def _start_host(self):
        ends = self.feeder.ends
        self.started = self.host.start()
        self.positions.measure(self.started, ends)

    def _note(self, what):
        self.gave_up.append(what)
        self.say("GAVE UP: " + what)

    def _pause(self, pid, lasting):
        os.kill(pid, signal.SIGSTOP)
        last(lasting)
        stood_still = process_state(pid) == "T"
        os.kill(pid, signal.SIGCONT)
        assert stood_still, "the process went on"
        self.say("paused for %.1f s" % lasting)

    def _stay(self, lasting):
        """With a fault in place; now and then the host is killed and started meanwhile."""
        if self.random.random() < 0.3:
            last(lasting / 2)
            lasting /= 2
            self._kill_host()
            self._start_host()
        last(lasting)

    def _let_run(self, lasting):
        """Waits; a host that ends by itself meanwhile is noted and started again."""
        deadline = time.monotonic() + lasting
        while (left := deadline - time.monotonic()) > 0:
            if self.host.ends_within(left):
                self._note("the host ended by itself with %d" % self.host.process.returncode)
                self._start_host()

    def _wait_for_log(self, text, size, patience_s):
        """Whether the host has said so since its log was of that size."""
        deadline = time.monotonic() + patience_s
        while text not in self.host.log_since(size):
            if time.monotonic() > deadline:
                return False
            self._let_run(0.1)
            self.disk.fill()
        return True

    def _measure_again(self, what):
        self.say(what)
        self.positions.measure(time.monotonic(), self.feeder.ends)

    def _let_catch_up(self):
        """Kills may come faster than records are done; a job that gets nowhere has given up."""
        rate = self.feeder.options.rate
        if self.feeder.records - self.positions.total() < 15 * rate:
            return
        deadline = time.monotonic() + PATIENCE_S
        while self.feeder.records - self.positions.total() > 5 * rate:
            failures = self.host.failures()
            for failure in failures:
                self._note(failure)
            if failures:
                self.host.kill()
                self._start_host()
            if time.monotonic() > deadline:
                raise Gaveup("no job goes on: %d records behind" % self.behind())
            self._let_run(0.2)

    def behind(self):
        return self.feeder.records - self.positions.total()

    def setting_aside_log(self):
        """A broker begins its log anew when it starts."""
        log = self.broker.folder / "broker.log"
        with (self.host.folder / "broker.log").open("a") as kept:
            kept.write(log.read_text(errors="replace"))

    def _timed_out(self):
        text = (self.broker.folder / "broker.log").read_text(errors="replace")
        return text.count(TIMED_OUT)
