"""A real Kafka broker for one test, and kcat as the client that shares no code with Weir."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KAFKA = ROOT / "tools" / "servers" / "kafka"


class Broker:
    """Use in a `with`; stops the broker by process id and removes its data."""

    def __init__(self, message_bytes_max=1_000_000, properties=(), port=0):
        self.message_bytes_max = message_bytes_max
        self.properties = list(properties)
        self.port = port

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="weir-broker-"))
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
            env={**os.environ, "KAFKA_PROPERTIES": " ".join(properties)},
        ).stdout

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
    with tempfile.TemporaryDirectory(prefix="weir-e2e-") as folder:
        jobs_file = Path(folder) / "jobs.toml"
        jobs_file.write_text(jobs_text)
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(
            [str(weir), "run", str(jobs_file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            env=environment,
            cwd=folder,
        )
    assert done.returncode == 0, "weir run ended with %d:\n%s" % (done.returncode, done.stdout)
    return done.stdout
