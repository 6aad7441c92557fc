"""The Active Directory adapter where the controller that is read lags behind the one written to."""

import pytest

from harness.errors import ErrorKind
from harness.model import Effect, GroupPlan
from tests.adapters.rig import done, failed, person, rig

LAG_S = 60


@pytest.fixture
def directory():
    made = rig("active_directory")
    made.app.change_setting("replication_lag_s", LAG_S)
    return made


def ou(directory, name):
    return directory.admin.credentials()[name]


def group(directory):
    return directory.adapter.create_group(
        GroupPlan("gPm1", "Sales", place=ou(directory, "groups_dn"))
    )


def account(directory):
    return directory.adapter.create_account(person("ana@ad.test", place=ou(directory, "people_dn")))


@pytest.mark.parametrize("create", [group, account])
def test_what_was_made_and_is_not_seen_may_be_there(create, directory):
    last = failed(create(directory))

    assert (last.effect, last.id) == (Effect.UNKNOWN, None)
    assert (last.error.kind, last.error.code) == (ErrorKind.UNAVAILABLE, "0000208D")
    assert last.error.message.startswith("A domain controller does not have what another one has")


@pytest.mark.parametrize("create", [group, account])
def test_a_name_that_is_taken_by_what_is_not_seen_is_no_name_of_somebody_else(create, directory):
    failed(create(directory))
    last = failed(create(directory))

    assert (last.effect, last.error.kind) == (Effect.REFUSED, ErrorKind.UNAVAILABLE)
    assert [call.operation for call in directory.sent()] == ["active_directory.actions"] * 3


@pytest.mark.parametrize("create", [group, account])
def test_a_name_that_is_taken_by_what_is_seen_is_taken(create, directory):
    failed(create(directory))
    directory.app.clock.sleep(LAG_S)
    last = failed(create(directory))

    assert (last.effect, last.error.kind) == (Effect.REFUSED, ErrorKind.EXISTS)


def test_after_the_lag_the_key_finds_the_group(directory):
    failed(group(directory))
    directory.app.clock.sleep(LAG_S)
    found = done(directory.adapter.find_by_key("gPm1"))[-1]

    assert found.id == directory.admin.groups()[0].id


@pytest.mark.parametrize("create", [group, account])
def test_where_the_look_fails_too_that_is_what_is_told(create, directory):
    failed(create(directory))
    directory.arm("active_directory.search", "busy")
    last = failed(create(directory))

    assert (last.effect, last.error.kind) == (Effect.REFUSED, ErrorKind.UNAVAILABLE)
    assert last.error.reason == "busy"
