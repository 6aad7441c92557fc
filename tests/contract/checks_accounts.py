"""Accounts: listed, found, made, changed, suspended and deleted; each also a second time."""

from harness.errors import ErrorKind
from tests.contract.bench import Bench, Stage, accounts
from tests.contract.check import check
from tests.contract.wishes import NEW


def _of(stage: Stage, account_id: str) -> str:
    return stage.account(account_id).login


@check
def every_account_is_listed_once(bench: Bench) -> None:
    stage = bench.stage()
    stage.admin.set_account_active(stage.inside[1], active=False)

    listed = accounts(stage.done(stage.adapter.list_accounts()))

    told = {account.id: account.active for account in listed}
    assert len(told) == len(listed)
    wanted = dict.fromkeys([*stage.inside, *stage.outside], True) | {stage.inside[1]: False}
    assert {each: told.get(each) for each in wanted} == wanted


@check
def an_account_is_found_by_its_login_and_by_its_email(bench: Bench) -> None:
    stage = bench.stage()
    login = _of(stage, stage.inside[0])
    email = login if "@" in login else stage.login(login)

    by_both = accounts(stage.done(stage.adapter.find_accounts(login, email)))
    by_login = accounts(stage.done(stage.adapter.find_accounts(login, "")))

    assert [account.id for account in by_both] == [stage.inside[0]]
    assert [account.id for account in by_login] == [stage.inside[0]]
    assert by_both[0].login == login


@check
def an_account_whose_login_only_starts_so_is_not_found(bench: Bench) -> None:
    stage = bench.stage()
    stage.admin.add_account(stage.login("annabel"), {})

    found = stage.done(stage.adapter.find_accounts(stage.login("anna"), stage.login("anna")))

    assert accounts(found) == []


@check
def a_new_account_is_active_and_can_be_found(bench: Bench) -> None:
    stage = bench.stage()

    account_id = stage.made(stage.adapter.create_account(stage.profile(NEW)))

    assert stage.account(account_id).active
    login = stage.login(NEW)
    found = accounts(stage.done(stage.adapter.find_accounts(login, login)))
    assert [account.id for account in found] == [account_id]


@check
def a_taken_login_is_told_as_such(bench: Bench) -> None:
    stage = bench.stage()
    stage.done(stage.adapter.create_account(stage.profile(NEW)))

    outcome = stage.failed(stage.adapter.create_account(stage.profile(NEW)))

    assert outcome.error.kind is ErrorKind.EXISTS
    assert stage.handles().count(NEW) == 1


@check
def a_changed_profile_changes_that_account_only(bench: Bench) -> None:
    stage = bench.stage()
    others = [_of(stage, account_id) for account_id in stage.outside]

    for _ in range(2):
        stage.done(stage.adapter.update_account(stage.old_account(), stage.profile(NEW)))

    assert _of(stage, stage.inside[0]).partition("@")[0] == NEW
    assert [_of(stage, account_id) for account_id in stage.outside] == others


@check
def suspending_and_reactivating_twice_is_done(bench: Bench) -> None:
    stage = bench.stage()

    for active in (False, False, True, True):
        stage.done(stage.adapter.set_active(stage.inside[0], active=active))
        assert stage.account(stage.inside[0]).active is active
    assert all(stage.account(each).active for each in stage.outside)


@check
def deleting_an_account_twice_is_done(bench: Bench) -> None:
    stage = bench.stage()

    for _ in range(2):
        stage.done(stage.adapter.delete_account(stage.inside[0]))

    assert not [a for a in stage.accounts() if a.id == stage.inside[0] and a.active]
    assert all(stage.account(each).active for each in (stage.inside[1], *stage.outside))


@check(each=("update_account", "set_active"))
def changing_an_account_of_nobody_is_not_found(bench: Bench, case: str) -> None:
    stage = bench.stage()
    stranger = bench.tenant(seed=8).people(1)[0]
    asked = {
        "update_account": lambda: stage.adapter.update_account(
            stage.old_account().__class__(stranger, "x@y.test"), stage.profile(NEW)
        ),
        "set_active": lambda: stage.adapter.set_active(stranger, active=False),
    }

    error = stage.failed(asked[case]()).error

    assert (error.kind, error.missing) == (ErrorKind.NOT_FOUND, "account")
