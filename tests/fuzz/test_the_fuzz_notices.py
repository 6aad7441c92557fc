"""Mistakes are planted into an app; each must be noticed, and told with its request."""

import logging
from io import BytesIO

import pytest
from flask import request

from fake_apps import load
from fake_apps.core.app import _flask
from fake_apps.core.error import ApiError
from fake_apps.core.ledger import Ledger
from fake_apps.core.reply import Plain
from fake_apps.core.table import Unit
from tests.fuzz import fuzzer as fuzzing
from tests.fuzz.fuzzer import Fuzzer, Hang
from tests.fuzz.steps import Example, Step

VIEWS = _flask(load("box")).view_functions
REAL = VIEWS["box.create_group"]


@pytest.fixture
def fuzzer():
    return Fuzzer("box")


def try_one(fuzzer, operation="create_group"):
    fuzzer.play(Example((Step(f"box.{operation}", 0),)))


def plant(monkeypatch, view):
    monkeypatch.setitem(VIEWS, "box.create_group", view)


def refusing(message, status=400):
    def view():
        raise ApiError(status, "bad_request", message)

    return view


def test_an_app_without_a_mistake_is_not_complained_of(fuzzer):
    try_one(fuzzer)

    assert fuzzer.succeeded["box.create_group"] == 1


def test_an_exception_is_noticed(fuzzer, monkeypatch):
    plant(monkeypatch, lambda: {}["nothing"])

    with pytest.raises(AssertionError, match=r"KeyError(.|\n)*POST /2.0/groups(.|\n)*provenance"):
        try_one(fuzzer)


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ("Traceback (most recent call last):", "the reply has"),
        ("<Group object at 0x7f>", "the reply has"),
        ("value {'oddkey': 1} is bad", "the reply has"),
        ("see fake_apps/box/state.py", "the reply has"),
    ],
)
def test_what_is_ours_is_noticed_in_a_reply(fuzzer, monkeypatch, message, complaint):
    plant(monkeypatch, refusing(message))

    with pytest.raises(AssertionError, match=complaint):
        try_one(fuzzer)


def test_a_500_is_noticed(fuzzer, monkeypatch):
    plant(monkeypatch, refusing("oh", 500))

    with pytest.raises(AssertionError, match="a 500 is answered"):
        try_one(fuzzer)


def test_a_change_by_a_refused_request_is_noticed(fuzzer, monkeypatch):
    def view():
        REAL()
        raise ApiError(409, "conflict", "no, after all")

    plant(monkeypatch, view)
    try_one(fuzzer)
    monkeypatch.setattr(Unit, "refuse", lambda _self: None)

    with pytest.raises(AssertionError, match=r"refused, and yet groups\b"):
        try_one(fuzzer)


def test_a_secret_in_a_reply_is_noticed(fuzzer, monkeypatch):
    plant(monkeypatch, refusing(fuzzer.tenant.names["client_secret"]))

    with pytest.raises(AssertionError, match="the reply tells the secret"):
        try_one(fuzzer)


def test_a_secret_in_the_ledger_is_noticed(fuzzer, monkeypatch):
    monkeypatch.setattr(Ledger, "mask", lambda _self, body: body)

    with pytest.raises(AssertionError, match="the ledger has the secret"):
        try_one(fuzzer, "token")


def test_a_secret_in_a_log_is_noticed(fuzzer, monkeypatch):
    secret = fuzzer.tenant.names["client_secret"]

    def view():
        logging.getLogger("fake_apps").error("created with %s", secret)
        return REAL()

    plant(monkeypatch, view)

    with pytest.raises(AssertionError, match="the log tells a secret"):
        try_one(fuzzer)


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', "\ud800"])
def test_a_reply_that_is_no_json_is_noticed(fuzzer, monkeypatch, text):
    def view():
        made = Plain(None, content_type="application/json")
        made.set_data(text.encode("utf-8", "surrogatepass"))
        return made

    plant(monkeypatch, view)

    with pytest.raises(AssertionError, match="the body is no application/json"):
        try_one(fuzzer)


def test_a_request_that_never_ends_is_noticed(fuzzer, monkeypatch):
    def view():
        while True:
            pass

    plant(monkeypatch, view)
    monkeypatch.setattr(fuzzing, "HANGS_S", 0.2)

    with pytest.raises(AssertionError, match=Hang.__name__):
        try_one(fuzzer)


def test_a_failing_request_is_made_as_small_as_can_be_and_shown(fuzzer, monkeypatch):
    def view():
        sent = request.environ["wsgi.input"].read()
        request.environ["wsgi.input"] = BytesIO(sent)
        assert b'"name": "' in sent, "a name that is no text"
        return REAL()

    plant(monkeypatch, view)

    with pytest.raises(AssertionError, match="a name that is no text") as failed:
        fuzzer.run(3_000)
    shown = str(failed.value).partition("the request:")[2]
    assert shown.strip().startswith("POST /2.0/groups\n")


def test_an_operation_that_no_request_has_reached_is_named(fuzzer):
    try_one(fuzzer)

    assert "box.create_group" not in fuzzer.unreached()
    assert "box.delete_group" in fuzzer.unreached()
    assert "box.delete_group" in fuzzer.unsuccessful()
