#!/usr/bin/env python3
"""Runs the cases of later versions: what each changes of the one before.

cases_test.py WEIR VERSIONS_FOLDER SOURCE_FOLDER [CASE]

SOURCE_FOLDER/PLUGIN/cases/VERSION holds cases as those of tests/plugins/cases_test.py; the plugin
is in VERSIONS_FOLDER/PLUGIN-VERSION. CASE is a part of the names of the cases to run.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from cases_test import run_case  # noqa: E402  (of tests/plugins)


def main():
    weir, versions = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    part = sys.argv[4] if len(sys.argv) > 4 else ""
    cases = sorted(Path(sys.argv[3]).resolve().glob("*/cases/*/*.jsonl"))
    cases = [path for path in cases if part in str(path)]
    assert cases, "no cases found"
    failed = 0
    for path in cases:
        plugin, version = path.parents[2].name, path.parents[0].name
        problems = run_case(weir, versions / ("%s-%s" % (plugin, version)), plugin, path)
        failed += bool(problems)
        print("%s %s %s %s" % ("FAILED" if problems else "ok", plugin, version, path.name))
        for problem in problems:
            print("   ", problem)
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
