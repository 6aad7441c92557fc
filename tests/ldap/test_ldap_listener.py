"""LDAP on sockets: connections do not touch each other, and end when the listener does."""

import socket
from contextlib import ExitStack, closing, suppress
from threading import Thread

import pytest

from fake_apps.active_directory.ldap.session import Session
from tests.fake_apps.active_directory.agent import ROOT
from tests.ldap.forest import GUARD_S
from tests.ldap.octets import bind, extended, is_notice, replies, search

CONNECTIONS = 200


def connected(forest):
    return closing(socket.create_connection(("127.0.0.1", forest.port), timeout=GUARD_S))


def everything(line):
    """What comes until the other end hangs up."""
    pieces = iter(lambda: line.recv(65_536), b"")
    return list(replies(b"".join(pieces)))


def some(line, count):
    """As many replies as that."""
    octets = b""
    while True:
        octets += line.recv(65_536)
        try:
            found = list(replies(octets))
        except ValueError:
            continue
        if len(found) >= count:
            return found


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x30\x80" + b"\x04\x01x" * 10_000,
        b"\x30\x84\x00\xa0\x00\x01" + b"x" * 2_000_000,
    ],
    ids=["http", "endless", "too large"],
)
def test_what_is_no_ldap_ends_its_own_connection_and_no_other(forest, octets):
    with connected(forest) as other, connected(forest) as line:
        other.sendall(bind())
        line.sendall(octets)
        ending = everything(line)
        other.sendall(search())

        assert list(map(is_notice, ending)) == [True]
        assert [one.code for one in some(other, 3)] == [0, 0, 0]


def test_half_a_message_and_no_more_is_answered_with_a_notice(forest):
    with connected(forest) as line:
        line.sendall(search()[:-3])
        line.shutdown(socket.SHUT_WR)

        assert list(map(is_notice, everything(line))) == [True]


def test_in_clear_on_the_port_of_ldaps_nothing_is_answered(make, ca):
    forest = make(ca)
    forest.port = forest.tls_port
    with connected(forest) as line:
        line.sendall(bind())
        answer = b""
        with suppress(ConnectionResetError):
            answer = line.recv(65_536)

    assert not answer.startswith(b"\x30")
    assert forest.calls() == []


def test_what_follows_the_request_for_tls_in_clear_is_never_done(make, ca):
    forest = make(ca)
    with connected(forest) as line:
        line.sendall(extended("1.3.6.1.4.1.1466.20037") + search())
        some(line, 1)

    assert [operation for operation, _ in forest.calls()] == ["extended"]


def test_two_hundred_clients_are_served_at_once(forest):
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(forest)) for _ in range(CONNECTIONS)]
        for line in lines:
            line.sendall(bind())
        for line in reversed(lines):
            line.sendall(search())
        codes = [[one.code for one in some(line, 3)] for line in lines]

    assert codes == [[0, 0, 0]] * CONNECTIONS
    assert len(forest.calls()) == 2 * CONNECTIONS


def test_the_end_of_the_listener_is_the_end_of_its_connections(make, ca):
    forest = make(ca)
    clients = [forest.bound(), forest.bound(tls=True)]
    with connected(forest) as silent:
        silent.sendall(bind())
        some(silent, 1)  # only who was let in is told of the end
        for listener in forest._listeners:
            listener.stop()

        assert silent.recv(1) == b""
    forest._listeners.clear()
    for client in clients:
        client.ldap.strategy.close()


def test_a_listener_that_never_served_lets_go_of_its_port(forest):
    other = type(forest._listeners[0])(forest.app)
    port = other.listen("127.0.0.1", 0)
    other.stop()
    other.serve()
    with closing(socket.create_server(("127.0.0.1", port))) as again:
        assert again.getsockname()[1] == port


def test_a_mistake_of_ours_ends_the_connection_and_is_told_in_the_log(forest, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("planted")

    monkeypatch.setattr(Session, "_outcome", fail)
    with connected(forest) as line:
        line.sendall(bind())
        ending = everything(line)

    assert [(one.number, one.code) for one in ending] == [(0, 80)]
    assert "a mistake of ours" in caplog.text
    monkeypatch.undo()
    assert forest.bound().search(ROOT, scope="BASE")


def test_many_write_at_once_over_sockets(forest):
    """Each has a group of its own: what comes of it does not depend on who was first."""
    users = forest.users(20)
    groups = [forest.group(f"g{at}") for at in range(8)]

    def work(group):
        client = forest.bound()
        for user in users:
            assert client.modify(group, "add", "member", user) == (0, "")

    threads = [Thread(target=work, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client = forest.bound()

    assert [len(client.read(group, "member")["member"]) for group in groups] == [20] * 8
    assert [len(client.read(user, "memberOf")["memberOf"]) for user in users] == [8] * 20
