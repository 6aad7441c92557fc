"""What a served fake does with requests that are odd as HTTP, before any rule of a vendor."""

import json
import socket
import ssl
from contextlib import closing
from http.client import HTTPConnection
from threading import Event
from urllib.parse import urlsplit

import pytest
import requests

from fake_apps import load
from fake_apps.core.clock import SystemClock
from fake_apps.core.edge import Hosts
from fake_apps.core.fault import Fault
from fake_apps.core.serve import CannotListen, Place, Server
from tests.serve.clients import CLIENTS, make_group
from tests.serve.running import free_port


@pytest.fixture
def server():
    with Server([load("box").create(seed=7, clock=SystemClock())]) as server:
        yield server


@pytest.fixture
def told(server):
    return server.connection("box")


def address(told):
    parts = urlsplit(told["base_url"])
    return parts.hostname, parts.port


def raw(told, sent, *, cut=False):
    """What comes back for these bytes until the server closes the connection."""
    with closing(socket.create_connection(address(told), timeout=30)) as line:
        line.sendall(sent)
        if cut:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65_536), b""))


def head(told, *lines, host=None):
    host = host or "{}:{}".format(*address(told))
    return "\r\n".join([*lines, f"Host: {host}", "Connection: close", "", ""]).encode("latin-1")


# --- names -----------------------------------------------------------------------------------

FOREIGN = ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1@evil", ""]
FOREIGN += ["[::1", "[::1]x", "localhost:", "localhost:x", "127.0.0.1:80:80", "10.0.0.1", "\xe9"]


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/2.0/groups", "/_fake/health"])
def test_a_request_under_a_foreign_name_is_refused_whatever_it_is_for(server, told, host, path):
    sent = head(told, f"GET {path} HTTP/1.1", f"Authorization: Bearer {told['control_token']}")
    reply = raw(told, sent.replace("{}:{}".format(*address(told)).encode(), host.encode("latin-1")))
    status, _, body = reply.partition(b"\r\n\r\n")

    assert status.startswith(b"HTTP/1.1 421 ")
    assert json.loads(body)["error"] == "foreign_host"
    assert len(server.fakes["box"].ledger) == 0


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]", "[::1]:80"])
def test_loopback_names_are_ours_on_any_port(told, host):
    reply = raw(told, head(told, "GET /2.0/groups HTTP/1.1", host=host))

    assert reply.startswith(b"HTTP/1.1 401 ")


def test_a_name_that_is_allowed_is_ours():
    assert Hosts(["fake.test"]).allow("Fake.Test:8101")
    assert not Hosts(["fake.test"]).allow("127.0.0.1")


def test_a_request_without_a_host_is_refused(told):
    assert raw(told, b"GET /2.0/groups HTTP/1.1\r\n\r\n").split()[1] in (b"400", b"421")
    assert b" 421 " in raw(told, b"GET /2.0/groups HTTP/1.0\r\n\r\n")


def test_an_address_of_all_machines_is_called_by_the_first_name_that_is_allowed():
    place = Place(host="0.0.0.0", allow_hosts=("fake.test",))  # noqa: S104

    assert place.called[0] == "fake.test"
    assert Place(host="0.0.0.0").called == ("127.0.0.1",)  # noqa: S104


# --- bodies ----------------------------------------------------------------------------------


def chunked(told, *pieces, path="/2.0/groups", token=""):
    lines = [f"POST {path} HTTP/1.1", "Transfer-Encoding: chunked", f"Authorization: {token}"]
    sent = head(told, *lines, "Content-Type: application/json")
    return sent + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def test_a_body_in_chunks_is_read(server, told):
    token = CLIENTS["box"](told).http.headers["Authorization"]
    reply = raw(told, chunked(told, b'{"name": ', b'"Sales"}', b"", token=token))

    assert reply.startswith(b"HTTP/1.1 201 ")
    assert [group.name for group in server.fakes["box"].admin.groups()] == ["Sales"]


