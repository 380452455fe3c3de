"""Runs one job once in Flink, in the loop written by hand, or in Weir. All return a Run."""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BIN = ROOT / "build" / "release" / "bin"
RUNS = itertools.count(1)
PLUGINS = ROOT / "build" / "release" / "plugins"


@dataclass
class Run:
    records: int  # that were read while the CPU was measured
    cpu: float  # seconds, user and system, of the whole process
    wall: float
    rows: int  # results since the start
    rss_mb: int  # greatest

    @property
    def rate(self):
        """Millions of records for a second of CPU."""
        return self.records / self.cpu / 1e6


def run_of(line):
    values = json.loads(line)
    return Run(
        values["records"], values["cpu_s"], values["wall_s"], values["rows"], values["rss_mb"]
    )


@dataclass
class Work:
    """What to run. `input` is "memory", "file" or "kafka"; `output` a topic or None."""

    job: str  # "tumble", "cogroup", "overlap-N"
    streams: list
    input: str
    folder: Path
    brokers: str = ""
    output: str = None
    records: int = 0
    partitions: int = 4
    workers: int = 1
    copies: int = 1  # Weir only: jobs that do the same
    delivery: str = "at-least-once"  # to the topic
    checkpoint: int = 0  # Flink only: ms between two, with state in RocksDB; 0: none, on the heap


