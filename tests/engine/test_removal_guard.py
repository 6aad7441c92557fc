"""The guard against removing many at once, and what may never become a removal (B4, B11, B15)."""

import json
from collections.abc import Callable

import pytest

from harness.errors import Refused
from harness.org.settings import APP, checked
from tests.durability.stage import around_calls
from tests.engine.office import AD, ALL, BOX, GSUITE, O365, RULED, SLACK, Office, login

EVERY = (*ALL, "scim")
every = pytest.mark.parametrize("app", EVERY)
TEAM = ["ana", "ben", "cy", "dan"]
GUARDS = (
    {"removal_limit": 2},
    {"removal_limit_percent": 50},
    {"run_removal_limit": 2},
    {"run_removal_limit_percent": 50},
)


def guarded(app: str, **limits: int) -> Office:
    """Four members are pushed, under these limits."""
    office = Office(app, settings={"linking_allowed": True, **limits})
    office.pushed(*TEAM)
    office.wait(3600)
    return office


@every
def test_without_a_limit_everybody_may_leave_at_once_as_in_okta(app):
    office = guarded(app)
    office.leave("Sales", *TEAM)
    office.settle()

    assert office.there() == []
    assert office.errors() == []


@every
@pytest.mark.parametrize("limits", GUARDS, ids=lambda limits: next(iter(limits)))
def test_more_removals_than_the_limit_are_held_back_and_told(app, limits):
    office = guarded(app, **limits)
    mark = office.mark()
    office.leave("Sales", *TEAM[:3])
    office.settle()

    assert office.writes(mark) == []
    assert office.mapping().status == "ERROR"
    assert "would be removed" in office.mapping().error
    assert "remote server" not in office.mapping().error
    assert [error.name for error in office.errors()] == ["removals_held_back"]


@every
@pytest.mark.parametrize("limits", GUARDS, ids=lambda limits: next(iter(limits)))
def test_as_many_removals_as_the_limit_pass(app, limits):
    office = guarded(app, **limits)
    office.leave("Sales", *TEAM[:2])
    office.settle()

    assert office.there() == office.known() == TEAM[2:]
    assert office.mapping().status == "ACTIVE"


@every
def test_what_is_held_back_goes_on_once_it_is_allowed_and_only_that(app):
    office = guarded(app, removal_limit=1)
    office.leave("Sales", *TEAM[:2])
    office.settle()
    office.op.allow_removals(app, "Sales")
    office.settle()
    assert office.there() == office.known() == TEAM[2:]
    assert office.errors() == []

    office.leave("Sales", *TEAM[2:])
    office.settle()

    assert office.mapping().status == "ERROR"
    assert office.there() == TEAM[2:]


@every
def test_a_retry_is_no_way_round_the_guard(app):
    office = guarded(app, removal_limit=1)
    office.leave("Sales", *TEAM)
    office.settle()
    office.op.retry_all(app)
    office.settle()

    assert office.there() == TEAM
    assert office.mapping().status == "ERROR"


@every
def test_members_who_came_back_are_no_removals_any_more(app):
    office = guarded(app, removal_limit=1)
    office.leave("Sales", *TEAM)
    office.settle()
    office.join("Sales", *TEAM[1:])
    office.op.retry_all(app)
    office.settle()

    assert office.there() == office.known() == TEAM[1:]
    assert office.errors() == []


@pytest.mark.parametrize("app", [*RULED, "scim"])
def test_push_now_counts_whom_it_would_remove_strangers_included(app):
    office = guarded(app, removal_limit=2)
    guests = [office.target.add_account(login(name), {}) for name in ("g1", "g2", "g3")]
    office.target.add_members(office.target_group().id, guests)
    mark = office.mark()
    office.op.push_now(app, "Sales")
    office.settle()

    assert office.writes(mark) == []
    assert "3 of the group's 7 members" in office.mapping().error


@every
def test_linking_counts_whom_it_would_remove(app):
    office = Office(app, settings={"linking_allowed": True, "removal_limit": 1})
    office.hire("ana")
    office.group("Sales", "ana")
    guests = [office.target.add_account(login(name), {}) for name in ("g1", "g2")]
    office.stranger("Sales", *guests)
    office.refresh()
    office.push(link_to="Sales")
    assert office.mapping().status == "ERROR"
    assert office.there() == ["g1", "g2"]

    office.op.allow_removals(app, "Sales")
    office.settle()

    assert office.there() == office.known() == ["ana"]


@every
def test_a_run_over_many_small_groups_is_held_back_before_the_first(app):
    office = Office(app, settings={"run_removal_limit": 3})
    office.hire(*TEAM)
    for name in TEAM:
        office.group(f"Team {name}", *TEAM[:2])
        office.push(f"Team {name}")
    office.wait(3600)
    mark = office.mark()
    for name in TEAM:
        office.leave(f"Team {name}", "ana")
    office.settle()

    assert office.writes(mark) == []
    assert {view.status for view in office.op.mappings(app)} == {"ERROR"}


def test_nothing_is_allowed_where_nothing_is_held_back():
    office = guarded(O365)
    with pytest.raises(Refused, match="no removals of Sales are held back"):
        office.op.allow_removals(O365, "Sales")