@pytest.mark.parametrize("rest", [b"zz\r\n", b"5\r\nabcdefg\r\n", b"5\r\nab"])
def test_chunks_that_are_none_are_a_400_and_do_nothing(server, told, rest):
    token = CLIENTS["box"](told).http.headers["Authorization"]
    reply = raw(told, chunked(told, b'{"name":"Sales"}', token=token) + rest, cut=True)

    assert reply.split()[1:2] in ([b"400"], [])
    assert server.fakes["box"].admin.groups() == []


def test_a_body_that_is_cut_short_is_acted_upon_by_nobody():
    """A batch is a text of many calls: the first ones would be whole."""
    with Server([load("gsuite").create(clock=SystemClock())]) as server:
        told = server.connection("gsuite")
        token = CLIENTS["gsuite"](told).http.headers["Authorization"]
        calls = len(server.fakes["gsuite"].ledger)
        call = b'POST /admin/directory/v1/groups\r\n\r\n{"email":"a@example.test"}'
        body = b"--b\r\nContent-Type: application/http\r\n\r\n" + call + b"\r\n--b--"
        lines = ["POST /batch HTTP/1.1", "Content-Type: multipart/mixed; boundary=b"]
        length = f"Content-Length: {len(body) + 1}"
        sent = head(told, *lines, length, f"Authorization: {token}") + body
        reply = raw(told, sent, cut=True)

        assert reply == b""
        assert len(server.fakes["gsuite"].ledger) == calls
        assert server.fakes["gsuite"].admin.groups() == []


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_in_the_vendors_words(told, is_chunked):
    client = CLIENTS["box"](told)
    body = b" " * (1024 * 1024 + 1)
    sent = iter([body]) if is_chunked else body
    reply = client.http.post(f"{client.base}/2.0/groups", data=sent, timeout=30)

    assert reply.status_code == 413
    assert reply.json()["type"] == "error"
    assert make_group("box", client, told, "Sales")


ODD = [
    b"GET /%2e%2e/_fake/state HTTP/1.1",
    b"GET //_fake/state HTTP/1.1",
    b"GET /_fakes HTTP/1.1",
    b"GET /2.0/groups/%00 HTTP/1.1",
    b"GET /2.0/groups/%ff%fe HTTP/1.1",
    b"GET /\xff\xfe HTTP/1.1",
    b"GET /2.0/groups?%zz=%ff&limit=\xff HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"BREW /2.0/groups HTTP/1.1",
    b"GET /2.0/groups#x HTTP/1.1",
    b"GET http://evil.example/2.0/groups HTTP/1.1",
    b"GET",
    b"\x16\x03\x01",
]


@pytest.mark.parametrize("line", ODD)
@pytest.mark.parametrize("app", sorted(CLIENTS))
def test_an_odd_request_line_is_a_4xx(app, line):
    with Server([load(app).create(clock=SystemClock())]) as server:
        told = server.connection(app)
        token = CLIENTS[app](told).http.headers["Authorization"].encode()
        rest = head(told, f"Authorization: {token.decode()}")
        reply = raw(told, line + b"\r\n" + rest)

    assert reply == b"" or reply.split()[1][:1] == b"4", reply


@pytest.mark.parametrize("length", ["-1", "x", "1_0", "+5", "99999999999999", "1e3", " "])
def test_a_length_that_is_none_is_a_4xx(told, length):
    sent = head(told, "POST /2.0/groups HTTP/1.1", f"Content-Length: {length}")
    reply = raw(told, sent + b"{}", cut=True)

    assert reply == b"" or reply.split()[1][:1] == b"4", reply


def test_head_gets_no_body(told):
    client = CLIENTS["box"](told)
    line = HTTPConnection(*address(told), timeout=30)
    headers = dict(client.http.headers)
    for _ in range(2):
        line.request("HEAD", "/2.0/groups", headers=headers)
        with line.getresponse() as reply:
            body = reply.read()

        assert body == b""
    line.close()


