"""What a tenant starts with beyond what every new one has: places, accounts, groups.

The schema of `serve --tenant` and of the control route `seed`, as plain data for one app:

    places:   [DN, ...]                      Active Directory only
    accounts: [login | {login, active, profile}, ...]
    groups:   [name | {name, members, place, kind}, ...]     members by login
    settings: {name: value}                  as `pushproof apps <app>` lists them
    quirks:   {id: true | false}
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .admin import Admin, Places
from .app import AppSpec, FakeApp
from .error import ApiError
from .shape import (
    Unfit,
    any_text,
    flag,
    hint,
    many,
    mapping,
    or_none,
    plain,
    record,
    short,
    text,
)

_ACCOUNT = short("login", record("login", login=text, active=flag, profile=mapping(plain)))
_GROUP = short(
    "name", record("name", name=text, members=many(text), place=or_none(text), kind=any_text)
)
_WHOLE = record(
    places=many(text),
    accounts=many(_ACCOUNT),
    groups=many(_GROUP),
    settings=mapping(lambda value: value),
    quirks=mapping(flag),
)


@dataclass(frozen=True)
class Population:
    """One app's share, checked as far as that goes without a tenant."""

    places: tuple[str, ...] = ()
    accounts: tuple[Mapping[str, Any], ...] = ()
    groups: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    quirks: Mapping[str, bool] = field(default_factory=dict)


def read_population(spec: AppSpec, document: Any) -> Population:
    """The population that plain data describes; Unfit says where it does not."""
    found = Population(**_WHOLE(document))
    return Population(
        found.places,
        found.accounts,
        found.groups,
        _below("settings", lambda: read_settings(spec, found.settings)),
        _below("quirks", lambda: read_quirks(spec, found.quirks)),
    )


def read_settings(spec: AppSpec, document: Any) -> dict[str, Any]:
    """Settings of the tenant by name, each as its default is."""
    values = mapping(lambda value: value)(document)
    for name in values:
        if name not in spec.settings:
            raise Unfit(f"unknown setting {name!r}{hint(name, spec.settings)}", (name,))
    return {name: _below(name, _fitting(spec, name, value)) for name, value in values.items()}


def _fitting(spec: AppSpec, name: str, value: Any) -> Callable[[], Any]:
    return lambda: spec.settings[name].fit(value)


def read_quirks(spec: AppSpec, document: Any) -> dict[str, bool]:
    """Quirks to switch on or off, by id."""
    switched: dict[str, bool] = mapping(flag)(document)
    known = [quirk.id for quirk in spec.quirks]
    for quirk_id in switched:
        if quirk_id not in known:
            raise Unfit(f"unknown quirk {quirk_id!r}{hint(quirk_id, known)}", (quirk_id,))
    return switched


def populate(app: FakeApp, population: Population) -> dict[str, dict[str, str]]:
    """Arrange the tenant, all of it or nothing; answers the ids of accounts and groups by name.

    Unfit where the vendor's rules refuse something.
    """
    with app.lock:
        before = app.quirks.active(), dict(app.settings)
        try:
            for name, value in population.settings.items():
                app.settings[name] = value
            for quirk_id, on in population.quirks.items():
                app.quirks.switch(quirk_id, on=on)
            with app.seeding() as admin:
                made = _Arranging(admin).arrange(population)
            app.keep()
            return made
        except BaseException:
            app.quirks.restore(before[0])
            app.settings.update(before[1])
            raise


class _Arranging:
    """The administrator's hand."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin
        self._accounts = {view.login.lower(): view.id for view in admin.accounts()}

    def arrange(self, population: Population) -> dict[str, dict[str, str]]:
        for at, place in enumerate(population.places):
            with _told("places", at):
                self._add_place(place)
        accounts = dict(self._each("accounts", population.accounts, self._add_account))
        groups = dict(self._each("groups", population.groups, self._add_group))
        return {"accounts": accounts, "groups": groups}

    def _each(
        self,
        name: str,
        items: tuple[Mapping[str, Any], ...],
        add: Callable[[Mapping[str, Any]], tuple[str, str]],
    ) -> Iterator[tuple[str, str]]:
        for at, item in enumerate(items):
            with _told(name, at):
                yield add(item)

    def _add_place(self, dn: str) -> None:
        if not isinstance(self._admin, Places):
            raise Unfit("this app has no places")
        self._admin.add_ou(dn)

    def _add_account(self, item: Mapping[str, Any]) -> tuple[str, str]:
        login = item["login"]
        account_id = self._admin.add_account(login, item.get("profile", {}))
        if not item.get("active", True):
            self._admin.set_account_active(account_id, active=False)
        self._accounts[login.lower()] = account_id
        return login, account_id

    def _add_group(self, item: Mapping[str, Any]) -> tuple[str, str]:
        members = self._members(item.get("members", ()))
        group_id = self._admin.add_group(
            item["name"],
            member_ids=members,
            place=item.get("place"),
            kind=item.get("kind", ""),
        )
        return item["name"], group_id

    def _members(self, logins: Sequence[str]) -> list[str]:
        found = [self._accounts.get(login.lower(), "") for login in logins]
        if "" in found:
            at = found.index("")
            raise Unfit(f"no account {logins[at]!r}; accounts come before groups", ("members", at))
        return found


@contextmanager
def _told(*where: str | int) -> Iterator[None]:
    """What the vendor's rules refuse, with the place in the data."""
    try:
        yield
    except Unfit as unfit:
        raise Unfit(unfit.message, (*where, *unfit.where)) from None
    except ApiError as refusal:
        raise Unfit(f"refused: {refusal}", where) from refusal
    except KeyError as fault:
        raise Unfit(f"unknown: {fault}", where) from fault
    except ValueError as fault:
        raise Unfit(str(fault), where) from fault


def _below(name: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Unfit as unfit:
        raise unfit.below(name) from None
