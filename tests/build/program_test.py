#!/usr/bin/env python3
"""program_test.py PROGRAM: what a plugin could bind to in the host by accident: nothing."""

import re
import subprocess
import sys
import unittest

# Debian has no archive of these, or, like sasl2, they load parts of their own.
SHARED = re.compile(
    r"^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64|libsasl2|libsimdjson|libprometheus-cpp-core|"
    r"libasan|libubsan|libtsan)\.so"
)
# The C and C++ library's own variables, copied into the program as they must be; sanitizers'.
COPIED = re.compile(
    r"@(GLIBC|GLIBCXX|CXXABI)_|^_?_(asan|ubsan|tsan|sanitizer|odr_asan|interceptor)"
)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Program(unittest.TestCase):
    path = ""

    def test_it_exports_nothing(self):
        lines = output_of("nm", "-D", "--defined-only", self.path).splitlines()
        exported = [line.split()[-1] for line in lines if not COPIED.search(line.split()[-1])]
        self.assertEqual(exported, [])

    def test_it_needs_only_the_known_shared_libraries(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "-d", self.path))
        self.assertTrue(needed)
        self.assertEqual([name for name in needed if not SHARED.match(name)], [])


if __name__ == "__main__":
    Program.path = sys.argv.pop(1)
    unittest.main()
