"""`pushproof serve` in a process of its own."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing, contextmanager, suppress

from tests.repo.tree import ROOT

FIRST, ROOM = 20_000, 10_000  # below what systems give to whom does not ask for a number


def free_port():
    """A port of which the next one is free too, where other processes of a run do not look."""
    begin = os.getpid() * 8 % ROOM
    for at in range(ROOM):
        port = FIRST + (begin + at) % ROOM
        with closing(socket.socket()) as one, closing(socket.socket()) as two, suppress(OSError):
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no two free ports beside each other")


def command(folder, *words, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "serve", *map(str, words)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


@contextmanager
def served(folder, *words):
    """The process and what it tells in the file of --ready."""
    ready = folder / "ready.json"
    with command(folder, *words, "--ready", ready) as process:
        try:
            first = process.stdout.readline()  # printed once everything listens
            assert first, process.stderr.read()
            yield process, json.loads(ready.read_text("utf-8"))
        finally:
            process.terminate()
            process.communicate(timeout=60)
