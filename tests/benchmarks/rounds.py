"""Measuring fairly on a machine that has other things to do: interleaved rounds, medians, no GC.

Seconds are those of this process on a processor. All that is measured happens in this process and
waits for nothing, so on an idle machine they are the seconds of the clock on the wall.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from statistics import median

Sample = Callable[[], float]
"""Prepares, measures and tidies up; answers the seconds that the measured part took."""

Round = Mapping[str, float]


def interleaved(samples: Mapping[str, Sample], rounds: int) -> list[Round]:
    """Every sample once per round, in turning order, so that a busy moment meets them all alike.

    Garbage is collected before each sample and never during one.
    """
    names = list(samples)
    taken: list[Round] = []
    for number in range(rounds):
        order = names if number % 2 == 0 else names[::-1]
        taken.append({name: _take(samples[name]) for name in order})
    return taken


def median_of(rounds: Sequence[Round], value: Callable[[Round], float]) -> float:
    """The median over the rounds of something computed within each round."""
    return median(value(one) for one in rounds)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes once."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _take(sample: Sample) -> float:
    with _without_gc():
        return sample()


@contextmanager
def _without_gc():
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
