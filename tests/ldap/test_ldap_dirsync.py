"""DirSync, with ldap3's own loop: what changed since the last time, and only that."""

import pytest
from ldap3.protocol.microsoft import dir_sync_control

from fake_apps.active_directory import APP
from fake_apps.active_directory.changes import INCREMENTAL
from fake_apps.active_directory.search import Query
from fake_apps.core.journal import keep_state
from tests.fake_apps.active_directory.agent import EMEA, GROUPS, PEOPLE, ROOT
from tests.ldap.forest import SHOW_DELETED

WATCHED = "(|(objectClass=group)(objectClass=user))"


class Watcher:
    """Somebody who looks again and again."""

    def __init__(self, client, attributes=("*",), where=WATCHED, **more):
        more = {"object_security": False, "incremental_values": False, "max_length": 0, **more}
        self._sync = client.ldap.extend.microsoft.dir_sync(
            ROOT, sync_filter=where, attributes=list(attributes), **more
        )

    def look(self):
        """What has changed: names of objects, and of each what is told."""
        self._sync.more_results, found = True, {}
        while self._sync.more_results:
            for one in self._sync.loop():
                if one["type"] == "searchResEntry":
                    name = one["dn"].rpartition(";")[2].partition(",")[0]
                    found[name.partition("\\")[0]] = one["raw_attributes"]
        return found


@pytest.fixture
def admin(forest):
    return forest.administrator()


def dn_in(value):
    return value.decode().rpartition(">;")[2]


def test_the_first_look_finds_everything(forest, admin):
    forest.group("Sales", forest.user("ana"))
    found = Watcher(admin, ["sAMAccountName", "member"]).look()

    assert {"CN=Sales", "CN=ana", "CN=Domain Users", "CN=Administrator"} <= set(found)
    assert found["CN=Sales"]["sAMAccountName"] == [b"Sales"]
    assert list(map(dn_in, found["CN=Sales"]["member"])) == [f"CN=ana,{PEOPLE}"]
    assert len(found["CN=Sales"]["objectGUID"][0]) == 16


def test_nothing_happened_and_nothing_is_told(forest, admin):
    watcher = Watcher(admin)
    watcher.look()

    assert watcher.look() == {}


def test_only_what_changed_is_told(forest, admin):
    sales = forest.group("Sales")
    forest.group("Field")
    watcher = Watcher(admin)
    watcher.look()
    admin.modify(sales, "replace", "info", "x")
    changed = watcher.look()

    assert {name: set(told) for name, told in changed.items()} == {
        "CN=Sales": {"info", "objectGUID", "instanceType"}
    }


def test_an_attribute_that_was_cleared_is_told_without_values(forest, admin):
    sales = forest.group("Sales")
    admin.modify(sales, "replace", "info", "x")
    watcher = Watcher(admin)
    watcher.look()
    admin.modify(sales, "replace", "info")
    cleared = watcher.look()["CN=Sales"]

    assert "info" in cleared
    assert not cleared["info"]


def test_a_new_object_is_told_whole(forest, admin):
    watcher = Watcher(admin, ["sAMAccountName", "groupType"])
    watcher.look()
    forest.group("Sales")
    found = watcher.look()

    assert {name: set(told) for name, told in found.items()} == {
        "CN=Sales": {"sAMAccountName", "groupType", "objectGUID", "instanceType"}
    }


def test_without_the_flag_all_members_are_told_after_a_change(forest, admin):
    ana, ben = forest.user("ana"), forest.user("ben")
    sales = forest.group("Sales", ana)
    watcher = Watcher(admin)
    watcher.look()
    admin.modify(sales, "add", "member", ben)

    assert list(map(dn_in, watcher.look()["CN=Sales"]["member"])) == [ana, ben]


