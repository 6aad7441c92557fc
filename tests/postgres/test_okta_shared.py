"""Orgs behind Okta's API on one server: served by two starts, and through a lost connection."""

import requests
import sqlalchemy as sa

from harness.errors import Unusable
from harness.served import ServePlan, serving

END_ALL = sa.text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def tell(_kind, unfit):
    return Unusable(str(unfit))


def served(url):
    return serving(ServePlan(kinds=("slack", "okta"), limits=0.0, database=url), tell)


def names(told):
    headers = {"Authorization": f"SSWS {told['credentials']['token']}"}
    reply = requests.get(f"{told['base_url']}/api/v1/groups", headers=headers, timeout=60)
    return reply.status_code, [each["profile"]["name"] for each in reply.json() if reply.ok]


def test_two_starts_serve_one_org_each_with_its_own_token(databases):
    url = databases.url()
    with served(url) as one, served(url) as other:
        told = one.connection("okta"), other.connection("okta")

        assert told[0]["credentials"] != told[1]["credentials"]
        assert [names(each) for each in told] == [(200, ["Everyone"])] * 2


def test_a_call_without_the_database_is_an_internal_error_and_the_next_one_is_answered(databases):
    url = databases.url()
    with served(url) as server:
        told = server.connection("okta")
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            connection.execute(END_ALL)
        engine.dispose()

        first, second = names(told), names(told)

    assert (first[0], second) == (500, (200, ["Everyone"]))
