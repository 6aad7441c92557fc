"""Active Directory: users and groups of one domain, through the agent beside it."""

import hashlib
import re
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..errors import ErrorKind, TargetError
from ..model import (
    Account,
    AccountProfile,
    Capabilities,
    Effect,
    GroupPlan,
    MemberRefusal,
    Outcome,
    TargetGroup,
)
from ..ports import Connection, Steps
from ._http import unreadable
from ._ldap import (
    EXTENDED_DN,
    MEMBER_ABSENT,
    MEMBER_PRESENT,
    MEMBER_UNKNOWN,
    NAME_TAKEN,
    OBJECT_UNKNOWN,
    PERMISSIVE_MODIFY,
    Action,
    Agent,
    Operation,
    any_of,
    by_guid,
    escaped_filter,
    escaped_rdn,
    first,
    guid_filter,
    guid_in,
    parent_of,
)
from ._steps import first_password, gone_is_done, sign_in_name

# One modify may carry far more (the receive buffer is 10 MB), but large transactions strain the
# directory's version store; 5,000 was the limit of a group before Windows 2003 and is customary
# since. https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/view-set-ldap-policy-using-ntdsutil
VALUES_PER_OPERATION = 5_000
OPERATIONS_PER_CALL = 4
PAGE = 1_000  # MaxPageSize: more is cut to this
SLICE = 1_500  # MaxValRange: so many values of one attribute are told at a time
CLAUSES = 500

# Where the mapping's key is kept: "Notes" in the console, free text, written by nobody else as a
# rule. https://learn.microsoft.com/en-us/windows/win32/adschema/a-info
KEY_ATTRIBUTE = "info"

_USERS = "(sAMAccountType=805306368)"
_DISABLED = 0x2
_SCOPES = {"GLOBAL": 0x2, "DOMAIN_LOCAL": 0x4, "UNIVERSAL": 0x8}
_SECURITY = 0x80000000
_ACCOUNT_FIELDS = [
    "objectGUID",
    "userPrincipalName",
    "sAMAccountName",
    "mail",
    "userAccountControl",
]
_GROUP_FIELDS = ("objectGUID", "cn", "sAMAccountName", "groupType", KEY_ATTRIBUTE)
_ILLEGAL_IN_ACCOUNT_NAME = re.compile(r'["/\\\[\]:;|=,+*?<>@\x00-\x1f]')


