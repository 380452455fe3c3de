#!/usr/bin/env python3
"""demo_test.py ROOT: tools/demo, left with Ctrl-C."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import wait_for_address_of  # noqa: E402  (of tests/run)


class Demo(unittest.TestCase):
    root = pathlib.Path()

    def end(self, demo):
        """Whatever of it still runs."""
        try:
            os.killpg(demo.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        demo.wait()

    def test_control_c_drains_and_ends_well(self):
        wait_for_address_of(self.root / "jobs.toml")
        # A session of its own: the signal reaches all of it and nobody else, as in a terminal.
        demo = subprocess.Popen(
            [str(self.root / "tools" / "demo")], start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(demo.stdout.close)
        self.addCleanup(self.end, demo)
        shown = []
        for line in demo.stdout:
            shown.append(line)
            if line.startswith("labels {"):
                os.killpg(demo.pid, signal.SIGINT)
                break
        shown += demo.stdout.readlines()

        self.assertEqual(demo.wait(60), 0, "".join(shown[-20:]))
        for text in ("draining", "enter: stopped", "courseware: stopped", "consumption: stopped"):
            self.assertTrue(any(text in line for line in shown), text)

    def test_swap_moves_one_job_and_then_all(self):
        done = subprocess.run(
            [str(self.root / "tools" / "demo"), "--swap"], text=True, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        for text in ("enter-1: labels by version: ", " of 1.0, ", "refused: the state of attempts",
                     "jobs by version: {'1.1.0': 10}"):
            self.assertIn(text, done.stdout)

    def test_a_second_setup_has_nothing_to_do_and_takes_a_moment(self):
        setup = [str(self.root / "tools" / "setup")]
        subprocess.run(setup, check=True, capture_output=True)
        begun = time.monotonic()
        again = subprocess.run(setup, check=True, capture_output=True, text=True)
        self.assertLess(time.monotonic() - begun, 3)
        self.assertIn("setup: Debian packages: all installed\n", again.stdout)
        self.assertNotIn("installing", again.stdout)
        self.assertNotIn("building", again.stdout)

    def test_wrong_arguments_are_refused_before_anything_is_done(self):
        result = subprocess.run(
            [str(self.root / "tools" / "demo"), "--second", "3"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("tools/demo --seconds N", result.stderr)
        self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    Demo.root = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
