"""Well-formed requests with anything in them: each gets one reply of its kind, never a mistake."""

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_apps.active_directory import APP, schema
from fake_apps.active_directory.errors import NAMES
from fake_apps.active_directory.ldap import ber
from fake_apps.active_directory.ldap.session import Session
from tests.fake_apps.active_directory.agent import EMEA_GROUPS, GROUPS, PEOPLE, ROOT
from tests.ldap.octets import message, replies

NEW = [f"CN={name},{place}" for name in ("a", "b", "c") for place in (GROUPS, PEOPLE)]
DNS = st.sampled_from(NEW) | st.sampled_from(
    [
        "",
        ROOT,
        GROUPS,
        PEOPLE,
        EMEA_GROUPS,
        f"OU=d,{GROUPS}",
        f"CN=e,OU=d,{GROUPS}",
        f"CN=Domain Users,CN=Users,{ROOT}",
        f"CN=Deleted Objects,{ROOT}",
        f"CN=Aggregate,CN=Schema,CN=Configuration,{ROOT}",
        "DC=other,DC=test",
        "<GUID=00000000-0000-4000-8000-000000000000>",
        "<SID=S-1-5-32-544>",
        "<SID=S-1-5-21-1-2-3-4>",
        f"<WKGUID=A9D1CA15768811D1ADED00C04FD8D5CD,{ROOT}>",
        "<SID=S-1-999999999999999999999-1>",
        "CN=x\\",
        "CN=\\00",
        ",",
        "=",
        "CN=a+CN=b",
    ]
)
OFTEN = ["member", "description", "groupType", "userAccountControl", "sAMAccountName", "info"]
NAMES_OF_ATTRIBUTES = st.sampled_from(OFTEN) | st.sampled_from(
    [*sorted(one.name for one in schema.ATTRIBUTES.values()), "shoeSize", "", "member;range=0-1"]
)
VALUES = st.one_of(
    DNS.map(str.encode),
    st.sampled_from(
        [
            *(b"", b"\0", b"\xff\xfe", b"TRUE", b"0", b"-1", b"2", b"4", b"8", b"512", b"544"),
            *(b"group", b"user", b"organizationalUnit", b"contact", b"top", b"-2147483646"),
            *(b"9" * 19, b"9" * 40, b"x" * 1025, b"a=b", b"2147483650", b"20260101000000.0Z"),
            '"Pw-123"'.encode("utf-16-le"),
        ]
    ),
    st.binary(max_size=8),
)
MANY = st.lists(VALUES, max_size=3)


def attribute(name, values):
    return ber.sequence(ber.text(name), ber.element(ber.SET, ber.each(values)))


def addition(dn, kind, more):
    listed = [("objectClass", [kind]), *more]
    shown = ber.sequence(*(attribute(name, values) for name, values in listed))
    return ber.sequence(ber.text(dn), shown, tag=0x68)


def modification(dn, changes):
    shown = [ber.sequence(ber.number(k, ber.ENUMERATED), attribute(n, v)) for k, n, v in changes]
    return ber.sequence(ber.text(dn), ber.sequence(*shown), tag=0x66)


def renaming(dn, newrdn, keep, superior):
    more = b"" if superior is None else ber.text(superior, 0x80)
    flag = ber.element(ber.BOOLEAN, b"\0" if keep else b"\xff")
    return ber.sequence(ber.text(dn), ber.text(newrdn), flag, more, tag=0x6C)


def searching(dn, scope, limit, wanted, names):
    enums = ber.number(scope, ber.ENUMERATED) + ber.number(0, ber.ENUMERATED)
    limits = ber.number(limit) + ber.number(0) + ber.element(ber.BOOLEAN, b"\0")
    listed = ber.sequence(*map(ber.text, names))
    return ber.sequence(ber.text(dn), enums, limits, wanted, listed, tag=0x63)


def comparison(tag):
    return lambda name, value: ber.sequence(ber.text(name), ber.element(4, value), tag=tag)


def substring(name, value):
    return ber.sequence(ber.text(name), ber.sequence(ber.element(0x81, value)), tag=0xA4)


def ruled(name, value, rule):
    told = ber.text(rule, 0x81) + ber.text(name, 0x82) + ber.element(0x83, value)
    return ber.element(0xA9, told)