class Adapter:
    """Pushes into one domain. Options: `base`, `user_ou`, `domain` (of sign-in names), `agent_url`.

    Objects are addressed by objectGUID, which no rename or move changes. Okta talks to its agent
    only, in a protocol it keeps to itself, so `wire: okta` is the same as `frugal` here.
    """

    name: ClassVar[str] = "active_directory"
    # Push Now adds and never overwrites, a group of that name in the chosen OU is linked, and
    # push by rule is not offered.
    # https://help.okta.com/en-us/content/topics/directory/ad-agent-push-group.htm
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=True,
        adopts_same_name=True,
        overwrites=False,
        push_rules=False,
        places=True,
        members_at_create=VALUES_PER_OPERATION,
        account_pages=(PAGE,),
        group_pages=(PAGE,),
        member_pages=(SLICE,),
        member_batches=(VALUES_PER_OPERATION,),
    )

    def __init__(self, connection: Connection) -> None:
        options = connection.options or {}
        self._agent = Agent(connection)
        self._credentials = connection.credentials
        self._base: str = options.get("base") or connection.credentials.get("base_dn", "")
        self._user_ou: str = options.get("user_ou") or ""
        self._domain: str = options.get("domain") or ""

    # --- accounts --------------------------------------------------------------------------

    def list_accounts(self) -> Steps:
        yield from self._accounts(_USERS)

    def find_accounts(self, login: str, email: str) -> Steps:
        upn = f"(userPrincipalName={escaped_filter(self._upn(login))})"
        mail = f"(mail={escaped_filter(email)})" if email else ""
        yield from self._accounts(f"(&{_USERS}{any_of([upn, mail])})")

    def create_account(self, profile: AccountProfile) -> Steps:
        place = profile.place or self._user_ou
        if not place:
            base = yield from self._root()
            if not base:
                return
            place = f"CN=Users,{base}"
        dn = f"CN={escaped_rdn(common_name(profile.login))},{place}"
        outcome = _made(self._agent.act(_addition(dn, self._user(profile))))
        yield from self._unless_unseen(dn, outcome)

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        values = {**_names(profile), "mail": profile.email}
        upn = self._upn(profile.login)
        if upn.lower() != account.login.lower():
            values["userPrincipalName"] = upn
        # An empty string is never a legal value: an attribute is cleared by replacing with none.
        changes = [_replaced(name, [text] if text else []) for name, text in values.items()]
        yield self._one(_modify(by_guid(account.id), changes), "account")

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        """Flip one bit of userAccountControl; the others (password never expires ...) stay."""
        search = _search(by_guid(account_id), "base", fields=["userAccountControl"])
        action = self._agent.act([search], about="account")
        outcome, control = _outcome(action), first(_entry(action), "userAccountControl")
        if outcome.error is None and not control.isdecimal():
            outcome = _unreadable(action.call, "The account has no userAccountControl")
        yield outcome
        if outcome.error:
            return
        before = int(control)
        after = before & ~_DISABLED if active else before | _DISABLED
        if after != before:
            changes = [_replaced("userAccountControl", [str(after)])]
            yield self._one(_modify(by_guid(account_id), changes), "account")

    def delete_account(self, account_id: str) -> Steps:
        deletion = {"op": "delete", "dn": by_guid(account_id)}
        yield from gone_is_done(iter([self._one(deletion, "account")]))

    # --- groups ----------------------------------------------------------------------------

    def list_groups(self) -> Steps:
        yield from self._groups("(objectClass=group)")

    def find_groups(self, name: str, place: str | None) -> Steps:
        # The directory compares without case, and so does its rule that a name is taken.
        where = f"(&(objectClass=group)(cn={escaped_filter(name)}))"
        yield from self._groups(where, place)

    def find_by_key(self, key: str) -> Steps:
        where = f"(&(objectClass=group)({KEY_ATTRIBUTE}={escaped_filter(key)}))"
        for outcome in self._groups(where):
            found = outcome.groups[0].id if outcome.groups else None
            yield replace(outcome, id=found)

    def create_group(self, plan: GroupPlan) -> Steps:
        """One add with the members inside, and a read of the new objectGUID, in one agent call.

        An add answers no id, and the id cannot be chosen, so the read is needed; riding in the
        same call it costs no round trip. The mapping's key is written by the same add, so a lost
        reply leaves either nothing or a group that `find_by_key` finds.
        """
        if not plan.place:
            error = TargetError(ErrorKind.REFUSED, "", "No OU was chosen", missing="place")
            yield Outcome(Effect.REFUSED, "none", error=error)
            return
        chunks = _chunks(add=plan.member_ids, remove=()) or [_Chunk()]
        outcome, left = self._create(plan, chunks)
        while outcome.id is None and outcome.error and outcome.error.code == MEMBER_UNKNOWN:
            # The add is all or nothing and does not say who is missing: ask, then go without.
            yield replace(outcome, error=None)
            mended = yield from self._without_missing(chunks[0], outcome.error)
            if mended is None:
                return
            chunks[0] = mended
            outcome, left = self._create(plan, chunks)
        if outcome.id is None:
            yield from self._unless_unseen(f"CN={escaped_rdn(plan.name)},{plan.place}", outcome)
            return
        more = yield from self._settle(outcome.id, outcome, left)
        yield from self._change(outcome.id, more or ())

    def rename_group(self, target_id: str, name: str) -> Steps:
        # sAMAccountName stays, as it does in every rename over LDAP: it was chosen with the push
        # (appConfig.samAccountName), and scripts and access lists may know the group by it.
        rdn = f"CN={escaped_rdn(name)}"
        yield self._one({"op": "modifyDN", "dn": by_guid(target_id), "newrdn": rdn}, "group")

    def delete_group(self, target_id: str) -> Steps:
        yield self._one({"op": "delete", "dn": by_guid(target_id)}, "group")

    # --- members ---------------------------------------------------------------------------

    def list_members(self, target_id: str) -> Steps:
        """Slice by slice: of many values a reader sees only the first 1,500, under another name.

        https://learn.microsoft.com/en-us/windows/win32/ad/enumerating-groups-that-contain-many-members
        """
        start: int | None = 0
        while start is not None:
            search = _search(by_guid(target_id), "base", fields=[f"member;range={start}-*"])
            search["controls"] = [EXTENDED_DN]
            action = self._agent.act([search], about="group")
            outcome, start = _slice(action)
            yield outcome

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        yield from self._change(target_id, _chunks(add=add, remove=remove))

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        """One modify: the directory computes the difference, so nothing has to be read.

        It is not split: between a replace with some and an add of the others, those would be out.
        """
        wanted = _Chunk(add=tuple(dict.fromkeys(members)))
        outcome = self._replace(target_id, wanted)
        while outcome.error and outcome.error.code == MEMBER_UNKNOWN:
            yield replace(outcome, error=None)
            mended = yield from self._without_missing(wanted, outcome.error)
            if mended is None:
                return
            wanted = mended
            outcome = self._replace(target_id, wanted)
        yield outcome

    # --- one agent call and its outcome ----------------------------------------------------

    def _one(self, operation: Operation, about: str) -> Outcome:
        return _outcome(self._agent.act([operation], about=about))

    def _pages(self, where: str, fields: Sequence[str], place: str | None = None) -> "_Pages":
        """Each page's outcome and entries, from one OU or from the whole domain."""
        if not place:
            for outcome in self._root():
                yield outcome, ()
            if not self._base:
                return
        scope = "one" if place else "sub"
        search = _search(place or self._base, scope, where=where, fields=fields)
        search["pageSize"] = PAGE
        is_last = False
        while not is_last:
            action = self._agent.act([search], about="place" if place else "")
            outcome = _outcome(action)
            if outcome.error is None and not all(map(_guid, action.last.entries)):
                outcome = _unreadable(action.call, "An entry has no objectGUID")
            yield outcome, () if outcome.error else action.last.entries
            search["cookie"] = "" if outcome.error else action.last.cookie
            is_last = not search["cookie"]

    def _accounts(self, where: str) -> Steps:
        for outcome, entries in self._pages(where, _ACCOUNT_FIELDS):
            yield replace(outcome, accounts=tuple(map(_account, entries)))

    def _groups(self, where: str, place: str | None = None) -> Steps:
        for outcome, entries in self._pages(where, _GROUP_FIELDS, place):
            yield replace(outcome, groups=tuple(map(_group, entries)))

    def _root(self) -> Generator[Outcome, None, str]:
        """The domain's own DN, from the options or, once, from the directory; "" when refused."""
        if not self._base:
            action = self._agent.act([_search("", "base", fields=["defaultNamingContext"])])
            outcome = _outcome(action)
            if outcome.error is None:
                self._base = first(_entry(action), "defaultNamingContext")
            yield outcome if self._base or outcome.error else _unreadable(action.call, "No domain")
        return self._base

    def _replace(self, target_id: str, wanted: "_Chunk") -> Outcome:
        values = [by_guid(member) for member in wanted.add]
        outcome = self._one(_modify(by_guid(target_id), [_replaced("member", values)]), "group")
        return outcome if outcome.error else replace(outcome, added=wanted.add)

    def _create(
        self, plan: GroupPlan, chunks: Sequence["_Chunk"]
    ) -> tuple[Outcome, Sequence["_Chunk"]]:
        """Make the group, the first members inside and more behind; and the chunks not done."""
        dn = f"CN={escaped_rdn(plan.name)},{plan.place}"
        inside, *behind = chunks[:OPERATIONS_PER_CALL]
        adds = [chunk.operation(dn) for chunk in behind]
        action = self._agent.act([*_addition(dn, _group_entry(plan, inside.add)), *adds])
        finished = max(0, action.done - 1)  # the read is no chunk
        outcome = _made(action)
        accounts = tuple(account for chunk in chunks[:finished] for account in chunk.add)
        return replace(outcome, added=accounts if outcome.id else ()), chunks[finished:]

    def _unless_unseen(self, dn: str, outcome: Outcome) -> Steps:
        """The outcome of an addition; a name that is taken where nobody is seen is not refused.

        The domain controller that takes changes may be ahead of the one that is asked.
        """
        if outcome.error is None or outcome.error.code != NAME_TAKEN:
            yield outcome
            return
        yield replace(outcome, error=None)
        action = self._agent.act([_search(dn, "base", fields=["objectGUID"])])
        looked = _outcome(action)
        if looked.error and looked.error.code == OBJECT_UNKNOWN:
            yield replace(looked, effect=Effect.REFUSED, error=_unseen(looked.error))
        else:
            yield replace(looked, effect=outcome.effect, error=looked.error or outcome.error)

    # --- member changes --------------------------------------------------------------------

    def _change(self, target_id: str, chunks: Iterable["_Chunk"]) -> Steps:
        """Send chunks, a few to an agent call; each is all or nothing, refused ones are mended."""
        waiting = deque(chunk for chunk in chunks if chunk)
        while waiting:
            batch = [waiting.popleft() for _ in range(min(OPERATIONS_PER_CALL, len(waiting)))]
            operations = [chunk.operation(by_guid(target_id)) for chunk in batch]
            action = self._agent.act(operations, about="group")
            outcome = _progress(action, batch[: action.done])
            more = yield from self._settle(target_id, outcome, batch[action.done :])
            if more is None:
                return
            waiting.extendleft(reversed(more))

    def _settle(
        self, target_id: str, outcome: Outcome, left: Sequence["_Chunk"]
    ) -> Generator[Outcome, None, "Sequence[_Chunk] | None"]:
        """Tell what a call brought; the chunks still to send, or None when it ends here."""
        error = outcome.error
        if error is None or not left or error.code not in _MENDABLE:
            yield outcome
            return None if error else left
        yield replace(outcome, error=None)
        mended = yield from self._mend(target_id, left[0], error)
        return None if mended is None else [chunk for chunk in (mended, *left[1:]) if chunk]

    def _mend(
        self, target_id: str, chunk: "_Chunk", error: TargetError
    ) -> Generator[Outcome, None, "_Chunk | None"]:
        """What is left to ask of a refused chunk; None when the operation ends here."""
        if error.code == MEMBER_UNKNOWN:
            return (yield from self._without_missing(chunk, error))
        return (yield from self._without_done(target_id, chunk, error))

    def _without_missing(
        self, chunk: "_Chunk", error: TargetError
    ) -> Generator[Outcome, None, "_Chunk | None"]:
        """Ask which of the accounts exist: no message says which one did not."""
        base = yield from self._root()
        if not base:
            return None
        asked = (*chunk.add, *chunk.remove)
        action = self._agent.act(_lookups(base, asked))
        outcome = _outcome(action)
        if outcome.error:
            yield outcome
            return None
        there = {
            first(e, "objectGUID").lower() for result in action.results for e in result.entries
        }
        gone = frozenset(account for account in asked if account.lower() not in there)
        refused = tuple(MemberRefusal(a, error) for a in chunk.add if a in gone)
        removed = tuple(account for account in chunk.remove if account in gone)
        outcome = replace(outcome, refused=refused, removed=removed)
        yield outcome if gone else replace(outcome, effect=Effect.REFUSED, error=error)
        return chunk.without(gone) if gone else None

    def _without_done(
        self, target_id: str, chunk: "_Chunk", error: TargetError
    ) -> Generator[Outcome, None, "_Chunk | None"]:
        """A directory that is not permissive about members: read who is one, drop what is done."""
        present: set[str] = set()
        last: Outcome | None = None
        for outcome in self.list_members(target_id):
            if last:
                yield last
            last = outcome
            present.update(member.lower() for member in outcome.members)
        assert last, "reading yields at least one outcome"
        if last.error:
            yield last
            return None
        added = tuple(account for account in chunk.add if account.lower() in present)
        removed = tuple(account for account in chunk.remove if account.lower() not in present)
        done = frozenset(added + removed)
        yield replace(last, members=(), added=added, removed=removed, error=None if done else error)
        return chunk.without(done) if done else None

    # --- names and secrets -----------------------------------------------------------------

    def _upn(self, login: str) -> str:
        """The sign-in name: the login, in the mapped domain if there is one."""
        return sign_in_name(login, self._domain)

    def _user(self, profile: AccountProfile) -> dict[str, Sequence[str]]:
        upn = self._upn(profile.login)
        values = {
            **_names(profile),
            "mail": profile.email,
            "sAMAccountName": account_name(upn),
            "userPrincipalName": upn,
            "unicodePwd": f'"{self._password(upn)}"',
            "userAccountControl": "512",
        }
        given = {name: [text] for name, text in values.items() if text}
        return {"objectClass": ["user"], **given}

    def _password(self, upn: str) -> str:
        return first_password(self._credentials["agent_token"], upn)


