"""Microsoft 365: accounts and groups of an Entra ID tenant, through Microsoft Graph v1.0."""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

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
from ._graph import ALREADY_LINKED, BATCH_SIZE, KEY_TAKEN, Answer, Graph, Request
from ._http import unreadable

# https://learn.microsoft.com/en-us/graph/api/group-update: "up to 20 members" in one request
LINKS = 20
PAGE = 999
_ACCOUNT_FIELDS = "id,userPrincipalName,mail,accountEnabled"
_GROUP_FIELDS = (
    "id,displayName,groupTypes,mailEnabled,securityEnabled,onPremisesSyncEnabled,uniqueName"
)
_OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects/"


class Adapter:
    """Pushes into one tenant. Options: `domain` (for logins of another domain), `graph_url`, ...

    Members travel twenty to a request and twenty requests to a batch, 400 to a call.
    """

    name: ClassVar[str] = "o365"
    # Office 365 is not in Okta's list of apps with Group Linking, so a taken name fails; an org
    # whose catalogue offers linking for it says so in the app's own settings.
    # https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-group-push-prerequisites.htm
    # A fresh group has been seen to be missing from reads for up to eleven minutes.
    # https://github.com/hashicorp/terraform-provider-azuread/issues/1806
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=False, members_at_create=LINKS, lag_s=900.0
    )

    def __init__(self, connection: Connection) -> None:
        self._graph = Graph(connection)
        self._credentials = connection.credentials
        self._domain: str = (connection.options or {}).get("domain") or ""

    # --- accounts --------------------------------------------------------------------------

    def list_accounts(self) -> Steps:
        query = urlencode({"$select": _ACCOUNT_FIELDS, "$top": PAGE}, safe="$,")
        for outcome, items in self._pages(Request("GET", f"/users?{query}")):
            yield replace(outcome, accounts=tuple(_accounts(items)))

    def find_accounts(self, login: str, email: str) -> Steps:
        where = f"userPrincipalName eq {_quoted(self._upn(login))}"
        if email:
            where += f" or mail eq {_quoted(email)}"
        for outcome, items in self._pages(Request("GET", _find("/users", where, _ACCOUNT_FIELDS))):
            yield replace(outcome, accounts=tuple(_accounts(items)))

    def create_account(self, profile: AccountProfile) -> Steps:
        upn = self._upn(profile.login)
        body = {
            "accountEnabled": True,
            **_names(profile),
            "mail": profile.email or None,
            "mailNickname": nickname(upn.partition("@")[0]),
            "userPrincipalName": upn,
            "passwordProfile": {
                "password": self._password(upn),
                "forceChangePasswordNextSignIn": True,
            },
        }
        yield from self._make(Request("POST", "/users", body))

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        body: dict[str, Any] = _names(profile)
        upn = self._upn(profile.login)
        if upn.lower() != account.login.lower():
            body["userPrincipalName"] = upn
        if profile.email and profile.email != account.email:
            body["mail"] = profile.email
        yield from self._one(_on_account("PATCH", account.id, body))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        yield from self._one(_on_account("PATCH", account_id, {"accountEnabled": active}))

    def delete_account(self, account_id: str) -> Steps:
        for outcome in self._one(_on_account("DELETE", account_id)):
            gone = outcome.error and outcome.error.kind is ErrorKind.NOT_FOUND
            yield replace(outcome, effect=Effect.DONE, error=None) if gone else outcome

    # --- groups ----------------------------------------------------------------------------

    def list_groups(self) -> Steps:
        query = urlencode({"$select": _GROUP_FIELDS, "$top": PAGE}, safe="$,")
        for outcome, items in self._pages(Request("GET", f"/groups?{query}")):
            yield replace(outcome, groups=tuple(_groups(items)))

    def find_groups(self, name: str, place: str | None) -> Steps:
        # Graph compares without case; a group of another case is another name to Okta.
        where = f"displayName eq {_quoted(name)}"
        for outcome, items in self._pages(Request("GET", _find("/groups", where, _GROUP_FIELDS))):
            found = tuple(group for group in _groups(items) if group.name == name)
            yield replace(outcome, groups=found)

    def find_by_key(self, key: str) -> Steps:
        if not (yield from self._graph.authorize()):
            return
        request = Request("GET", f"{_by_key(key)}?$select={_GROUP_FIELDS}", group=key)
        answer = self._graph.call(request)
        if answer.error and answer.error.kind is ErrorKind.NOT_FOUND:
            yield Outcome(Effect.DONE, request.name)
            return
        outcome = _made(request, answer)
        yield outcome if outcome.error else replace(outcome, groups=tuple(_groups([answer.body])))

    def create_group(self, plan: GroupPlan) -> Steps:
        """Make the group under its key, first members included, then add the others.

        A POST whose reply is lost cannot be repeated: names are not unique, so it would make a
        twin (https://github.com/microsoftgraph/microsoft-graph-docs/issues/14868). An upsert by
        alternate key can: it answers 201 with the group the first time and 204 from then on
        (https://learn.microsoft.com/en-us/graph/api/group-upsert). Unsure: that page does not say
        that `members@odata.bind` is taken here as it is by POST /groups; `uniqueName` cannot be
        set by POST.
        """
        members = tuple(dict.fromkeys(plan.member_ids))
        first, changes = members[:LINKS], _additions(members[LINKS:])
        target_id, is_refused = yield from self._upsert(plan, first)
        if is_refused:
            # One of the first members is at fault, or they are members already since this is a
            # repetition: make the group without them, then ask for each.
            changes = [*(_Change(add=(member,)) for member in first), *changes]
            target_id, _ = yield from self._upsert(plan, ())
        if target_id:
            yield from self._change(target_id, changes)

    def rename_group(self, target_id: str, name: str) -> Steps:
        yield from self._one(_on_group("PATCH", target_id, body={"displayName": name}))

    def delete_group(self, target_id: str) -> Steps:
        yield from self._one(_on_group("DELETE", target_id))

    # --- members ---------------------------------------------------------------------------

    def list_members(self, target_id: str) -> Steps:
        request = _on_group("GET", target_id, f"/members?$select=id&$top={PAGE}")
        for outcome, items in self._pages(request):
            yield replace(outcome, members=tuple(_ids(items)))

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        yield from self._change(target_id, [*_removals(remove), *_additions(add)])

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        """Read all, then send the difference: Graph can neither replace nor remove in bulk."""
        present: list[str] = []
        for outcome in self.list_members(target_id):
            yield outcome
            if outcome.error:
                return
            present += outcome.members
        wanted, there = {m.lower() for m in members}, {m.lower() for m in present}
        yield from self.change_members(
            target_id,
            add=[member for member in members if member.lower() not in there],
            remove=[member for member in present if member.lower() not in wanted],
        )

    # --- one call and its outcome ----------------------------------------------------------

    def _one(self, request: Request) -> Steps:
        if (yield from self._graph.authorize()):
            yield _outcome(request, self._graph.call(request))

    def _make(self, request: Request) -> Steps:
        """A request whose reply must bring an id; without one nobody knows what was made."""
        if (yield from self._graph.authorize()):
            yield _made(request, self._graph.call(request))

    def _pages(self, request: Request) -> Iterable[tuple[Outcome, list[Any]]]:
        """Each page's outcome and items. An error ends it; so does a link to another host."""
        following: Request | None = request
        while following:
            for token in self._graph.authorize():
                yield token, []
                if token.error:
                    return
            outcome, items, link = self._page(following)
            yield outcome, items
            following = replace(request, path=link) if link else None

    def _page(self, request: Request) -> tuple[Outcome, list[Any], str]:
        answer = self._graph.call(request)
        outcome = _outcome(request, answer)
        if answer.error:
            return outcome, [], ""
        items, link = answer.value("value", list), answer.value("@odata.nextLink", str) or ""
        if items is None or not all(map(_has_id, items)):
            return _failed(request, unreadable("The page is no list of objects")), [], ""
        if link == request.path or (link and not self._graph.stays_home(link)):
            message = "The next link leads away from the tenant, or nowhere"
            error = TargetError(ErrorKind.REFUSED, "nextLink", message)
            return _failed(request, error, Effect.REFUSED), [], ""
        return outcome, items, link

    def _upsert(
        self, plan: GroupPlan, members: tuple[str, ...]
    ) -> Generator[Outcome, None, tuple[str, bool]]:
        """The group's id ("" when that failed), and whether a member was what it refused."""
        if not (yield from self._graph.authorize()):
            return "", False
        request = _upsert_request(plan, members)
        answer = self._graph.call(request)
        if members and answer.error and _names_a_member(answer.error):
            yield Outcome(Effect.REFUSED, request.name)
            return "", True
        if answer.status == 204:
            yield Outcome(Effect.DONE, request.name, added=members)
            return (yield from self._id_of(plan.key)), False
        outcome = _made(request, answer)
        if outcome.error and outcome.error.code == KEY_TAKEN:
            # The key is ours, so the group is: an earlier call made it, and the replica that was
            # asked does not show it yet. It will.
            outcome = replace(outcome, error=replace(outcome.error, kind=ErrorKind.UNAVAILABLE))
        yield replace(outcome, added=() if outcome.error else members)
        return outcome.id or "", False

    def _id_of(self, key: str) -> Generator[Outcome, None, str]:
        """The upsert met a group that was there already, and does not say its id."""
        if not (yield from self._graph.authorize()):
            return ""
        request = Request("GET", f"{_by_key(key)}?$select=id", group=key)
        outcome = _made(request, self._graph.call(request))
        yield outcome
        return outcome.id or ""

    # --- member changes --------------------------------------------------------------------

    def _change(self, target_id: str, changes: Sequence["_Change"]) -> Steps:
        """Send changes, 20 to a batch; a bind refused for one member's sake is sent one by one.

        The items of a batch depend on nothing: each names other members, so their order does not
        matter, and in a chain one refused bind would fail all behind it (424). Unsure: whether
        Graph ever refuses writes to one group that run side by side.
        """
        waiting = deque(changes)
        while waiting:
            batch = [waiting.popleft() for _ in range(min(BATCH_SIZE, len(waiting)))]
            if not (yield from self._graph.authorize()):
                return
            verdicts, call = self._send(target_id, batch)
            outcome = _summary(call, verdicts)
            yield outcome
            if outcome.error:
                return
            waiting.extend(change for verdict in verdicts for change in verdict.again)

    def _send(self, target_id: str, batch: Sequence["_Change"]) -> tuple[list["_Verdict"], str]:
        requests = [change.request(target_id) for change in batch]
        if len(requests) == 1:
            return [_verdict(batch[0], self._graph.call(requests[0]))], requests[0].name
        answers = self._graph.batch(requests)
        if isinstance(answers, Answer):
            return [_Verdict(effect=answers.effect, error=answers.error)], "POST /$batch"
        return [_verdict(*pair) for pair in zip(batch, answers, strict=True)], "POST /$batch"

    # --- names and secrets -----------------------------------------------------------------

    def _upn(self, login: str) -> str:
        """The sign-in name: the login, in the mapped domain if there is one."""
        local, at, domain = login.rpartition("@")
        if not at:
            return f"{login}@{self._domain or self._credentials.get('domain', '')}"
        return f"{local}@{self._domain or domain}"

    def _password(self, upn: str) -> str:
        """A first password nobody is told, to be changed at sign-in: the same for the same call."""
        secret = str(self._credentials["client_secret"]).encode()
        digest = hmac.digest(secret, f"first password of {upn}".encode(), hashlib.sha256)
        return base64.b64encode(digest).decode().rstrip("=") + "aA1!"


