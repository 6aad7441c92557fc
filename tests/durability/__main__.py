"""Try every crash point and every lost reply, and print how many there are.

python -m tests.durability               what CI tries
python -m tests.durability --all         and every second crash, during every recovery
python -m tests.durability --app slack   of one app only
.ci/postgres python -m tests.durability --app box     the same, with the orgs on a PostgreSQL
"""

import os
import sys
from collections.abc import Callable, Iterable

import click

from tests.durability.crashes import Stages, Tally, Verdict, crash_everywhere
from tests.durability.losses import lose_every_reply
from tests.durability.operations import Trial, largest, trials, trials_with_lag
from tests.durability.stage import LATE, VARIANTS, small_batches
from tests.durability.test_every_crash_point import SECOND
from tests.engine import office
from tests.postgres.databases import Databases

Try = Callable[[Trial], Verdict]


@click.command()
@click.option("--all", "everything", is_flag=True, help="Everything, which takes a while.")
@click.option("--app", "apps", multiple=True, help="Only this app; can be repeated.")
@click.option("--database", envvar="PUSHPROOF_POSTGRES", help="Of a PostgreSQL for the orgs.")
def main(everything: bool, apps: tuple[str, ...], database: str | None) -> None:
    """Print points tried and complaints found, app by app; fail where there is one."""
    if database:
        office.databases = Databases(database, f"durability_{os.getpid()}")  # type: ignore[assignment]
    wanted = [
        trial for trial in trials(everything=everything) if not apps or trial.variant.app in apps
    ]
    second_every = 1 if everything else SECOND
    stages = Stages()
    found: list[str] = []
    with small_batches():
        found += _report(
            "crashes",
            wanted,
            lambda trial: crash_everywhere(stages, trial, second_every=second_every),
        )
        lossy = [*trials(everything=everything), *trials_with_lag()]
        lossy = [trial for trial in lossy if not apps or trial.variant.app in apps]
        lossy = lossy if everything else largest(lossy)
        found += _report("lost replies", lossy, lambda trial: lose_every_reply(stages, trial))
    for complaint in found:
        click.echo(complaint)
    sys.exit(bool(found))


def _report(title: str, wanted: Iterable[Trial], attempt: Try) -> list[str]:
    """One line of figures for each app, and one for all of them; answers the complaints."""
    names = list(vars(Tally()))
    click.echo(f"\n{title:<20}{''.join(f'{name:>10}' for name in names)}")
    total = Tally()
    found: list[str] = []
    for variant in (*VARIANTS, *LATE):
        verdicts = [attempt(trial) for trial in wanted if trial.variant == variant]
        of_app = sum((verdict.tally for verdict in verdicts), Tally())
        found += [complaint for verdict in verdicts for complaint in verdict.complaints]
        total += of_app
        if verdicts:
            click.echo(f"{variant!s:<20}{_figures(of_app)}")
    click.echo(f"{'all':<20}{_figures(total)}")
    return found


def _figures(tally: Tally) -> str:
    return "".join(f"{count:>10,}" for count in vars(tally).values())


main()
