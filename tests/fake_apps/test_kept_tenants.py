"""Whatever is done to a tenant of any app, what a kill leaves on disk is what was acknowledged."""

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_apps import load, names, session
from fake_apps.core.error import ApiError
from fake_apps.core.journal import keep_state
from fake_apps.core.wire import InProcess
from harness import adapters
from harness.model import GroupPlan
from harness.ports import Connection

LOGINS = st.integers(0, 4)
NAMES = st.sampled_from(["Sales", "sales", "Field, East", "a" * 300]) | st.text(max_size=5)
AT = st.integers(0, 3)
MANY = st.lists(AT, max_size=3)


def adapter(kind, app, credentials, wire=None):
    """A client for the API of that kind of app."""
    return adapters.load(kind)(Connection(wire or session(app), credentials, app.clock))


class Tenant:
    """One app that is kept, and everything that is done to it here."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.folder = folder
        self.app = load(kind).create(seed=1)
        self.journal = keep_state(self.app, folder, seed=1)
        self.saved = self.app.snapshot()
        self.log = folder / f"{kind}.sqlite-wal"
        self.acknowledged = [(self.log.stat().st_size, picture(self.app))]
        self.app.store.keep = self.note
        self.domain = self.app.admin.credentials().get("domain", "example.test")

    def note(self, changes=()):
        """Let the journal have them, and remember what is acknowledged from then on."""
        self.journal.note(list(changes))
        self.acknowledged.append((self.log.stat().st_size, picture(self.app)))

    def acknowledged_at(self, size):
        return [seen for written, seen in self.acknowledged if written <= size][-1]

    @property
    def adapter(self):
        return adapter(self.kind, self.app, self.app.admin.credentials())

    def account(self, at):
        """Any account there is, deleted ones included."""
        accounts = self.app.admin.accounts()
        return accounts[at % len(accounts)].id if accounts else "none"

    def group(self, at):
        groups = self.app.admin.groups()
        return groups[-1 - at % len(groups)].id if groups else "none"

    def accounts(self, many):
        return [self.account(at) for at in many]

    # --- by the administrator ------------------------------------------------------------------

    def admin(self, word, *values, **more):
        with suppress(ApiError, KeyError, ValueError), self.app.administering() as admin:
            getattr(admin, word)(*values, **more)

    def add_account(self, number):
        self.admin("add_account", f"user{number}@{self.domain}", {})

    def suspend(self, at):
        self.admin("set_account_active", self.account(at), active=False)

    def delete_account(self, at):
        self.admin("delete_account", self.account(at))

    def restore_account(self, at):
        self.admin("restore_account", self.account(at))

    def add_group(self, name, many):
        self.admin("add_group", name, member_ids=self.accounts(many))

    def restore_group(self, at):
        self.admin("restore_group", self.group(at))

    def delete_group(self, at):
        self.admin("delete_group", self.group(at))

    def renew(self):
        self.admin("expire_credentials")
        self.admin("replace_credentials")

    # --- over the API --------------------------------------------------------------------------

    def call(self, steps):
        for _ in steps:
            pass

    def push(self, name, many):
        place = self.app.admin.credentials().get("groups_dn")
        plan = GroupPlan(f"key {name}", name, self.accounts(many), place)
        self.call(self.adapter.create_group(plan))

    def change(self, at, add, remove):
        group, add, remove = self.group(at), self.accounts(add), self.accounts(remove)
        self.call(self.adapter.change_members(group, add=add, remove=remove))

    def rename(self, at, name):
        self.call(self.adapter.rename_group(self.group(at), name))

    def delete(self, at):
        self.call(self.adapter.delete_group(self.group(at)))

    # --- by whoever runs the tests -------------------------------------------------------------

    def switch(self, at, on):
        known = sorted(self.app.quirks.known)
        self.app.switch_quirk(known[at % len(known)], on=on)

    def wait(self, seconds):
        self.app.clock.sleep(seconds)
        self.app.keep()

    def reset(self):
        self.app.reset()

    def save(self):
        self.saved = self.app.snapshot()

    def restore(self):
        self.app.restore(self.saved)


def doing(word, **values):
    return st.tuples(st.just(word), st.fixed_dictionaries(values))


ACTIONS = st.one_of(
    doing("add_account", number=LOGINS),
    doing("add_account", number=LOGINS),
    doing("suspend", at=AT),
    doing("delete_account", at=AT),
    doing("restore_account", at=AT),
    doing("add_group", name=NAMES, many=MANY),
    doing("delete_group", at=AT),
    doing("restore_group", at=AT),
    doing("renew"),
    doing("push", name=NAMES, many=MANY),
    doing("push", name=NAMES, many=MANY),
    doing("change", at=AT, add=MANY, remove=MANY),
    doing("change", at=AT, add=MANY, remove=MANY),
    doing("rename", at=AT, name=NAMES),
    doing("delete", at=AT),
    doing("switch", at=st.integers(0, 30), on=st.booleans()),
    doing("wait", seconds=st.sampled_from([0.1, 60, 100_000])),
    doing("reset"),
    doing("save"),
    doing("restore"),
)
LIVES = st.lists(ACTIONS, min_size=1, max_size=12)


def picture(app):
    """All of a tenant that a write can change."""
    entries = sorted(app.store.entries(app.store.snapshot()), key=lambda entry: entry.serial)
    first = sorted(app.store.entries(app.first.store), key=lambda entry: entry.serial)
    return entries, first, app.first.chance, app.chance.state(), app.quirks.active(), app.settings


def revived(kind, folder):
    """The tenant that starts on this folder."""
    app = load(kind).create(seed=1)
    keep_state(app, folder, seed=1).close()
    return app


def copied(folder, name):
    """What a kill at this moment leaves: the file and its log as they are."""
    copy = folder.parent / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return copy


LONG = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", names())
@LONG
@given(actions=LIVES, data=st.data())
def test_a_killed_tenant_comes_back_as_it_was_acknowledged(kind, actions, data):
    with TemporaryDirectory() as name:
        tenant = Tenant(kind, Path(name) / "state")
        kills = data.draw(st.sets(st.integers(0, len(actions) - 1), min_size=1, max_size=3))
        for number, (word, values) in enumerate(actions):
            getattr(tenant, word)(**values)
            if number in kills:
                again = revived(kind, copied(tenant.folder, "killed"))

                assert picture(again) == picture(tenant.app), (number, word)
        tenant.journal.close()


@pytest.mark.parametrize("kind", names())
@LONG
@given(actions=LIVES, data=st.data())
def test_a_log_that_breaks_off_anywhere_gives_the_last_acknowledged_state(kind, actions, data):
    """As a kill within a write leaves it, or a power cut: torn at a byte, the rest rubbish."""
    with TemporaryDirectory() as name:
        tenant = Tenant(kind, Path(name) / "state")
        for word, values in actions:
            getattr(tenant, word)(**values)
            tenant.note()
        (first, _), *_, (last, _) = [*tenant.acknowledged, tenant.acknowledged[-1]]
        torn = data.draw(st.integers(first, last))
        copy = copied(tenant.folder, "torn")
        whole = (copy / tenant.log.name).read_bytes()
        rubbish = data.draw(st.sampled_from([b"", b"\xa5" * 5_000]))
        (copy / tenant.log.name).write_bytes(whole[:torn] + rubbish)

        assert picture(revived(kind, copy)) == tenant.acknowledged_at(torn)
        tenant.journal.close()


@pytest.mark.parametrize("kind", names())
def test_a_restarted_tenant_lets_the_same_clients_in(kind, tmp_path):
    """With the credentials of the first start."""
    tenant = Tenant(kind, tmp_path)
    credentials = tenant.app.admin.credentials()
    tenant.journal.close()
    again = Tenant(kind, tmp_path)
    errors = refusals(adapter(kind, again.app, credentials))
    again.journal.close()

    assert again.app.admin.credentials() == credentials
    assert errors == []


@pytest.mark.parametrize("kind", names())
def test_a_token_that_was_issued_before_a_restart_is_good_after_it(kind, tmp_path):
    tenant = Tenant(kind, tmp_path)
    wire = session(tenant.app)
    client = adapter(kind, tenant.app, tenant.app.admin.credentials(), wire)
    before = refusals(client)
    tenant.journal.close()
    again = Tenant(kind, tmp_path)
    for host in again.app.spec.hosts:
        wire.mount(f"https://{host}/", InProcess(again.app))
    after = refusals(client)
    again.journal.close()

    assert (before, after) == ([], [])
    assert not [call for call in again.app.ledger if call.operation.endswith(".token")]


def refusals(client):
    return [outcome.error for outcome in client.list_groups() if outcome.error]
