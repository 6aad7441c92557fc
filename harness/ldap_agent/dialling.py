"""Connections to the directory: where it is, who asks, and whom to trust."""

import select
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import ldap3

TIMEOUT_S = 30


class Dialler(Protocol):
    """Opens connections; one that is open may have been ended by the other side since."""

    def dial(self, user: str, password: str) -> Any:
        """A connection as ldap3 has it: open, with TLS where it is wanted, not bound yet."""

    def has_ended(self, connection: Any) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Where the directory is and how it is spoken to. With `ca_file` only that authority counts."""

    url: str
    start_tls: bool = False
    ca_file: Path | None = None
    timeout_s: int = TIMEOUT_S
    tls: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        trusted = str(self.ca_file) if self.ca_file else None
        made = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=trusted)
        object.__setattr__(self, "tls", made)

    def dial(self, user: str, password: str) -> Any:
        server = ldap3.Server(
            self.url, tls=self.tls, get_info=ldap3.NONE, connect_timeout=self.timeout_s
        )
        made = connection(server, user, password, receive_timeout=self.timeout_s)
        try:
            self._open(made)
        except Exception:
            if made.socket is not None:
                made.socket.close()  # ldap3 leaves it open where it cannot be used
            raise
        return made

    def _open(self, made: Any) -> None:
        made.open(read_server_info=False)
        if self.start_tls:
            made.start_tls(read_server_info=False)

    def has_ended(self, connection: Any) -> bool:
        """Between two requests there is nothing to read but the end, or the notice of it."""
        if connection.closed or connection.socket is None:
            return True
        readable, _, _ = select.select([connection.socket], [], [], 0)
        return bool(readable)


def connection(server: Any, user: str, password: str, **more: Any) -> Any:
    """A connection that adds nothing of ldap3's own to what is asked: no checks, no referrals."""
    return ldap3.Connection(
        server,
        user,
        password,
        check_names=False,
        auto_referrals=False,
        auto_range=False,
        auto_escape=False,
        auto_encode=False,
        return_empty_attributes=False,
        **more,
    )