RULES = st.sampled_from([f"1.2.840.113556.1.4.{end}" for end in (803, 804, 1941, 7)])
ITEMS = st.one_of(
    *(st.builds(comparison(tag), NAMES_OF_ATTRIBUTES, VALUES) for tag in (0xA3, 0xA5, 0xA6, 0xA8)),
    st.builds(substring, NAMES_OF_ATTRIBUTES, VALUES),
    st.builds(ruled, NAMES_OF_ATTRIBUTES, VALUES, RULES),
    NAMES_OF_ATTRIBUTES.map(lambda name: ber.text(name, 0x87)),
)
FILTERS = ITEMS | st.builds(
    lambda tag, parts: ber.sequence(*parts, tag=tag),
    st.sampled_from([0xA0, 0xA1]),
    st.lists(ITEMS, max_size=3),
)
KINDS = st.sampled_from([b"group", b"user", b"organizationalUnit", b"contact", b"x"])
OPERATIONS = st.one_of(
    st.builds(addition, DNS, KINDS, st.lists(st.tuples(NAMES_OF_ATTRIBUTES, MANY), max_size=3)),
    st.builds(
        modification,
        DNS,
        st.lists(st.tuples(st.integers(0, 3), NAMES_OF_ATTRIBUTES, MANY), max_size=3),
    ),
    st.builds(
        renaming, DNS, DNS.map(lambda dn: dn.partition(",")[0]), st.booleans(), st.none() | DNS
    ),
    st.builds(
        searching,
        DNS,
        st.integers(0, 2),
        st.integers(0, 3),
        FILTERS,
        st.lists(NAMES_OF_ATTRIBUTES | st.sampled_from(["*", "+", "1.1"]), max_size=3),
    ),
    DNS.map(lambda dn: ber.text(dn, 0x4A)),
    st.builds(
        lambda dn, name, value: ber.sequence(
            ber.text(dn), ber.sequence(ber.text(name), ber.element(4, value)), tag=0x6E
        ),
        DNS,
        NAMES_OF_ATTRIBUTES,
        VALUES,
    ),
)
OIDS = [f"1.2.840.113556.1.4.{end}" for end in (319, 417, 473, 529, 801, 805, 841, 1339, 1413)]
CONTROL = st.builds(
    lambda oid, value: ber.sequence(ber.text(oid), b"" if value is None else ber.element(4, value)),
    st.sampled_from(OIDS),
    st.none()
    | st.sampled_from(
        [
            b"\x30\x05\x02\x01\x02\x04\x00",
            b"\x30\x03\x02\x01\x01",
            b"\x30\x06\x30\x04\x04\x02cn",
            b"\x30\x08\x02\x01\x00\x02\x01\x00\x04\x00",
        ]
    ),
)


@cache
def arranged():
    """A forest with three groups and three users, and how it began."""
    app = APP.create(seed=7)
    for name in "abc":
        app.admin.add_account(f"user-{name}@example.test", {"cn": name})
        app.admin.add_group(name, kind="universal security" if name == "a" else "")
    return app, app.snapshot()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(
    st.lists(
        st.tuples(OPERATIONS, st.sampled_from([None, None, None]) | CONTROL),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_each_request_gets_one_reply_of_its_kind(requests, recycle_bin):
    app, begin = arranged()
    app.restore(begin)
    app.change_setting("recycle_bin", recycle_bin)
    session = Session(app, is_secure=True)
    session._operations.who = app.state.dit.resolve(f"CN=Administrator,CN=Users,{ROOT}").guid
    for operation, control in requests:
        sent = b"".join(session.receive(message(operation, controls=control or b"")))
        found = list(replies(sent))
        last = found[-1]

        assert [one.tag for one in found[:-1] if one.tag not in (0x64, 0x73)] == []
        assert last.tag == (
            0x6B if operation[0] == 0x4A else operation[0] + 1 + (operation[0] == 0x63)
        )
        assert last.code in NAMES
        check_links(app)


def check_links(app):
    """Both ends of every link agree, and both are there."""
    dit = app.state.dit
    forward = {(e.guid, right) for e in dit.entries for right in dit.members.rights(e.guid)}
    backward = {(left, e.guid) for e in dit.entries for left in dit.members.lefts(e.guid)}

    assert forward == backward
    assert not any(dit.entry(guid).deleted for pair in forward for guid in pair)
