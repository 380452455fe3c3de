"""A real Kafka broker for one test, and kcat to write and read it: a program of its own, with its
own build of the client library that Weir uses."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder  # noqa: E402  (of tests/run)
from shared_broker import end_with  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
KAFKA = ROOT / "tools" / "servers" / "kafka"


class Broker:
    """Use in a `with`; stops the broker by process id and removes its data."""

    def __init__(self, message_bytes_max=1_000_000, properties=(), port=0, version=None):
        self.message_bytes_max = message_bytes_max
        self.properties = list(properties)
        self.port = port
        self.environment = {"KAFKA_VERSION": version} if version else {}

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="weir-broker-"))
        end_with(self.folder, os.getpid())
        self.address = self._tool("start", str(self.folder), str(self.port)).strip()
        return self

    def __exit__(self, *_):
        self._tool("stop", str(self.folder))
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tool(self, *arguments):
        properties = [
            "message.max.bytes=%d" % self.message_bytes_max,
            "replica.fetch.max.bytes=%d" % self.message_bytes_max,
            *self.properties,
        ]
        return subprocess.run(
            [str(KAFKA), *arguments],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment, "KAFKA_PROPERTIES": " ".join(properties)},
        ).stdout

    def pid(self):
        return int((self.folder / "pid").read_text())

    def end(self, how):
        """`stop` or `kill`; what it holds stays."""
        self._tool(how, str(self.folder))

    def start_again(self):
        self._tool("start", str(self.folder), self.address.rsplit(":", 1)[1])

    def wait_for_log(self, *texts, patience_s=60):
        """Until the broker has written them in one line since its start."""
        log = self.folder / "broker.log"
        with subprocess.Popen(
            ["tail", "-n", "+1", "-F", str(log)], stdout=subprocess.PIPE, text=True
        ) as tail:
            timer = threading.Timer(patience_s, tail.kill)
            timer.start()
            is_found = any(all(text in line for text in texts) for line in tail.stdout)
            timer.cancel()
            tail.kill()
        assert is_found, "the broker never wrote: " + " … ".join(texts)

    def add_partitions(self, topic, total):
        self._tool("add-partitions", str(self.folder), topic, str(total))

    def delete_records(self, topic, partition):
        """All that the partition holds."""
        self._tool("delete-records", str(self.folder), topic, str(partition), "-1")

    def group(self, name):
        """What it has committed: a line for each partition, NAME PARTITION COMMITTED METADATA."""
        return self._tool("group", str(self.folder), name).splitlines()

    def delete_topics(self, names):
        self._tool("delete-topics", str(self.folder), *names)

    def allow(self, user, *rights):
        """Each is an operation, the type of a resource and its name."""
        self._tool("add-rights", str(self.folder), user, "ALLOW", *sum(rights, ()))

    def no_longer_allow(self, user, *rights):
        self._tool("remove-rights", str(self.folder), user, "ALLOW", *sum(rights, ()))

    def create_topics(self, names, partitions):
        self._tool(
            "create-topics", str(self.folder), *["%s:%d" % (name, partitions) for name in names]
        )

    def produce(self, topic, partition, values):
        """Writes the values, none of which holds a line end, in this order."""
        with tempfile.NamedTemporaryFile(dir=self.folder) as lines:
            lines.write(b"".join(value + b"\n" for value in values))
            lines.flush()
            subprocess.run(
                [
                    "kcat",
                    "-q",
                    "-P",
                    "-b",
                    self.address,
                    "-t",
                    topic,
                    "-p",
                    str(partition),
                    "-X",
                    "linger.ms=50",
                    "-X",
                    "message.max.bytes=%d" % self.message_bytes_max,
                    "-l",
                    lines.name,
                ],
                check=True,
            )

    def produce_empty(self, topic, partition, tombstone):
        """One record whose value is empty, or is not there at all."""
        subprocess.run(
            ["kcat", "-q", "-P", "-b", self.address, "-t", topic, "-p", str(partition), "-K", ":"]
            + (["-Z"] if tombstone else []),
            input=b"key:\n",
            check=True,
        )

    def consume(self, topic, isolation="read_committed"):
        """Every committed value of the topic from its beginning, as bytes."""
        output = subprocess.run(
            [
                "kcat",
                "-q",
                "-C",
                "-e",
                "-b",
                self.address,
                "-t",
                topic,
                "-X",
                "isolation.level=" + isolation,
                "-o",
                "beginning",
                "-f",
                "%S\n%s\n",
            ],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        values, at = [], 0
        while at < len(output):
            line_end = output.index(b"\n", at)
            size = int(output[at:line_end])
            values.append(output[line_end + 1 : line_end + 1 + size])
            at = line_end + 1 + size + 1
        return values


def run_weir(weir, jobs_text, timeout=600):
    """Runs `weir run` on a jobs file until all its jobs have ended; returns what it printed."""
    with JobsFolder(weir) as folder:
        folder.write("jobs.toml", jobs_text)
        done = folder.run(timeout=timeout)
    said = done.stdout + done.stderr
    assert done.returncode == 0, "weir run ended with %d:\n%s" % (done.returncode, said)
    return said
