"""Microsoft 365: accounts and groups of an Entra ID tenant, through Microsoft Graph v1.0."""

import hashlib
import re
import unicodedata
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
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
from ._answers import Answer, Request, made
from ._api import Page
from ._graph import ALREADY_LINKED, BATCH_SIZE, KEY_TAKEN, batch, connect, listing
from ._steps import Verdict, approach, first_password, gone_is_done, sign_in_name, summary

# https://learn.microsoft.com/en-us/graph/api/group-update: "up to 20 members" in one request
LINKS = 20
PAGE = 999
_ACCOUNT_FIELDS = "id,userPrincipalName,mail,accountEnabled"
_GROUP_FIELDS = (
    "id,displayName,groupTypes,mailEnabled,securityEnabled,onPremisesSyncEnabled,uniqueName"
)
_UPSERT = {"Prefer": "create-if-missing"}
_OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects/"


class Adapter:
    """Pushes into one tenant. Options: `domain` (for logins of another domain), `graph_url`, ...

    Members travel twenty to a request and twenty requests to a batch, 400 to a call. What Okta
    itself sends to Graph is documented nowhere, so `wire: okta` is the same as `frugal` here.
    """

    name: ClassVar[str] = "o365"
    # Office 365 is not in Okta's list of apps with Group Linking, so a taken name fails; an org
    # whose catalogue offers linking for it says so in the app's own settings.
    # https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-group-push-prerequisites.htm
    # A fresh group has been seen to be missing from reads for up to eleven minutes.
    # https://github.com/hashicorp/terraform-provider-azuread/issues/1806
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=False,
        members_at_create=LINKS,
        account_pages=(PAGE,),
        group_pages=(PAGE,),
        member_pages=(PAGE,),
        member_batches=(LINKS, LINKS * BATCH_SIZE),
        lag_s=900.0,
    )

    def __init__(self, connection: Connection) -> None:
        self._api = connect(connection)
        self._credentials = connection.credentials
        self._domain: str = (connection.options or {}).get("domain") or ""

    # --- accounts --------------------------------------------------------------------------

    def list_accounts(self) -> Steps:
        query = urlencode({"$select": _ACCOUNT_FIELDS, "$top": PAGE}, safe="$,")
        for page in self._pages(Request("GET", f"/users?{query}")):
            yield replace(page.outcome, accounts=tuple(_accounts(page.items)))

    def find_accounts(self, login: str, email: str) -> Steps:
        where = f"userPrincipalName eq {_quoted(self._upn(login))}"
        if email:
            where += f" or mail eq {_quoted(email)}"
        for page in self._pages(Request("GET", _find("/users", where, _ACCOUNT_FIELDS))):
            yield replace(page.outcome, accounts=tuple(_accounts(page.items)))

    def create_account(self, profile: AccountProfile) -> Steps:
        upn = self._upn(profile.login)
        body = {
            "accountEnabled": True,
            **_names(profile),
            "mail": profile.email or None,
            "mailNickname": nickname(upn.partition("@")[0]),
            "userPrincipalName": upn,
            "passwordProfile": {
                "password": first_password(self._credentials["client_secret"], upn),
                "forceChangePasswordNextSignIn": True,
            },
        }
        yield from self._api.make(Request("POST", "/users", body))

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        body: dict[str, Any] = _names(profile)
        upn = self._upn(profile.login)
        if upn.lower() != account.login.lower():
            body["userPrincipalName"] = upn
        if profile.email and profile.email != account.email:
            body["mail"] = profile.email
        yield from self._api.one(_on_account("PATCH", account.id, body))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        yield from self._api.one(_on_account("PATCH", account_id, {"accountEnabled": active}))

    def delete_account(self, account_id: str) -> Steps:
        yield from gone_is_done(self._api.one(_on_account("DELETE", account_id)))

    # --- groups ----------------------------------------------------------------------------

    def list_groups(self) -> Steps:
        query = urlencode({"$select": _GROUP_FIELDS, "$top": PAGE}, safe="$,")
        for page in self._pages(Request("GET", f"/groups?{query}")):
            yield replace(page.outcome, groups=tuple(_groups(page.items)))

    def find_groups(self, name: str, place: str | None) -> Steps:
        # Graph compares without case; a group of another case is another name to Okta.
        where = f"displayName eq {_quoted(name)}"
        for page in self._pages(Request("GET", _find("/groups", where, _GROUP_FIELDS))):
            found = tuple(group for group in _groups(page.items) if group.name == name)
            yield replace(page.outcome, groups=found)

    def find_by_key(self, key: str) -> Steps:
        if not (yield from self._api.authorize()):
            return
        request = Request("GET", f"{_by_key(key)}?$select={_GROUP_FIELDS}", group=key)
        answer = self._api.call(request)
        if answer.error and answer.error.kind is ErrorKind.NOT_FOUND:
            yield Outcome(Effect.DONE, request.name)
            return
        outcome = made(request, answer)
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
        yield from self._api.one(_on_group("PATCH", target_id, body={"displayName": name}))

    def delete_group(self, target_id: str) -> Steps:
        yield from self._api.one(_on_group("DELETE", target_id))

    # --- members ---------------------------------------------------------------------------

    def list_members(self, target_id: str) -> Steps:
        request = _on_group("GET", target_id, f"/members?$select=id&$top={PAGE}")
        for page in self._pages(request):
            yield replace(page.outcome, members=tuple(item["id"] for item in page.items))

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        yield from self._change(target_id, [*_removals(remove), *_additions(add)])

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        """Read all, then send the difference: Graph can neither replace nor remove in bulk."""
        yield from approach(self, target_id, members, str.lower)

    def _pages(self, request: Request) -> Iterator[Page]:
        return self._api.pages(listing(self._api, request))

    # --- making a group ----------------------------------------------------------------------

    def _upsert(
        self, plan: GroupPlan, members: tuple[str, ...]
    ) -> Generator[Outcome, None, tuple[str, bool]]:
        """The group's id ("" when that failed), and whether a member was what it refused."""
        if not (yield from self._api.authorize()):
            return "", False
        request = _upsert_request(plan, members)
        answer = self._api.call(request)
        if members and answer.is_about_member:
            yield Outcome(Effect.REFUSED, request.name)
            return "", True
        if answer.status == 204:
            yield Outcome(Effect.DONE, request.name, added=members)
            return (yield from self._id_of(plan.key)), False
        outcome = made(request, answer)
        if outcome.error and outcome.error.code == KEY_TAKEN:
            # The key is ours, so the group is: an earlier call made it, and the replica that was
            # asked does not show it yet. It will.
            outcome = replace(outcome, error=replace(outcome.error, kind=ErrorKind.UNAVAILABLE))
        yield replace(outcome, added=() if outcome.error else members)
        return outcome.id or "", False

    def _id_of(self, key: str) -> Generator[Outcome, None, str]:
        """The upsert met a group that was there already, and does not say its id."""
        if not (yield from self._api.authorize()):
            return ""
        request = Request("GET", f"{_by_key(key)}?$select=id", group=key)
        outcome = made(request, self._api.call(request))
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
            now = [waiting.popleft() for _ in range(min(BATCH_SIZE, len(waiting)))]
            if not (yield from self._api.authorize()):
                return
            outcome, again = self._send(target_id, now)
            yield outcome
            if outcome.error:
                return
            waiting.extend(again)

    def _send(
        self, target_id: str, changes: Sequence["_Change"]
    ) -> tuple[Outcome, list["_Change"]]:
        """The outcome of one call, and what must be asked again one by one."""
        asked = [change.request(target_id) for change in changes]
        if len(asked) == 1:
            call, answers = asked[0].name, [self._api.call(asked[0])]
        else:
            call, told = "POST /$batch", batch(self._api, asked)
            if isinstance(told, Answer):
                return Outcome(told.effect, call, error=told.error), []
            answers = told
        pairs = list(zip(changes, answers, strict=True))
        again = [single for pair in pairs if _is_to_be_split(*pair) for single in pair[0].singles()]
        return summary(call, [_verdict(*pair) for pair in pairs], answers[0].rest_s), again

    # --- names and secrets -----------------------------------------------------------------

    def _upn(self, login: str) -> str:
        return sign_in_name(login, self._domain, home=str(self._credentials.get("domain", "")))


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

    def singles(self) -> list["_Change"]:
        return [_Change(add=(member,)) for member in self.add]


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
    return Request("PATCH", _by_key(plan.key), body, headers=_UPSERT, group=plan.key)


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


def _verdict(change: _Change, answer: Answer) -> Verdict:
    error = answer.error
    if error is None or _is_done_already(change, error):
        return Verdict(added=change.add, removed=(change.remove,) if change.remove else ())
    if not change.add or not answer.is_about_member:
        return Verdict(effect=answer.effect, error=error)
    if _is_to_be_split(change, answer):
        return Verdict()
    return Verdict(refused=(MemberRefusal(change.add[0], error),))


def _is_to_be_split(change: _Change, answer: Answer) -> bool:
    return answer.is_about_member and len(change.add) > 1


def _is_done_already(change: _Change, error: TargetError) -> bool:
    """A present member added, or an absent one removed: what a repeated call meets."""
    if change.remove:
        return error.kind is ErrorKind.NOT_FOUND and error.missing == "account"
    return len(change.add) == 1 and ALREADY_LINKED in error.message


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
