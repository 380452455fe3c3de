#!/usr/bin/env python3
"""Runs the cases of a plugin: rows in, rows expected.

cases_test.py WEIR PLUGIN_FOLDER SOURCE_FOLDER [CASE]

SOURCE_FOLDER holds a folder for each plugin; CASE is a part of the names of the cases to run.

A case is a file JOB.NAME.jsonl in the plugin's folder `cases`. Its lines, in any order:
  {"about": "what it shows"}
  {"params": {…}}, {"pool": NAME, "ids": […]}    as in jobs.toml
  {"in": SOURCE, "row": {…}}                     rows of each source, in order of arrival
  {"out": SINK, "row": {…}}, {"aside": SIDE, "row": {…}}   all that must come out, in any order
Each row is judged by the watermark of the rows before it; at the end of the input all windows fire.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

from jobs_folder import JobsFolder, file_job  # noqa: E402  (of tests/run)
from rows import differences, without_marks  # noqa: E402

SIDES = ("filtered", "unnatural", "late", "errors")


def toml(value):
    return json.dumps(value, ensure_ascii=False)


def read_case(path):
    case = {"params": {}, "pools": {}, "in": {}, "out": {}, "aside": {}}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        if "params" in entry:
            case["params"] = entry["params"]
        elif "pool" in entry:
            case["pools"][entry["pool"]] = entry["ids"]
        for direction in ("in", "out", "aside"):
            if direction in entry:
                case[direction].setdefault(entry[direction], []).append(entry["row"])
    return case


def ports_of(weir, plugin, job):
    schema = json.loads(
        subprocess.run(
            [weir, "inspect", str(plugin), "--json"], check=True, stdout=subprocess.PIPE
        ).stdout
    )
    operators = next(entry for entry in schema["jobs"] if entry["name"] == job)["operators"]
    return {
        kind: [entry["uid"] for entry in operators if entry["kind"] == kind]
        for kind in ("source", "sink")
    }


def run_case(weir, plugins, plugin, path):
    job = path.name.split(".")[0]
    case = read_case(path)
    ports = ports_of(weir, plugins / ("lib%s.so" % plugin), job)
    with JobsFolder(weir, plugins) as folder:
        text = "[host]\nworkers = 2\n" + file_job(
            plugin,
            job,
            {
                "source": {source: "in." + source for source in ports["source"]},
                "sink": {sink: "sink." + sink for sink in ports["sink"]},
                "side": {side: "side." + side for side in SIDES},
            },
            source="watermark_every = 1",
        )
        text += "[job.params]\n"
        text += "".join("%s = %s\n" % (key, toml(value)) for key, value in case["params"].items())
        for pool, ids in case["pools"].items():
            folder.write("pool." + pool, "".join(entry + "\n" for entry in ids))
            text += '[job.pool.%s]\npath = "pool.%s"\n' % (pool, pool)
        for source in ports["source"]:
            folder.write_rows("in.%s.jsonl" % source, case["in"].pop(source, []))
        folder.write("jobs.toml", text)
        done = folder.run(timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        problems = ["rows for unknown source %s" % source for source in case["in"]]
        for kind, names, expected in (
            ("sink", ports["sink"], case["out"]),
            ("side", SIDES, case["aside"]),
        ):
            for port in names:
                found = [without_marks(row) for row in folder.rows("%s.%s.jsonl" % (kind, port))]
                problems += differences("%s %s" % (kind, port), expected.pop(port, []), found)
            problems += ["rows expected of unknown %s %s" % (kind, port) for port in expected]
        return problems


def main():
    weir, plugins = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    part = sys.argv[4] if len(sys.argv) > 4 else ""
    cases = sorted(Path(sys.argv[3]).resolve().glob("*/cases/*.jsonl"))
    cases = [path for path in cases if part in path.name]
    assert cases, "no cases found"
    failed = 0
    for path in cases:
        problems = run_case(weir, plugins, path.parents[1].name, path)
        failed += bool(problems)
        print("%s %s/%s" % ("FAILED" if problems else "ok", path.parents[1].name, path.name))
        for problem in problems:
            print("   ", problem)
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