_Pages = Generator[tuple[Outcome, Sequence[Mapping[str, Any]]], None, None]
_MENDABLE = frozenset({MEMBER_UNKNOWN, MEMBER_PRESENT, MEMBER_ABSENT})


# --- what is sent ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chunk:
    """One modify's worth of member changes."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)

    def without(self, done: frozenset[str]) -> "_Chunk":
        return _Chunk(
            tuple(account for account in self.add if account not in done),
            tuple(account for account in self.remove if account not in done),
        )

    def operation(self, target: str) -> Operation:
        """Permissive, so that a repeated call succeeds: present members and absent ones are fine.

        https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.4.1.8
        """
        changes = [
            {"op": op, "attribute": "member", "values": [by_guid(account) for account in accounts]}
            for op, accounts in (("delete", self.remove), ("add", self.add))
            if accounts
        ]
        return _modify(target, changes, controls=[PERMISSIVE_MODIFY])


def _chunks(*, add: Sequence[str], remove: Sequence[str]) -> list[_Chunk]:
    pairs = [*(("", account) for account in dict.fromkeys(remove))]
    pairs += [(account, "") for account in dict.fromkeys(add)]
    pieces = (
        pairs[at : at + VALUES_PER_OPERATION] for at in range(0, len(pairs), VALUES_PER_OPERATION)
    )
    return [
        _Chunk(tuple(new for new, _ in piece if new), tuple(old for _, old in piece if old))
        for piece in pieces
    ]


def _search(
    base: str, scope: str, *, fields: Sequence[str], where: str = "(objectClass=*)"
) -> dict[str, Any]:
    return {"op": "search", "base": base, "scope": scope, "filter": where, "attributes": fields}


def _lookups(base: str, accounts: Sequence[str]) -> list[Operation]:
    pieces = (accounts[at : at + CLAUSES] for at in range(0, len(accounts), CLAUSES))
    wheres = (any_of(map(guid_filter, piece)) for piece in pieces)
    return [_search(base, "sub", where=where, fields=["objectGUID"]) for where in wheres]


def _addition(dn: str, attributes: Mapping[str, Sequence[str]]) -> list[Operation]:
    add = {"op": "add", "dn": dn, "attributes": attributes}
    return [add, _search(dn, "base", fields=["objectGUID"])]


def _modify(
    target: str, changes: Sequence[Mapping[str, Any]], *, controls: Sequence[str] = ()
) -> Operation:
    operation = {"op": "modify", "dn": target, "changes": changes}
    return operation | {"controls": controls} if controls else operation


def _replaced(attribute: str, values: Sequence[str]) -> Mapping[str, Any]:
    return {"op": "replace", "attribute": attribute, "values": values}


def _names(profile: AccountProfile) -> dict[str, str]:
    return {
        "displayName": profile.display_name or profile.login,
        "givenName": profile.first_name,
        "sn": profile.last_name,
    }


def _group_entry(plan: GroupPlan, members: Sequence[str]) -> dict[str, Sequence[str]]:
    bits = _SCOPES.get(plan.scope.upper(), _SCOPES["GLOBAL"])
    if plan.kind.upper() != "DISTRIBUTION":
        bits |= _SECURITY
    signed = bits - (1 << 32) if bits & _SECURITY else bits
    entry: dict[str, Sequence[str]] = {
        "objectClass": ["group"],
        "sAMAccountName": [plan.sam_account_name or group_account_name(plan.name)],
        "groupType": [str(signed)],
        KEY_ATTRIBUTE: [plan.key],
    }
    return entry | {"member": [by_guid(member) for member in members]} if members else entry


def account_name(upn: str) -> str:
    """A legal sAMAccountName of a user: 20 characters at most, the same for the same sign-in name.

    One that had to be changed gets a few digits of the sign-in name's hash, so two stay apart.
    """
    local = upn.partition("@")[0]
    legal = _ILLEGAL_IN_ACCOUNT_NAME.sub("_", local).rstrip(". ")
    if legal and legal == local and len(legal) <= 20:
        return legal
    return f"{legal[:13].rstrip('. ')}-{_digest(upn)[:6]}"


def group_account_name(name: str) -> str:
    """The group's own name where that is legal; repaired where it is not."""
    legal = _ILLEGAL_IN_ACCOUNT_NAME.sub("_", name).strip().rstrip(". ")[:256]
    return legal if legal == name else f"{legal[:240]}-{_digest(name)[:6]}"


