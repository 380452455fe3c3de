"""A small disk for the state of the host, which can be filled up."""

import errno
import os
import subprocess

ROOM = "256m"


class Disk:
    """Use in a `with`. Only root may mount one; for others it is a folder, `is_own` false."""

    def __init__(self, folder):
        self.folder = folder
        self.is_own = False
        self.filler = folder / "filler"

    def __enter__(self):
        self.folder.mkdir()
        if os.geteuid() == 0:
            command = ["mount", "-t", "tmpfs", "-o", "size=" + ROOM, "tmpfs", str(self.folder)]
            mounted = subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
            self.is_own = mounted.returncode == 0
        return self

    def __exit__(self, *_):
        if self.is_own:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    def fill(self):
        """Also takes what was freed since; fails when there is still room then."""
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error
        left = os.statvfs(self.folder)
        assert left.f_bavail * left.f_frsize < 1 << 20, "the disk is not full"

    def empty(self):
        self.filler.unlink()
