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


def check_versions(cmake, prefix):
    """Which versions of the package are taken for 1.0."""
    script = prefix / "find.cmake"
    for version, is_taken in (("1.0", True), ("1.1", True), ("1", True), ("1.99", False),
                              ("2.0", False), ("0.9", False)):
        script.write_text(
            f"set(PACKAGE_FIND_VERSION {version})\n"
            f"set(PACKAGE_FIND_VERSION_MAJOR {version.split('.')[0]})\n"
            f"include({prefix}/share/WeirSDK/cmake/WeirSDKConfigVersion.cmake)\n"
            'message(NOTICE "${PACKAGE_VERSION} ${PACKAGE_VERSION_COMPATIBLE}")\n')
        answer = run(cmake, "-P", script).strip()
        assert answer == f"1.1 {str(is_taken).upper()}", (version, answer)


def main(cmake, build):
    with tempfile.TemporaryDirectory(prefix="weir-install-") as folder:
        first = pathlib.Path(folder) / "first"
        run(cmake, "--install", build, "--component", "sdk", "--prefix", first)
        prefix = first.rename(pathlib.Path(folder) / "moved")
        source = pathlib.Path(folder) / "mine"
        shutil.copytree(prefix / "share" / "WeirSDK" / "template", source)
        for file in source.iterdir():
            text = file.read_text().replace("@name@", "mine").replace(' HINTS "@sdk@"', "")
            text = text.replace("find_package(WeirSDK ", "find_package(WeirSDK 1.0 ")
            file.write_text(text)

        check_versions(cmake, prefix)
        run(cmake, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
        run(cmake, "--build", source / "build")
        run(cmake, "--build", source / "build", "--target", "test")
        sections = run("readelf", "-S", "-W", source / "build" / "plugins" / "libmine.so")
        assert ".weir.manifest" in sections, sections
        exported = run("nm", "-D", "--defined-only", source / "build" / "plugins" / "libmine.so")
        assert [line.split()[-1] for line in exported.splitlines()] == ["weir_plugin_open_v1"]


if __name__ == "__main__":
    main(*sys.argv[1:])