class Flink:
    """MiniCluster in one JVM. The first two thirds of the records warm it up and do not count."""

    OPTIONS = ["-Xmx8g", "-XX:+UseParallelGC"] + [
        "--add-opens=java.base/%s=ALL-UNNAMED" % p for p in ("java.util", "java.lang", "java.nio")
    ]

    def __init__(self):
        build = ROOT / "tools" / "bench" / "flink" / "build"
        self.classes = subprocess.run(
            [str(build)], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def run(self, work):
        with tempfile.TemporaryDirectory(prefix="flink-bench-") as checkpoints:
            return run_of(output_of(on_its_cores(self.command(work, checkpoints), work)))

    def command(self, work, checkpoints):
        source = work.brokers if work.input == "kafka" else str(work.folder)
        command = ["java", *self.OPTIONS, "-cp", self.classes, "weir.bench.Main"]
        job, size, slide = flink_job(work.job)
        command += ["--job", job, "--input", "%s:%s" % (work.input, source)]
        command += ["--topics", ",".join(work.streams), "--warm", str(work.records * 2 // 3)]
        command += ["--size", str(size), "--slide", str(slide)]
        command += ["--parallelism", str(work.workers)]
        if work.output:
            command += ["--output", "kafka:" + work.output, "--brokers", work.brokers]
            command += ["--exactly-once", str(int(work.delivery == "exactly-once"))]
        if work.checkpoint:
            command += ["--backend", "rocksdb", "--checkpoint", str(work.checkpoint)]
            command += ["--checkpoint-dir", checkpoints]
        return command


def flink_job(job):
    """Name, size and slide in ms of a job of tools/bench/plugin."""
    if job == "cogroup":
        return "cogroup", 30_000, 15_000
    if job.startswith("overlap-"):
        return "tumble", 10_000, 10_000 // int(job[len("overlap-") :])
    return "tumble", 30_000, 30_000


class Limit:
    """The loop written by hand; `consume` is "batch" or "callback"."""

    def __init__(self, consume="batch"):
        self.consume = consume

    def run(self, work):
        command = [str(BIN / "bench-limit"), "--job", work.job]
        if work.input == "kafka":
            command += ["--brokers", work.brokers, "--streams", ",".join(work.streams)]
            command += ["--partitions", str(work.partitions), "--consume", self.consume]
            command += ["--property", "check.crcs=true"]  # As Weir does.
        else:
            command += ["--dir", str(work.folder), "--streams", ",".join(work.streams)]
            command += ["--from", "disk" if work.input == "file" else "memory"]
        if work.output:
            command += ["--output", work.output]
            if work.input != "kafka":
                command += ["--brokers", work.brokers]
        return run_of(output_of(on_its_cores(command, work)))


class Weir:
    """`weir run` on a jobs file made for the purpose, from its start to its end. Without epochs on
    the way it keeps nothing on disk before the end, as Flink does not without checkpoints."""

    def __init__(self, epoch="1h"):
        self.epoch = epoch

    def run(self, work):
        folder = Path(tempfile.mkdtemp(prefix="weir-bench-"))
        try:
            jobs_file = folder / "jobs.toml"
            jobs_file.write_text(jobs_text(work, self.epoch))
            return self.measure(work, folder, jobs_file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def measure(self, work, folder, jobs_file):
        log = folder / "log"
        begun = time.monotonic()
        with open(log, "w") as output:
            weir = subprocess.Popen(
                on_its_cores([str(BIN / "weir"), "run", str(jobs_file)], work),
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(weir.pid, 0)
            weir.returncode = os.waitstatus_to_exitcode(status)
        text = log.read_text()
        if weir.returncode != 0:
            raise SystemExit("weir run ended with %d\n%s" % (weir.returncode, text[-3000:]))
        cpu = usage.ru_utime + usage.ru_stime
        # Reading the files into memory, and letting go of them, is no part of the work.
        loaded = marks(text, r"loaded cpu_s=([\d.]+)")
        if loaded:
            cpu = min(marks(text, r"done cpu_s=([\d.]+)"), default=cpu) - max(loaded)
        rows = sum(marks(text, r"(\d+) rows out, 0 late, 0 errors"))
        records = sum(marks(text, r"(\d+) records in"))
        if records < work.records * work.copies:
            raise SystemExit("weir run read %d records\n%s" % (records, text[-3000:]))
        wall = time.monotonic() - begun
        return Run(int(records), cpu, wall, int(rows), usage.ru_maxrss // 1024)


def marks(text, pattern):
    return [float(number) for number in re.findall(pattern, text)]


def jobs_text(work, epoch):
    # Of its own for each run: under the name of an earlier one it would go on where that ended.
    name = "bench-%d-%d" % (os.getpid(), next(RUNS))
    text = '[host]\nworkers = %d\nhttp = "127.0.0.1:0"\n' % work.workers
    text += 'plugin_path = ["%s"]\n' % PLUGINS
    if work.brokers:
        text += '[kafka.main]\nbrokers = "%s"\n' % work.brokers
    for copy in range(work.copies):
        text += '[[job]]\nname = "%s-%d"\n' % (name, copy)
        text += 'plugin = "bench"\ntype = "%s"\nepoch = "%s"\n' % (work.job, epoch)
        ports = ["audio", "video"] if work.job == "cogroup" else ["telemetry"]
        for port, stream in zip(ports, work.streams):
            text += "  [job.source.%s]\n%s" % (port, source_text(work, stream))
        text += "  [job.sink.rows]\n"
        if work.output:
            text += '  connector = "kafka"\n  cluster = "main"\n  topic = "%s"\n' % work.output
            text += '  key = ["%s"]\n' % ("user" if work.job == "cogroup" else "uid")
            text += '  delivery = "%s"\n' % work.delivery
        else:
            text += '  connector = "blackhole"\n'
    return text


def source_text(work, stream):
    if work.input == "kafka":
        return (
            '  connector = "kafka"\n  cluster = "main"\n  topics = ["%s"]\n'
            '  start = "earliest"\n  stop_at_end = true\n' % stream
        )
    if work.input == "file":
        return '  connector = "file"\n  path = "%s/%s-*.jsonl"\n' % (work.folder, stream)
    return '  connector = "plugin:memory"\n  prefix = "%s/%s"\n' % (work.folder, stream)


def on_its_cores(command, work):
    """A core for each worker: threads that hand records to each other over two cores cost half as
    much CPU again, and how many do is chance."""
    return ["taskset", "--cpu-list", "0-%d" % (work.workers - 1), *command]


def output_of(command):
    """The last line it prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit("%s\n%s" % (" ".join(command), done.stderr[-3000:]))
    return done.stdout.strip().splitlines()[-1]