def test_with_the_flag_those_who_came_and_left_are_told_apart(forest, admin):
    ana, ben, cy = (forest.user(login) for login in ("ana", "ben", "cy"))
    sales = forest.group("Sales", ana)
    watcher = Watcher(admin, ["member"], incremental_values=True)
    first = watcher.look()
    admin.modify(sales, "add", "member", ben, cy)
    admin.modify(sales, "delete", "member", cy, ana)
    found = watcher.look()["CN=Sales"]

    assert list(map(dn_in, first["CN=Sales"]["member;range=1-1"])) == [ana]
    assert list(map(dn_in, found["member;range=1-1"])) == [ben]
    assert sorted(map(dn_in, found["member;range=0-0"])) == [ana, cy]


def test_a_rename_is_a_change_of_the_name(forest, admin):
    sales = forest.group("Sales")
    watcher = Watcher(admin)
    watcher.look()
    admin.rename(sales, "CN=Field")
    found = watcher.look()

    assert found["CN=Field"]["name"] == [b"Field"]
    assert "sAMAccountName" not in found["CN=Field"]


def test_a_deleted_object_is_told_as_deleted(forest, admin):
    sales = forest.group("Sales", forest.user("ana"))
    watcher = Watcher(admin)
    watcher.look()
    admin.delete(sales)
    found = watcher.look()

    assert set(found) == {"CN=Sales"}
    assert found["CN=Sales"]["isDeleted"] == [b"TRUE"]


def test_many_changes_come_in_parts(forest, admin):
    forest.app.change_setting("max_page_size", 3)
    forest.users(7)
    watcher = Watcher(admin, where="(objectClass=user)")
    first = watcher.look()
    forest.group("Sales")

    assert {f"CN=user{at}" for at in range(7)} <= set(first)
    assert watcher.look() == {}


def test_it_takes_a_right_or_the_flag_that_asks_for_no_more_than_may_be_read(forest, client):
    denied = client.ldap.search(ROOT, WATCHED, controls=[control(b"")])
    told = client.told
    allowed = client.ldap.search(ROOT, WATCHED, controls=[control(b"", flags=1)])
    head = forest.app.state.dit.resolve(ROOT)
    service = forest.app.state.dit.entry(forest.app.state.known.service)
    forest.app.state.security.grant(head, service, frozenset({"replicate"}))

    assert (denied, told, allowed) == (False, (50, "00002105"), True)
    assert client.ldap.search(ROOT, WATCHED, controls=[control(b"")])


def control(cookie, flags=0):
    return dir_sync_control(
        criticality=True,
        object_security=bool(flags & 1),
        ancestors_first=False,
        public_data_only=False,
        incremental_values=False,
        max_length=0,
        cookie=cookie,
    )


def test_only_a_whole_domain_can_be_watched(admin):
    admin.search(GROUPS, WATCHED, controls=[control(b"")])

    assert admin.told == (50, "00002105")


@pytest.mark.parametrize("cookie", [b"x", b"MSDS" + b"\0" * 32, b"\0" * 36])
def test_a_foreign_cookie_is_refused(admin, cookie):
    admin.search(ROOT, WATCHED, controls=[control(cookie)])

    assert admin.told == (2, "0000203D")


def test_nothing_is_kept_for_it_before_somebody_asks(forest, client):
    client.modify(forest.group("Sales"), "add", "member", forest.user("ana"))

    assert forest.app.state.dit.tracking.since is None
    assert client.dns(EMEA, scope="BASE", controls=[SHOW_DELETED]) == [EMEA]


def test_a_cookie_is_good_after_another_start(tmp_path):
    query = Query(ROOT, filter="(objectClass=group)", attributes=("member",))
    app = APP.create(seed=7)
    journal = keep_state(app, tmp_path, seed=7)
    ana, sales = app.admin.add_account("ana@example.test", {}), app.admin.add_group("Sales")
    _, cookie, _ = app.state.changes(None, query, flags=INCREMENTAL, cookie=b"")
    app.admin.add_members(sales, [ana])
    journal.close()
    again = APP.create(seed=7)
    journal = keep_state(again, tmp_path, seed=7)
    found, _, _ = again.state.changes(None, query, flags=INCREMENTAL, cookie=cookie)
    journal.close()

    assert [(dn, told["member;range=1-1"]) for dn, told in found.entries] == [
        (f"CN=Sales,{GROUPS}", [f"CN=ana,{PEOPLE}"])
    ]
