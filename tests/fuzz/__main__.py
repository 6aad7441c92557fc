"""Try the apps for longer than the tests do: `python -m tests.fuzz --requests 100000 --app box`."""

import sys

import click

from fake_apps import names
from tests.fuzz.fuzzer import Fuzzer, told

SHOWN_EVERY = 5_000


@click.command()
@click.option("--requests", default=2_000, show_default=True, help="Requests to each app.")
@click.option("--app", "apps", multiple=True, help="Only this app; may be given several times.")
@click.option("--seed", default=0, show_default=True, help="Another one makes other requests.")
def main(requests: int, apps: tuple[str, ...], seed: int) -> None:
    """Send odd requests to every route of every app and hold the replies to what must hold."""
    broken = [app for app in apps or names() if not _is_sound(app, requests, seed)]
    sys.exit(f"found something in {', '.join(broken)}" if broken else 0)


def _is_sound(app: str, requests: int, seed: int) -> bool:
    fuzzer = Fuzzer(app)
    number, shown = seed * 1_000_000, 0
    try:
        while fuzzer.requests < requests:
            fuzzer.run_chunk(number)
            number += 1
            if fuzzer.requests - shown >= SHOWN_EVERY:
                shown = fuzzer.requests
                click.echo(f"{app}: {shown:,} requests", err=True)
    except AssertionError as found:
        click.echo(f"{app}: chunk {number} found\n{found}")
        return False
    finally:
        click.echo(_summary(app, fuzzer))
    return True


def _summary(app: str, fuzzer: Fuzzer) -> str:
    slowest = [
        f"    {seconds:.3f} s  {draft.method} {draft.target()[:120]}"
        for seconds, _, draft in sorted(fuzzer.slowest, reverse=True)
    ]
    return "\n".join(
        (
            f"{app}: {fuzzer.requests:,} requests, {len(fuzzer.forms)} operations",
            f"  statuses: {told(fuzzer.statuses)}",
            f"  documented failures: {told(fuzzer.failures) or 'none'}",
            f"  not reached: {', '.join(fuzzer.unreached()) or 'none'}",
            f"  never succeeded: {', '.join(fuzzer.unsuccessful()) or 'none'}",
            *(f"    {line}" for line in fuzzer.outcomes()),
            "  slowest (seconds of the processor):",
            *slowest,
        )
    )


if __name__ == "__main__":
    main()
