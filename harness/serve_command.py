"""`pushproof serve`: fakes on real ports. Only what that needs is imported: it starts at once."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from . import served
from .errors import Unusable
from .served import LOOPBACK, Place, ServePlan, Server, Unfit

if TYPE_CHECKING:
    from .scenario.tenant import TenantFile

UNUSABLE = 2
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTPLIB2_CA_CERTS")  # what clients read
FILE = click.Path(path_type=Path)

EXAMPLES = """\b
Examples:
  pushproof serve                            every app, each on a free port
  pushproof serve o365 slack --port 8101     two of them, on 8101 and 8102
  pushproof serve box --limits off --quirk box:Q4=off
  pushproof serve okta slack box             an org behind Okta's API that pushes to two apps
  pushproof serve okta --targets ready.json  one that pushes to apps served elsewhere
  pushproof serve --tenant people.yaml --state .fakes --ready ready.json
                                             as a service that other programs wait for
"""


@click.command(epilog=EXAMPLES)
@click.argument("apps", nargs=-1, metavar="[APP]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Port of the first app, the next ones follow, then LDAP; 0 takes free ones.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Ids and secrets from this seed.")
@click.option(
    "--tenant", type=FILE, metavar="FILE", help="A YAML file of accounts and groups to begin with."
)
@click.option("--state", type=FILE, metavar="DIR", help="Keep all state here, safe from kill -9.")
@click.option(
    "--ready", type=FILE, metavar="FILE", help="Write addresses and secrets here once all is up."
)
@click.option(
    "--tls", is_flag=True, help="Serve https and ldaps, on a certificate made for this start."
)
@click.option(
    "--targets",
    type=FILE,
    metavar="FILE",
    help="For okta: push to the apps of this file too, which another serve wrote by --ready.",
)
@click.option(
    "--database",
    metavar="URL",
    help="For okta: where the org lives, sqlite:///FILE or postgresql://HOST/NAME. Starts on one "
    "PostgreSQL share the org's apps.",
)
@click.option(
    "--limits",
    default="vendor",
    show_default=True,
    metavar="vendor|off|xN",
    help="Rate limits: the vendor's, none, or N times the vendor's.",
)
@click.option(
    "--api-limits",
    metavar="vendor|off|xN",
    help="The same for okta's own API.  [default: as --limits]",
)
@click.option(
    "--clock",
    type=click.Choice(["system", "virtual"]),
    default="system",
    show_default=True,
    help="virtual stands still until a control route moves it.",
)
@click.option("--quirk", "quirks", multiple=True, metavar="APP:ID=on|off", help="Repeatable.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Another name under which clients may call. Repeatable.",
)
def serve(apps: tuple[str, ...], ready: Path | None, tenant: Path | None, **options: Any) -> None:
    """Serve fake apps on real ports, for any client in any language.

    Each app has a port of its own, with all of its vendor's hosts on it. Ctrl-C or SIGTERM ends it.
    okta is an org with its push engine behind Okta's API, connected to the other apps named.
    Without --state nothing is kept. Exit status: 0 ended, 2 unusable input.
    """
    try:
        _warn_of_strangers(options["host"])
        known = _read(tenant) if tenant is not None else None
        _serve(_plan(apps, known, **options), known, ready)
    except Unusable as unusable:
        click.echo(str(unusable), err=True)
        sys.exit(UNUSABLE)
    except OSError as fault:
        click.echo(
            ": ".join(filter(None, (fault.filename, fault.strerror or str(fault)))), err=True
        )
        sys.exit(UNUSABLE)


def _read(tenant: Path) -> "TenantFile":
    from .scenario.tenant import read_tenant  # noqa: PLC0415 - most starts have no such file

    return read_tenant(tenant, served.all_kinds())


def _warn_of_strangers(host: str) -> None:
    if host not in LOOPBACK:
        click.echo(f"warning: {host} may be reached from other machines", err=True)


def _plan(apps: tuple[str, ...], tenant: "TenantFile | None", **options: Any) -> ServePlan:
    kinds = served.kinds_of(apps)
    targets = _targets(kinds, options["targets"])
    place = Place(
        host=options["host"],
        port=options["port"],
        tls=options["tls"],
        allow_hosts=options["allow_hosts"],
    )
    return ServePlan(
        kinds=kinds,
        place=place,
        seed=options["seed"],
        limits=_limits(options["limits"]),
        api_limits=_api_limits(kinds, options["api_limits"]),
        is_virtual=options["clock"] == "virtual",
        state=options["state"],
        database=_database(kinds, options["database"]),
        quirks=served.quirks_of(kinds, options["quirks"]),
        tenants=tenant.shares if tenant else {},
        targets=targets.get("apps", {}),
        ca_file=targets.get("ca_file"),
    )


def _database(kinds: tuple[str, ...], url: str | None) -> str | None:
    if url is not None and served.OKTA not in kinds:
        raise Unusable("--database is for okta: name it among the apps")
    return url


def _targets(kinds: tuple[str, ...], file: Path | None) -> Mapping[str, Any]:
    """The document of another start's `--ready`, with the apps an org can push to."""
    if file is None:
        return {}
    if served.OKTA not in kinds:
        raise Unusable("--targets is for okta: name it among the apps")
    try:
        told = json.loads(file.read_text("utf-8"))
        apps = dict(told["apps"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Unusable(f"--targets {file}: not what serve --ready writes") from fault
    known = served.all_kinds()
    return {**told, "apps": {kind: one for kind, one in apps.items() if kind in known}}


def _api_limits(kinds: tuple[str, ...], text: str | None) -> float | None:
    if text is not None and served.OKTA not in kinds:
        raise Unusable("--api-limits is for okta: name it among the apps")
    return None if text is None else _limits(text, "--api-limits")


def _limits(text: str, option: str = "--limits") -> float:
    """The factor on every limit; 0 for none."""
    if text in ("vendor", "off"):
        return 1.0 if text == "vendor" else 0.0
    try:
        factor = float(text.removeprefix("x")) if text.startswith("x") else 0.0
    except ValueError:
        factor = 0.0
    if not 0 < factor <= 1e9:
        raise Unusable(f"{option} takes vendor, off or a factor such as x10, not {text!r}")
    return factor


def _serve(plan: ServePlan, tenant: "TenantFile | None", ready: Path | None) -> None:
    if ready is not None:
        prepare_ready(ready)

    def tell(kind: str, unfit: Unfit) -> Unusable:
        if tenant is None:
            return Unusable(f"{kind}: {unfit}")
        return tenant.broken(unfit.message, (kind, *unfit.where))

    with ending() as over, served.serving(plan, tell) as server:
        if ready is not None:
            write_whole(ready, server.ready())
        try:
            show(server, is_kept=plan.state is not None)
            over.wait()
        finally:
            if ready is not None:
                ready.unlink(missing_ok=True)


@contextmanager
def ending() -> Iterator[Event]:
    """Set by Ctrl-C and SIGTERM, instead of what they do otherwise."""
    over = Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: over.set()) for number in numbers]
    try:
        yield over
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def prepare_ready(ready: Path) -> None:
    """One of an earlier start would send clients to ports that are not ours."""
    if not ready.parent.is_dir():
        raise Unusable(f"--ready {ready}: there is no folder {ready.parent}")
    ready.unlink(missing_ok=True)


