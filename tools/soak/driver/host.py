"""`weir run` as a process that is ended and stopped from outside, and what it tells of itself."""

import http.client
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from books import JOBS
from recomputed import SIDES

EPOCH_MS = 200
TRANSACTION_TIMEOUT_S = 8


def jobs_text(brokers, plugins, state, port, delivery):
    lines = [
        "[host]\nworkers = 2",
        'state = "%s"\nplugin_path = ["%s"]' % (state, Path(plugins).resolve()),
        'http = "127.0.0.1:%d"' % port,
        '[kafka.main]\nbrokers = "%s"\n[kafka.main.properties]' % brokers,
        '"transaction.timeout.ms" = %d' % (TRANSACTION_TIMEOUT_S * 1000),
        '"socket.timeout.ms" = 3000\n"reconnect.backoff.max.ms" = 500',
    ]
    for job, sources in JOBS.items():
        lines += ['[[job]]\nname = "%s"\nplugin = "classroom"\ntype = "%s"' % (job, job)]
        lines += ['epoch = "%dms"' % EPOCH_MS]
        for source in sources:
            lines += ['[job.source.%s]\nconnector = "kafka"' % source]
            lines += ['topics = ["in.%s"]\nstart = "earliest"' % source]
            lines += ['find_every = "1s"\nidle_after = "0s"']
        for kind, name in [("sink", "labels"), *[("side", side) for side in SIDES]]:
            lines += ['[job.%s.%s]\nconnector = "kafka"\ntopic = "%s.%s"' % (kind, name, job, name)]
            lines += ['delivery = "%s"' % delivery]
    return "\n".join(lines) + "\n"


class Host:
    """Its log is kept over all starts."""

    def __init__(self, weir, jobs, port):
        # Does not outlive who started it.
        self.command = ["setpriv", "--pdeathsig", "KILL", str(Path(weir).resolve())]
        self.command += ["run", str(jobs)]
        self.port = port
        self.folder = Path(jobs).parent
        self.log = self.folder / "host.log"
        self.process = None
        self.starts = 0

    def start(self):
        """Returns when that was."""
        self.starts += 1
        with self.log.open("a") as log:
            log.write("--- start %d at %.3f\n" % (self.starts, time.time()))
            log.flush()
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C"},
            )
        return time.monotonic()

    def is_running(self):
        return self.process.poll() is None

    def ends_within(self, patience_s):
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        """Fails when it was not SIGKILL that ended it."""
        self.process.kill()
        code = self.process.wait()
        assert code == -signal.SIGKILL, "the host had ended by itself with %d" % code

    def end(self, patience_s=60):
        """The exit code after SIGTERM; None when it had to be killed."""
        self.process.terminate()
        try:
            return self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def log_size(self):
        return self.log.stat().st_size

    def log_since(self, size):
        with self.log.open(errors="replace") as log:
            log.seek(size)
            return log.read()

    def status(self, job=None):
        """What the control API says, None when it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/v1/jobs" + ("/" + job if job else ""))
            response = connection.getresponse()
            return json.loads(response.read()) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def failures(self):
        """What is wrong with jobs that do not go on by themselves."""
        status = self.status() or {"jobs": []}
        return [job["name"] + ": " + job["cause"] for job in status["jobs"] if is_over(job)]


def is_over(job):
    return job["state"] in ("failed", "finished", "stopped")


def process_state(pid):
    """One letter, as in proc(5): T after SIGSTOP, Z when nobody has waited for it; empty when it
    is gone."""
    try:
        stat = Path("/proc/%d/stat" % pid).read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
