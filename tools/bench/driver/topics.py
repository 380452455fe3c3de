"""The broker of the benchmark, its input and what its output topics hold."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from engines import BIN, ROOT

KAFKA = ROOT / "tools" / "servers" / "kafka"


class Input:
    """Makes each input once, below `folder`; starts the broker when a topic is needed."""

    def __init__(self, folder, partitions):
        self.folder = Path(folder)
        self.partitions = partitions
        self.brokers = ""
        self.outputs = 0

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_):
        if self.brokers:
            self.kafka("stop")

    def kafka(self, command, *arguments):
        run = [str(KAFKA), command, str(self.folder / "broker"), *arguments]
        return subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout

    def start_broker(self):
        if not self.brokers:
            shutil.rmtree(self.folder / "broker", ignore_errors=True)
            self.brokers = self.kafka("start").strip()
        return self.brokers

    def files(self, shape, records, *options):
        """The folder with the files of a shape."""
        name = "-".join([shape, str(records), str(self.partitions), *options]).replace("--", "")
        made = self.folder / name
        if not (made / "done").exists():
            made.mkdir(parents=True, exist_ok=True)
            self.datagen(shape, records, "--dir", str(made), *options)
            (made / "done").touch()
        return made

    def topics(self, shape, records, streams):
        brokers = self.start_broker()
        known = {line.split()[0] for line in self.kafka("topics").splitlines()}
        if streams[0] not in known:
            names = ["%s:%d" % (stream, self.partitions) for stream in streams]
            self.kafka("create-topics", *names)
            self.datagen(shape, records, "--brokers", brokers, "--topics", ",".join(streams))
        return brokers

    def new_output(self):
        self.start_broker()
        self.outputs += 1
        name = "rows-%d" % self.outputs
        self.kafka("create-topics", "%s:%d" % (name, self.partitions))
        return name

    def datagen(self, shape, records, *options):
        command = [str(BIN / "datagen"), "--shape", shape, "--records", str(records)]
        command += ["--partitions", str(self.partitions), *options]
        subprocess.run(command, check=True)

    def digest(self, topic):
        """Number and hash of the rows of a topic, in any order; end markers left out."""
        command = ["kcat", "-q", "-C", "-e", "-b", self.brokers, "-t", topic, "-o", "beginning"]
        count, total = 0, 0
        with subprocess.Popen(command, stdout=subprocess.PIPE) as kcat:
            for line in kcat.stdout:
                row = canonical(line)
                if row is not None:
                    count += 1
                    total += int.from_bytes(hashlib.blake2b(row, digest_size=8).digest(), "big")
        return count, total % 2**64


def canonical(line):
    """The same bytes for the same row, however its numbers are written; None for an end marker."""
    row = json.loads(line)
    if str(row.get("uid", row.get("user"))).startswith("~"):
        return None
    values = {k: float(v) if isinstance(v, (int, float)) else v for k, v in row.items()}
    return json.dumps(values, sort_keys=True).encode()
