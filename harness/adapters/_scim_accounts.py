"""Users of a SCIM 2.0 provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ..model import Account
from ..ports import Steps
from ._answers import Request
from ._scim_service import Operation, Service, patch
from ._steps import gone_is_done


def _on_account(method: str, account_id: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(method, f"/Users/{quote(account_id, safe='')}", body, account=account_id)


def account(resource: Mapping[str, Any]) -> Account:
    """The primary address, or the first where none is marked."""
    told = resource.get("emails")
    emails = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    primary = next((each for each in emails if each.get("primary") is True), None)
    email = (primary or next(iter(emails), {})).get("value")
    return Account(
        resource["id"],
        str(resource.get("userName") or ""),
        email=str(email or ""),
        active=resource.get("active") is not False,
    )


class Accounts:
    """The account half of an adapter."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def list_all(self) -> Steps:
        for page in self._service.pages("/Users"):
            yield replace(page.outcome, accounts=tuple(map(self._met, page.items)))

    def _met(self, resource: Mapping[str, Any]) -> Account:
        found = account(resource)
        self._service.displays[found.id] = found.email
        return found

    def find(self, where: str, fits: Callable[[Account], bool]) -> Steps:
        """What the filter brings and `fits`: a provider may ignore the filter."""
        for page in self._service.pages("/Users", where):
            found = tuple(filter(fits, map(self._met, page.items)))
            yield replace(page.outcome, accounts=found)

    def create(self, body: Mapping[str, Any], email: str) -> Steps:
        for outcome in self._service.api.make(Request("POST", "/Users", body)):
            if outcome.id:
                self._service.displays[outcome.id] = email
            yield outcome

    def update(self, account_id: str, operations: Sequence[Operation]) -> Steps:
        yield from self._service.api.one(_on_account("PATCH", account_id, patch(operations)))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        named: Operation = {"op": "replace", "path": "active", "value": active}
        if self._service.is_okta:
            named = {"op": "replace", "value": {"active": active}}
        yield from self.update(account_id, [named])

    def delete(self, account_id: str) -> Steps:
        """One that is gone already is done."""
        yield from gone_is_done(self._service.api.one(_on_account("DELETE", account_id)))
