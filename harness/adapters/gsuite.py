"""Google Workspace: users and groups of a customer, through the Admin SDK Directory API."""

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
from ._answers import Answer, Request, made, outcome_of
from ._api import Page
from ._google import BATCH_SIZE, MEMBER_KEY, batch, connect, listing
from ._steps import Verdict, approach, first_password, gone_is_done, sign_in_name, summary

GROUPS_PAGE, MEMBERS_PAGE, USERS_PAGE = 200, 200, 500
CUSTOMER = "my_customer"
KEY_NAMESPACE = "group-push-mapping"
_ACCOUNT_FIELDS = "id,primaryEmail,suspended,archived"
_GROUP_FIELDS = "id,email,name,externalIds"


class Adapter:
    """Pushes into one customer. Options: `domain` (of new addresses), `directory_url`, ...

    A group's address is made of its name; members travel one to a request, a thousand requests to
    a batch. What Okta itself sends to the Directory API is documented nowhere, so `wire: okta` is
    the same as `frugal` here.
    """

    name: ClassVar[str] = "gsuite"
    # Google Workspace is in Okta's list of apps with Group Linking, and one of the two for which
    # Import Groups must stay enabled:
    # https://help.okta.com/en/prod/Content/Topics/users-groups-profiles/usgp-cofigure-enhanced-group-push.htm,
    # https://support.okta.com/help/s/article/How-to-link-push-groups-in-Enhanced-Group-Push
    # A fresh group has been seen to be missing for up to 45 seconds.
    # https://github.com/GAM-team/GAM wiki Groups
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=True,
        linking_needs_import=True,
        account_pages=(USERS_PAGE,),
        group_pages=(GROUPS_PAGE,),
        member_pages=(MEMBERS_PAGE,),
        member_batches=(BATCH_SIZE,),
        lag_s=60.0,
    )

    def __init__(self, connection: Connection) -> None:
        self._api = connect(connection)
        self._credentials = connection.credentials
        self._domain: str = (connection.options or {}).get("domain") or ""

    # --- accounts --------------------------------------------------------------------------

    def list_accounts(self) -> Steps:
        path = _listing("/users", USERS_PAGE, f"nextPageToken,users({_ACCOUNT_FIELDS})")
        for page in self._pages(Request("GET", path), "users"):
            yield replace(page.outcome, accounts=tuple(_accounts(page.items)))

    def find_accounts(self, login: str, email: str) -> Steps:
        """By key, not by search, which finds new users late. A key may be an alias as well."""
        keys = [self._address(login), *([email] if email else [])]
        for key in dict.fromkeys(key.lower() for key in keys):
            if not (yield from self._api.authorize()):
                return
            outcome = self._find_account(key)
            yield outcome
            if outcome.error or outcome.accounts:
                return

    def create_account(self, profile: AccountProfile) -> Steps:
        address = self._address(profile.login)
        body = {
            "primaryEmail": address,
            "name": _names(profile),
            "password": self._password(address),
            "changePasswordAtNextLogin": True,
        }
        if profile.place:
            body["orgUnitPath"] = profile.place
        yield from self._api.make(Request("POST", "/users?fields=id", body))

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        body: dict[str, Any] = {"name": _names(profile)}
        address = self._address(profile.login)
        if address.lower() != account.login.lower():
            body["primaryEmail"] = address
        yield from self._api.one(_on_account("PUT", account.id, body))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        yield from self._api.one(_on_account("PUT", account_id, {"suspended": not active}))

    def delete_account(self, account_id: str) -> Steps:
        yield from gone_is_done(self._api.one(_on_account("DELETE", account_id)))

    def _find_account(self, key: str) -> Outcome:
        """Who has this key; an address of a foreign domain is nobody's here."""
        request = Request("GET", f"/users/{_quoted(key)}?fields={_ACCOUNT_FIELDS}", account=key)
        answer = self._api.call(request)
        if answer.error is None:
            outcome = made(request, answer)
            return outcome if outcome.error else _with_account(outcome, answer.body)
        is_nobody = answer.error.kind is ErrorKind.NOT_FOUND or self._is_foreign(key, answer.error)
        return Outcome(Effect.DONE, request.name) if is_nobody else outcome_of(request, answer)

    def _is_foreign(self, key: str, error: TargetError) -> bool:
        domain = key.rpartition("@")[2]
        return error.code == "forbidden" and domain != self._home()

    # --- groups ----------------------------------------------------------------------------

    def list_groups(self) -> Steps:
        path = _listing("/groups", GROUPS_PAGE, f"nextPageToken,groups({_GROUP_FIELDS})")
        for page in self._pages(Request("GET", path), "groups"):
            yield replace(page.outcome, groups=tuple(_groups(page.items)))

    def find_groups(self, name: str, place: str | None) -> Steps:
        """By name: names may repeat, so the address alone would miss a group of this name.

        The index for searching may be hours behind; what it misses, `create_group` meets.
        """
        where = "name='" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
        fields = f"nextPageToken,groups({_GROUP_FIELDS})"
        request = Request("GET", _listing("/groups", GROUPS_PAGE, fields, query=where))
        for page in self._pages(request, "groups"):
            found = tuple(group for group in _groups(page.items) if group.name == name)
            yield replace(page.outcome, groups=found)

    def find_by_key(self, key: str) -> Steps:
        """Through the list of all groups: external ids cannot be searched for."""
        for outcome in self.list_groups():
            own = tuple(group for group in outcome.groups if group.attributes.get("key") == key)
            yield replace(outcome, groups=own, id=own[0].id if own else None)
            if own:
                return

    def create_group(self, plan: GroupPlan) -> Steps:
        """Make the group, its address of its name and its key beside, then add the members.

        Nothing about the name is mended: one that makes no address is refused by Google, as Okta's
        admins know it. https://support.okta.com/help/s/article/google-workspace-push-group-error-invalid-input-groupkey-with-okta
        """
        target_id = yield from self._insert(plan)
        if target_id:
            yield from self._change(target_id, _changes(plan.member_ids, ()))

    def rename_group(self, target_id: str, name: str) -> Steps:
        """The name; the address stays, since mail goes there."""
        yield from self._api.one(_on_group("PATCH", target_id, "?fields=id", {"name": name}))

    def delete_group(self, target_id: str) -> Steps:
        yield from self._api.one(_on_group("DELETE", target_id))

    def _insert(self, plan: GroupPlan) -> Generator[Outcome, None, str]:
        """The id of the group, made now or by an earlier call whose reply was lost; or ""."""
        if not (yield from self._api.authorize()):
            return ""
        address = f"{local_part(plan.name)}@{self._home()}"
        body = {
            "email": address,
            "name": plan.name,
            "externalIds": [{"namespace": KEY_NAMESPACE, "id": plan.key}],
        }
        request = Request("POST", "/groups?fields=id", body)
        answer = self._api.call(request)
        if answer.error and answer.error.code == "duplicate":
            yield Outcome(Effect.REFUSED, request.name)
            return (yield from self._holder(address, plan.key, answer.error))
        outcome = made(request, answer)
        yield outcome
        return outcome.id or ""

    def _holder(self, address: str, key: str, taken: TargetError) -> Generator[Outcome, None, str]:
        """Who has the address: our own group, somebody else - or nobody that can be seen yet.

        A fresh group may be missing from reads, and a deleted one keeps its address, both for the
        better part of a minute: https://github.com/GAM-team/GAM src/GamUpdate.txt (7.41).
        """
        if not (yield from self._api.authorize()):
            return ""
        request = Request("GET", f"/groups/{_quoted(address)}?fields={_GROUP_FIELDS}")
        answer = self._api.call(request)
        outcome = made(request, answer)
        if outcome.id and _key_of(answer.body) == key:
            yield outcome
            return outcome.id
        if answer.error and answer.error.kind is ErrorKind.NOT_FOUND:
            taken = replace(taken, kind=ErrorKind.UNAVAILABLE)
        elif outcome.error and outcome.error.code != "forbidden":
            taken = outcome.error
        yield Outcome(Effect.REFUSED, request.name, error=taken)
        return ""

    # --- members ---------------------------------------------------------------------------

    def list_members(self, target_id: str) -> Steps:
        query = urlencode({"maxResults": MEMBERS_PAGE, "fields": "nextPageToken,members(id)"})
        request = _on_group("GET", target_id, f"/members?{query}")
        for page in self._pages(request, "members"):
            yield replace(page.outcome, members=tuple(item["id"] for item in page.items))

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        yield from self._change(target_id, _changes(add, remove))

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        """Read all, then send the difference: Google knows no way to replace a membership."""
        yield from approach(self, target_id, members)

    def _change(self, target_id: str, changes: Sequence["_Change"]) -> Steps:
        """A thousand changes to a call; each names another member, so their order is no matter."""
        for at in range(0, len(changes), BATCH_SIZE):
            if not (yield from self._api.authorize()):
                return
            part = changes[at : at + BATCH_SIZE]
            outcome, unclear = self._send(target_id, part) if part[1:] else (None, part)
            if outcome:
                yield outcome
            if outcome and outcome.error:
                return
            if not (yield from self._change_alone(target_id, unclear)):
                return

    def _change_alone(
        self, target_id: str, changes: Sequence["_Change"]
    ) -> Generator[Outcome, None, bool]:
        """One call each; whether all went well."""
        for change in changes:
            if not (yield from self._api.authorize()):
                return False
            asked = change.request(target_id)
            answer = self._api.call(asked)
            outcome = summary(asked.name, [_verdict(change, answer)], answer.rest_s)
            yield outcome
            if outcome.error:
                return False
        return True

    def _send(
        self, target_id: str, changes: Sequence["_Change"]
    ) -> tuple[Outcome, list["_Change"]]:
        """What a batch did, and the changes it refuses without a reason: alone, they get one.

        Within a batch "Precondition Failed" may mean that a member is there already, or is not:
        https://github.com/GAM-team/GAM src/gam/__init__.py (_ADD_MEMBER_REASON_TO_MESSAGE_MAP)
        """
        answers = batch(self._api, [change.request(target_id) for change in changes])
        if isinstance(answers, Answer):
            return Outcome(answers.effect, "POST /batch", error=answers.error), []
        pairs = list(zip(changes, answers, strict=True))
        unclear = [change for change, answer in pairs if _is_unclear(answer)]
        verdicts = [
            Verdict() if _is_unclear(answer) else _verdict(c, answer) for c, answer in pairs
        ]
        return summary("POST /batch", verdicts, answers[0].rest_s), unclear

    def _pages(self, request: Request, key: str) -> Iterator[Page]:
        return self._api.pages(listing(request, key))

    # --- addresses and secrets ---------------------------------------------------------------

    def _home(self) -> str:
        """The domain of new addresses."""
        return (self._domain or str(self._credentials.get("domain", ""))).lower()

    def _address(self, login: str) -> str:
        """The primary address: the login, in the mapped domain if there is one."""
        return sign_in_name(login, self._domain, home=self._home())

    def _password(self, address: str) -> str:
        return first_password(self._credentials["service_account"]["private_key"], address)


