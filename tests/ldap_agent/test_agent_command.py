"""`pushproof agent` as a user meets it: what it says, what it refuses, and one whole push."""

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest
import requests
from click.testing import CliRunner

from harness import adapters, agent_command
from harness.agent_command import agent
from harness.model import GroupPlan
from harness.ports import Connection
from tests.repo.tree import ROOT


class Standing:
    """A clock that never has to run here."""

    def now(self):
        return 0.0

    def sleep(self, _seconds):
        raise AssertionError("an adapter never sleeps")


@pytest.fixture
def forest(make):
    return make()


@pytest.fixture
def ask(forest, tmp_path):
    """Run the command in this process where it is to end at once; exit status and what it said."""
    (tmp_path / "secret.txt").write_text(forest.given["password"] + "\n")

    def asked(*words, user=forest.given["user"], secret=tmp_path / "secret.txt", url=""):
        url = url or f"ldap://127.0.0.1:{forest.port}"
        given = ["--ldap", url, "--bind-dn", user, "--password-file", str(secret)]
        result = CliRunner().invoke(agent, [*given, *map(str, words)])
        assert forest.given["password"] not in result.output
        return result.exit_code, result.output

    return asked


@contextmanager
def running(folder, forest, *words):
    """The process, the document of --ready, and the lines that it printed."""
    secret, ready = folder / "secret.txt", folder / "ready.json"
    secret.write_text(forest.given["password"])
    given = ["--bind-dn", forest.given["user"], "--password-file", secret, "--ready", ready]
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", "agent", *map(str, [*given, *words])],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            lines = [process.stdout.readline()]
            assert lines[0], process.stderr.read()
            yield process, json.loads(ready.read_text("utf-8")), lines
        finally:
            process.terminate()


def what_is_left(process):
    """The rest of what it says: behind the lines that were read, in the same buffer."""
    said = process.stdout.read(), process.stderr.read()
    process.wait(timeout=60)
    return said


def test_a_push_goes_through_a_served_agent_into_the_directory(tmp_path, forest, ca):
    url = f"ldap://127.0.0.1:{forest.port}"
    trust = ["--start-tls", "--ca-file", ca.file]
    ana = forest.guid(forest.user("ana"))
    plan = GroupPlan(name="Sales", key="key-1", member_ids=(ana,), place=forest.given["groups_dn"])
    with running(tmp_path, forest, "--ldap", url, *trust) as (process, told, first):
        connection = Connection(
            session=requests.Session(),
            credentials={"agent_token": told["token"], "base_dn": forest.given["base_dn"]},
            clock=Standing(),
            options={"agent_url": f"{told['base_url']}/agent/v1/actions"},
        )
        outcomes = [*adapters.load("active_directory")(connection).create_group(plan)]
        connection.session.close()
        mode = (tmp_path / "ready.json").stat().st_mode & 0o777
        process.send_signal(signal.SIGTERM)
        rest, errors = what_is_left(process)
    (made,) = forest.admin.groups()

    assert (made.id, made.member_ids) == (outcomes[-1].id, (ana,))
    assert told["base_url"].startswith("http://127.0.0.1:")
    assert (first + rest.splitlines())[0].startswith(f"agent of {url}: {told['base_url']}")
    assert f"token, told only now: {told['token']}" in rest
    assert (process.returncode, errors, mode) == (0, "", 0o600)
    assert not (tmp_path / "ready.json").exists()


def test_a_token_of_ones_own_is_not_told(tmp_path, forest, ca):
    token = tmp_path / "token.txt"
    token.write_text("mine-alone\n")
    url = f"ldaps://127.0.0.1:{forest.tls_port}"
    words = ["--ldap", url, "--ca-file", ca.file, "--token-file", token]
    with running(tmp_path, forest, *words) as (process, told, first):
        headers = {"Authorization": "Bearer mine-alone"}
        reply = requests.get(f"{told['base_url']}/agent/v1/status", headers=headers, timeout=60)
        process.terminate()
        rest, _ = what_is_left(process)

    assert reply.json()["operationalStatus"] == "OPERATIONAL"
    assert "mine-alone" not in "".join(first) + rest