# --- what is sent ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """One request's worth of member changes: up to 20 to add, or one to remove."""

    add: tuple[str, ...] = ()
    remove: str = ""

    def request(self, target_id: str) -> Request:
        if self.remove:
            return _on_group("DELETE", target_id, f"/members/{quote(self.remove, safe='')}/$ref")
        if len(self.add) == 1:
            body: dict[str, Any] = {"@odata.id": _OBJECTS + self.add[0]}
            return _on_group("POST", target_id, "/members/$ref", body)
        return _on_group("PATCH", target_id, body=_binds(self.add))


def _additions(members: Iterable[str]) -> list[_Change]:
    unique = tuple(dict.fromkeys(members))
    return [_Change(add=unique[at : at + LINKS]) for at in range(0, len(unique), LINKS)]


def _removals(members: Iterable[str]) -> list[_Change]:
    # Always with `/$ref`: without it the call deletes the user from the tenant.
    # https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1106
    return [_Change(remove=member) for member in dict.fromkeys(members)]


def _on_group(
    method: str, target_id: str, below: str = "", body: Mapping[str, Any] | None = None
) -> Request:
    path = f"/groups/{quote(target_id, safe='')}{below}"
    return Request(method, path, body, group=target_id)


def _on_account(method: str, account_id: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(method, f"/users/{quote(account_id, safe='')}", body, account=account_id)


def _upsert_request(plan: GroupPlan, members: tuple[str, ...]) -> Request:
    # Pushed groups are security groups, or Microsoft 365 groups where that is chosen.
    # https://support.okta.com/help/s/article/okta-office-365-integration-supported-group-types-and-push-configuration
    is_unified = plan.kind.lower() in ("unified", "microsoft365", "microsoft 365", "m365")
    body = {
        "displayName": plan.name,
        "mailEnabled": is_unified,
        "mailNickname": nickname(plan.name),
        "securityEnabled": not is_unified,
        "groupTypes": ["Unified"] if is_unified else [],
        **(_binds(members) if members else {}),
    }
    return Request("PATCH", _by_key(plan.key), body, prefer="create-if-missing", group=plan.key)


def _binds(members: Iterable[str]) -> dict[str, Any]:
    return {"members@odata.bind": [_OBJECTS + member for member in members]}


def _by_key(key: str) -> str:
    return f"/groups(uniqueName={quote(_quoted(key), safe=chr(39))})"


def _find(collection: str, where: str, fields: str) -> str:
    return f"{collection}?$filter={quote(where, safe='')}&$select={fields}"


def _quoted(text: str) -> str:
    """An OData string: quotes doubled."""
    return "'" + text.replace("'", "''") + "'"


def _names(profile: AccountProfile) -> dict[str, Any]:
    return {
        "displayName": profile.display_name or profile.login,
        "givenName": profile.first_name or None,
        "surname": profile.last_name or None,
    }


def nickname(name: str) -> str:
    """A legal mailNickname, at most 64 characters, the same for the same name.

    A name that had to be changed gets a few digits of its hash, so that two such names stay apart:
    nicknames of Microsoft 365 groups must be unique.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")
    if slug and slug == name and len(slug) <= 64:
        return slug
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{slug[:55]}-{digest}" if slug else f"group-{digest}"


# --- what comes back ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Verdict:
    """What one request of a batch did; `again` is what must be asked one by one."""

    effect: Effect = Effect.DONE
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[MemberRefusal, ...] = ()
    again: tuple[_Change, ...] = ()
    error: TargetError | None = None


def _verdict(change: _Change, answer: Answer) -> _Verdict:
    error = answer.error
    if error is None or _is_done_already(change, error):
        removed = (change.remove,) if change.remove else ()
        return _Verdict(added=change.add, removed=removed)
    if not change.add or not _names_a_member(error):
        return _Verdict(effect=answer.effect, error=error)
    if len(change.add) > 1:
        return _Verdict(again=tuple(_Change(add=(member,)) for member in change.add))
    return _Verdict(refused=(MemberRefusal(change.add[0], error),))


def _is_done_already(change: _Change, error: TargetError) -> bool:
    """A present member added, or an absent one removed: what a repeated call meets."""
    if change.remove:
        return error.kind is ErrorKind.NOT_FOUND and error.missing == "account"
    return len(change.add) == 1 and ALREADY_LINKED in error.message


def _names_a_member(error: TargetError) -> bool:
    """Whether one of the members is at fault rather than the group or our rights."""
    return error.missing == "account" or any(part in error.message for part in _MEMBER_FAULTS)


_MEMBER_FAULTS = (
    ALREADY_LINKED,
    "can only be present once as an add/remove change",
    "Guests users are not allowed",
    "An invalid operation was included in the following modified references",
)


def _summary(call: str, verdicts: Sequence[_Verdict]) -> Outcome:
    errors = [verdict.error for verdict in verdicts if verdict.error]
    effects = {verdict.effect for verdict in verdicts}
    worst = (Effect.UNKNOWN, Effect.REFUSED, Effect.DONE)
    return Outcome(
        next(effect for effect in worst if effect in effects),
        call,
        added=tuple(member for verdict in verdicts for member in verdict.added),
        removed=tuple(member for verdict in verdicts for member in verdict.removed),
        refused=tuple(refusal for verdict in verdicts for refusal in verdict.refused),
        error=_leading(errors),
    )


def _leading(errors: Sequence[TargetError]) -> TargetError | None:
    """The error to report of several: what passes by itself first, the longest wait of all.

    After waiting, the rest is sent again; an error that lasts shows up then. A failed dependency
    is no error of its own and speaks only where nothing else does.
    """
    own = [error for error in errors if error.code != "FailedDependency"] or list(errors)
    throttled = [error for error in own if error.kind is ErrorKind.THROTTLED]
    if throttled:
        return max(throttled, key=lambda error: error.retry_after_s or 0.0)
    passing = [error for error in own if error.is_transient]
    return next(iter(passing or own), None)


def _outcome(request: Request, answer: Answer) -> Outcome:
    return Outcome(answer.effect, request.name, error=answer.error)


def _made(request: Request, answer: Answer) -> Outcome:
    if answer.error:
        return _outcome(request, answer)
    made = answer.value("id", str)
    if not made:
        return _failed(request, unreadable("The reply has no id"))
    return Outcome(Effect.DONE, request.name, id=made)


def _failed(request: Request, error: TargetError, effect: Effect = Effect.UNKNOWN) -> Outcome:
    return Outcome(effect, request.name, error=error)


def _ids(items: Iterable[Any]) -> Iterable[str]:
    return (item["id"] for item in items)


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _accounts(items: Iterable[Any]) -> Iterable[Account]:
    for item in items:
        yield Account(
            item["id"],
            str(item.get("userPrincipalName") or ""),
            email=str(item.get("mail") or ""),
            active=item.get("accountEnabled") is not False,
        )


def _groups(items: Iterable[Any]) -> Iterable[TargetGroup]:
    for item in items:
        told = ("uniqueName", "onPremisesSyncEnabled", "groupTypes")
        attributes = {name: item[name] for name in told if item.get(name)}
        name = str(item.get("displayName") or "")
        yield TargetGroup(item["id"], name, kind=_kind(item), attributes=attributes)


def _kind(group: Mapping[str, Any]) -> str:
    types = group.get("groupTypes") or ()
    if group.get("onPremisesSyncEnabled"):
        return "synced"
    if "DynamicMembership" in types:
        return "dynamic"
    if "Unified" in types:
        return "unified"
    if group.get("mailEnabled"):
        return "mail-enabled security" if group.get("securityEnabled") else "distribution"
    return "security"
