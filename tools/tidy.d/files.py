"""Which files there are, and how they are called."""

import os
import re

from tree import Finding

VAGUE_STEM = re.compile(r"(^|_)(manager|utils?|helpers?|common|impl|info|base)(_|$)")
SNAKE = re.compile(r"^[a-z][a-z0-9_]*$")
# Headers for C, which knows no pragma.
GUARDED = ("abi.h",)


def orphans(tree):
    """Every source file is named by CMake, every header by an include, every script by another."""
    included = "\n".join(
        line for path in tree.cpp() for _, line in tree.lines(path) if "include" in line
    )
    for path in tree.cpp():
        name = os.path.basename(path)
        if path.endswith(".h"):
            is_included = f"/{name}" in included or f'"{name}' in included
            if not is_included and not mentioned(tree, path):
                yield Finding(path, 1, "no file includes this header")
        elif not mentioned(tree, path):
            yield Finding(path, 1, "no CMakeLists.txt names this file")
    for path in tree.matching(".py", ".java"):
        stem = re.compile(rf"\b{os.path.splitext(os.path.basename(path))[0]}\b")
        if not any(stem.search(tree.text(other)) for other in tree.paths if other != path):
            yield Finding(path, 1, "nothing names this script")


def mentioned(tree, path):
    """Whether a CMake file beside or above a file names it, whole or without its suffix, or one
    anywhere names it together with its folder."""
    stem = os.path.splitext(os.path.basename(path))[0]
    folder = os.path.dirname(path)
    in_folder = f"{os.path.basename(folder)}/{os.path.basename(path)}"
    for build in tree.matching("CMakeLists.txt", ".cmake"):
        place = os.path.dirname(build)
        text = re.sub(r"#.*", "", tree.text(build))
        if in_folder in text:
            return True
        if not place or folder == place or folder.startswith(place + "/"):
            if re.search(rf"(^|[\s(/\"]){re.escape(stem)}(\.\w+)?[\s)\"]", text):
                return True
    return False


def file_names(tree):
    """Files are in snake case and named for what they hold."""
    for path in tree.matching(".h", ".cc", ".c", ".py"):
        stem = os.path.splitext(os.path.basename(path))[0]
        if not SNAKE.match(stem):
            yield Finding(path, 1, "a file name is written in snake_case")
        elif VAGUE_STEM.search(stem):
            yield Finding(path, 1, f"a name that says nothing: {stem}")
    for path in tree.matching("_test.cc"):
        if not path.startswith(("tests/", "plugins/", "sdk/")):
            yield Finding(path, 1, "tests live in tests/, plugins/ and sdk/")


def header_guards(tree):
    """A C++ header begins with #pragma once; one for C has a guard."""
    for path in tree.matching(".h"):
        text = tree.code(path)
        guarded = re.search(r"^#ifndef (\w+)\n#define \1$", text, re.MULTILINE)
        if not re.search(r"^#pragma once$", text, re.MULTILINE) and not guarded:
            yield Finding(path, 1, "no #pragma once")


def plugin_readme(tree):
    """A plugin has a README.md."""
    plugins = {"/".join(path.split("/")[:2]) for path in tree.paths if path.startswith("plugins/")}
    for plugin in sorted(plugins):
        if plugin + "/CMakeLists.txt" in tree.paths and plugin + "/README.md" not in tree.paths:
            yield Finding(plugin + "/CMakeLists.txt", 1, "the plugin has no README.md")


def binaries(tree):
    """No binary file outside of a corpus."""
    for path in tree.paths:
        if "corpus/" not in path and b"\0" in (tree.root / path).read_bytes()[:8192]:
            yield Finding(path, 1, "a binary file")


RULES = (orphans, file_names, header_guards, plugin_readme, binaries)
