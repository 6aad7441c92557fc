"""`pushproof serve` in a process of its own."""

import json
import subprocess
import sys
from contextlib import contextmanager

from tests.repo.tree import ROOT


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
