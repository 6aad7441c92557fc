"""The composition root: clock, org, fakes, transport, adapters and engine, wired for one run.

The only module that imports `fake_apps`. A world is a function of its plan and seed: it has one
thread and one virtual clock, and only the scheduler and the latency of calls move it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

import fake_apps
from fake_apps.core.admin import AccountView, Admin, GroupView, Places
from fake_apps.core.app import DoneAnyway, FakeApp
from fake_apps.core.clock import VirtualClock
from fake_apps.core.error import ApiError
from fake_apps.core.fault import KINDS, Fault
from fake_apps.core.ledger import Call
from fake_apps.core.quirk import Profile, Quirk
from fake_apps.core.wire import exchange

from . import adapters, transport
from .engine import LocalOperator
from .errors import Refused, Unusable
from .model import CallView, TargetAccountView, TargetGroupView
from .org import Org
from .org.settings import APP, ORG, SettingInfo
from .org.store import Store, in_memory
from .ports import Connection, Target, TargetAdapter

LATENCY_S = 0.05  # what one call to a target takes on the virtual clock

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class AppPlan:
    """One app of a world: its kind, the label of the instance, and how both sides are set."""

    kind: str
    label: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    quirks: Mapping[str, bool] = field(default_factory=dict)
    target_settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """One org, its engine and the targets it pushes to."""

    clock: VirtualClock
    operator: LocalOperator
    targets: Mapping[str, "FakeTarget"]
    org: Org

    @property
    def fakes(self) -> "list[fake_apps.FakeApp]":
        """The apps themselves, to be served."""
        return [target.fake for target in self.targets.values()]

    def close(self) -> None:
        """Let go of the database."""
        self.org.store.close()


def build(
    apps: Sequence[AppPlan],
    *,
    seed: int = 0,
    org: Mapping[str, Any] = EMPTY,
    store: Store | None = None,
) -> World:
    """A world with these apps, connected and empty of people. `org` are settings of the org.

    `store` is an empty database for the org, where it is not to live in memory.
    """
    clock = VirtualClock()
    if store is None:
        store = in_memory(_prepare)
    else:
        _prepare(store)
    the_org = Org(store, clock, seed=seed)
    targets = {plan.label: _target(plan, clock, seed) for plan in apps}
    operator = LocalOperator(the_org, partial(_adapter, targets, clock, store))
    with store.tx():
        for plan in apps:
            _connect(the_org, plan, targets[plan.label])
    if org:
        operator.change_org(org)
    return World(clock, operator, targets, the_org)


def _prepare(store: Store) -> None:
    """What every org starts with; it is the same in all worlds, whatever their seed."""
    Org(store, VirtualClock()).prepare()


def _target(plan: AppPlan, clock: VirtualClock, seed: int) -> "FakeTarget":
    fake = _spec(plan.kind).create(
        seed=seed,
        clock=clock,
        quirks=plan.quirks,
        settings=plan.target_settings,
        latency_s=LATENCY_S,
    )
    return FakeTarget(plan.label, fake)


def _connect(org: Org, plan: AppPlan, target: "FakeTarget") -> None:
    credentials = target.credentials()
    # What an admin picks when connecting a directory: the OU for new accounts.
    chosen = {"user_ou": credentials["people_dn"]} if "people_dn" in credentials else {}
    org.apps.add(
        plan.kind,
        plan.label,
        capabilities=_adapter_class(plan.kind).capabilities,
        credentials=credentials,
        settings={**chosen, **plan.settings},
    )


def _adapter(
    targets: Mapping[str, "FakeTarget"], clock: VirtualClock, store: Store, app: sa.Row[Any]
) -> TargetAdapter:
    """An adapter for one app of the org, on a session that reaches only that app's fake."""

    def no_transaction() -> None:
        assert not store.in_transaction, "a database transaction is open during a call"

    session = transport.session(targets[app.label].exchanges(), no_transaction)
    connection = Connection(
        session=session,
        credentials=app.credentials,
        clock=clock,
        wire=app.settings["wire"],
        timeout_s=app.settings["timeout_s"],
        options=app.settings,
    )
    return _adapter_class(app.kind)(connection)


@cache
def _spec(kind: str) -> fake_apps.AppSpec:
    try:
        return fake_apps.load(kind)
    except LookupError as error:
        raise Unusable(str(error)) from error


