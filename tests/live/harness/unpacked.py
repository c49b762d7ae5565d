"""Debian packages that cannot be installed together, unpacked under build/servers.

SPDX-License-Identifier: MIT

They are fetched once, by apt-get download, which works for any user, and kept.
"""
import fcntl
import glob
import os
import shutil
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
PLACE = os.path.join(TOP, "build", "servers")
PATIENCE = 40


class Unavailable(Exception):
    """Why a server cannot be had here."""


def run(arguments, what, **how):
    try:
        done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, **how)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip().splitlines() or ["no reason is given"]
        raise Unavailable(f"{what}: {said[-1]}")
    return done.stdout


def fetch(package, kept):
    """Whole or not at all: a package that is cut short would stay."""
    if glob.glob(os.path.join(kept, f"{package}_*.deb")):
        return
    with tempfile.TemporaryDirectory(dir=PLACE) as place:
        os.chmod(place, 0o777)  # apt fetches as a user of its own
        run(["apt-get", "download", package], f"{package} cannot be fetched", cwd=place)
        for name in os.listdir(place):
            os.rename(os.path.join(place, name), os.path.join(kept, name))


def unpack(name, packages):
    """The root of a file system with these packages; one process at a time makes it."""
    root, kept = os.path.join(PLACE, name), os.path.join(PLACE, "debs")
    os.makedirs(kept, exist_ok=True)
    with open(os.path.join(PLACE, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(root):
            return root
        for package in packages:
            fetch(package, kept)
        making = root + ".new"
        shutil.rmtree(making, ignore_errors=True)
        for package in packages:
            for deb in glob.glob(os.path.join(kept, f"{package}_*.deb")):
                run(["dpkg-deb", "-x", deb, making], f"{deb} cannot be unpacked")
        os.rename(making, root)
    return root


def reachable(root, folder):
    """root, or a copy of it in folder where only root may go to it: servers run as another user."""
    parents, at = [], root
    while at != "/":
        parents.append(at)
        at = os.path.dirname(at)
    if os.getuid() != 0 or all(os.stat(one).st_mode & 0o005 == 0o005 for one in parents):
        return root
    return shutil.copytree(root, os.path.join(folder, "root"), symlinks=True)


def libraries(root, programs, environment):
    """Raises Unavailable where a program would not find its libraries."""
    for program in programs:
        said = run(["ldd", os.path.join(root, program)], f"{program} cannot be read", env=environment)
        missing = [line.split()[0] for line in said.splitlines() if "not found" in line]
        if missing:
            raise Unavailable(f"{os.path.basename(program)} needs {' '.join(missing)}")
