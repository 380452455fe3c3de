"""Who may include whom. The DEPS of a folder's CMakeLists.txt are the truth, taken literally."""

import os
import re
from typing import NamedTuple

from tree import Finding, line_of

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# How the headers of an outside library begin, and the target that a folder must name in LINKS.
THIRD_PARTY = {
    "benchmark/": "benchmark",
    "boost/program_options": "boost_program_options",
    "boost/": "boost",
    "curl/": "curl",
    "fmt/": "fmt",
    "librdkafka/": "rdkafka",
    "openssl/": "crypto",
    "prometheus/": "prometheus",
    "rapidcheck": "rapidcheck",
    "rocksdb/": "rocksdb",
    "simdjson": "simdjson",
    "spdlog/": "spdlog",
    "toml++/": "tomlplusplus",
    "xxhash": "xxhash",
}


class Library(NamedTuple):
    name: str
    folder: str  # Below runtime/.
    path: str  # Of its CMakeLists.txt.
    line: int
    deps: list
    links: list


PROGRAM_FOLDERS = ("tests/", "tools/weir/")


def arguments_of(text):
    """The words of a call of CMake, by the word in capitals before them."""
    parts = {"SOURCES": [], "DEPS": [], "LINKS": []}
    current = []
    for word in text.split():
        if re.fullmatch(r"[A-Z]+", word):
            current = parts.setdefault(word, [])
        else:
            current.append(word)
    return parts


def libraries(tree):
    """The libraries of runtime/ by their folder."""
    found = {}
    for path in tree.matching("CMakeLists.txt", under="runtime/"):
        text = re.sub(r"#.*", "", tree.text(path))
        for call in re.finditer(r"weir_library\(\s*(\w+)([^)]*)\)", text):
            parts = arguments_of(call.group(2))
            folder = os.path.dirname(path)[len("runtime/") :]
            line = line_of(text, call.start())
            found[folder] = Library(
                call.group(1), folder, path, line, parts["DEPS"], parts["LINKS"]
            )
    return found


class Program(NamedTuple):
    """A folder of tests/ or tools/weir/: its libraries, tests and programs taken together."""

    folder: str
    path: str
    line: int
    names: list  # Of its own libraries.
    deps: list
    links: list


CALL = re.compile(
    r"\b(weir_test_library|weir_test|weir_program|weir_fuzz)\(\s*([\w-]+)([^)]*)\)"
)


def programs(tree):
    """By folder: what tests/ and tools/weir/ are built of."""
    found = {}
    for path in tree.matching("CMakeLists.txt"):
        if not path.startswith(PROGRAM_FOLDERS):
            continue
        text = re.sub(r"#.*", "", tree.text(path))
        folder = os.path.dirname(path)
        for call in CALL.finditer(text):
            parts = arguments_of(call.group(3))
            known = found.setdefault(
                folder, Program(folder, path, line_of(text, call.start()), [], [], [])
            )
            if call.group(1) == "weir_test_library":
                known.names.append(call.group(2))
            known.deps.extend(parts["DEPS"])
            known.links.extend(parts["LINKS"])
    return found


def owner_of(folder, known):
    """The library whose folder holds `folder`."""
    while folder and folder not in known:
        folder = os.path.dirname(folder)
    return known.get(folder)


def includes(tree, path):
    """Line, kind of bracket and name of everything a file includes."""
    text = tree.text(path)
    return [(line_of(text, m.start(1)), m.group(1), m.group(2)) for m in INCLUDE.finditer(text)]


def layering(tree):
    """A folder of runtime/ includes itself and the folders in its DEPS, nothing else."""
    known = libraries(tree)
    used = {folder: set() for folder in known}
    for path in tree.cpp(under="runtime/"):
        own = owner_of(os.path.dirname(path)[len("runtime/") :], known)
        if own is None:
            yield Finding(path, 1, "belongs to no weir_library")
            continue
        for line, _, name in includes(tree, path):
            wanted = needed_library(name, known)
            if wanted is None or wanted == own.name:
                continue
            used[own.folder].add(wanted)
            if wanted not in own.deps:
                yield Finding(path, line, f"{own.name} may not include {name}: "
                              f"{wanted} is not in the DEPS of {own.path}")
    for library in known.values():
        for name in library.deps:
            if name not in used[library.folder]:
                text = f"{library.name} includes nothing of {name}"
                yield Finding(library.path, library.line, text)


