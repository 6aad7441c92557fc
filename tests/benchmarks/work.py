"""Work counted instead of timed: the same number on every machine and however busy it is."""

import gc
import sys
from collections.abc import Callable
from typing import Any


def work_of(what: Callable[[], Any]) -> int:
    """How many calls of functions, Python's and C's, it takes, with memory not cleaned up."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()  # it comes when it comes, and calls whoever listens for it
    sys.setprofile(note)
    try:
        what()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count