# --- what is sent ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """One member to add or to remove."""

    member: str
    is_added: bool

    def request(self, target_id: str) -> Request:
        if self.is_added:
            return _on_group("POST", target_id, "/members?fields=id", {"id": self.member})
        return _on_group("DELETE", target_id, f"/members/{_quoted(self.member)}")


def _changes(add: Iterable[str], remove: Iterable[str]) -> list[_Change]:
    gone = [_Change(member, is_added=False) for member in dict.fromkeys(remove)]
    return [*gone, *(_Change(member, is_added=True) for member in dict.fromkeys(add))]


def local_part(name: str) -> str:
    """What stands before the @ of a group of this name: lower case, blanks as dashes.

    Okta says that the name makes the address, not how; unsure.
    """
    return "-".join(name.lower().split())


def _quoted(key: str) -> str:
    return quote(key, safe="")


def _listing(path: str, most: int, fields: str, **more: str) -> str:
    query = {"customer": CUSTOMER, "maxResults": most, **more, "fields": fields}
    return f"{path}?{urlencode(query, quote_via=quote)}"


def _on_group(
    method: str, target_id: str, below: str = "", body: Mapping[str, Any] | None = None
) -> Request:
    return Request(method, f"/groups/{_quoted(target_id)}{below}", body, group=target_id)