def program_layering(tree):
    """A folder of tests/, and tools/weir/, includes itself and the folders in its DEPS."""
    engine = libraries(tree)
    known = programs(tree)
    for path in tree.cpp():
        if not path.startswith(PROGRAM_FOLDERS):
            continue
        own = owner_of(os.path.dirname(path), known)
        if own is None:
            continue
        for line, _, name in includes(tree, path):
            if "tests/" + name in tree.paths:
                other = owner_of("tests/" + os.path.dirname(name), known)
                wanted = other.names if other is not None and other is not own else []
            else:
                wanted = [needed_library(name, engine)]
            if wanted and wanted != [None] and not set(wanted) & set(own.deps):
                yield Finding(path, line, f"{own.folder} may not include {name}: "
                              f"{wanted[0]} is not in the DEPS of {own.path}")


def needed_library(include, known):
    if include.startswith("weir/"):
        return "sdk"
    folder = os.path.dirname(include)
    owner = owner_of(folder, known) if folder else None
    return owner.name if owner else None


def layers(tree):
    """The libraries are named like their folders and their DEPS form no circle."""
    known = libraries(tree)
    by_name = {library.name: library for library in known.values()}
    for library in known.values():
        if library.name != library.folder.replace("/", "_"):
            wanted = library.folder.replace("/", "_")
            yield Finding(library.path, library.line, f"{library.name} should be named {wanted}")
    done, stack = set(), []

    def visit(name):
        if name in stack:
            circle = " -> ".join(stack[stack.index(name) :] + [name])
            yield Finding(by_name[name].path, by_name[name].line, f"circle: {circle}")
        if name in stack or name in done or name not in by_name:
            return
        stack.append(name)
        for dep in by_name[name].deps:
            yield from visit(dep)
        stack.pop()
        done.add(name)

    for name in sorted(by_name):
        yield from visit(name)


def third_party(tree):
    """An outside library is included only by the folders that name it in LINKS."""
    known = libraries(tree)
    outer = programs(tree)
    for path in tree.cpp():
        if path.startswith("runtime/"):
            own = owner_of(os.path.dirname(path)[len("runtime/") :], known)
        elif path.startswith(PROGRAM_FOLDERS):
            own = owner_of(os.path.dirname(path), outer)
        else:
            continue
        for line, _, name in includes(tree, path):
            prefix = next((start for start in THIRD_PARTY if name.startswith(start)), None)
            if prefix is None or own is None:
                continue
            if f"weir_third::{THIRD_PARTY[prefix]}" not in own.links:
                yield Finding(path, line, f"{own.folder} does not wrap {name}: it is not in LINKS")


def plugin_includes(tree):
    """A plugin includes the SDK and itself; the SDK includes itself and the standard library."""
    for path in tree.cpp(under="plugins/") + tree.cpp(under="sdk/include/"):
        own = os.path.dirname(path)
        plugin = "/".join(path.split("/")[:2])
        for line, bracket, name in includes(tree, path):
            if name.startswith("weir/"):
                continue
            if path.startswith("sdk/"):
                if bracket == '"' or "/" in name and not name.startswith("sys/"):
                    yield Finding(path, line, f"the SDK may not include {name}")
            elif bracket == '"':
                places = (os.path.normpath(os.path.join(own, name)), f"{plugin}/{name}")
                if not any(place in tree.paths and place.startswith(plugin) for place in places):
                    yield Finding(path, line, f"a plugin may not include {name}")


RULES = (layering, program_layering, layers, third_party, plugin_includes)
