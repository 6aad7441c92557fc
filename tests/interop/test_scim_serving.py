"""The SCIM service on a real port: the snippet that `serve` prints, and scim2-client over HTTP."""

import pytest
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from fake_apps import load
from fake_apps.core.serve import Server


@pytest.fixture
def told():
    with Server([load("scim").create(seed=7)]) as server:
        yield server.connection("scim")


def test_the_printed_snippet_runs(told, capsys):
    exec(load("scim").snippet(told), {})  # noqa: S102 - our own

    assert capsys.readouterr().out == "0\n"


def test_all_checks_pass_over_http_as_well(told):
    access = told["credentials"]
    headers = {"Authorization": f"Bearer {access['token']}"}
    with Client(base_url=access["base_url"], headers=headers, trust_env=False) as http:
        client = SyncSCIMClient(http)
        client.discover()
        results = check_server(client)

    assert {each.status for each in results} == {Status.SUCCESS}


def test_links_lead_to_the_address_that_was_called(told):
    access = told["credentials"]
    headers = {"Authorization": f"Bearer {access['token']}"}
    with Client(base_url=access["base_url"], headers=headers, trust_env=False) as http:
        client = SyncSCIMClient(http)
        client.discover()
        made = client.create(client.get_resource_model("User")(user_name="ana"))

    assert made.meta.location == f"{told['base_url']}/v2/Users/{made.id}"
