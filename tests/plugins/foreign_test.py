#!/usr/bin/env python3
"""Plugins of other compilers, of plain C and of older headers run in the host like any other.

foreign_test.py WEIR PLUGIN_FOLDER
"""

import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, file_job  # noqa: E402  (of tests/run)
from rows import same, without_marks  # noqa: E402  (of tests/run)

WEIR, PLUGINS = sys.argv[1], Path(sys.argv[2])
LINES = 20_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Foreign(unittest.TestCase):
    def run_job(self, build, plugin, ports, rows):
        """The folder after the job of this build of the plugin read the rows."""
        folder = self.enterContext(JobsFolder(WEIR))
        # A plugin is found by its name, in a file that is called so.
        shutil.copy(PLUGINS / ("lib%s.so" % build), folder.path / ("lib%s.so" % plugin))
        sides = {"side": ["filtered", "errors", "late"]}
        text = '[host]\nworkers = 2\nplugin_path = ["."]\n'
        folder.write("jobs.toml", text + file_job(plugin, "words", {**ports, **sides}))
        folder.write_rows(ports["source"][0] + ".jsonl", rows)
        result = folder.run()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("words: finished: %d records in" % len(rows), result.stderr)
        return folder

    def test_of_the_sdk_for_cpp(self):
        lines, totals = [], {}
        for number in range(LINES):
            words = [LETTERS[number % 26] * (number % 3 + 1), "be"]
            lines.append({"at": number * 10, "text": " ".join(words)})
            for word in words:
                place = (word, number * 10 // 10_000 * 10_000)
                totals[place] = totals.get(place, 0) + 1
        expected = [{"word": word, "window_start": start, "count": count}
                    for (word, start), count in totals.items()]
        ports = {"source": ["lines"], "sink": ["totals"]}
        for build in ("minimal-v1.0", "minimal-gcc", "minimal-clang"):
            with self.subTest(build):
                folder = self.run_job(build, "minimal", ports, lines)
                same(build, expected, folder.rows("totals.jsonl"))

    def test_of_plain_c(self):
        words, counts, short, empty = [], {}, [], 0
        for number in range(LINES):
            text = LETTERS[number % 26] * (number % 5)
            words.append({"at": number, "text": text})
            empty += not text
            if text and len(text) < 2:
                short.append(words[-1])
            elif text:
                counts[text.upper()] = counts.get(text.upper(), 0) + 1
        ports = {"source": ["words"], "sink": ["results"]}
        for build in ("plain-c", "plain-c-v1.0"):
            with self.subTest(build):
                folder = self.run_job(build, "plain-c", ports, words)
                found = {}
                for row in folder.rows("results.jsonl"):
                    found[row["text"]] = found.get(row["text"], 0) + row["count"]
                self.assertEqual(found, counts)
                filtered = [without_marks(row) for row in folder.rows("filtered.jsonl")]
                same("short", short, filtered)
                reasons = [error["reason"] for error in folder.rows("errors.jsonl")]
                self.assertEqual(reasons, empty * ["a word without letters"])


if __name__ == "__main__":
    sys.exit(unittest.main(argv=sys.argv[:1]))