def write_whole(file: Path, document: Mapping[str, Any]) -> None:
    """All of it or nothing, whoever looks meanwhile; it holds secrets, so nobody else may."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(json.dumps(document, indent=2) + "\n")
    part.replace(file)


# --- what is printed -------------------------------------------------------------------------


def show(server: Server, *, is_kept: bool) -> None:
    """Where everything is, and how each vendor's SDK gets there."""
    rows = [
        (name, url)
        for name, address in server.addresses.items()
        for url in (address.base_url, *address.doors.values())
    ]
    _show_table(("app", "base URL"), rows)
    for title, lines in served.snippets(server):
        click.secho(f"\n{title}", bold=True)
        click.echo(lines.rstrip())
    if server.ca_file:
        click.echo(f"\nTrust this authority ({', '.join(CA_VARIABLES)}): {server.ca_file}")
    click.echo("\nControl routes are at /_fake on each port; --ready FILE tells their tokens.")
    kept = "State is kept." if is_kept else "Nothing is kept when it ends: see --state."
    click.echo(f"{kept} Ctrl-C ends it.")


def _show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A framed table on a terminal; in a pipe one line per row, to be searched and cut."""
    if not sys.stdout.isatty():
        width = max(len(row[0]) for row in (head, *rows))
        for first, *rest in (head, *rows):
            click.echo("  ".join((f"{first:{width}}", *rest)))
        return
    from rich.console import Console  # noqa: PLC0415 - the servers are up already
    from rich.table import Table  # noqa: PLC0415

    framed = Table(*head, title="Pushproof serves", title_justify="left", title_style="bold")
    for row in rows:
        framed.add_row(*row)
    Console(highlight=False).print(framed)
