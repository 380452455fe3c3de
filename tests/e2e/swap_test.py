#!/usr/bin/env python3
"""A job on a real Kafka, under load, swapped to other versions of its plugin and back: every record
is one version's, the versions follow each other as the swaps did, and the sums are exact.

swap_test.py WEIR TEST_PLUGINS [--seconds S] [--seed N]
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

from broker import Broker
from topics import host, port

PARTITIONS = 4
USERS = 50
T0 = 1_760_000_000_000
KILLED = -signal.SIGKILL


def jobs_file(broker, folder, is_last):
    text = host(broker, folder / "plugins")
    text = text.replace("[host]\n", '[host]\nstate = "%s/state"\nhttp = "127.0.0.1:0"\n' % folder)
    text += '[[job]]\nname = "sums"\nplugin = "versions"\ntype = "sums"\nepoch = "200ms"\n'
    text += port(
        "source",
        "events",
        "events",
        start='"earliest"',
        idle_after='"0s"',
        stop_at_end="true" if is_last else "false",
    )
    text += port("sink", "raw", "raw", delivery='"exactly-once"')
    text += port("sink", "totals", "totals", delivery='"exactly-once"')
    return text


class Feeder(threading.Thread):
    """Events at a steady rate; `events` has all of them by their number."""

    def __init__(self, broker):
        super().__init__(daemon=True)
        self.broker = broker
        self.events = {}
        self.must_end = threading.Event()

    def run(self):
        part = 0
        while not self.must_end.is_set():
            for partition in range(PARTITIONS):
                values = []
                for i in range(500):
                    number = len(self.events)
                    event = {
                        "tm": T0 + part * 500 + i,
                        "user": "user-%d" % (number * 7 % USERS),
                        "number": number,
                    }
                    self.events[number] = {**event, "partition": partition}
                    values.append(json.dumps(event).encode())
                self.broker.produce("events", partition, values)
            part += 1


class Host:
    """weir run on the jobs file in the folder."""

    def __init__(self, weir, folder, crash=None):
        environment = {**os.environ, "LC_ALL": "C"}
        if crash:
            environment["WEIR_CRASH"] = crash
        self.log = folder / "log"
        self.output = self.log.open("w")
        self.process = subprocess.Popen(
            [weir, "run", str(folder / "jobs.toml")],
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
        )
        self.port = int(self.wait_for(r"control API at http://127.0.0.1:(\d+)"))
        self.wait_until(lambda job: job["state"] == "running")

    def text(self):
        return self.log.read_text()

    def wait_for(self, pattern):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = re.search(pattern, self.text())
            if found:
                return found.group(1)
            assert self.process.poll() is None, self.text()
        raise AssertionError("no %s in\n%s" % (pattern, self.text()))

    def ask(self, method, target, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, target, body=body, headers={"Weir-Control": "1"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text)

    def job(self):
        return self.ask("GET", "/v1/jobs/sums")[1]

    def wait_until(self, is_so, limit=60):
        deadline = time.monotonic() + limit
        while True:
            job = self.job()
            if is_so(job):
                return job
            assert time.monotonic() < deadline, json.dumps(job, indent=1)

    def swap(self, body):
        return self.ask("POST", "/v1/jobs/sums/swap", json.dumps(body))

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        self.output.close()
        assert self.process.returncode == 0, self.text()

    def wait_for_death(self):
        self.process.wait(60)
        self.output.close()
        return self.process.returncode


class Test:
    def __init__(self, arguments, broker, folder):
        self.arguments = arguments
        self.broker = broker
        self.folder = Path(folder)
        self.plugins = Path(arguments.plugins).resolve()
        (self.folder / "plugins").mkdir()
        shutil.copy(self.plugins / "libversions-10.so", self.folder / "plugins/libversions.so")
        self.random = random.Random(arguments.seed)
        self.in_force = [10]
        self.gaps = []

    def start(self, crash=None, is_last=False):
        (self.folder / "jobs.toml").write_text(jobs_file(self.broker, self.folder, is_last))
        return Host(self.arguments.weir, self.folder, crash)

    def file_of(self, version):
        return str(self.plugins / ("libversions-%d.so" % version))

    def swap(self, weir, version):
        before = weir.job()["swaps"]
        code, answer = weir.swap({"plugin_path": self.file_of(version)})
        assert code == 202, (code, answer)
        job = weir.wait_until(lambda job: job["swap"]["phase"] in ("done", "failed"))
        assert job["swap"]["phase"] == "done" and job["swaps"] == before + 1, job["swap"]
        self.in_force.append(version)
        gaps = {gap["port"]: gap["longest_ms"] for gap in job["swap"]["gaps"]}
        self.gaps.append((job["swap"]["kind"], gaps, job["swap"]))

    def refuse(self, weir):
        for body, code, part in [
            ({"plugin_path": self.file_of(20)}, 409, "operator sums"),
            ({"plugin_path": "/nowhere.so"}, 404, "/nowhere.so"),
            ({"parameters": {"scale": "much"}}, 400, "parameter scale"),
            ({"nonsense": 1}, 400, "nonsense"),
        ]:
            found, answer = weir.swap(body)
            assert (found, part in answer["error"]) == (code, True), (found, answer)
        assert weir.job()["plugin_version"] == "1.0.0"

    def swap_for_a_while(self, weir):
        deadline = time.monotonic() + self.arguments.seconds
        version = 10
        while time.monotonic() < deadline or version != 10:
            version = self.random.choice([each for each in (10, 11, 12) if each != version])
            self.swap(weir, version)

    def run(self):
        weir = self.start()
        self.refuse(weir)
        self.swap_for_a_while(weir)
        weir.end()
        for point in ("swap.constructed", "swap.flipped"):
            weir = self.start(crash=point + ":1")
            try:
                code, _ = weir.swap({"plugin_path": self.file_of(11)})
                assert code == 202, code
            except ConnectionError:
                pass  # It may die before it answers.
            assert weir.wait_for_death() == KILLED, weir.text()
        # Each took up again what was durable, so this is the old version.
        weir = self.start()
        self.swap(weir, 11)
        self.swap(weir, 10)
        weir.end()

    def finish(self):
        weir = self.start(is_last=True)
        weir.process.wait(300)
        assert weir.process.returncode == 0, weir.text()

    def check(self, events):
        raw = [json.loads(value) for value in self.broker.consume("raw")]
        times = Counter(row["number"] for row in raw)
        assert times == Counter(events.keys()), "%d rows of %d records, %d twice" % (
            len(raw),
            len(events),
            sum(1 for count in times.values() if count > 1),
        )
        by_partition = defaultdict(list)
        for row in sorted(raw, key=lambda row: row["number"]):
            by_partition[events[row["number"]]["partition"]].append(row["version"])
        for partition, versions in by_partition.items():
            place = 0
            for version in versions:
                while place < len(self.in_force) and self.in_force[place] != version:
                    place += 1
                assert place < len(self.in_force), "partition %d: %d out of turn" % (
                    partition,
                    version,
                )
        sums = defaultdict(lambda: [0, 0])
        for row in raw:
            event = events[row["number"]]
            entry = sums[(event["tm"] // 1000 * 1000, event["user"])]
            entry[0] += row["number"]
            entry[1] += row["version"]
        totals = [json.loads(value) for value in self.broker.consume("totals")]
        found = {
            (row["window_start"], row["user"]): [row["numbers"], row["versions"]] for row in totals
        }
        assert len(found) == len(totals) and found == sums, "%d of %d totals" % (
            len(totals),
            len(sums),
        )
        print("%d records, %d totals: exact" % (len(raw), len(totals)))

    def report(self):
        for kind in sorted({kind for kind, _, _ in self.gaps}):
            of_kind = [gaps for found, gaps, _ in self.gaps if found == kind]
            longest = {name: max(gaps[name] for gaps in of_kind) for name in ("events", "raw")}
            middle = sorted(gaps["raw"] for gaps in of_kind)[len(of_kind) // 2]
            print(
                "%s: %d, longest gap %.1f ms at the source, %.1f ms at a sink (median %.1f ms)"
                % (kind, len(of_kind), longest["events"], longest["raw"], middle)
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("plugins")
    parser.add_argument("--seconds", type=float, default=15, help="of swaps, one behind the other")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print("repeat with --seed %d" % arguments.seed, flush=True)
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="weir-swap-") as folder:
        broker.create_topics(["events"], PARTITIONS)
        broker.create_topics(["raw", "totals"], 2)
        test = Test(arguments, broker, folder)
        feeder = Feeder(broker)
        feeder.start()
        test.run()
        feeder.must_end.set()
        feeder.join()
        test.finish()
        test.check(feeder.events)
        test.report()
        assert len(test.in_force) > 5 and 12 in test.in_force, test.in_force


if __name__ == "__main__":
    sys.exit(main())
