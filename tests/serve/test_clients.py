"""Any client reaches each app by URL: gets a token, makes groups, follows pages."""

import re

import pytest

from fake_apps import load
from fake_apps.core.clock import SystemClock
from fake_apps.core.serve import Place, Server
from tests.serve.clients import CLIENTS, group_names, make_group

APPS = sorted(CLIENTS)
NAMES = ["Ada", "Ben", "Cy", "Di", "Eve"]


@pytest.fixture(params=APPS)
def served(request):
    with Server([load(request.param).create(seed=7, clock=SystemClock())]) as server:
        yield request.param, server.connection(request.param), server


def test_a_client_gets_in_makes_groups_and_reads_them_page_by_page(served):
    app, told, _ = served
    client = CLIENTS[app](told)
    for name in NAMES:
        make_group(app, client, told, name)

    assert sorted(group_names(app, client, told)) == NAMES


def test_no_reply_sends_a_client_to_the_vendor(served):
    app, told, server = served
    client = CLIENTS[app](told)
    replies = []
    client.http.hooks["response"].append(lambda reply, **_: replies.append(reply))
    for name in NAMES[:3]:
        make_group(app, client, told, name)
    group_names(app, client, told)
    shown = [f"{reply.headers}{reply.text}" for reply in replies]
    hosts = "|".join(map(re.escape, server.fakes[app].spec.hosts))

    assert [text for text in shown if re.search(f"https://(?:{hosts})", text)] == []


def test_a_client_that_calls_under_another_name_stays_under_it():
    with Server([load("o365").create()], Place(allow_hosts=("fake.test",))) as server:
        told = server.connection("o365")
        port = told["base_url"].rpartition(":")[2]
        client = CLIENTS["o365"](told)
        client.http.headers["Host"] = f"fake.test:{port}"
        for name in NAMES[:3]:
            make_group("o365", client, told, name)
        page = client.call("GET", "/v1.0/groups?$top=2", status=200).json()

    assert page["@odata.nextLink"].startswith(f"http://fake.test:{port}/v1.0/groups?")


def test_the_items_of_a_batch_lead_to_the_address_of_the_batch():
    with Server([load("o365").create()]) as server:
        told = server.connection("o365")
        client = CLIENTS["o365"](told)
        for name in NAMES[:3]:
            make_group("o365", client, told, name)
        asked = {"requests": [{"id": "1", "method": "GET", "url": "/groups?$top=2"}]}
        replied = client.call("POST", "/v1.0/$batch", json=asked, status=200).json()
    body = replied["responses"][0]["body"]

    assert body["@odata.nextLink"].startswith(f"{told['base_url']}/v1.0/groups?")
    assert body["@odata.context"] == f"{told['base_url']}/v1.0/$metadata#groups"


def test_what_a_new_resource_is_found_at_is_on_the_servers_address():
    with Server([load("o365").create(), load("slack").create()]) as server:
        told = {app: server.connection(app) for app in ("o365", "slack")}
        body = {"displayName": "A", "mailEnabled": False, "mailNickname": "a"}
        made = CLIENTS["o365"](told["o365"]).call(
            "POST", "/v1.0/groups", json={**body, "securityEnabled": True}, status=201
        )
        scim = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "A"}
        group = CLIENTS["slack"](told["slack"]).call(
            "POST", "/scim/v2/Groups", json=scim, status=201
        )
    found = group.json()

    assert made.headers["Location"].startswith(f"{told['o365']['base_url']}/v2/")
    assert found["meta"]["location"] == f"{told['slack']['base_url']}/scim/v2/Groups/{found['id']}"


@pytest.mark.parametrize("app", APPS)
def test_the_lines_for_the_vendors_sdk_are_python_and_name_the_server(app):
    with Server([load(app).create()]) as server:
        told = server.connection(app)
        snippet = server.fakes[app].spec.snippet(told)

    assert compile(snippet, "snippet", "exec")
    assert told["base_url"] in snippet


def test_a_connection_stays_open_through_replies_without_a_body(served):
    app, told, _ = served
    if app != "box":
        client = CLIENTS[app](told)
        for name in NAMES:
            make_group(app, client, told, name)
    else:
        client = CLIENTS[app](told)
        for name in NAMES:
            group = make_group(app, client, told, name)
            client.call("DELETE", f"/2.0/groups/{group}", status=204)
    pools = client.http.get_adapter(told["base_url"]).poolmanager.pools
    (pool,) = map(pools.get, list(pools.keys()))

    assert pool.num_connections == 1
