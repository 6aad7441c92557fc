"""Who somebody is over LDAP: forms of names, reasons of refusal, TLS, and what nobody may do."""

import pytest
from ldap3.core.exceptions import LDAPStartTLSError

from fake_apps.core.clock import VirtualClock
from tests.ldap.forest import PEOPLE, ROOT

WEEK_S, DAY_S = 7 * 86_400, 86_400
BAD = "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {}, v4563\0"
PASSWORD = "Secret-123"
ANA = f"CN=ana,{PEOPLE}"


def told(forest, user, password=PASSWORD):
    """Result code and text of a bind."""
    client = forest.connect(user, password)
    client.ldap.bind()
    return client.result["result"], client.result["message"]


@pytest.fixture
def ana(forest):
    """A user with a password, by DN."""
    dn = forest.user("ana", password=PASSWORD)
    write(forest, userAccountControl="512")
    return dn


def write(forest, **values):
    """Write attributes of hers past the rules of who may."""
    dit = forest.app.state.dit
    entry = dit.resolve(ANA)
    kept = {**entry.attributes, **{name: (value,) for name, value in values.items()}}
    dit.update(entry._replace(attributes=kept))


@pytest.mark.parametrize(
    "name",
    [
        "ana@example.test",
        "ANA@EXAMPLE.TEST",
        "ana@ad.example.test",
        "ADTEST\\ana",
        "adtest\\Ana",
        ANA,
    ],
)
def test_a_name_may_be_a_upn_a_down_level_name_or_a_dn(forest, ana, name):
    assert told(forest, name) == (0, "")


@pytest.mark.parametrize(
    "name", ["ana", "EMEA\\ana", "ben@example.test", f"CN=ben,{PEOPLE}", "CN=x="]
)
def test_other_names_are_answered_like_a_bad_password(forest, ana, name):
    assert told(forest, name) == (49, BAD.format("52e"))


def test_a_bad_password_is_52e(forest, ana):
    assert told(forest, ANA, "Secret-124") == (49, BAD.format("52e"))


def test_an_unknown_login_is_525_where_the_quirk_is_off(make):
    assert told(make(quirks={"U4": False}), "ben@example.test") == (49, BAD.format("525"))


def test_hours_in_which_nobody_may_log_on_are_530(forest, ana):
    write(forest, logonHours="00" * 21)

    assert told(forest, ANA) == (49, BAD.format("530"))


