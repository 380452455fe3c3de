"""Makes files that are no good plugins out of one that is."""

import json
import struct
import subprocess

SECTION = ".weir.manifest"
MAGIC = b"WEIRMAN1"
PT_DYNAMIC = 2
PT_GNU_STACK = 0x6474E551
PF_X = 1
DT_FLAGS = 30
DT_FLAGS_1 = 0x6FFFFFFB
DT_RELACOUNT = 0x6FFFFFF9


def write_at(data, offset, pattern, *values):
    changed = bytearray(data)
    struct.pack_into("<" + pattern, changed, offset, *values)
    return bytes(changed)


def replaced(data, before, after):
    """Every occurrence; the length stays."""
    assert len(before) == len(after) and before in data, before
    return data.replace(before, after)


def segments(data):
    """Offset and fields of every program header: type, flags, offset, address, size in the file."""
    table, = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    for i in range(count):
        at = table + i * size
        kind, flags, offset, address, _, in_file = struct.unpack_from("<IIQQQQ", data, at)
        yield at, kind, flags, offset, address, in_file


def with_executable_stack(data):
    for at, kind, flags, *_ in segments(data):
        if kind == PT_GNU_STACK:
            return write_at(data, at + 4, "I", flags | PF_X)
    raise AssertionError("no PT_GNU_STACK")


def without_tag(data, tag):
    """The dynamic section with `tag` made one that says nothing here."""
    for _, kind, _, offset, _, size in segments(data):
        if kind != PT_DYNAMIC:
            continue
        for at in range(offset, offset + size, 16):
            found, = struct.unpack_from("<q", data, at)
            if found == tag:
                return write_at(data, at, "q", DT_RELACOUNT)
    raise AssertionError(tag)


def without_dynamic_section(data):
    for at, kind, *_ in segments(data):
        if kind == PT_DYNAMIC:
            return write_at(data, at, "I", 0)
    raise AssertionError("no PT_DYNAMIC")


def run(*command):
    subprocess.run([str(each) for each in command], check=True, capture_output=True)


class Damage:
    """Works in a folder of its own."""

    def __init__(self, folder, good):
        self.folder = folder
        self.good = good
        self.count = 0

    def read(self):
        return self.good.read_bytes()

    def write(self, data):
        self.count += 1
        path = self.folder / f"libchanged{self.count}.so"
        path.write_bytes(data)
        return path

    def without_manifest(self):
        path = self.write(self.read())
        run("objcopy", "--remove-section", SECTION, path)
        return path

    def with_manifest_text(self, text):
        path = self.write(self.read())
        manifest = self.folder / "manifest"
        manifest.write_bytes(text)
        run("objcopy", "--update-section", f"{SECTION}={manifest}", path)
        return path

    def manifest(self):
        section = self.folder / "section"
        run("objcopy", "--dump-section", f"{SECTION}={section}", self.good, self.folder / "copy")
        return json.loads(section.read_bytes()[len(MAGIC):])

    def with_manifest(self, change):
        manifest = self.manifest()
        change(manifest)
        return self.with_manifest_text(MAGIC + json.dumps(manifest).encode())

    def patched(self, *arguments):
        path = self.write(self.read())
        run("patchelf", *arguments, path)
        return path