def test_a_wrong_password_is_one_line(ask, tmp_path):
    (tmp_path / "wrong.txt").write_text("Wrong-Horse-9")
    code, told = ask(secret=tmp_path / "wrong.txt")

    assert code == 2
    assert re.fullmatch(r"ldap://\S+ does not take \S+ with that password: 80090308: .*\n", told)
    assert "Wrong-Horse-9" not in told


def test_a_directory_that_is_not_there_is_one_line(ask):
    with closing(socket.socket()) as unheard:
        unheard.bind(("127.0.0.1", 0))  # taken, and nobody listens
        code, told = ask(url=f"ldap://127.0.0.1:{unheard.getsockname()[1]}")

    assert code == 2
    assert re.fullmatch(r"ldap://\S+ cannot be reached: .*refused.*\n", told)


def test_an_authority_that_did_not_sign_is_one_line(ask, forest, tmp_path):
    code, told = ask(url=f"ldaps://127.0.0.1:{forest.tls_port}")

    assert code == 2
    assert re.fullmatch(r"ldaps://\S+ cannot be reached: .*certificate.*\n", told)


def test_a_directory_that_wants_tls_says_so(ask, forest):
    forest.app.change_setting("require_signing", value=True)
    code, told = ask()

    assert code == 2
    assert told.count("\n") == 1
    assert told.endswith("; use ldaps:// or --start-tls\n")


def test_a_directory_without_tls_cannot_start_it(tmp_path, ask, forest, ca):
    forest.fail("extended", "refuse", status=52, code="", message="no TLS today")
    code, told = ask("--start-tls", "--ca-file", ca.file)

    assert code == 2
    assert told.count("\n") == 1
    assert "cannot be reached" in told


@pytest.mark.parametrize("option", ["--ca-file", "--token-file"])
def test_a_file_that_is_not_there_is_named(ask, option):
    assert ask(option, "nowhere.txt") == (2, f"{option} nowhere.txt: No such file or directory\n")


def test_a_password_file_has_to_be_there_and_to_hold_one(ask, tmp_path):
    (tmp_path / "empty.txt").write_text("\nsecond line")
    (tmp_path / "octets.txt").write_bytes(b"\xff\xfe")

    assert ask(secret="gone.txt")[1] == "--password-file gone.txt: No such file or directory\n"
    assert ask(secret=tmp_path / "empty.txt")[1].endswith("empty.txt: its first line is empty\n")
    assert ask(secret=tmp_path / "octets.txt")[1].endswith("octets.txt: is not text in UTF-8\n")


@pytest.mark.parametrize(
    "url",
    [
        "dc1",
        "http://dc1",
        "ldap://",
        "ldap://dc1/o=x",
        "ldap://a:b",
        "ldap://u:p@dc1",
        "ldap://dc1?x",
    ],
)
def test_an_address_that_is_none_is_refused(ask, url):
    code, told = ask(url=url)

    assert (code, told) == (
        2,
        "--ldap takes ldap://HOST[:PORT] or ldaps://HOST[:PORT] and no more\n",
    )


def test_tls_is_asked_for_in_one_way(ask):
    assert ask("--start-tls", url="ldaps://127.0.0.1") == (
        2,
        "--start-tls begins in clear: use it with ldap://, or leave it out\n",
    )


def test_a_port_that_is_taken_is_told(ask):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        code, told = ask("--port", other.getsockname()[1])

    assert code == 2
    assert "cannot be listened on" in told
    assert told.count("\n") == 1


def test_a_folder_for_ready_has_to_be_there(ask, tmp_path):
    code, told = ask("--ready", tmp_path / "none" / "ready.json")

    assert code == 2
    assert told.startswith("--ready ")


def test_without_ldap3_it_says_what_to_install(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "ldap3", None)
    monkeypatch.delitem(sys.modules, "harness.ldap_agent.dialling")

    assert ask() == (2, f"{agent_command.MISSING}\n")


def test_a_password_that_would_go_over_the_network_in_clear_is_warned_of(ask, monkeypatch):
    monkeypatch.setattr(agent_command, "LOCAL", frozenset())
    code, told = ask("--port", "0", user="nobody@ad.example.test")

    assert code == 2
    assert told.startswith("warning: the password goes to ldap://127.0.0.1:")
