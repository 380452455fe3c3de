"""Job enter of the classroom on a running weir that a test watches."""

import json
import os
import re
import subprocess
import threading
import time
import urllib.request

from crash_test import jobs_file

PATIENCE_S = 120


class Host:
    """A running weir with a state directory of its own. Ends by SIGKILL with its `with`."""

    def __init__(self, arguments, broker, folder, is_last=False, more=""):
        folder.mkdir(exist_ok=True)
        jobs = folder / "jobs.toml"
        entry = jobs_file(broker, arguments.plugins, folder, "enter", "exactly-once", is_last)
        assert "http =" not in entry
        entry = entry.replace("[host]\n", '[host]\nhttp = "127.0.0.1:0"\n', 1)
        jobs.write_text(entry + more)
        self.lines = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [arguments.weir, "run", str(jobs)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
            cwd=folder,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def text(self):
        return "".join(line for line in self.lines if line)

    def wait_for(self, pattern, times=1):
        """Until that many of its lines have held it; the first match."""

        def found():
            return re.findall(pattern, self.text())

        with self.changed:
            is_there = self.changed.wait_for(
                lambda: len(found()) >= times or self.lines[-1:] == [None], PATIENCE_S
            )
        assert is_there and len(found()) >= times, "not said: %s\n%s" % (pattern, self.text())
        return found()[0]

    def job(self, name):
        """Its status."""
        place = self.wait_for(r"control API at (\S+)")
        with urllib.request.urlopen(place + "/v1/jobs/" + name, timeout=30) as answer:
            return json.load(answer)

    def wait_until(self, name, condition):
        deadline = time.monotonic() + PATIENCE_S
        status = self.job(name)
        while not condition(status):
            assert time.monotonic() < deadline, (status, self.text())
            threading.Event().wait(0.05)
            status = self.job(name)
        return status


def epochs(status):
    return status["epoch"]["completed"]


def lives(host):
    """Until the host has made another epoch of the job final, and one behind it."""
    begin = epochs(host.wait_until("enter", lambda status: status["state"] == "running"))
    host.wait_until("enter", lambda status: epochs(status) >= begin + 2)