def _on_account(method: str, account_id: str, body: Mapping[str, Any] | None = None) -> Request:
    below = "" if body is None else "?fields=id"
    return Request(method, f"/users/{_quoted(account_id)}{below}", body, account=account_id)


def _names(profile: AccountProfile) -> dict[str, str]:
    """Both names must be there; the login stands in for one that is not."""
    local = profile.login.partition("@")[0]
    return {
        "givenName": profile.first_name or local,
        "familyName": profile.last_name or local,
    }


# --- what comes back ---------------------------------------------------------------------------


def _verdict(change: _Change, answer: Answer) -> Verdict:
    error, members = answer.error, (change.member,)
    if error is None or _is_done_already(change, error):
        return Verdict(added=members) if change.is_added else Verdict(removed=members)
    if change.is_added and answer.is_about_member:
        return Verdict(refused=(MemberRefusal(change.member, error),))
    return Verdict(effect=answer.effect, error=error)


def _is_unclear(answer: Answer) -> bool:
    return answer.error is not None and answer.error.code == "conditionNotMet"


def _is_done_already(change: _Change, error: TargetError) -> bool:
    """A present member added, or an absent one removed: what a repeated call meets."""
    if change.is_added:
        return error.code == "duplicate"
    # Whose account is gone is removed with "Missing required field: memberKey":
    # https://github.com/taers232c/GAMADV-XTD3/issues/177
    is_gone = error.code == "required" and MEMBER_KEY in error.message
    return is_gone or (error.kind is ErrorKind.NOT_FOUND and error.missing == "account")


def _with_account(outcome: Outcome, item: Mapping[str, Any]) -> Outcome:
    return replace(outcome, id=None, accounts=tuple(_accounts([item])))


def _accounts(items: Iterable[Mapping[str, Any]]) -> Iterable[Account]:
    for item in items:
        address = str(item.get("primaryEmail") or "")
        is_off = item.get("suspended") is True or item.get("archived") is True
        yield Account(str(item["id"]), address, email=address, active=not is_off)


def _groups(items: Iterable[Mapping[str, Any]]) -> Iterable[TargetGroup]:
    for item in items:
        attributes = {"email": str(item.get("email") or "")}
        key = _key_of(item)
        if key:
            attributes["key"] = key
        yield TargetGroup(str(item["id"]), str(item.get("name") or ""), attributes=attributes)


def _key_of(item: Any) -> str:
    """The key of the mapping that made the group."""
    listed = item.get("externalIds") if isinstance(item, dict) else None
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and entry.get("namespace") == KEY_NAMESPACE:
            return str(entry.get("id") or "")
    return ""
