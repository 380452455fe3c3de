"""Jobs of the benchmark that go on for ever: started, asked over HTTP, killed, their latency."""

import http.client
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from engines import BIN, jobs_text

EPOCH = "1s"
POLL_S = 0.005
PATIENCE_S = 600
OUT_OF_ORDER_MS = 5_000  # The jobs' watermark waits for so long.


def wait_for(condition, what):
    """What the condition says once it is true of it."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise SystemExit("it took too long: " + what)
        threading.Event().wait(POLL_S)  # What is measured wants to run, too.
    return found


class Following:
    """Weir on a jobs file whose sources do not end. Use in a `with`."""

    def __init__(self, work):
        self.folder = Path(tempfile.mkdtemp(prefix="weir-bench-"))
        text = jobs_text(work, EPOCH).replace("  stop_at_end = true\n", "  idle_after = \"0s\"\n")
        text = text.replace("[host]\n", '[host]\nstate = "state"\n')
        (self.folder / "jobs.toml").write_text(text)
        self.name = re.search(r'\nname = "([^"]+)"', text).group(1)
        self.process = self.port = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.port = None
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [str(BIN / "weir"), "run"], cwd=self.folder, stdout=log, stderr=log
            )

    def end(self, how):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(PATIENCE_S)

    def status(self):
        """Of the job; None as long as nobody answers."""
        if self.port is None:
            found = re.search(r"control API at http://127.0.0.1:(\d+)", self.log())
            self.port = found and int(found.group(1))
        if self.process.poll() is not None:
            raise SystemExit("weir ended:\n" + self.log()[-3000:])
        if self.port is None:
            return None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/v1/jobs/" + self.name)
            response = connection.getresponse()
            return json.loads(response.read()) if response.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def log(self):
        return (self.folder / "log").read_text()

    def is_running(self):
        status = self.status()
        return status if status and status["state"] == "running" else None

    def has_read(self, lag_max):
        status = self.is_running()
        splits = status["splits"] if status else []
        lags = [split["lag"] for split in splits]
        is_known = lags and None not in lags and sum(split["position"] for split in splits) > 0
        return status if is_known and sum(lags) <= lag_max else None

    def keys(self):
        return sum(each["key_count"] for each in self.status()["operators"])

    def settle(self):
        """Until everything that was read is in the image."""
        wait_for(lambda: self.has_read(0), "reading the topic")
        epoch = self.status()["epoch"]["completed"]
        wait_for(lambda: self.status()["epoch"]["completed"] > epoch + 1, "an epoch")

    def image_bytes(self):
        files = (self.folder / "state" / "images" / self.name).rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())


class Pace:
    """Writes records at a steady rate meanwhile. Use in a `with`."""

    def __init__(self, brokers, topic, rate, partitions, *options):
        self.command = [str(BIN / "datagen"), "--shape", "telemetry", "--brokers", brokers]
        self.command += ["--topics", topic, "--partitions", str(partitions)]
        self.command += ["--pace", str(rate), "--markers", "0", *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def recover(job, lag_max):
    """Kills it; seconds from the kill to running, and to caught up."""
    job.end(signal.SIGKILL)
    killed = time.monotonic()
    job.start()
    wait_for(job.is_running, "running again")
    running = time.monotonic() - killed
    wait_for(lambda: job.has_read(lag_max), "catching up")
    return running, time.monotonic() - killed


def latencies(brokers, topic, size_ms, seconds):
    """Milliseconds from when a row was due (its window's end has passed, and what the watermark
    waits for) until a reader of committed rows has it; of rows that come within so many seconds,
    without the first third."""
    command = ["kcat", "-q", "-u", "-C", "-b", brokers, "-t", topic, "-o", "beginning"]
    command += ["-X", "isolation.level=read_committed", "-X", "fetch.wait.max.ms=5"]
    found = []
    end = time.time() + seconds
    with subprocess.Popen(command, stdout=subprocess.PIPE) as kcat:
        rest = b""
        while (left := end - time.time()) > 0:
            if not select.select([kcat.stdout], [], [], left)[0]:
                break
            chunk = os.read(kcat.stdout.fileno(), 1 << 20)
            now = time.time()
            *lines, rest = (rest + chunk).split(b"\n")
            if left < seconds * 2 / 3:
                for line in lines:
                    due = json.loads(line)["window_start"] + size_ms + OUT_OF_ORDER_MS
                    found.append(now * 1000 - due)
        kcat.kill()
    return sorted(found)
