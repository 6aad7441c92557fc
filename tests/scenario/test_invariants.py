from dataclasses import replace

from harness.scenario.invariants import broken_invariants, secrets_of
from tests.scenario.rig import played

PUSH = "given: {groups: [Sales]}\nsteps:\n  - push: Sales\n"


class Ledger:
    """A target whose ledger says something else."""

    def __init__(self, calls):
        self._calls = calls

    def calls(self, _since=0):
        return self._calls


def broken(secrets=frozenset(), **change):
    """What is found when the last call of a good run had been another."""
    play = played(PUSH)
    *rest, last = play.world.targets["o365"].calls()
    targets = {"o365": Ledger([*rest, replace(last, **change)])}
    here = replace(play.here, app="o365", kind="o365", targets=targets)
    return [found.actual.partition(" ")[0] for found in broken_invariants(here, set(secrets))]


def test_a_good_run_breaks_nothing():
    assert broken() == []


def test_a_500_that_no_fault_explains_is_found():
    assert broken(status=500) == ["500"]


def test_a_500_that_a_fault_explains_is_fine():
    assert broken(status=500, fault="refuse") == []


def test_a_500_inside_a_batch_is_found():
    play = played(PUSH)
    inner = replace(play.world.targets["o365"].calls()[-1], status=500)

    assert broken(inner=(inner,)) == ["500"]


def test_a_secret_in_a_body_is_found():
    assert broken(reply="it was hunter2!") == []
    assert broken({"hunter2!"}, reply="it was hunter2!") == ["a"]


def test_a_token_that_is_not_masked_is_found():
    assert broken(reply='{"access_token": "eyJ"}') == ["a"]
    assert broken(reply='{"access_token": "***"}') == []


def test_only_what_is_secret_among_credentials_counts():
    credentials = {
        "client_id": "abcdefgh",
        "client_secret": "ijklmnop",
        "agent": {"token": "qrstuv"},
    }

    assert secrets_of(credentials) == {"ijklmnop", "qrstuv"}
