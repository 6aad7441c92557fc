"""The ledger is bounded, exact in its counters, the same bytes every time, and keeps no secret."""

import json

import pytest

from fake_apps.core.ledger import Call, Ledger


def entered(ledger, operation="toy.read", *, size=0, **more):
    call = Call(
        number=ledger.next_number(),
        at=1.0,
        app="toy",
        operation=operation,
        method="GET",
        path="/",
        status=more.pop("status", 200),
        request="x" * size,
        **more,
    )
    ledger.close(call)
    return call


def test_calls_are_kept_oldest_first_with_numbers_from_one():
    ledger = Ledger()
    for _ in range(3):
        entered(ledger)

    assert [call.number for call in ledger] == [1, 2, 3]


def test_what_falls_off_the_front_is_counted_and_the_counters_stay_exact():
    ledger = Ledger(max_calls=2)
    for operation in ("toy.read", "toy.read", "toy.write"):
        entered(ledger, operation)

    assert ([c.number for c in ledger], ledger.dropped) == ([2, 3], 1)
    assert ledger.counts == {"toy.read": 2, "toy.write": 1}


def test_bodies_are_bounded_too_and_those_of_inner_calls_count():
    ledger = Ledger(max_bytes=100)
    inner = Call(0, 1.0, "toy", "toy.read", "GET", "/", 200, request="y" * 60)
    entered(ledger, size=30)
    entered(ledger, size=30, inner=(inner,))

    assert [call.number for call in ledger] == [2]


def test_bytes_are_bytes_and_not_letters():
    ledger = Ledger(max_bytes=100)
    for _ in range(2):
        ledger.close(Call(ledger.next_number(), 1.0, "toy", "o", "GET", "/", 200, reply="é" * 30))

    assert len(ledger) == 1


def test_bytes_are_free_again_once_a_call_has_fallen_off():
    ledger = Ledger(max_bytes=100)
    for _ in range(10):
        entered(ledger, size=50)

    assert (len(ledger), ledger.dropped) == (2, 8)


def test_since_answers_calls_after_a_number():
    ledger = Ledger()
    for _ in range(4):
        entered(ledger)

    assert [call.number for call in ledger.since(2)] == [3, 4]


def test_clearing_starts_again_at_one():
    ledger = Ledger(max_calls=1)
    entered(ledger)
    entered(ledger)
    ledger.clear()
    entered(ledger)

    assert ([c.number for c in ledger], ledger.dropped, ledger.counts["toy.read"]) == ([1], 0, 1)


def test_a_lost_reply_is_noted_on_the_call_it_belongs_to():
    ledger = Ledger()
    first = entered(ledger)
    entered(ledger)
    ledger.mark_lost(first.number, 60.0)

    assert [(call.lost, call.until) for call in ledger] == [(True, 60.0), (False, 0.0)]


def test_a_lost_reply_of_a_call_that_has_fallen_off_is_nothing_to_note():
    ledger = Ledger(max_calls=1)
    first = entered(ledger)
    entered(ledger)
    ledger.mark_lost(first.number, 60.0)

    assert [call.lost for call in ledger] == [False]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('{"password":"abc"}', '{"password":"***"}'),
        ('{"a": {"password" : "a\\"b\\\\"}, "b": 1}', '{"a": {"password" : "***"}, "b": 1}'),
        ('{"password":1234,"b":2}', '{"password":"***","b":2}'),
        ('{"password":null}', '{"password":"***"}'),
        ('{"password": ["a", "b"], "b": 2}', '{"password": "***", "b": 2}'),
        ("client_secret=a%26b&x=1", "client_secret=***&x=1"),
        ("x=1&password=abc", "x=1&password=***"),
        ("password=", "password=***"),
        ('{"passwords": "open"}', '{"passwords": "open"}'),
        ("nothing of the kind", "nothing of the kind"),
        ('{"PassWord":"abc"}', '{"PassWord":"***"}'),
        ('{"password":{"a":["}", {"b":1}]},"c":2}', '{"password":"***","c":2}'),
        ('{"password":[["]"], "x"],"c":2}', '{"password":"***","c":2}'),
        ('{" \r\npassword ":"abc"}', '{" \r\npassword ":"***"}'),
        ('{"password":""abc", "b":2}', '{"password":"***", "b":2}'),
        ('{"password":"abc', '{"password":"***"'),
        ('{"password":"abc\\', '{"password":"***"'),
        ('{"password":{"a":"b"', '{"password":"***"'),
        ('{"password":', '{"password":"***"'),
        ('{"pass\\u0077ord":"abc"}', '{"password":"***"}'),
        ('{"password":"a","password":"b"}', '{"password":"***","password":"***"}'),
        (
            '{"op":"add","path":"password","value":"abc"}',
            '{"op":"add","path":"password","value":"***"}',
        ),
        (
            '{"value":{"x":"abc"},"path":"urn:x:User:password"}',
            '{"value":"***","path":"urn:x:User:password"}',
        ),
        ("client%5Fsecret=abc&x=1", "client%5Fsecret=***&x=1"),
        ("Password=abc\r\nx=1", "Password=***\r\nx=1"),
        (
            '--e\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\nabc\r\n--e--',
            '--e\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n***\r\n--e--',
        ),
    ],
)
def test_secret_fields_are_masked_in_json_and_in_forms(body, kept):
    ledger = Ledger(secret_fields=("password", "client_secret"))

    assert ledger.mask(body) == kept


def test_a_secret_in_the_query_is_masked_like_one_in_a_form():
    ledger = Ledger(secret_fields=("token",))

    assert ledger.mask_path("/me?token=abc&x=1") == "/me?token=***&x=1"
    assert ledger.mask_path("/token/abc") == "/token/abc"


def test_a_ledger_without_secret_fields_masks_nothing():
    assert Ledger().mask('{"password":"abc"}&password=abc') == '{"password":"abc"}&password=abc'


def test_the_dump_is_one_json_object_per_call_without_empty_fields():
    ledger = Ledger()
    entered(ledger, reply="é")

    assert [json.loads(line) for line in ledger.dump().splitlines()] == [
        {
            "number": 1,
            "at": 1.0,
            "app": "toy",
            "operation": "toy.read",
            "method": "GET",
            "path": "/",
            "status": 200,
            "protocol": "http",
            "reply": "é",
        }
    ]


def test_the_dump_shows_a_result_code_of_nought():
    ledger = Ledger()
    entered(ledger, status=0, protocol="ldap")

    assert json.loads(ledger.dump())["status"] == 0


def test_line_separators_in_a_body_do_not_break_the_dump_into_more_lines():
    ledger = Ledger()
    entered(ledger, reply="a\nb")

    assert len(ledger.dump().split("\n")) == 2


@pytest.mark.parametrize(
    ("protocol", "status", "succeeded"),
    [("http", 204, True), ("http", 404, False), ("ldap", 0, True), ("ldap", 68, False)],
)
def test_success_is_a_matter_of_the_protocol(protocol, status, succeeded):
    call = Call(1, 1.0, "toy", "o", "GET", "/", status, protocol)

    assert call.succeeded is succeeded