# --- ports, TLS, the end ---------------------------------------------------------------------


def test_a_port_in_use_is_told_by_its_number(told):
    port = address(told)[1]
    with pytest.raises(CannotListen, match=f"port {port} of 127.0.0.1: Address already in use"):
        Server([load("slack").create()], Place(port=port)).start()


def test_what_listened_before_a_port_was_in_use_lets_go_again():
    """The first port is free, the second is taken."""
    port = free_port()
    server = Server([load("slack").create(), load("box").create()], Place(port=port))
    taken = closing(socket.create_server(("127.0.0.1", port + 1)))
    with taken, pytest.raises(CannotListen, match=f"port {port + 1}"):
        server.start()
    with closing(socket.socket()) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(("127.0.0.1", port))


def test_there_is_no_port_above_the_last():
    with pytest.raises(CannotListen, match="there is no port 65536"):
        Server([load("slack").create(), load("box").create()], Place(port=65_535)).start()


def test_over_tls_a_client_trusts_the_authority_of_this_start():
    with Server([load("o365").create(clock=SystemClock())], Place(tls=True)) as server:
        ready = server.ready()
        told = ready["apps"]["o365"]
        client = CLIENTS["o365"](told, ready["ca_file"])
        for name in ("A", "B", "C"):
            make_group("o365", client, told, name)
        page = client.call("GET", "/v1.0/groups?$top=2", status=200).json()
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(told["base_url"], timeout=30)

        assert page["@odata.nextLink"].startswith(f"https://127.0.0.1:{address(told)[1]}/v1.0/")
    assert server.ca_file is None


def test_a_caller_that_shakes_no_hands_keeps_nobody_waiting():
    with Server([load("slack").create(clock=SystemClock())], Place(tls=True)) as server:
        ready = server.ready()
        told = ready["apps"]["slack"]
        trusted = ssl.create_default_context(cafile=ready["ca_file"])
        with closing(socket.create_connection(address(told), timeout=30)):
            line = socket.create_connection(address(told), timeout=2)
            with closing(trusted.wrap_socket(line, server_hostname="127.0.0.1")) as secure:
                secure.sendall(head(told, "GET /scim/v1/Users HTTP/1.1"))

                assert secure.recv(12) == b"HTTP/1.1 401"


def test_plain_http_to_a_tls_port_gets_no_answer_and_harms_nobody():
    with Server([load("slack").create(clock=SystemClock())], Place(tls=True)) as server:
        ready = server.ready()
        told = ready["apps"]["slack"]
        assert b"200" not in raw(told, head(told, "GET /scim/v1/Users HTTP/1.1"))
        client = CLIENTS["slack"](told, ready["ca_file"])

        assert make_group("slack", client, told, "Sales")


def test_control_tokens_differ_from_start_to_start_unless_a_seed_decides():
    def token(seed):
        with Server([load("slack").create()], seed=seed) as server:
            return server.addresses["slack"].control_token

    assert token(None) != token(None)
    assert token(3) == token(3)
    assert token(3) != token(4)


def test_a_stopped_server_gives_up_its_port(server, told):
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(told), timeout=30)


class Noting(SystemClock):
    """Tells when somebody begins to wait."""

    def __init__(self):
        super().__init__()
        self.waiting = Event()

    def sleep(self, seconds):
        if seconds:
            self.waiting.set()
        super().sleep(seconds)


def test_a_slow_reply_is_finished_at_once_when_the_server_stops():
    clock = Noting()
    with Server([load("box").create(clock=clock)]) as server:
        told = server.connection("box")
        client = CLIENTS["box"](told)
        server.fakes["box"].arm(Fault("box.create_group", "slow", seconds=3600))
        line = HTTPConnection(*address(told), timeout=30)
        line.request("POST", "/2.0/groups", b'{"name": "Sales"}', dict(client.http.headers))

        assert clock.waiting.wait(30)
    with closing(line), line.getresponse() as reply:
        body = json.loads(reply.read())

    assert body["name"] == "Sales"
