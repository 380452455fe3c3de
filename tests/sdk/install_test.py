#!/usr/bin/env python3
"""The installed SDK builds the plugin of its template, wherever it was put.

  install_test.py CMAKE BUILD_FOLDER
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile


def run(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            timeout=600, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}")
    return result.stdout


def main(cmake, build):
    with tempfile.TemporaryDirectory(prefix="weir-install-") as folder:
        first = pathlib.Path(folder) / "first"
        run(cmake, "--install", build, "--component", "sdk", "--prefix", first)
        prefix = first.rename(pathlib.Path(folder) / "moved")
        source = pathlib.Path(folder) / "mine"
        shutil.copytree(prefix / "share" / "WeirSDK" / "template", source)
        for file in source.iterdir():
            text = file.read_text().replace("@name@", "mine").replace(' HINTS "@sdk@"', "")
            file.write_text(text)

        run(cmake, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
        run(cmake, "--build", source / "build")
        run(cmake, "--build", source / "build", "--target", "test")
        sections = run("readelf", "-S", "-W", source / "build" / "plugins" / "libmine.so")
        assert ".weir.manifest" in sections, sections
        exported = run("nm", "-D", "--defined-only", source / "build" / "plugins" / "libmine.so")
        assert [line.split()[-1] for line in exported.splitlines()] == ["weir_plugin_open_v1"]


if __name__ == "__main__":
    main(*sys.argv[1:])
