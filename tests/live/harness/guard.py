"""Programs and a folder that never outlive the process that wanted them.

SPDX-License-Identifier: MIT

A guard is a process of its own, in its own process group, that starts the programs.  It holds
the reading end of a pipe whose other end only the wanting process has: however that one ends,
kill -9 included, the pipe ends too, and the guard kills every descendant and removes the
folder.  Being a subreaper, it stays the ancestor even of programs that went to the background;
being nobody's child itself, it is not among those whom ctest kills with a test that takes too long.
"""
import ctypes
import os
import select
import shutil
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 2.0
FAILED = 70

libc = ctypes.CDLL(None, use_errno=True)


def prctl(option, argument):
    if libc.prctl(option, argument, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def descendants(root):
    """Process ids below root, deepest last."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as stat:
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[0] != b"Z":
                parents.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


def reap(statuses):
    """Collects children that have ended; False when there are none left."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return True
            statuses[pid] = status
    except ChildProcessError:
        return False


def spawn(program, group):
    """Runs program, a function that execs, so that it dies with this process."""
    parent = os.getpid()
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        if group:
            os.setpgid(0, group)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        program(lambda: die_with(parent))
    except BaseException as error:  # the child must not return into its parent's code
        print(f"{sys.argv[0]}: {error}", file=sys.stderr, flush=True)
    os._exit(127)


def die_with(parent):
    """To be called after the last change of user, which would undo it."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(127)


class Guard:
    """Starts services (functions that exec), and command among the terminal's programs."""

    def __init__(self, folder, services, command=None, keep_fds=()):
        self.code = None
        reading, self.pipe = os.pipe()
        self.answer, telling = os.pipe()
        group = os.getpgrp()
        between = os.fork()
        if between == 0:
            if os.fork():
                os._exit(0)
            os.setpgid(0, 0)
            keep_only({reading, telling, *keep_fds})
            try:
                code = guard(reading, folder, services, command, group)
            except BaseException as error:
                print(f"{sys.argv[0]}: {error}", file=sys.stderr, flush=True)
                code = FAILED
            tell(telling, code)
        os.waitpid(between, 0)
        os.close(reading)
        os.close(telling)

    def wait(self):
        """Until command has ended and everything is gone: its exit code, 128 + N for signal N."""
        if self.code is None:
            said = os.read(self.answer, 1)
            self.code = said[0] if said else FAILED
        return self.code

    def close(self):
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None
        return self.wait()


def tell(fd, code):
    """The last that a guard does; nobody may be there to hear it."""
    try:
        os.write(fd, bytes([code]))
    except OSError:
        pass
    finally:
        os._exit(0)


def keep_only(fds):
    first = 3
    for fd in sorted(fds):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, 65536)


def guard(pipe, folder, services, command, group):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    statuses = {}
    for service in services:
        spawn(service, 0)
    wanted = spawn(command, group) if command else None
    while wanted not in statuses:
        ready = select.select([pipe, woken], [], [])[0]
        if pipe in ready:
            break
        os.read(woken, 4096)
        reap(statuses)

    end_all(statuses)
    shutil.rmtree(folder, ignore_errors=True)
    code = os.waitstatus_to_exitcode(statuses.get(wanted, 0))
    return code if code >= 0 else 128 - code


def end_all(statuses):
    """First politely, for programs that have something to put away, then not."""
    signal_all(descendants(os.getpid()), signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while reap(statuses):
        if time.monotonic() > deadline:
            signal_all(descendants(os.getpid()), signal.SIGKILL)
        time.sleep(0.005)
