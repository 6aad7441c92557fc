"""The whole catalogue over HTTP against our own engine: `python -m tests.remote [PATH]...`.

Serves the org and all fakes on ports, plays every item on them, and fails where an item fails or
more than a tenth is not applicable. An item takes most of a second, so several orgs share them.
"""

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import click

from tests.remote.share import play

MOST_UNFIT = 0.1


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--orgs", default=2, show_default=True, help="How many share the items.")
def main(paths: tuple[str, ...], orgs: int) -> None:
    """Print what each org's share came to; fail as said above."""
    shards = [f"{number}/{orgs}" for number in range(1, orgs + 1)]
    with ProcessPoolExecutor(orgs, get_context("spawn")) as pool:
        played = list(pool.map(partial(play, paths), shards))
    click.echo("\n".join(one.output for one in played))
    counts = sum((Counter(one.counts) for one in played), Counter[str]())
    unfit = counts["not_applicable"] / max(1, counts.total())
    click.echo(f"{unfit:.1%} of {counts.total()} items are not applicable")
    sys.exit(any(one.status for one in played) or unfit > MOST_UNFIT)


if __name__ == "__main__":
    main()
