"""The LDAP session without a socket: what it answers, and how it ends."""

import pytest

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap import ber
from fake_apps.active_directory.ldap.session import Session
from fake_apps.core.fault import Fault
from fake_apps.core.table import NotKept
from tests.fake_apps.active_directory.agent import GROUPS, ROOT
from tests.ldap.octets import (
    ABANDON,
    UNBIND,
    bind,
    delete,
    ended,
    exchanged,
    extended,
    is_notice,
    message,
    modify,
    search,
)


@pytest.fixture
def app():
    return APP.create(seed=7)


@pytest.fixture
def session(app):
    return Session(app)


def as_service(app):
    """A session on which the service account is bound."""
    given = app.admin.credentials()
    session = Session(app)
    (reply,) = exchanged(session, bind(given["user"], given["password"].encode()))
    assert reply.code == 0
    return session


def test_a_message_may_come_octet_by_octet(session):
    pieces = [bytes((octet,)) for octet in bind()]

    assert [reply.code for reply in exchanged(session, *pieces)] == [0]


def test_several_messages_may_come_at_once_and_are_answered_in_order(session):
    found = exchanged(session, bind() + search() + extended("1.2.3"))

    assert [(one.tag, one.code) for one in found] == [(0x61, 0), (0x64, 0), (0x65, 0), (0x78, 2)]
    assert {one.number for one in found} == {7}


def test_an_unbind_ends_the_session_without_a_word(session):
    assert exchanged(session, UNBIND + bind()) == []
    assert not session.is_open


def test_an_abandon_is_not_answered(session):
    assert [one.tag for one in exchanged(session, ABANDON + bind())] == [0x61]


def test_a_client_that_leaves_between_messages_hears_nothing(session):
    exchanged(session, bind())

    assert ended(session) == []
    assert not session.is_open


def nested(depth):
    inner = ber.element(0x87, b"cn")
    for _ in range(depth):
        inner = ber.element(0xA2, inner)
    return search(inner)


def with_content(content):
    return ber.sequence(content)


MALFORMED = {
    "no sequence": b"\x04\x03abc",
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "indefinite length": b"\x30\x80\x02\x01\x01\x00\x00",
    "a length of five octets": b"\x30\x85\x01\x00\x00\x00\x00",
    "longer than may be": b"\x30\x84\x7f\xff\xff\xff",
    "nothing inside": b"\x30\x00",
    "no operation": with_content(ber.number(1)),
    "an operation of the server": message(ber.sequence(tag=0x61)),
    "an unknown operation": message(ber.sequence(tag=0x7E)),
    "message 0": ber.sequence(ber.number(0), ber.element(0x42, b"")),
    "a negative message": ber.sequence(ber.number(-1), ber.element(0x42, b"")),
    "a huge message number": ber.sequence(ber.number(2**31), ber.element(0x42, b"")),
    "an empty number": ber.sequence(ber.element(2, b""), ber.element(0x42, b"")),
    "a number of nine octets": ber.sequence(ber.element(2, b"\1" * 9), ber.element(0x42, b"")),
    "something behind the controls": message(ber.element(0x42, b"") + ber.number(1)),
    "an inner length beyond the outer": b"\x30\x05\x02\x01\x01\x42\x7f",
    "half a length": b"\x30\x04\x02\x01\x01\x42",
    "an unbind with content": message(ber.element(0x42, b"x")),
    "a bind without credentials": message(ber.sequence(ber.number(3), ber.text(""), tag=0x60)),
    "a name that is no UTF-8": message(
        ber.sequence(ber.number(3), ber.element(4, b"\xff"), ber.element(0x80, b""), tag=0x60)
    ),
    "an unknown scope": search().replace(b"\x0a\x01\x00", b"\x0a\x01\x07", 1),
    "an unknown filter": search(ber.element(0x8F, b"cn")),
    "a filter nested too deep": nested(101),
    "an endless filter": nested(20_000),
    "a substring filter without substrings": search(
        ber.sequence(ber.text("cn"), ber.sequence(), tag=0xA4)
    ),
    "a negation of two filters": search(ber.element(0xA2, ber.text("cn", 0x87) * 2)),
    "an unknown change": modify(ROOT, 4, "info", b"x"),
    "a truth value of two octets": search().replace(b"\x01\x01\x00", b"\x01\x02\x00\x00", 1),
    "a control that is none": message(ber.element(0x42, b""), controls=ber.number(1)),
}


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_ldap_ends_the_session_with_a_notice_and_nothing_else(session, octets):
    found = exchanged(session, octets, bind())

    assert len(found) == 1
    assert is_notice(found[0])
    assert found[0].text == (
        "00000057: LdapErr: DSID-0C0C0095, comment: Error decoding ldap message, data 0, v4563\0"
    )
    assert not session.is_open


@pytest.mark.parametrize("cut", range(1, len(search())))
def test_a_message_that_is_cut_short_is_answered_with_a_notice(session, cut):
    found = exchanged(session, search()[:cut])

    assert found == []
    assert list(map(is_notice, ended(session))) == [True]


def test_a_filter_may_be_nested_as_deep_as_the_limit(session):
    assert [one.code for one in exchanged(session, nested(100))] == [0, 0]


