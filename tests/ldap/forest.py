"""A forest on a port, and ldap3 as its client."""

from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Any

import ldap3

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap.listener import Listener
from fake_apps.core.fault import Fault
from fake_apps.core.tls import ThrowAwayCa
from tests.fake_apps.active_directory.agent import GROUPS, PEOPLE, ROOT

PERMISSIVE = ("1.2.840.113556.1.4.1413", True, None)
SHOW_DELETED = ("1.2.840.113556.1.4.417", True, None)
TREE_DELETE = ("1.2.840.113556.1.4.805", True, None)
GUARD_S = 60  # no test waits so long unless something hangs


class Client:
    """One ldap3 connection; each operation answers (result code, Win32 head)."""

    def __init__(self, connection: ldap3.Connection) -> None:
        self.ldap = connection

    @property
    def result(self) -> dict[str, Any]:
        return self.ldap.result

    @property
    def told(self) -> tuple[int, str]:
        return self.result["result"], self.result["message"].partition(":")[0]

    def add(self, dn: str, kind: str = "group", controls: Any = None, **values: Any) -> Any:
        self.ldap.add(dn, kind, values, controls=controls)
        return self.told

    def modify(self, dn: str, op: str, name: str, *values: Any, controls: Any = None) -> Any:
        return self.change(dn, {name: [(OPS[op], list(values))]}, controls)

    def change(self, dn: str, changes: Mapping[str, Any], controls: Any = None) -> Any:
        self.ldap.modify(dn, changes, controls=controls)
        return self.told

    def delete(self, dn: str, controls: Any = None) -> Any:
        self.ldap.delete(dn, controls=controls)
        return self.told

    def rename(self, dn: str, newrdn: str, superior: str | None = None, **more: Any) -> Any:
        self.ldap.modify_dn(dn, newrdn, new_superior=superior, **more)
        return self.told

    def search(
        self,
        base: str = ROOT,
        where: str = "(objectClass=*)",
        attributes: Sequence[str] = ("1.1",),
        scope: str = "SUBTREE",
        **more: Any,
    ) -> list[dict[str, Any]]:
        self.ldap.search(base, where, scope, attributes=list(attributes), **more)
        return [one for one in self.ldap.response or () if one["type"] == "searchResEntry"]

    def dns(self, base: str = ROOT, where: str = "(objectClass=*)", **more: Any) -> list[str]:
        return [one["dn"] for one in self.search(base, where, **more)]

    def read(self, dn: str, *names: str, **more: Any) -> Any:
        """The octets of the values by attribute."""
        (one,) = self.search(dn, attributes=names or ["*"], scope="BASE", **more)
        return one["raw_attributes"]


OPS = {
    "add": ldap3.MODIFY_ADD,
    "delete": ldap3.MODIFY_DELETE,
    "replace": ldap3.MODIFY_REPLACE,
    "increment": ldap3.MODIFY_INCREMENT,
}


class Forest:
    """A tenant that is served over LDAP; with an authority over LDAPS and StartTLS as well."""

    def __init__(self, ca: ThrowAwayCa | None = None, **options: Any) -> None:
        self.app = APP.create(**{"seed": 7, **options})
        self.admin: Any = self.app.admin
        self.given = self.admin.credentials()
        self.ca = ca
        self._listeners: list[Listener] = []
        self._threads: list[Thread] = []
        self._clients: list[ldap3.Connection] = []
        self.port = self._listen(from_start=False)
        self.tls_port = self._listen(from_start=True) if ca else 0

    def _listen(self, *, from_start: bool) -> int:
        tls = self.ca.context if self.ca else None
        listener = Listener(self.app, tls, from_start=from_start)
        port = listener.listen("127.0.0.1", 0)
        thread = Thread(target=listener.serve, daemon=True)
        thread.start()
        self._listeners.append(listener)
        self._threads.append(thread)
        return port

    def stop(self) -> None:
        for connection in self._clients:
            connection.unbind()
        for listener in self._listeners:
            listener.stop()
        for thread in self._threads:
            thread.join()

    # --- clients -----------------------------------------------------------------------------

    def server(self, info: str = ldap3.NONE, *, tls: bool = False) -> ldap3.Server:
        trust = ldap3.Tls(validate=2, ca_certs_file=str(self.ca.file)) if self.ca else None
        port = self.tls_port if tls else self.port
        return ldap3.Server(
            "127.0.0.1", port, use_ssl=tls, tls=trust, get_info=info, connect_timeout=GUARD_S
        )

    def connect(
        self,
        user: str | None = None,
        password: str | None = None,
        *,
        info: str = ldap3.NONE,
        tls: bool = False,
        **more: Any,
    ) -> Client:
        """Connected, and as the service account unless others are named; not yet bound."""
        server = self.server(info, tls=tls)
        given = {
            "check_names": False,
            "auto_referrals": False,
            "auto_range": False,
            "return_empty_attributes": False,
            "receive_timeout": GUARD_S,
            **more,
        }
        made = ldap3.Connection(server, user, password, **given)
        self._clients.append(made)
        return Client(made)

    def bound(self, user: str = "", password: str = "", **more: Any) -> Client:
        """A client that is bound, by default as the service account."""
        user, password = user or self.given["user"], password or self.given["password"]
        client = self.connect(user, password, **more)
        assert client.ldap.bind(), client.result
        return client

    def administrator(self, **more: Any) -> Client:
        """A client of the domain's administrator."""
        dn = f"CN=Administrator,CN=Users,{ROOT}"
        return self.bound(dn, self.app.state.dit.resolve(dn).password, **more)

    # --- arranging ---------------------------------------------------------------------------

    def user(self, login: str, **profile: Any) -> str:
        """A user's DN."""
        guid = self.admin.add_account(f"{login}@example.test", profile)
        return self.dn(guid)

    def users(self, count: int) -> list[str]:
        with self.app.administering():
            return [self.user(f"user{at}") for at in range(count)]

    def group(self, name: str, *members: str, **more: Any) -> str:
        """A group's DN; members are DNs."""
        ids = [self.app.state.dit.resolve(member).guid for member in members]
        return self.dn(self.admin.add_group(name, member_ids=ids, **more))

    def dn(self, guid: str) -> str:
        return str(self.app.state.dit.dn_of(self.app.state.dit.entry(guid)))

    def guid(self, dn: str) -> str:
        return str(self.app.state.dit.resolve(dn).guid)

    def fail(self, operation: str, kind: str, **more: Any) -> None:
        self.app.arm(Fault(f"active_directory.{operation}", kind, **more))

    def calls(self) -> list[tuple[str, int]]:
        """Operation and result code of every LDAP call so far."""
        return [
            (call.operation.partition(".")[2], call.status)
            for call in self.app.ledger.since(0)
            if call.protocol == "ldap"
        ]


__all__ = ["GROUPS", "PEOPLE", "ROOT", "Client", "Forest"]