def test_the_bits_of_logon_hours_begin_on_sunday_at_midnight(make):
    thursday_noon = VirtualClock(1_767_268_800.0)  # 2026-01-01T12:00:00Z
    forest = make(clock=thursday_noon)
    forest.user("ana", password=PASSWORD)
    hour = 4 * 24 + 12
    octets = bytearray(21)
    octets[hour // 8] = 1 << hour % 8
    write(forest, userAccountControl="512", logonHours=octets.hex())
    now = told(forest, ANA)
    thursday_noon.advance(3600)

    assert now == (0, "")
    assert told(forest, ANA) == (49, BAD.format("530"))


def test_another_workstation_than_those_named_is_531(forest, ana):
    write(forest, userWorkstations="PC7,PC8")
    elsewhere = told(forest, ANA)
    write(forest, userWorkstations="PC7,DC1")

    assert elsewhere == (49, BAD.format("531"))
    assert told(forest, ANA) == (0, "")


def test_an_old_password_is_532(forest, ana):
    forest.app.clock.advance(43 * DAY_S)

    assert told(forest, ANA) == (49, BAD.format("532"))


@pytest.mark.parametrize("exempt", ["account", "policy"])
def test_a_password_may_last_for_ever(forest, ana, exempt):
    if exempt == "account":
        write(forest, userAccountControl=str(512 | 0x10000))
    else:
        forest.app.change_setting("max_password_age_days", 0)
    forest.app.clock.advance(43 * DAY_S)

    assert told(forest, ANA) == (0, "")


def test_a_disabled_account_is_533(forest, ana):
    write(forest, userAccountControl="514")

    assert told(forest, ANA) == (49, BAD.format("533"))


def test_an_expired_account_is_701(forest, ana):
    write(forest, accountExpires="134116992000000000")
    forest.app.clock.advance(WEEK_S)

    assert told(forest, ANA) == (49, BAD.format("701"))


def test_a_password_that_has_to_be_changed_is_773(forest, ana):
    write(forest, pwdLastSet="0")

    assert told(forest, ANA) == (49, BAD.format("773"))


def test_a_locked_account_is_775(forest, ana):
    write(forest, lockoutTime="134116992000000000")

    assert told(forest, ANA) == (49, BAD.format("775"))


def test_nobody_may_read_what_the_server_is_and_nothing_else(forest):
    client = forest.connect()
    assert client.ldap.bind()
    told_of_itself = client.search("", scope="BASE", attributes=["defaultNamingContext"])
    client.search(ROOT, "(cn=x)")

    assert told_of_itself[0]["attributes"]["defaultNamingContext"] == [ROOT]
    assert client.told == (1, "000004DC")


@pytest.mark.parametrize("attempt", ["add", "modify", "delete", "rename", "compare"])
def test_nobody_changes_nothing(forest, attempt):
    client = forest.connect()
    client.ldap.bind()
    dn = forest.group("Sales")
    match attempt:
        case "add":
            client.add(f"CN=x,{PEOPLE}")
        case "modify":
            client.modify(dn, "replace", "info", "x")
        case "delete":
            client.delete(dn)
        case "rename":
            client.rename(dn, "CN=x")
        case "compare":
            client.ldap.compare(dn, "cn", "Sales")

    assert client.told == (1, "000004DC")


def test_a_failed_bind_leaves_nobody(forest, ana):
    client = forest.bound()
    client.ldap.rebind(ANA, "wrong")
    client.search(ROOT, "(cn=x)")

    assert client.told == (1, "000004DC")


def test_who_somebody_is(forest, ana):
    assert forest.bound(ANA, PASSWORD).ldap.extend.standard.who_am_i() == "u:ADTEST\\ana"


def test_a_sasl_mechanism_is_not_known(forest):
    client = forest.connect(
        authentication="SASL", sasl_mechanism="PLAIN", sasl_credentials=(None, "a", "b")
    )
    client.ldap.bind()

    assert client.told == (7, "00002027")


def test_no_password_enters_the_ledger(make, ca):
    forest = make(ca)
    dn = forest.user("ana", password=PASSWORD)
    client = forest.bound(tls=True)
    client.modify(dn, "replace", "unicodePwd", '"Other-456"'.encode("utf-16-le"))
    told(forest, dn, "Other-789")
    dumped = forest.app.ledger.dump()

    assert "Other-456" not in dumped
    assert "Other-789" not in dumped
    assert forest.given["password"] not in dumped


def test_a_delegated_right_reaches_as_far_as_it_was_given(forest):
    given = forest.given
    limited = forest.bound(given["limited_user"], given["limited_password"])
    sales, ana = forest.group("Sales"), forest.user("ana")

    assert limited.modify(sales, "add", "member", ana) == (0, "")
    assert limited.modify(sales, "replace", "info", "x") == (50, "00002098")
    assert limited.delete(sales) == (50, "00002098")
    assert limited.add(f"CN=x,{PEOPLE}") == (50, "00002098")


# --- TLS -------------------------------------------------------------------------------------


def set_password(client, dn, password):
    return client.modify(dn, "replace", "unicodePwd", f'"{password}"'.encode("utf-16-le"))


def test_over_ldaps_a_password_can_be_set(make, ca):
    forest = make(ca)
    dn = forest.user("ana")

    assert set_password(forest.bound(tls=True), dn, PASSWORD) == (0, "")
    assert told(forest, dn) == (0, "")


def test_after_start_tls_a_password_can_be_set(make, ca):
    forest = make(ca)
    dn = forest.user("ana")
    client = forest.connect(forest.given["user"], forest.given["password"])
    client.ldap.open()
    assert client.ldap.start_tls()
    assert client.ldap.bind()

    assert set_password(client, dn, PASSWORD) == (0, "")


def test_in_clear_no_password_can_be_set(forest, client):
    dn = forest.user("ana")
    quoted = f'"{PASSWORD}"'.encode("utf-16-le")

    assert set_password(client, dn, PASSWORD) == (53, "0000001F")
    assert client.add(f"CN=ben,{PEOPLE}", "user", unicodePwd=quoted) == (53, "0000001F")


def test_a_password_that_is_too_simple_is_refused(make, ca):
    forest = make(ca)

    assert set_password(forest.bound(tls=True), forest.user("ana"), "abc") == (19, "0000052D")


def test_everybody_may_change_the_own_password_knowing_the_old_one(make, ca):
    forest = make(ca)
    dn = forest.user("ana", password=PASSWORD)
    client = forest.bound(dn, PASSWORD, tls=True)
    changed = client.ldap.extend.microsoft.modify_password(dn, "Other-456", PASSWORD)
    again = client.ldap.extend.microsoft.modify_password(dn, "Third-789", PASSWORD)

    assert (changed, again) == (True, False)
    assert client.told == (19, "00000056")
    assert told(forest, dn, "Other-456") == (0, "")


def test_nobody_resets_the_own_password_without_the_right(make, ca):
    forest = make(ca)
    dn = forest.user("ana", password=PASSWORD)

    assert set_password(forest.bound(dn, PASSWORD, tls=True), dn, "Other-456") == (50, "00002098")


def test_without_a_certificate_there_is_no_start_tls(client):
    with pytest.raises(LDAPStartTLSError, match="unavailable"):
        client.ldap.start_tls()

    assert client.told == (52, "00000000")


def test_tls_within_tls_is_refused(make, ca):
    client = make(ca).bound(tls=True)
    client.ldap.extended("1.3.6.1.4.1.1466.20037")

    assert client.told == (1, "00000000")


def test_where_signing_is_required_a_bind_in_clear_is_refused(make, ca):
    forest = make(ca, settings={"require_signing": True})
    in_clear = told(forest, forest.given["user"], forest.given["password"])

    assert (in_clear[0], in_clear[1][:8]) == (8, "00002028")
    assert forest.bound(tls=True)


def test_an_unknown_extended_operation_is_a_protocol_error(client):
    client.ldap.extended("1.2.3.4")

    assert client.told == (2, "0000203D")