@cache
def _adapter_class(kind: str) -> type[TargetAdapter]:
    return adapters.load(kind)


class FakeTarget:
    """The Target port over a fake app in this process."""

    def __init__(self, label: str, fake: fake_apps.FakeApp) -> None:
        self.name = label
        self._fake = fake

    @property
    def fake(self) -> fake_apps.FakeApp:
        return self._fake

    def exchanges(self) -> dict[str, transport.Exchange]:
        """The fake's hosts, each answered by it."""
        return dict.fromkeys(self._fake.spec.hosts, partial(exchange, self._fake))

    @contextmanager
    def _administering(self) -> Iterator[Admin]:
        """The tenant's console, which refuses as any admin's does."""
        try:
            with self._fake.administering() as admin:
                yield admin
        except ApiError as refusal:
            raise Refused(refusal.code, refusal.message) from refusal

    # --- the tenant --------------------------------------------------------------------------

    def accounts(self) -> Sequence[TargetAccountView]:
        return [_account(view) for view in self._fake.admin.accounts()]

    def groups(self) -> Sequence[TargetGroupView]:
        return [_group(view) for view in self._fake.admin.groups()]

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        with self._administering() as admin:
            return admin.add_account(login, profile)

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        with self._administering() as admin:
            admin.set_account_active(account_id, active=active)

    def delete_account(self, account_id: str) -> None:
        with self._administering() as admin:
            admin.delete_account(account_id)

    def restore_account(self, account_id: str) -> None:
        with self._administering() as admin:
            admin.restore_account(account_id)

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        with self._administering() as admin:
            return admin.add_group(name, member_ids=member_ids, place=place, kind=kind)

    def rename_group(self, group_id: str, name: str) -> None:
        with self._administering() as admin:
            admin.rename_group(group_id, name)

    def move_group(self, group_id: str, place: str) -> None:
        with self._administering() as admin:
            admin.move_group(group_id, place)

    def delete_group(self, group_id: str) -> None:
        with self._administering() as admin:
            admin.delete_group(group_id)

    def restore_group(self, group_id: str) -> None:
        with self._administering() as admin:
            admin.restore_group(group_id)

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        with self._administering() as admin:
            admin.add_members(group_id, account_ids)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        with self._administering() as admin:
            admin.remove_members(group_id, account_ids)

    def credentials(self) -> Mapping[str, Any]:
        return self._fake.admin.credentials()

    def expire_credentials(self) -> None:
        with self._administering() as admin:
            admin.expire_credentials()

    def replace_credentials(self) -> None:
        with self._administering() as admin:
            admin.replace_credentials()

    def add_place(self, place: str) -> None:
        with self._administering() as admin:
            self._places(admin).add_ou(place)

    def delete_place(self, place: str) -> None:
        with self._administering() as admin:
            self._places(admin).delete_ou(place, tree=True)

    def set_rights(self, place: str, *, granted: bool) -> None:
        with self._administering() as admin:
            places = self._places(admin)
            (places.grant if granted else places.revoke)(place)

    def _places(self, admin: Admin) -> Places:
        if not isinstance(admin, Places):
            raise Unusable(f"{self.name} has no organizational units")
        return admin

    # --- the network and the switches ----------------------------------------------------------

    def arm_fault(self, fault: Mapping[str, Any]) -> None:
        self._fake.arm(Fault(**fault))

    def clear_faults(self) -> Sequence[str]:
        return [_in_words(fault) for fault in self._fake.faults.clear()]

    def unmet_faults(self) -> Sequence[str]:
        return [_in_words(fault) for fault in self._fake.faults.unmet()]

    def set_quirk(self, quirk_id: str, *, on: bool) -> None:
        self._fake.quirks.switch(quirk_id, on=on)

    def change_setting(self, name: str, value: Any) -> None:
        self._fake.change_setting(name, value)

    # --- the ledger ------------------------------------------------------------------------------

    def calls(self, since: int = 0) -> Sequence[CallView]:
        return [_call(call) for call in self._fake.ledger.since(since)]

    def last_call(self) -> int:
        """The number of the newest call."""
        return self._fake.ledger.last_number

    def ledger_text(self) -> str:
        return self._fake.ledger.dump()


def _account(view: AccountView) -> TargetAccountView:
    return TargetAccountView(**asdict(view))


