#!/usr/bin/env python3
"""live_state_test.py WEIR LIVE_HOST: the state of a job that runs, kept and looked into."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

LINES = """sums  1970-01-01T00:00:00.000Z  {"user":"anna"}  {"amount":6}
sums  1970-01-01T00:00:00.000Z  {"user":"bert"}  {"amount":9}
"""


class LiveState(unittest.TestCase):
    weir = live_host = pathlib.Path()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state = self.folder / "kept"
        self.start()

    def start(self):
        self.host = subprocess.Popen(
            [self.live_host, self.state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.host.wait)
        self.addCleanup(self.host.kill)
        self.addCleanup(self.host.stdin.close)
        self.addCleanup(self.host.stdout.close)
        self.address = self.host.stdout.readline().strip()
        self.assertRegex(self.address, r"^127\.0\.0\.1:\d+$")
        text = '[host]\nstate = "kept"\nhttp = "%s"\n' % self.address
        (self.folder / "jobs.toml").write_text(text)

    def stop(self):
        self.host.stdin.close()
        self.assertEqual(self.host.wait(60), 0)

    def run_weir(self, *arguments, code=0):
        """In the folder of the jobs file, which says where state and host are."""
        done = subprocess.run([self.weir, *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def copies(self):
        return list((self.state / "copies" / "clicks").glob("*"))

    def lines(self, *arguments):
        return sorted(self.run_weir("state", "dump", *arguments).splitlines(keepends=True))

    def test_the_state_of_a_running_job_is_read_and_no_copy_stays(self):
        self.assertEqual("".join(self.lines("clicks", "sums")), LINES)
        self.assertEqual(self.run_weir("state", "get", "clicks", "sums", "bert"),
                         LINES.splitlines(keepends=True)[1])
        self.assertIn("job clicks, epoch ", self.run_weir("state", "dump", "clicks"))
        self.assertEqual(self.copies(), [])
        elsewhere = ("--state", "nowhere", "--http", self.address)
        self.assertEqual("".join(self.lines("clicks", "sums", *elsewhere)), LINES)

    def test_a_savepoint_of_a_running_job_is_one_like_any_other(self):
        self.assertRegex(self.run_weir("savepoint", "create", "clicks", "live"),
                         r"^live  epoch \d+  20.* files, \d+ bytes\n$")
        self.assertIn("live  epoch", self.run_weir("savepoint", "list", "clicks"))
        self.assertIn("position  in  memory/0  6\n",
                      self.run_weir("savepoint", "inspect", "clicks", "live"))
        self.assertEqual("".join(self.lines("clicks@live", "sums")), LINES)

        said = self.run_weir("savepoint", "restore", "clicks", "live", code=3)
        self.assertIn("is open in process %d" % self.host.pid, said)
        self.stop()
        self.run_weir("savepoint", "create", "clicks", "still")
        self.run_weir("savepoint", "restore", "clicks", "live")
        self.assertEqual("".join(self.lines("clicks", "sums")), LINES)
        self.start()
        self.assertEqual("".join(self.lines("clicks", "sums")), LINES)

    def test_what_the_host_refuses_is_told(self):
        self.run_weir("savepoint", "create", "clicks", "live")
        said = self.run_weir("savepoint", "create", "clicks", "live", code=1)
        self.assertEqual(said, "weir: savepoint create: there is a savepoint live already\n")
        said = self.run_weir("savepoint", "create", "views", "live", "--http", self.address, code=1)
        self.assertEqual(said, "weir: savepoint create: no job views\n")
        said = self.run_weir("savepoint", "create", "clicks", "../up", code=1)
        self.assertIn("../up", said)

    def test_a_host_that_cannot_be_asked_is_named(self):
        (self.folder / "jobs.toml").write_text('[host]\nstate = "kept"\nhttp = "127.0.0.1:1"\n')
        for command in (("state", "dump", "clicks"), ("savepoint", "create", "clicks", "live")):
            said = self.run_weir(*command, code=3)
            self.assertIn("process %d has the state of clicks open" % self.host.pid, said)
            self.assertIn("127.0.0.1:1: Connection refused (--http ADDRESS", said)


if __name__ == "__main__":
    LiveState.weir, LiveState.live_host = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
