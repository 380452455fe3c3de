#!/usr/bin/env python3
"""Weir and Flink make the same of random rows: tumbling, sliding and coGroup windows, late rows.

differential_test.py WEIR PLUGIN_FOLDER [--seed S] [--seeds N] [--rows N]

Both read the rows one by one in one order, with a watermark after each. A coGroup reads its two
sides through two channels, in Flink as in Weir, and knows what both of them have promised. So it
may still take a row that is late in the order of the file: with late rows its answer is checked to
lie between the one without and the one with all of them, and a row that it did not set aside to be
in its last window. Without late rows it must be exactly Flink's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

import random_rows  # noqa: E402
from jobs_folder import JobsFolder, file_job, rows_of  # noqa: E402  (of tests/run)
from rows import same, without_marks  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
# name, size, slide of the jobs of the plugin
WINDOWS = {"even": (10_000, 5_000), "odd": (9_000, 2_000)}
TUMBLING = 7_000
JOBS = ["sliding", "rows", "cogroup"]


class Flink:
    """Compiled once; runs a JVM for each input and pair of windows."""

    def __init__(self, folder):
        jars = subprocess.run(
            [str(ROOT / "tools" / "servers" / "jars"), "flink"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()
        source = ROOT / "tests" / "differential" / "flink" / "WindowOracle.java"
        subprocess.run(
            ["javac", "--release", "17", "-cp", jars + "/*", "-d", str(folder), str(source)],
            check=True,
        )
        self.classes = "%s:%s/*" % (folder, jars)

    def run(self, rows, output, windows):
        size, slide = windows
        output.mkdir()
        command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        command += ["--add-opens=java.base/%s=ALL-UNNAMED" % p for p in ("java.util", "java.lang")]
        command += ["-cp", self.classes, "WindowOracle", str(rows), str(output)]
        numbers = [random_rows.BOUND, TUMBLING, size, slide, 0]
        subprocess.run(command + [str(number) for number in numbers], check=True)


def run_weir(weir, workers, rows, names):
    """Results and late rows of each job are in NAME.jsonl and NAME-late.jsonl then."""
    text = '[host]\nworkers = %d\nhttp = "127.0.0.1:0"\n' % workers
    for name in names:
        ports = {"source": ["rows"], "sink": {"results": name}, "side": {"late": name + "-late"}}
        text += file_job("differential", name, ports, source="watermark_every = 1")
    weir.write_rows("rows.jsonl", rows)
    weir.write("jobs.toml", text)
    result = weir.run("--log-level", "warning")
    assert result.returncode == 0, result.stderr


def read(path):
    """Rows of the file as they can be compared."""
    rows = [without_marks(row) for row in rows_of(path)]
    for row in rows:
        for side in ("left", "right"):
            if isinstance(row.get(side), str):
                row[side] = [int(value) for value in row[side].split(",") if value]
    return rows


def as_counted(rows):
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


def check_windows(kind, rows, flink, weir):
    size, slide = WINDOWS[kind]
    late = random_rows.late_rows(rows, size, slide)
    same("Flink's own late rows", late, read(flink / "sliding-late.jsonl"))
    counts = []
    for name, reference in (("sliding", "sliding"), ("rows", "cogroup")):
        expected, found = flink / (reference + ".jsonl"), weir / ("%s-%s.jsonl" % (name, kind))
        counts.append(same("%s, %s" % (name, kind), read(expected), read(found)))
        found_late = read(weir / ("%s-%s-late.jsonl" % (name, kind)))
        same("late of %s, %s" % (name, kind), late, found_late)
    found = read(weir / ("cogroup-%s.jsonl" % kind))
    found_late = read(weir / ("cogroup-%s-late.jsonl" % kind))
    too_late = as_counted(found_late) - as_counted(late)
    assert not too_late, "late, but not in the order of the file: %s" % list(too_late)[:3]
    taken = [json.loads(row) for row in (as_counted(late) - as_counted(found_late)).elements()]
    check_between(rows, taken, read(flink / "cogroup.jsonl"), found, WINDOWS[kind])
    if not late:
        without_window = [{name: row[name] for name in ("k", "left", "right")} for row in found]
        same("coGroup, %s" % kind, read(flink / "cogroup-operator.jsonl"), without_window)
    return counts, len(late), len(found_late)


def check_between(rows, taken, strict, found, windows):
    """Every row of the strict answer is there, and of the late rows those that were taken, in their
    last window; what there is besides lies in the window."""
    strict = {(row["k"], row["start"]): (row["left"], row["right"]) for row in strict}
    for row in taken:
        window = (row["k"], random_rows.last_start(row, windows[1]))
        strict.setdefault(window, ([], []))[row["side"]].append(row["v"])
    most = random_rows.all_windows(rows, *windows)
    for row in found:
        window = (row["k"], row["start"])
        least = strict.pop(window, ([], []))
        for side, values in enumerate((row["left"], row["right"])):
            values = Counter(values)
            assert not Counter(least[side]) - values, "missing in %s: %s" % (window, row)
            assert not values - Counter(most[window][side]), "too much in %s: %s" % (window, row)
    assert not strict, "windows that did not fire: %s" % list(strict.items())[:3]


def check_seed(arguments, flink, weir, seed):
    """Returns how many rows were late for each kind of windows."""
    rows = random_rows.make(seed, arguments.rows)
    names = ["tumbling"] + ["%s-%s" % (n, k) for n in JOBS for k in WINDOWS]
    late_counts = []
    run_weir(weir, arguments.workers, rows, names)
    for kind, windows in WINDOWS.items():
        output = weir.path / kind
        flink.run(weir.path / "rows.jsonl", output, windows)
        outcome = check_windows(kind, rows, output, weir.path)
        print("seed %d, %s: %s rows, %d late, %d of them to the coGroup" % (seed, kind, *outcome))
        late_counts.append(outcome[1])
    count = same("tumbling", read(output / "tumbling.jsonl"), read(weir.path / "tumbling.jsonl"))
    late = random_rows.late_rows(rows, TUMBLING, TUMBLING)
    same("late of tumbling", late, read(weir.path / "tumbling-late.jsonl"))
    same("Flink's late of tumbling", late, read(output / "tumbling-late.jsonl"))
    print("seed %d: tumbling %d rows, %d late" % (seed, count, len(late)), flush=True)
    return late_counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", type=Path)
    parser.add_argument("plugins", type=Path)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=int, default=5_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-differential-") as folder:
        classes = Path(folder) / "classes"
        classes.mkdir()
        flink = Flink(classes)
        late_counts = []
        for seed in range(arguments.seed, arguments.seed + arguments.seeds):
            print("repeat with --seed %d --seeds 1" % seed, flush=True)
            with JobsFolder(arguments.weir, arguments.plugins) as weir:
                late_counts += check_seed(arguments, flink, weir, seed)
    exact = late_counts.count(0)
    print("coGroup: %d compared exactly, %d with late rows" % (exact, len(late_counts) - exact))
    assert arguments.seeds < 3 or 0 < exact < len(late_counts), "not both kinds of input"


if __name__ == "__main__":
    sys.exit(main())
