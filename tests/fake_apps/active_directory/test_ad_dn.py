"""Distinguished names as Active Directory reads and writes them."""

import pytest

from fake_apps.active_directory.dn import BadDn, Rdn, guid, parse, reference, written


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("CN=a,OU=b,DC=c", [("CN", "a"), ("OU", "b"), ("DC", "c")]),
        ("cn=a , ou=b", [("CN", "a"), ("OU", "b")]),
        ("CN=a=b", [("CN", "a=b")]),
        ("CN=a/b", [("CN", "a/b")]),
        (r"CN=Smith\, Ana,OU=b", [("CN", "Smith, Ana"), ("OU", "b")]),
        (r"CN=\#1 \+ \"x\" \\ \<\>\;,OU=b", [("CN", '#1 + "x" \\ <>;'), ("OU", "b")]),
        (r"CN=\20a\20", [("CN", " a ")]),
        (r"CN=\ a\ ", [("CN", " a ")]),
        (r"CN=Z\C3\BCrich", [("CN", "Zürich")]),
        (r"CN=x\0ADEL:1,CN=y", [("CN", "x\nDEL:1"), ("CN", "y")]),
        ("2.5.4.3=a,2.5.4.11=b", [("CN", "a"), ("OU", "b")]),
        ("1.2.3=a", [("1.2.3", "a")]),
    ],
)
def test_a_name_is_read_into_its_steps(text, steps):
    assert [(rdn.attribute, rdn.value) for rdn in parse(text)] == steps


@pytest.mark.parametrize(
    "value", ["a, b", ' "q" ', "#1", " x", "x ", "a\\b", "a+b;c<d>", "line\nfeed", "Zürich", "="]
)
def test_what_is_written_is_read_back(value):
    assert parse(written((Rdn("CN", value), Rdn("DC", "test")))) == (
        Rdn("CN", value),
        Rdn("DC", "test"),
    )


@pytest.mark.parametrize(
    "text", ["a", "=a", "CN=", "CN=a,", ",CN=a", "CN=a+OU=b", "CN=#a", "1x=a", r"CN=\zz", r"CN=\C3"]
)
def test_what_is_no_name_is_refused(text):
    with pytest.raises(BadDn):
        parse(text)


def test_names_are_equal_whatever_their_case():
    assert Rdn("CN", "Zürich").key == Rdn("CN", "ZÜRICH").key


@pytest.mark.parametrize(
    "text",
    ["{0}01020304-0506-0708-090a-0b0c0d0e0f10", "{0}04030201060508070 90a0b0c0d0e0f10"],
)
def test_a_guid_is_read_dashed_or_as_its_octets(text):
    assert guid(text.format("").replace(" ", "")) == "01020304-0506-0708-090a-0b0c0d0e0f10"


def test_a_sid_is_read_as_text_or_as_its_octets():
    octets = "010200000000000520000000" + "20020000"

    assert reference(f"<SID={octets}>") == reference("<SID=s-1-5-32-544>")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<GUID=01020304-0506-0708-090a-0b0c0d0e0f10>", "guid"),
        ("<sid=s-1-5-21-1-2-3-500>", "sid"),
        ("<WKGUID=A9D1CA15768811D1ADED00C04FD8D5CD,DC=a>", "wkguid"),
        ("CN=a,DC=b", "dn"),
    ],
)
def test_the_other_forms_of_a_name_are_known(text, form):
    assert reference(text).form == form


@pytest.mark.parametrize("text", ["<GUID=1>", "<SID=500>", "<CN=a>", "<", "<GUID=", "<>"])
def test_a_form_that_nobody_knows_is_refused(text):
    with pytest.raises(BadDn):
        reference(text)