def _group(view: GroupView) -> TargetGroupView:
    return TargetGroupView(view.id, view.name, view.member_ids, view.place, view.kind, view.deleted)


def _call(call: Call) -> CallView:
    return CallView(
        number=call.number,
        at=call.at,
        until=call.until,
        app=call.app,
        operation=call.operation,
        method=call.method,
        path=call.path,
        status=call.status,
        succeeded=call.succeeded,
        retry_after=call.reply_headers.get("Retry-After"),
        refusal=call.refusal,
        request=call.request,
        reply=call.reply,
        fault=call.fault,
        lost=call.lost,
        inner=tuple(_call(inner) for inner in call.inner),
    )


def _in_words(fault: Fault) -> str:
    times = "" if fault.count == 1 else f" x {fault.count or 'any number'}"
    return f"{fault.kind} on {fault.operation}{times}"


# --- what there is, for those who check a scenario before it runs ----------------------------


def app_kinds() -> list[str]:
    """Kinds of app that have both a fake and an adapter."""
    return list(_app_kinds())


@cache
def _app_kinds() -> tuple[str, ...]:
    return tuple(sorted(set(fake_apps.names()) & set(adapters.names())))


def app_title(kind: str) -> str:
    return _spec(kind).title


def app_hosts(kind: str) -> Sequence[str]:
    return _spec(kind).hosts


def app_quirks(kind: str) -> Mapping[str, Quirk]:
    return {quirk.id: quirk for quirk in _spec(kind).quirks}


def app_profiles(kind: str) -> Mapping[str, Profile]:
    """Products that the tenant can be, by the value of its setting `profile`."""
    return _spec(kind).profiles


def app_operations(kind: str) -> list[str]:
    """Operation ids of one kind of app, batched and LDAP ones included."""
    return sorted(_operations(kind))


def app_forms(kind: str) -> Mapping[str, Sequence[str]]:
    """Operation id to the `METHOD /path` forms it answers; none for what is no route of its own."""
    forms = _spec(kind).create().operations()
    return {one: forms.get(one, []) for one in app_operations(kind)}


@cache
def _operations(kind: str) -> frozenset[str]:
    spec = _spec(kind)
    return frozenset(spec.create().operations()) | frozenset(spec.inner_operations)


def app_faults(kind: str) -> list[str]:
    """Kinds of fault that can be armed against one kind of app."""
    return [*KINDS, *_spec(kind).faults]


def app_fault_sentences(kind: str) -> Mapping[str, str]:
    """Kinds of fault to what they do; an app's own say what they answer."""
    own = _spec(kind).faults.items()
    return {**KINDS, **{name: _fault_sentence(kind, name, make) for name, make in own}}


def _fault_sentence(kind: str, name: str, make: Callable[[FakeApp, Fault], ApiError]) -> str:
    is_done = isinstance(make, DoneAnyway)
    refuse = make.refuse if isinstance(make, DoneAnyway) else make
    said = f"answer {refuse(_spec(kind).create(), Fault('*', name))}".rstrip(": ")
    return f"do it, and {said}" if is_done else said


@cache
def app_places(kind: str) -> Mapping[str, str]:
    """OUs of a new tenant: short name to what it calls them, the one for groups first; or none."""
    admin = _spec(kind).create().admin
    if not isinstance(admin, Places):
        return {}
    own = admin.credentials().get("groups_dn")
    known: dict[str, str] = {}
    for dn in sorted(admin.ous(), key=lambda dn: dn != own):
        known.setdefault(dn.partition(",")[0].partition("=")[2], dn)
    return known


def target_settings(kind: str) -> Mapping[str, tuple[Any, str]]:
    """Settings of the fake tenant: name to default and sentence."""
    return {name: (info.default, info.sentence) for name, info in _spec(kind).settings.items()}


def app_settings() -> Mapping[str, SettingInfo]:
    """Settings of an app in the org."""
    return APP


def org_settings() -> Mapping[str, SettingInfo]:
    return ORG


def setting_in_effect(kind: str, name: str, value: Any) -> Any:
    """What a setting comes to for a kind of app: habits of the wire are those its adapter has."""
    if name == "wire" and value not in _adapter_class(kind).capabilities.wires:
        return APP["wire"].default
    return value


_FITS: Callable[["FakeTarget"], Target] = lambda target: target  # noqa: E731 - checked by mypy
