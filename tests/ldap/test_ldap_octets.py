"""Whatever octets come, a session answers LDAP, ends with a notice, or waits for more."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap import ber, messages
from fake_apps.active_directory.ldap.session import Session
from fake_apps.active_directory.seed import FIRST_USN
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

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
TAGS = bytes.fromhex("010203040a3031424a50606366686c6e7780818283878aa0a1a2a3a4a9")
WHOLE = [
    bind(),
    bind("ana@example.test", b"secret"),
    search(),
    search(ber.sequence(ber.text("cn"), ber.text("x"), tag=0xA3), ROOT),
    modify(GROUPS, 0, "description", b"x"),
    modify(f"CN=x,{GROUPS}", 2, "member", b"CN=y", b"CN=z"),
    delete(f"CN=x,{GROUPS}"),
    extended("1.3.6.1.4.1.4203.1.11.3"),
    message(
        ber.element(0x42, b""),
        controls=ber.sequence(ber.text("1.2"), ber.element(1, b"\xff"), ber.element(4, b"x")),
    ),
    UNBIND,
    ABANDON,
]


def grown(recipe):
    """Elements in elements: each octet adds one, or wraps the last or all there are."""
    made = [b""]
    for octet in recipe:
        tag = TAGS[octet % len(TAGS)]
        match octet >> 6:
            case 3:
                made = [ber.element(tag, b"".join(made))]
            case 2:
                made[-1] = ber.element(tag, made[-1])
            case length:
                made.append(ber.element(tag, bytes((octet,)) * (length + octet % 2)))
    return b"".join(made)


def altered(recipe):
    """One of the messages with other octets in it, in pieces of some size."""
    which, size, *changes = recipe
    octets = bytearray(WHOLE[which % len(WHOLE)])
    for place, octet in zip(changes[::2], changes[1::2], strict=False):
        octets[place % len(octets)] = octet
    size = 1 + size % 40
    return [bytes(octets[at : at + size]) for at in range(0, len(octets), size)]


@pytest.fixture(scope="module")
def app():
    return APP.create(seed=7)


def check_answers(session, *pieces):
    """Replies are whole messages; a notice is the last of them, and the last of the session."""
    found = exchanged(session, *pieces)
    found += exchanged(session, bind()) if not session.is_open else ended(session)
    notices = [at for at, one in enumerate(found) if one.number == 0]

    assert notices in ([], [len(found) - 1])
    assert all(is_notice(found[at]) for at in notices)
    assert not session.is_open


@settings(max_examples=8_000, deadline=None, suppress_health_check=SHARED, database=None)
@given(st.binary(max_size=64))
@example(b"\x30\x80")
@example(b"\x30\x84\xff\xff\xff\xff")
def test_any_octets(app, octets):
    check_answers(Session(app), octets)


@settings(max_examples=6_000, deadline=None, suppress_health_check=SHARED, database=None)
@given(st.binary(min_size=1, max_size=24))
def test_any_elements_in_a_message(app, recipe):
    check_answers(Session(app), ber.sequence(ber.number(1 + recipe[0]), grown(recipe)))


@settings(max_examples=6_000, deadline=None, suppress_health_check=SHARED, database=None)
@given(st.binary(min_size=4, max_size=12))
def test_a_message_with_other_octets_in_it(app, recipe):
    session = Session(app)
    session._operations.who = app.state.known.limited

    check_answers(session, *altered(recipe))


def test_nothing_of_that_has_changed_the_directory(app):
    """The account of the tests above may write `member` of groups, of which there are none."""
    assert app.state.dit.highest_usn == FIRST_USN + len(app.state.dit.entries)


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=300), st.sampled_from([0x04, 0x30, 0x80, 0xA3]))
def test_what_is_written_is_read_back(content, tag):
    cursor = ber.Cursor(ber.element(tag, content))

    assert cursor.octets(tag) == content
    cursor.end()


@settings(max_examples=300, deadline=None, database=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_read_back(number):
    assert ber.Cursor(ber.number(number)).number() == number


@pytest.mark.parametrize("octets", WHOLE, ids=range(len(WHOLE)))
def test_the_messages_that_are_altered_here_are_right_themselves(octets):
    assert messages.read(octets).number == 7