def common_name(login: str) -> str:
    """The login, since two people may share a display name but an OU no two common names."""
    return login if len(login) <= 64 else f"{login[:57]}-{_digest(login)[:6]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- what comes back ---------------------------------------------------------------------------


def _outcome(action: Action) -> Outcome:
    return Outcome(action.effect, action.call, error=action.error)


def _made(action: Action) -> Outcome:
    """The outcome of an addition: its id, once the object was added and read."""
    outcome = _outcome(action)
    if action.done == 0:
        return outcome
    if action.done == 1:
        # The object is there, whatever became of reading it.
        error = outcome.error
        if error and error.code == OBJECT_UNKNOWN:
            error = _unseen(error)
        return replace(outcome, effect=Effect.UNKNOWN, error=error)
    entries = action.results[1].entries
    made = first(entries[0], "objectGUID") if entries else ""
    return replace(outcome, id=made) if made else _unreadable(action.call, "No objectGUID came")


def _unseen(error: TargetError) -> TargetError:
    """Another domain controller has the object already; a later look finds it.

    https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/get-started/replication/active-directory-replication-concepts
    """
    message = f"A domain controller does not have what another one has. {error.message}"
    return replace(error, kind=ErrorKind.UNAVAILABLE, message=message, missing="")


def _progress(action: Action, done: Sequence[_Chunk]) -> Outcome:
    return replace(
        _outcome(action),
        added=tuple(account for chunk in done for account in chunk.add),
        removed=tuple(account for chunk in done for account in chunk.remove),
    )


