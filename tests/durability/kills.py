"""Kill the engine, the fakes and both under load, as often as asked, and say what came of it.

python -m tests.durability.kills                  fifty times each
python -m tests.durability.kills --kills 10 --whom "the engine"
.ci/postgres python -m tests.durability.kills --engines 2     two engines that share a PostgreSQL
"""

import os
import sys
import tempfile
from pathlib import Path

import click

from tests.durability.killing import WHO, Site, Whom
from tests.postgres.databases import Databases


@click.command()
@click.option("--kills", default=50, show_default=True, help="How many of each.")
@click.option("--whom", "named", multiple=True, type=click.Choice(sorted(WHO)), help="Only these.")
@click.option("--engines", default=1, show_default=True, help="Two need PUSHPROOF_POSTGRES.")
@click.option("--seed", default=7, show_default=True, help="Of what admins do, and of when.")
def main(kills: int, named: tuple[str, ...], engines: int, seed: int) -> None:
    """Print kills, acknowledged calls and complaints; fail where there is one."""
    server = os.environ.get("PUSHPROOF_POSTGRES", "")  # noqa: TID251 - a face
    databases = Databases(server, f"kills_{os.getpid()}") if server else None
    found: list[str] = []
    for name in named or sorted(WHO):
        with tempfile.TemporaryDirectory() as folder:
            database = databases.url() if databases else ""
            site = Site(Path(folder), seed=seed, database=database, engines=engines)
            complaints = _kill(site, WHO[name], kills)
        click.echo(
            f"{name}: {kills} kills, {site.calls} calls acknowledged, {len(complaints)} wrong"
        )
        found += [f"{name}: {each}" for each in complaints]
    for each in found:
        click.echo(each, err=True)
    sys.exit(bool(found))


def _kill(site: Site, whom: Whom, kills: int) -> list[str]:
    with site.open():
        with site.at_work():
            for turn in range(kills):
                site.go_on()
                site.strike(whom(site, turn))
            site.go_on()
        return site.complaints()


if __name__ == "__main__":
    main()
