"""Measure, print, and with --update write the table of CONTRIBUTING.md."""

import platform
from collections.abc import Sequence
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path

import click

from tests.benchmarks import (
    add_member,
    directory,
    engine_scale,
    moto_iam,
    okta_api,
    pushes,
    scale,
    served,
    table,
    worlds,
)
from tests.benchmarks.rounds import Round, interleaved, median_of
from tests.benchmarks.table import Figure

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
LARGEST = max(n for _, n in pushes.CASES)


@click.command()
@click.option("--rounds", default=60, show_default=True, help="Interleaved rounds of each figure.")
@click.option("--largest", default=LARGEST, show_default=True, help="Largest group to push.")
@click.option("--users", default=scale.USERS, show_default=True, help="Of the large tenants.")
@click.option("--app", "kinds", multiple=True, help="Pushes and large tenants of these; else all.")
@click.option("--update", is_flag=True, help="Write the table into CONTRIBUTING.md.")
def main(rounds: int, largest: int, users: int, kinds: Sequence[str], update: bool) -> None:
    """Measure what fidelity, a world and a push cost."""
    if update and kinds:
        raise click.UsageError("--update writes the figures of every app: leave out --app.")
    text = report(rounds, largest, users=users, kinds=kinds or pushes.APPS)
    print(text)
    if update:
        PAGE.write_text(table.renewed(PAGE.read_text("utf-8"), text), "utf-8")


def report(rounds: int, largest: int, *, users: int, kinds: Sequence[str]) -> str:
    """Everything between the markers."""
    short = [*_worlds(rounds), *_one_call(rounds), *served.figures(rounds)]
    short += [*directory.figures(largest), *okta_api.figures(rounds, users)]
    counted = list(
        pushes.count_all(largest, kinds)
    )  # last: a large group slows what is timed after it
    large = [*scale.figures(kinds, users), *engine_scale.figures(users)]
    rows = [*short, *large, *_pushed(counted)]
    how = f"{rounds} rounds, large tenants of {users:,} users"
    return "\n\n".join(
        (
            f"Python {platform.python_version()}, {how}.",
            table.figures(rows),
            "Calls (in brackets: what they carried, requests of a batch or LDAP operations).",
            table.calls(counted),
        )
    )


def _one_call(rounds: int) -> list[Figure]:
    with ExitStack() as stack:
        samples = add_member.samples()
        if moto_iam.is_installed():
            samples["moto"] = stack.enter_context(moto_iam.sample())
        taken = interleaved(samples, rounds)
    over = median_of(taken, add_member.over_bare)
    return [
        *(_microseconds(name, taken) for name in samples),
        Figure("(a) (ours - bare) / direct", f"{over:.2f}", "<= 0.6", over <= 0.6),
        _beside_moto(taken) if moto_iam.is_installed() else NO_MOTO,
    ]


NO_MOTO = Figure("(b) moto / ours", "not measured: install the extra `bench`", ">= 3", None)


def _beside_moto(taken: Sequence[Round]) -> Figure:
    times = median_of(taken, moto_iam.over_ours)
    return Figure("(b) moto / ours", f"{times:.1f}", ">= 3", times >= 3)


def _microseconds(name: str, taken: Sequence[Round]) -> Figure:
    value = median_of(taken, itemgetter(name))
    return Figure(f"one call, {name}", f"{value * 1e6:.0f} us", "", None)


def _worlds(rounds: int) -> list[Figure]:
    taken = interleaved(worlds.samples(), rounds)
    return [_world(name, median_of(taken, itemgetter(name))) for name in worlds.APPS]


def _world(name: str, seconds: float) -> Figure:
    return Figure(f"(c) a world, {name}", f"{seconds * 1e3:.2f} ms", "<= 1 ms", seconds <= 1e-3)


def _pushed(counted: Sequence[pushes.Counted]) -> list[Figure]:
    created = (one for one in counted if one.operation == "create" and one.n == LARGEST)
    return [
        Figure(f"{one.n:,} members pushed to {one.app}", f"{one.seconds:.1f} s", "", None)
        for one in created
    ]


if __name__ == "__main__":
    main()
