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
import tempfile
from pathlib import Path

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


def run_case(weir, plugins, path):
    plugin, job = path.parents[1].name, path.name.split(".")[0]
    case = read_case(path)
    ports = ports_of(weir, plugins / ("lib%s.so" % plugin), job)
    with tempfile.TemporaryDirectory(prefix="weir-case-") as name:
        folder = Path(name)
        lines = [
            "[host]",
            "workers = 2",
            "plugin_path = [%s]" % toml(str(plugins.resolve())),
            "[[job]]",
            'name = "case"',
            "plugin = %s" % toml(plugin),
            "type = %s" % toml(job),
        ]
        lines += ["  [job.params]"] + [
            "  %s = %s" % (key, toml(value)) for key, value in case["params"].items()
        ]
        for pool, ids in case["pools"].items():
            (folder / ("pool." + pool)).write_text("".join(entry + "\n" for entry in ids))
            lines += ["  [job.pool.%s]" % pool, '  path = "pool.%s"' % pool]
        for source in ports["source"]:
            rows = case["in"].pop(source, [])
            (folder / (source + ".in")).write_text("".join(toml(row) + "\n" for row in rows))
            lines += [
                "  [job.source.%s]" % source,
                '  connector = "file"',
                '  path = "%s.in"' % source,
                "  watermark_every = 1",
            ]
        for kind, names in (("sink", ports["sink"]), ("side", SIDES)):
            for port in names:
                lines += [
                    "  [job.%s.%s]" % (kind, port),
                    '  connector = "file"',
                    '  path = "%s.%s.out"' % (kind, port),
                ]
        (folder / "jobs.toml").write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            [weir, "run", "jobs.toml"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
        problems = ["rows for unknown source %s" % source for source in case["in"]]
        for kind, names, expected in (
            ("sink", ports["sink"], case["out"]),
            ("side", SIDES, case["aside"]),
        ):
            for port in names:
                found = written(folder, "%s.%s.out" % (kind, port))
                problems += compare("%s %s" % (kind, port), expected.pop(port, []), found)
            problems += ["rows expected of unknown %s %s" % (kind, port) for port in expected]
        return problems


def written(folder, name):
    rows = []
    for path in sorted(folder.glob(name + "*")):
        rows += [json.loads(line) for line in path.read_text().splitlines()]
    return [
        {key: value for key, value in row.items() if not key.startswith("weir.")} for row in rows
    ]


def compare(what, expected, found):
    problems = []
    for row in expected:
        if row in found:
            found.remove(row)
        else:
            problems.append("%s: missing %s" % (what, toml(row)))
    return problems + ["%s: not expected %s" % (what, toml(row)) for row in found]


def main():
    weir, plugins = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    part = sys.argv[4] if len(sys.argv) > 4 else ""
    cases = sorted(Path(sys.argv[3]).resolve().glob("*/cases/*.jsonl"))
    cases = [path for path in cases if part in path.name]
    assert cases, "no cases found"
    failed = 0
    for path in cases:
        problems = run_case(weir, plugins, path)
        failed += bool(problems)
        print("%s %s/%s" % ("FAILED" if problems else "ok", path.parents[1].name, path.name))
        for problem in problems:
            print("   ", problem)
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
