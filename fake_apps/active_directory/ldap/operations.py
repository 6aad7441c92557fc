"""The requests of one connection as operations on the directory."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from ...core.app import FakeApp
from .. import actions, errors, quirks, schema
from ..controls import LIST_VIEW, PAGED_RESULTS, SERVER_SORT, START_TLS, WHO_AM_I
from ..ordering import Sorting
from ..performing import Performer
from ..search import Found, Query
from ..security import ANONYMOUS
from ..state import Directory
from ..values import Modification
from . import controls, messages, telling, values
from .controls import Asked
from .messages import Message

KEPT_COOKIES = 10  # MaxResultSetsPerConn
_INCREMENT = 3


@dataclass
class Channel:
    """What the connection is, and what it is to become: `starts_tls` is set by StartTLS."""

    is_secure: bool = False
    can_be_secured: bool = False
    starts_tls: bool = False


@dataclass(frozen=True)
class Outcome:
    """What is to be replied; `more` are the octets that only this kind of reply has."""

    code: int = 0
    message: str = ""
    matched_dn: str = ""
    referral: str = ""
    found: Found | None = None
    types_only: bool = False
    more: bytes = b""
    controls: tuple[bytes, ...] = ()


class Operations:
    """Does what one connection asks for, as whoever is bound on it."""

    def __init__(self, app: FakeApp, channel: Channel) -> None:
        self._state: Directory = app.state
        self._settings = app.settings
        self._performer = Performer(app)
        self._channel = channel
        self._cookies: deque[str] = deque(maxlen=KEPT_COOKIES)
        self.who = ANONYMOUS

    def answer(self, message: Message, opened: Any) -> Outcome:
        """Meet the fault that is armed, then do it. LdapError where the directory refuses."""
        request = message.request
        if isinstance(request, messages.Bind) or self.who not in self._state.dit.entries:
            self.who = ANONYMOUS  # whatever comes of it, or the tenant is another since
        asked = controls.read(message.controls)
        match request:
            case messages.Bind():
                return self._bind(request, opened)
            case messages.Extended():
                return self._extended(request, opened)
            case messages.Search():
                return self._search(request, asked, opened)
            case _:
                return self._change(request, asked, opened)

    # --- bind and extended -------------------------------------------------------------------

    def _bind(self, request: messages.Bind, opened: Any) -> Outcome:
        password = request.password.decode("utf-8", "surrogateescape")
        self._performer.meet_fault(opened, actions.Bind(request.name, password))
        self._cookies.clear()
        if request.version not in (2, 3):
            raise errors.not_decodable()
        if request.mechanism is not None:
            raise errors.no_such_method()
        if not password and (not request.name or quirks.NAME_ALONE_IS_NOBODY in self._quirks):
            return Outcome()
        if self._settings["require_signing"] and not self._channel.is_secure:
            raise errors.signing_required()
        self.who = self._state.bind(request.name, password)
        return Outcome()

    def _extended(self, request: messages.Extended, opened: Any) -> Outcome:
        self._performer.meet_fault(opened, None)
        if request.oid == START_TLS:
            return self._start_tls()
        if request.oid == WHO_AM_I:
            return Outcome(more=messages.named(value=self._name().encode()))
        raise errors.unknown_extension()

    def _start_tls(self) -> Outcome:
        if self._channel.is_secure:
            raise errors.tls_already()
        if not self._channel.can_be_secured:
            raise errors.no_tls()
        self._channel.starts_tls = True
        return Outcome(more=messages.named(START_TLS))

    def _name(self) -> str:
        r"""`u:ADTEST\ana`, or nothing for nobody."""
        if self.who == ANONYMOUS:
            return ""
        account = self._state.dit.entry(self.who)
        domain = self._state.dit.domain_of(account)
        return f"u:{domain.netbios}\\{account.first('sAMAccountName')}"

    # --- search ------------------------------------------------------------------------------

    def _search(self, request: messages.Search, asked: Asked, opened: Any) -> Outcome:
        asked = _as_far_as_ordered(asked)
        query = self._query(request, asked)
        self._performer.meet_fault(opened, actions.Find(query))
        self._check_time(request, opened)
        if query.base or query.scope != "base":
            self._check_may(query.base)
        if asked.changes:
            return self._changes(query, asked.changes)
        if asked.page and not asked.page.size and query.cookie:
            return Outcome(found=Found(()), controls=(controls.next_page(""),))
        found = self._performer.perform(self.who, actions.Find(query))
        assert isinstance(found, Found)
        told = self._reply_controls(asked, found)
        return Outcome(found.code, found=found, types_only=request.types_only, controls=told)

    def _changes(self, query: Query, asked: controls.Changes) -> Outcome:
        found, cookie, are_more = self._state.changes(
            self.who, query, flags=asked.flags, cookie=asked.cookie
        )
        told = controls.next_changes(cookie, are_more=are_more)
        return Outcome(found=found, controls=(told,))

    def _query(self, request: messages.Search, asked: Asked) -> Query:
        if request.scope == messages.SUBORDINATES:
            raise errors.not_decodable()  # no such scope in Microsoft's LDAP
        query = Query(
            base=request.base,
            scope=telling.SCOPES[request.scope],  # type: ignore[arg-type]
            filter=request.filter,
            attributes=request.attributes,
            size_limit=request.size_limit,
            controls=asked.oids - {PAGED_RESULTS, SERVER_SORT, LIST_VIEW},
            sorting=asked.sorting,
            view=asked.view,
            extended_dn=asked.extended_dn,
        )
        if not asked.page:
            return query
        cookie = asked.page.cookie.decode("ascii", "replace")
        if cookie and cookie not in self._cookies:
            raise errors.bad_cookie()
        return replace(query, page_size=asked.page.size, cookie=cookie)

    def _reply_controls(self, asked: Asked, found: Found) -> tuple[bytes, ...]:
        told = []
        if asked.page:
            if found.cookie:
                self._cookies.append(found.cookie)
            told.append(controls.next_page(found.cookie))
        if asked.sorting:
            told.append(controls.sort_result(0 if _can_sort(asked.sorting) else 16))
        if asked.view:
            told.append(controls.view_result(found.place, found.total))
        return tuple(told)

    def _check_time(self, request: messages.Search, opened: Any) -> None:
        """A search that is slower than the client, or the directory, lets it be."""
        most = min(filter(None, (request.time_limit, self._settings["max_query_duration_s"])))
        slow = opened.met.seconds if opened.met and opened.met.kind == "slow" else 0.0
        if slow > most:
            raise errors.time_limit()

    # --- changes and comparisons -------------------------------------------------------------

    def _change(self, request: messages.Request, asked: Asked, opened: Any) -> Outcome:
        path = telling.path(request)
        operation = self._operation(request, asked)
        self._performer.meet_fault(opened, operation)
        self._check_may(path)
        verdict = self._performer.perform(self.who, operation)
        if isinstance(operation, actions.Compare):
            return Outcome(6 if verdict else 5)
        return Outcome()

    def _operation(self, request: messages.Request, asked: Asked) -> actions.Operation:
        match request:
            case messages.Modify(dn, changes):
                return actions.Modify(dn, tuple(map(self._modification, changes)), asked.oids)
            case messages.Add(dn, attributes):
                return actions.Add(dn, self._attributes(attributes), asked.oids)
            case messages.Delete(dn):
                return actions.Delete(dn, asked.oids)
            case messages.Rename(dn, newrdn, delete_old, superior):
                return actions.ModifyDn(dn, newrdn, superior, delete_old, asked.oids)
            case messages.Compare(dn, attribute, value):
                return actions.Compare(dn, attribute, value)
        raise AssertionError(request)

    def _modification(self, change: tuple[int, str, messages.Values]) -> Modification:
        kind, name, found = change
        if kind == _INCREMENT:
            raise errors.not_decodable()  # no such change in the LDAP of RFC 2251
        self._check_in_clear(name)
        return Modification(telling.CHANGES[kind], name, values.texts(name, found))  # type: ignore[arg-type]

    def _attributes(
        self, given: tuple[tuple[str, messages.Values], ...]
    ) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, octets in given:
            self._check_in_clear(name)
            if name in found:
                raise errors.value_exists(name)
            found[name] = values.texts(name, octets)
        return found

    def _check_in_clear(self, name: str) -> None:
        """A password may be written where nobody can read along."""
        attribute = schema.attribute(name)
        is_password = attribute and attribute.writer is schema.Writer.PASSWORD
        if is_password and not self._channel.is_secure:
            raise errors.password_in_clear()

    # --- small print -------------------------------------------------------------------------

    @property
    def _quirks(self) -> Any:
        return self._state.context.quirks

    def _check_may(self, dn: str) -> None:
        """Nobody in particular sees nothing; another domain's controllers know its objects."""
        if self.who == ANONYMOUS:
            raise errors.not_bound()
        own = self._settings["controller_of"]
        domain = self._state.dit.domain_named(dn) if own else None
        if domain and domain.dns != own:
            raise errors.referral(domain.dns, dn)


def _can_sort(sorting: Sorting) -> bool:
    return schema.attribute(sorting.attribute) is not None


def _as_far_as_ordered(asked: Asked) -> Asked:
    """An order that cannot be had, and a view of none, are refused where they are critical.

    Source: https://datatracker.ietf.org/doc/html/rfc2891#section-2
    """
    if asked.sorting and _can_sort(asked.sorting):
        return asked
    if asked.critical & {SERVER_SORT, LIST_VIEW}:
        raise errors.unknown_control()
    return replace(asked, view=None)