def test_a_scope_that_only_openldap_has_is_a_protocol_error_and_no_end(session):
    assert [(one.tag, one.code) for one in exchanged(session, search(scope=3))] == [(0x65, 2)]
    assert session.is_open


def test_a_request_may_be_as_long_as_the_directory_takes(app):
    session = as_service(app)
    dn, most = f"CN=x,{GROUPS}", app.settings["max_receive_buffer"]
    room = most - len(modify(dn, 2, "info", b"x" * (most - 200))) + most - 200
    longest = modify(dn, 2, "info", b"x" * room)
    longer = modify(dn, 2, "info", b"x" * (room + 1))

    assert len(longest) == most == 10 * 1024 * 1024
    assert [one.code for one in exchanged(session, longest)] == [32]
    assert list(map(is_notice, exchanged(session, longer))) == [True]


def test_a_length_that_is_too_large_is_refused_before_anything_of_it_has_come(session):
    assert list(map(is_notice, exchanged(session, b"\x30\x84\x00\xa0\x00\x01"))) == [True]


def test_version_2_is_spoken_and_1_is_not(session):
    found = exchanged(session, bind(version=2), bind(version=1))

    assert [(one.tag, one.code) for one in found] == [(0x61, 0), (0x61, 2)]
    assert session.is_open


def test_an_octet_behind_the_request_for_tls_is_not_read_in_clear(app):
    session = Session(app, can_be_secured=True)
    found = exchanged(session, extended("1.3.6.1.4.1.1466.20037") + bind())
    after = [one for octets in session.secured() for one in octets]

    assert [one.code for one in found] == [0]
    assert after
    assert not session.is_open


def test_a_lost_agreement_on_tls_is_none(app):
    session = Session(app, can_be_secured=True)
    app.arm(Fault("active_directory.extended", "lose_reply"))
    found = exchanged(session, extended("1.3.6.1.4.1.1466.20037"))

    assert (found, session.wants_tls, session.is_open) == ([], False, False)


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reset", "lose_request"])
def test_a_request_that_is_lost_does_nothing_and_ends_the_connection(app, kind):
    session = as_service(app)
    group = app.admin.add_group("Sales")
    app.arm(Fault("active_directory.delete", kind))

    assert exchanged(session, delete(f"<GUID={group}>")) == []
    assert not session.is_open
    assert [view.deleted for view in app.admin.groups()] == [False]
    assert app.ledger.since(0)[-1].lost


def test_a_reply_that_is_lost_was_done_all_the_same(app):
    session = as_service(app)
    group = app.admin.add_group("Sales")
    app.arm(Fault("active_directory.delete", "lose_reply"))

    assert exchanged(session, delete(f"<GUID={group}>")) == []
    assert not session.is_open
    assert [view.deleted for view in app.admin.groups()] == [True]
    assert app.ledger.since(0)[-1].lost


def test_garbage_is_sent_as_it_is(app):
    session = as_service(app)
    app.arm(Fault("active_directory.search", "garbage", body="not LDAP"))

    assert b"".join(session.receive(search())) == b"not LDAP"
    assert not session.is_open


def test_a_slow_controller_takes_its_time(app):
    session, before = as_service(app), app.clock.now()
    app.arm(Fault("active_directory.search", "slow", seconds=30))

    assert [one.code for one in exchanged(session, search())] == [0, 0]
    assert app.clock.now() - before == 30


def test_a_search_that_takes_longer_than_it_may_finds_nothing(app):
    session = as_service(app)
    app.arm(Fault("active_directory.search", "slow", seconds=121))

    assert [one.code for one in exchanged(session, search(base=ROOT))] == [3]


def test_lost_rights_may_be_those_below_one_place(app):
    session = as_service(app)
    group = app.admin.add_group("Sales")
    app.arm(Fault("active_directory.modify", "lost_rights", message=GROUPS))

    assert [one.code for one in exchanged(session, modify(f"<GUID={group}>", 2, "info", b"x"))] == [
        50
    ]


def test_what_cannot_be_kept_is_undone_and_answered_as_unavailable(app):
    session = as_service(app)
    group = app.admin.add_group("Sales")

    def fail(_changes):
        raise NotKept("the disk is full")

    app.store.keep = fail
    found = exchanged(session, delete(f"<GUID={group}>"))
    app.store.keep = None

    assert [one.code for one in found] == [52]
    assert [view.deleted for view in app.admin.groups()] == [False]


def test_whoever_is_bound_is_nobody_once_the_tenant_knows_them_no_more(app):
    given, session = app.admin.credentials(), as_service(app)
    app.state.dit.entries.drop(app.state.known.service)

    assert [one.code for one in exchanged(session, search(base=given["base_dn"]))] == [1]


def test_a_call_is_told_in_the_ledger_as_an_agents_is(app):
    session = as_service(app)
    exchanged(session, modify(f"CN=x,{GROUPS}", 2, "info", b"x", b"\xff"))
    (call,) = app.ledger.since(1)

    assert (call.protocol, call.operation) == ("ldap", "active_directory.modify")
    assert (call.status, call.refusal) == (21, "00000057")
    assert call.request == (
        '{"op": "modify", "dn": "CN=x,OU=Groups,DC=ad,DC=example,DC=test", "changes": '
        '[{"op": "replace", "attribute": "info", "values": ["x", "\\\\xff"]}]}'
    )
