"""`pushproof agent`: the agent of an LDAP directory, for callers on this machine."""

import secrets
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from .errors import Unusable
from .serve_command import UNUSABLE, ending, prepare_ready, write_whole

if TYPE_CHECKING:
    from .ldap_agent.dialling import Directory

FILE = click.Path(path_type=Path)
TOKEN_BYTES = 30
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
MISSING = "pushproof agent needs ldap3: pip install 'pushproof[ldap]'"

EXAMPLES = """\b
Examples:
  pushproof agent --ldap ldaps://dc1.ad.example.com \\
      --bind-dn svc-okta@ad.example.com --password-file secret.txt
  pushproof agent --ldap ldap://127.0.0.1:3890 --start-tls --ca-file ca.pem \\
      --bind-dn 'CN=svc-okta,CN=Users,DC=ad,DC=example,DC=com' \\
      --password-file secret.txt --port 8300 --token-file token.txt
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--ldap", "url", required=True, metavar="URL", help="ldap:// or ldaps://, and a host."
)
@click.option("--bind-dn", required=True, metavar="NAME", help="A DN, or any name it binds as.")
@click.option(
    "--password-file",
    required=True,
    type=FILE,
    metavar="FILE",
    help="Its first line is the password.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--start-tls", is_flag=True, help="Begin in clear and ask for TLS before the bind.")
@click.option(
    "--ca-file", type=FILE, metavar="FILE", help="Trust this authority, instead of the system's."
)
@click.option(
    "--token-file",
    type=FILE,
    metavar="FILE",
    help="Callers show the token in its first line; without a file one is made and told once.",
)
@click.option(
    "--timeout",
    type=click.IntRange(1, 3600),
    default=30,
    show_default=True,
    help="Seconds to wait for the directory.",
)
@click.option(
    "--ready", type=FILE, metavar="FILE", help="Write address and token here once it is up."
)
def agent(ready: Path | None, **options: Any) -> None:
    """Stand in front of an LDAP directory, with the routes of the fake's agent.

    Only this machine can call it, on 127.0.0.1. What pushes into the fake through its agent pushes
    into that directory. Ctrl-C or SIGTERM ends it. Exit status: 0 ended, 2 unusable input.
    """
    try:
        _run(ready, **options)
    except Unusable as unusable:
        click.echo(str(unusable), err=True)
        sys.exit(UNUSABLE)
    except OSError as fault:
        told = ": ".join(filter(None, (fault.filename, fault.strerror or str(fault))))
        click.echo(told, err=True)
        sys.exit(UNUSABLE)


def _run(ready: Path | None, **options: Any) -> None:
    user, password = options["bind_dn"], _first_line(options["password_file"], "--password-file")
    token_file = options["token_file"]
    token = (
        _first_line(token_file, "--token-file")
        if token_file
        else secrets.token_urlsafe(TOKEN_BYTES)
    )
    directory = _directory(**options)
    if ready is not None:
        prepare_ready(ready)
    with ExitStack() as stack:
        over = stack.enter_context(ending())
        base_url = stack.enter_context(
            _hosting(directory, user, password, token=token, port=options["port"])
        )
        if ready is not None:
            write_whole(ready, {"base_url": base_url, "token": token})
            stack.callback(ready.unlink, missing_ok=True)
        _show(base_url, directory.url, None if token_file else token)
        over.wait()


def _hosting(directory: "Directory", user: str, password: str, *, token: str, port: int) -> Any:
    from .ldap_agent.hosting import hosting  # noqa: PLC0415 - ldap3 is looked for in `_directory`

    return hosting(
        directory, user=user, password=password, token=token, where=directory.url, port=port
    )


def _directory(**options: Any) -> "Directory":
    """Where to go; Unusable where that cannot be, or ldap3 is not there to go with."""
    try:
        from .ldap_agent.dialling import Directory  # noqa: PLC0415 - an extra installs ldap3
    except ModuleNotFoundError as missing:
        if missing.name not in ("ldap3", "pyasn1"):
            raise
        raise Unusable(MISSING) from missing
    url, start_tls = _checked_url(options["url"]), options["start_tls"]
    if start_tls and url.startswith("ldaps:"):
        raise Unusable("--start-tls begins in clear: use it with ldap://, or leave it out")
    ca_file = options["ca_file"]
    if ca_file is not None:
        _read(ca_file, "--ca-file")
    if url.startswith("ldap:") and not start_tls and urlsplit(url).hostname not in LOCAL:
        click.echo(f"warning: the password goes to {url} in clear; see --start-tls", err=True)
    return Directory(url=url, start_tls=start_tls, ca_file=ca_file, timeout_s=options["timeout"])


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("ldap", "ldaps") and bool(parts.hostname)
        is_good = is_good and parts.path in ("", "/") and not parts.query and parts.port != 0
        is_good = is_good and parts.username is None
    except ValueError:
        is_good = False
    if not is_good:
        raise Unusable("--ldap takes ldap://HOST[:PORT] or ldaps://HOST[:PORT] and no more")
    return url.rstrip("/")


def _first_line(file: Path, option: str) -> str:
    line = _read(file, option).partition("\n")[0].rstrip("\r")
    if not line:
        raise Unusable(f"{option} {file}: its first line is empty")
    return line


def _read(file: Path, option: str) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Unusable(f"{option} {file}: is not text in UTF-8") from error
    except OSError as error:
        raise Unusable(f"{option} {file}: {error.strerror}") from error


def _show(base_url: str, url: str, made: str | None) -> None:
    click.echo(f"agent of {url}: {base_url}")
    if made is not None:
        click.echo(f"token, told only now: {made}")
    click.echo("Ctrl-C ends it.")
