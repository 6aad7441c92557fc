"""What `serve --state` does with a folder of an earlier start."""

import pytest
import requests

from fake_apps import load
from harness.errors import Unusable
from harness.served import ServePlan, serving

ANA, BEN = (
    {"accounts": [{"login": "ana@example.com"}]},
    {"accounts": [{"login": "ben@example.com"}]},
)
QUIRK = next(quirk.id for quirk in load("box").quirks if quirk.default)


def tell(kind, unfit):
    return Unusable(f"{kind}: {unfit}")


def start(tmp_path, **options):
    return serving(ServePlan(kinds=("box",), state=tmp_path / "state", **options), tell)


def logins(server):
    return [account.login for account in server.fakes["box"].admin.accounts()]


def test_a_tenant_file_counts_for_a_new_folder_only(tmp_path):
    with start(tmp_path, tenants={"box": ANA}) as server:
        first = logins(server)
    with start(tmp_path, tenants={"box": BEN}) as server:
        assert logins(server) == first

    assert "ana@example.com" in first


def test_a_quirk_that_was_switched_stays_switched(tmp_path):
    with start(tmp_path, quirks={"box": {QUIRK: False}}):
        pass
    with start(tmp_path) as server:
        assert QUIRK not in server.fakes["box"].quirks.active()


def test_a_quirk_that_is_named_at_a_restart_counts(tmp_path):
    with start(tmp_path):
        pass
    with start(tmp_path, quirks={"box": {QUIRK: False}}) as server:
        assert QUIRK not in server.fakes["box"].quirks.active()


def test_limits_are_those_of_the_present_start(tmp_path):
    with start(tmp_path):
        pass
    with start(tmp_path, limits=10.0) as server:
        assert server.fakes["box"].meter.scale == 10


def test_a_folder_is_let_go_of_when_serving_ends(tmp_path):
    with start(tmp_path) as server:
        address = server.addresses["box"]
        told = requests.post(
            f"{address.control_url}/state",
            json={"do": "add_group", "name": "Sales"},
            headers={"Authorization": f"Bearer {address.control_token}"},
            timeout=10,
        )
        assert told.status_code == 200
    with start(tmp_path) as server:
        assert "Sales" in [group.name for group in server.fakes["box"].admin.groups()]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"seed": 8}, "holds the tenant of seed 7, not 8"),
        ({"seed": 7, "is_virtual": True}, "was kept on the system clock, not on the virtual one"),
    ],
)
def test_a_folder_of_another_start_is_refused_in_one_line(tmp_path, options, why):
    with start(tmp_path, seed=7):
        pass
    with pytest.raises(Unusable) as refused, start(tmp_path, **options):
        pass

    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
