#!/usr/bin/env python3
"""Records of a real Kafka that are set aside, one of them because it kills the process, come again.

replay_test.py WEIR PLUGIN_FOLDER
"""

import json
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from broker import Broker  # noqa: E402
from jobs_folder import JobsFolder  # noqa: E402  (of tests/run)

JOBS = """
[host]
workers = 2

[kafka.main]
brokers = "{brokers}"

[[job]]
name = "pass"
plugin = "deadly"
type = "pass"
epoch = "100ms"
  [job.source.in]
  connector = "kafka"
  topics = ["in"]
  stop_at_end = true
  [job.sink.out]
  connector = "file"
  path = "out.jsonl"
  [job.side.errors]
  connector = "kafka"
  topic = "errors"
  delivery = "at-least-once"
"""

# Where a replay of one record dies, and whether it was sent by then.
DEATHS = {"replay.settled": False, "replay.marked": False, "replay.published": True,
          "replay.kept": True}


def order(value, where="", how=""):
    return json.dumps({"at": 1_000 + value, "value": value, "where": where, "how": how}).encode()


# No rows, and rows that functions refuse.
BAD = [b"no json", b'{"at":1000,"value":1.5}', b"{", b"[]", b"7",
       order(102, "kept", "refuse"), order(103, "copied", "refuse")]


def errors(folder, code, *arguments):
    result = folder.call("errors", *arguments)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout


def die_in_replay(folder, point, number):
    os.environ["WEIR_CRASH"] = point + ":1"
    result = folder.call("errors", "replay", "pass", number)
    del os.environ["WEIR_CRASH"]
    assert result.returncode == -signal.SIGKILL, (point, result.stdout + result.stderr)


def headers_of(broker, topic):
    """Partition and headers of every record that has some."""
    lines = subprocess.run(
        ["kcat", "-q", "-C", "-b", broker.address, "-t", topic, "-o", "beginning", "-e",
         "-f", "%p %h\n"],
        check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return sorted(line for line in lines if "weir.replayed" in line)


def main():
    weir, plugins = sys.argv[1:3]
    with Broker() as broker, JobsFolder(weir, plugins) as folder:
        folder.write("jobs.toml", JOBS.format(brokers=broker.address))
        broker.create_topics(["in"], 2)
        broker.create_topics(["errors"], 1)
        killer = order(40, "copied", "segv")
        broker.produce("in", 0, [order(value) for value in range(40)] + [killer])
        broker.produce("in", 1, [order(100), *BAD, order(101)])

        result = folder.run("--supervise", "--restart-delay", "10ms", timeout=300)
        assert result.returncode == 0, result.stderr
        deaths = result.stderr.count("died of SIGSEGV after")
        assert deaths == 2, result.stderr
        assert "in/0 at offset 40 crashed the process twice" in result.stderr, result.stderr
        values = {row["value"] for row in folder.rows("out.jsonl")}
        assert values == {*range(40), 100, 101}, sorted(values)

        # What was in flight at a death may stand there twice.
        listed = [json.loads(line)
                  for line in errors(folder, 0, "list", "pass", "--json").splitlines()]
        places = {(each["topic"], each["partition"], each["offset"]) for each in listed}
        assert places == {("in", 0, 40), *(("in", 1, 1 + at) for at in range(len(BAD)))}, listed
        assert len(listed) == len(places), listed
        ids = [each["id"] for each in listed if each["partition"] == 1]
        assert "1 sent, 0 sent before" in errors(folder, 0, "replay", "pass", ids[0])
        assert "0 sent, 1 sent before" in errors(folder, 0, "replay", "pass", ids[0])
        for number, (point, is_sent) in zip(ids[1:], DEATHS.items()):
            die_in_replay(folder, point, number)
            said = "0 sent, 1 sent before, 0" if is_sent else "1 sent, 0 sent before, 0"
            assert said in errors(folder, 0, "replay", "pass", number), point
        sent = 1 + len(DEATHS)
        assert "%d sent, %d sent before, 0" % (len(ids) - sent, sent) in errors(
            folder, 0, "replay", "pass", "--partition", "1")
        assert "0 sent, %d sent before, 0" % len(ids) in errors(
            folder, 0, "replay", "pass", "--partition", "1")
        replayed = headers_of(broker, "in")
        origins = sorted(line.split(" ", 1)[1].split(",")[0] for line in replayed)
        assert origins == ["weir.replayed=in/1@%d" % at for at in range(1, 1 + len(BAD))], replayed
        found = broker.consume("in")
        assert sorted(found) == sorted(
            [order(value) for value in range(40)] + [killer, order(100), *BAD, *BAD, order(101)])
    print("%d deaths, %d set aside, %d replayed" % (deaths, len(places), len(replayed)))


if __name__ == "__main__":
    sys.exit(main())
