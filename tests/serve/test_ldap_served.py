"""LDAP beside HTTP: what `pushproof serve` tells of it, and that both faces are one directory."""

import socket
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import ldap3
import pytest
import requests

from fake_apps import load
from fake_apps.core.serve import CannotListen, Place, Server
from tests.serve.clients import CLIENTS, group_names, make_group
from tests.serve.running import command, free_port, served


@contextmanager
def bound(told, url, ca_file=None):
    """An ldap3 connection with its defaults, as the account that the file tells."""
    given = told["credentials"]
    trust = ldap3.Tls(validate=2, ca_certs_file=ca_file) if ca_file else None
    server = ldap3.Server(url, tls=trust, connect_timeout=60)
    with ldap3.Connection(
        server, given["user"], given["password"], receive_timeout=60
    ) as connection:
        yield connection


def test_what_is_written_over_ldap_is_read_through_the_agent_and_the_reverse(tmp_path):
    with served(tmp_path, "active_directory") as (_, ready):
        told = ready["apps"]["active_directory"]
        agent = CLIENTS["active_directory"](told)
        make_group("active_directory", agent, told, "Sales")
        with bound(told, told["ldap_url"]) as client:
            assert client.add(f"CN=Field,{told['credentials']['groups_dn']}", "group")
            client.search(told["credentials"]["groups_dn"], "(cn=Sales)", attributes=["cn"])
            seen = [entry.cn.value for entry in client.entries]
        names = group_names("active_directory", agent, told)

    assert seen == ["Sales"]
    assert {"Sales", "Field"} <= set(names)
    assert told["ldap_url"].startswith("ldap://127.0.0.1:")
    assert told["ldaps_url"] is None


def test_over_tls_there_are_ldaps_and_start_tls(tmp_path):
    with served(tmp_path, "active_directory", "--tls") as (_, ready):
        told = ready["apps"]["active_directory"]
        with bound(told, told["ldaps_url"], ready["ca_file"]) as client:
            assert client.bound
        server = ldap3.Server(
            told["ldap_url"], tls=ldap3.Tls(validate=2, ca_certs_file=ready["ca_file"])
        )
        with ldap3.Connection(server, receive_timeout=60) as client:
            assert client.start_tls()
    assert told["ldaps_url"].startswith("ldaps://127.0.0.1:")


def test_every_address_is_printed(tmp_path):
    with command(tmp_path, "active_directory", "--tls") as process:
        shown = [process.stdout.readline().split() for _ in range(4)]
        process.terminate()
        process.stdout.read()

    assert [line[0] for line in shown[1:]] == ["active_directory"] * 3
    assert [urlsplit(line[1]).scheme for line in shown[1:]] == ["https", "ldap", "ldaps"]


def test_ldap_comes_after_the_ports_of_all_apps(tmp_path):
    port = free_port()
    with served(tmp_path, "active_directory", "--port", port) as (_, ready):
        told = ready["apps"]["active_directory"]

    assert urlsplit(told["base_url"]).port == port
    assert urlsplit(told["ldap_url"]).port == port + 1


def test_a_port_of_ldap_that_is_taken_is_told():
    with closing(socket.socket()) as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        with pytest.raises(CannotListen, match=f"cannot listen on port {port + 1} of 127.0.0.1"):
            Server([load("active_directory").create()], Place(port=port)).start()


def test_a_write_over_ldap_outlives_a_kill(tmp_path):
    words = ("active_directory", "--state", "kept", "--seed", "7")
    with served(tmp_path, *words) as (process, ready):
        told = ready["apps"]["active_directory"]
        dn = f"CN=Field,{told['credentials']['groups_dn']}"
        with bound(told, told["ldap_url"]) as client:
            assert client.add(dn, "group")
            process.kill()
            process.wait(60)
    with (
        served(tmp_path, *words) as (_, ready),
        bound(
            ready["apps"]["active_directory"], ready["apps"]["active_directory"]["ldap_url"]
        ) as again,
    ):
        again.search(dn, "(objectClass=*)", "BASE")

        assert again.result["result"] == 0


def test_a_tenant_that_is_reset_knows_its_clients_no_more(tmp_path):
    with served(tmp_path, "active_directory") as (_, ready):
        told = ready["apps"]["active_directory"]
        dn = f"CN=ana,{told['credentials']['people_dn']}"
        with bound(told, told["ldap_url"]) as client:
            assert client.add(dn, "user", {"sAMAccountName": "ana", "userAccountControl": 544})
        headers = {"Authorization": f"Bearer {told['control_token']}"}
        reset = requests.post(f"{told['control_url']}/reset", json={}, headers=headers, timeout=60)
        with bound(told, told["ldap_url"]) as client:
            client.search(dn, "(objectClass=*)", "BASE")

            assert (reset.status_code, client.result["result"]) == (200, 32)