def _unreadable(call: str, message: str) -> Outcome:
    return Outcome(Effect.UNKNOWN, call, error=unreadable(message))


def _entry(action: Action) -> Mapping[str, Any]:
    return action.last.entries[0] if action.results and action.last.entries else {}


def _slice(action: Action) -> tuple[Outcome, int | None]:
    """One slice of `member`, and where the next one starts."""
    outcome = _outcome(action)
    if outcome.error:
        return outcome, None
    attributes = _entry(action).get("attributes")
    if attributes is None:
        return _unreadable(action.call, "The group was not told"), None
    named = next(
        (name for name in sorted(attributes, reverse=True) if name.startswith("member")), ""
    )
    members = tuple(guid_in(str(value)) for value in attributes.get(named) or ())
    end = re.search(r"-(\d+)$", named)
    return replace(outcome, members=members), int(end[1]) + 1 if end else None


def _guid(entry: Mapping[str, Any]) -> str:
    return first(entry, "objectGUID")


def _account(entry: Mapping[str, Any]) -> Account:
    control = first(entry, "userAccountControl")
    return Account(
        _guid(entry),
        first(entry, "userPrincipalName") or first(entry, "sAMAccountName"),
        email=first(entry, "mail"),
        active=not (int(control) if control.isdecimal() else 0) & _DISABLED,
    )


def _group(entry: Mapping[str, Any]) -> TargetGroup:
    told = ("sAMAccountName", KEY_ATTRIBUTE)
    dn = str(entry.get("dn") or "")
    return TargetGroup(
        _guid(entry),
        first(entry, "cn"),
        place=parent_of(dn),
        kind=_kind(first(entry, "groupType")),
        attributes={name: first(entry, name) for name in told if first(entry, name)},
    )


def _kind(group_type: str) -> str:
    """`global security`, `domain local distribution` ..."""
    bits = int(group_type) & 0xFFFFFFFF if re.fullmatch(r"-?\d+", group_type) else 0
    scope = (
        next((name for name, bit in _SCOPES.items() if bits & bit), "").lower().replace("_", " ")
    )
    return f"{scope} {'security' if bits & _SECURITY else 'distribution'}".strip()