def test_the_guard_survives_a_restart():
    office = guarded(O365, removal_limit=1)
    office.leave("Sales", *TEAM)
    office.settle()
    office.op.restart()
    office.settle()

    assert office.there() == TEAM
    assert office.mapping().status == "ERROR"


@pytest.mark.parametrize("name", [each for each in APP if "removal" in each])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5"])
def test_a_limit_is_a_whole_number(name, value):
    with pytest.raises(Refused, match="whole number"):
        checked(APP, {name: value}, "app")


@pytest.mark.parametrize("name", [each for each in APP if "removal" in each])
def test_no_limit_is_set_unless_somebody_sets_one(name):
    assert APP[name].default is None


# --- what was read by half -----------------------------------------------------------------------

LIST_ACCOUNTS = {
    AD: "active_directory.search",
    BOX: "box.list_users",
    GSUITE: "gsuite.list_users",
    O365: "o365.list_users",
    SLACK: "slack.list_users",
    "scim": "scim.list_users",
}
LIST_GROUPS = {app: name.replace("users", "groups") for app, name in LIST_ACCOUNTS.items()}
PAGES = {
    AD: ("active_directory", {"PAGE": 2, "SLICE": 2}),
    BOX: ("_box", {"PAGE": 2}),
    GSUITE: ("gsuite", {"GROUPS_PAGE": 2, "MEMBERS_PAGE": 2, "USERS_PAGE": 2}),
    O365: ("o365", {"PAGE": 2}),
    SLACK: ("slack", {"PAGE": 2}),
    "scim": ("scim", {"PAGE": 2}),
}


def small_pages(patch: pytest.MonkeyPatch, app: str) -> None:
    module, values = PAGES[app]
    for name, value in values.items():
        patch.setattr(f"harness.adapters.{module}.{name}", value)


def broken(office: Office, operation: str) -> None:
    """The second page of a list never comes."""
    office.arm(operation, "refuse", skip=1, status=400, code="broken", count=None)


@every
def test_half_a_list_of_accounts_takes_nobodys_account_away(app, monkeypatch):
    small_pages(monkeypatch, app)
    office = guarded(app)
    broken(office, LIST_ACCOUNTS[app])
    office.op.import_users(app)
    office.settle()
    told = [event for event in office.log() if event.outcome == "FAILURE"]

    assert [event.type for event in told] == ["application.provision.user.import"]
    assert {user.status for user in office.op.app_users(app)} == {"PROVISIONED"}
    assert office.there() == office.known() == TEAM


@every
def test_half_a_list_of_groups_forgets_none(app, monkeypatch):
    small_pages(monkeypatch, app)
    office = guarded(app)
    for name in ("One", "Two", "Three", "Four"):
        office.stranger(name)
    office.refresh()
    broken(office, LIST_GROUPS[app])
    office.refresh()
    told = [event for event in office.log() if event.outcome == "FAILURE"]

    assert [event.type for event in told] == [
        "application.provision.group.import",
        "app.user_management.user_group_import.upsert_fail",
    ]
    assert {"One", "Two", "Three", "Four"} <= set(office.op.app_groups(app))


PAGED_MEMBERS = {
    BOX: "box.list_group_memberships",
    GSUITE: "gsuite.list_members",
    O365: "o365.list_members",
}


@pytest.mark.parametrize("app", sorted(PAGED_MEMBERS))
def test_half_a_list_of_members_removes_nobody(app, monkeypatch):
    """SCIM and a directory's short groups have no pages of members to lose one of."""
    small_pages(monkeypatch, app)
    office = guarded(app)
    guest = office.target.add_account(login("guest"), {})
    office.target.add_members(office.target_group().id, [guest])
    broken(office, PAGED_MEMBERS[app])
    office.op.push_now(app, "Sales")
    office.settle()

    assert office.mapping().status == "ERROR"
    assert office.there() == sorted([*TEAM, "guest"])


# --- links that lead elsewhere -------------------------------------------------------------------

ELSEWHERE = "https://elsewhere.example/next?page=2"
LINKS = ("@odata.nextLink", "nextLink", "next", "next_page", "nextPage", "next_marker")


def misled(office: Office) -> Callable[[], set[str]]:
    """Every answer of a list says that it goes on at another host; answers where calls went."""
    called: set[str] = set()

    def around(exchange, request, timeout_s):
        called.add(request.url)
        response = exchange(request, timeout_s)
        body = response.json() if response.content and request.method == "GET" else None
        if isinstance(body, dict):
            told = {**body, **dict.fromkeys(LINKS, ELSEWHERE)}
            response._content = json.dumps(told).encode()
            response.headers["Link"] = f'<{ELSEWHERE}>; rel="next"'
        return response

    around_calls(office, around)
    return lambda: called


@every
def test_a_link_to_another_host_is_never_followed(app):
    office = guarded(app)
    called = misled(office)
    office.op.import_users(app)
    office.op.refresh_app_groups(app)
    office.op.push_now(app, "Sales")
    office.op.run()

    assert called()
    assert not [url for url in called() if "elsewhere" in url.partition("?")[0]]
    assert office.there() == TEAM
    assert {user.status for user in office.op.app_users(app)} == {"PROVISIONED"}
