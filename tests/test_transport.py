"""The session reaches the hosts it was given, and nothing else."""

import pytest
import requests

from harness.transport import ForeignHost, session


def answering(text="hello", status=200, **headers):
    def exchange(request, timeout_s):
        exchange.seen.append((request.method, request.url, timeout_s))
        response = requests.Response()
        response.status_code = status
        response.headers.update(headers)
        response._content = text.encode()
        response.request, response.url = request, request.url
        return response

    exchange.seen = []
    return exchange


def refuse_send():
    raise AssertionError("a transaction is open")


def test_a_request_reaches_the_exchange_of_its_host():
    one, other = answering("one"), answering("other")
    made = session({"one.test": one, "other.test": other})

    response = made.get("https://other.test/path?q=1")

    assert response.text == "other"
    assert other.seen == [("GET", "https://other.test/path?q=1", None)]
    assert one.seen == []


def test_an_unknown_host_is_refused_by_name():
    made = session({"one.test": answering()})

    with pytest.raises(ForeignHost, match=r"evil\.test.*one\.test"):
        made.get("https://evil.test/")


def test_a_host_that_only_begins_alike_is_foreign():
    made = session({"one.test": answering()})

    with pytest.raises(ForeignHost):
        made.get("https://one.test.evil.test/")


def test_a_host_hidden_behind_user_information_is_foreign():
    made = session({"one.test": answering()})

    with pytest.raises(ForeignHost):
        made.get("https://one.test@evil.test/")


def test_the_case_of_a_host_does_not_matter():
    assert session({"one.test": answering()}).get("https://ONE.test/").text == "hello"


@pytest.mark.parametrize("follows", [True, False])
def test_a_redirect_to_another_host_is_refused(follows):
    leading_away = answering("", 302, Location="https://evil.test/steal")
    made = session({"one.test": leading_away, "evil.test": answering()})

    with pytest.raises(ForeignHost, match=r"evil\.test.*redirect from one\.test"):
        made.get("https://one.test/", allow_redirects=follows)


def test_a_redirect_within_the_host_is_followed():
    def exchange(request, _timeout_s):
        if request.url.endswith("/new"):
            return answering("moved")(request, None)
        return answering("", 302, Location="/new")(request, None)

    assert session({"one.test": exchange}).get("https://one.test/old").text == "moved"


@pytest.mark.parametrize(("timeout", "seconds"), [(5, 5), ((3, 9), 9), (None, None)])
def test_the_exchange_learns_how_long_the_caller_waits(timeout, seconds):
    exchange = answering()

    session({"one.test": exchange}).get("https://one.test/", timeout=timeout)

    assert exchange.seen[0][2] == seconds


def test_before_send_is_asked_before_anything_is_sent():
    exchange = answering()
    made = session({"one.test": exchange}, before_send=refuse_send)

    with pytest.raises(AssertionError, match="transaction"):
        made.get("https://one.test/")

    assert exchange.seen == []


def test_no_environment_decides_where_requests_go(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "https://evil.test:3128")

    assert session({"one.test": answering()}).get("https://one.test/").text == "hello"


def test_two_sessions_share_nothing():
    first, second = session({"one.test": answering()}), session({"one.test": answering()})

    first.headers["X-Mine"] = "1"

    assert "X-Mine" not in second.headers
