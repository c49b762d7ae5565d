"""A network of our own, in which an address is not the loopback's though nothing leaves the machine.

SPDX-License-Identifier: MIT

hark lets plain text pass to 127.0.0.1; what it must not do elsewhere is tested at ADDRESS, which
lies on the loopback device of a network namespace.
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys

ADDRESS = "192.0.2.1"  # RFC 5737
INSIDE = "HARK_TEST_NAMESPACE"
SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8914, 0x8916, 1


def enter():
    """Runs this program again inside; gives why it cannot, or None once inside."""
    if INSIDE not in os.environ:
        inside = ["unshare", "--map-root-user", "--net", "--"]
        tried = subprocess.run([*inside, "true"], capture_output=True)
        if tried.returncode != 0:
            return f"no network of our own: {tried.stderr.decode().strip()}"
        os.execvpe(inside[0], [*inside, *sys.orig_argv], {**os.environ, INSIDE: "1"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
        address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(sock, SIOCSIFADDR, struct.pack("16s16s", b"lo:1", address))
    return None
