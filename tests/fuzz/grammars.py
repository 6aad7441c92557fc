"""Texts of the languages that apps filter by: now and then good, mostly nearly so, or a trap."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

_NOISE = st.sampled_from(
    [
        "",
        " ",
        "(",
        ")",
        "'",
        '"',
        "\\",
        "\x00",
        "\u202e",
        "\U0001f600",
        "%",
        "*",
        "[",
        "]",
        "/",
        ",",
        "\t",
        "()",
    ]
)
TRAPS = (
    "(" * 10_000 + ")" * 10_000,
    "not " * 10_000,
    "(" * 3_000,
    "!" * 5_000,
    "'" + "\\" * 4_001,
    "'" * 4_001,
    '"' + "a\\" * 2_000,
    "a" * 4_095,
    " " * 4_000 + "x",
    "a." * 2_000 + "b",
    "x" * 1_000_000,
    "[" * 2_000,
    "\u00ff" * 4_000,
)


def _joined(atoms: Texts, around: Sequence[str], most: int = 5) -> Texts:
    """Terms within `{0}`/`{1}` patterns, a few deep, with noise at some places."""
    good = st.recursive(
        atoms,
        lambda inner: st.builds(
            lambda form, one, two: form.replace("{0}", one).replace("{1}", two),
            st.sampled_from(around),
            inner,
            inner,
        ),
        max_leaves=most,
    )
    torn = st.builds(
        lambda text, at, noise: text[: at % (len(text) + 1)] + noise + text[at % (len(text) + 1) :],
        good,
        st.integers(0, 200),
        _NOISE,
    )
    long = st.builds(
        lambda text, form, many: form.join([text] * many),
        atoms,
        st.sampled_from([each.replace("{0}", "").replace("{1}", "") for each in around]),
        st.sampled_from([2, 16, 300, 3_000]),
    )
    trap = st.integers(0, len(TRAPS) - 1).map(lambda at: TRAPS[at])  # their repr is too long
    return good | torn | long | trap


def _spoken(names: Sequence[str], words: Sequence[str], values: Sequence[str], form: str) -> Texts:
    return st.builds(
        lambda name, word, value: form.format(name=name, word=word, value=value),
        st.sampled_from(names),
        st.sampled_from(words),
        st.sampled_from(values),
    )


_ODATA_NAMES = (
    "displayName",
    "userPrincipalName",
    "mail",
    "accountEnabled",
    "groupTypes",
    "createdDateTime",
    "id",
    "nope",
    "passwordProfile",
    "a/b",
    "startswith",
)
_ODATA_VALUES = (
    "'a'",
    "''",
    "'it''s'",
    "true",
    "null",
    "1",
    "-1.5e400",
    "2020-01-01T00:00:00Z",
    "2020-99-99T00:00:00Z",
    "guid'x'",
    "('a','b')",
    "()",
    "duration'P1D'",
    "'a' add 'b'",
    "now()",
    "$it",
    "0001-01-01T00:00:00+23:59",
)
_ODATA = _spoken(
    _ODATA_NAMES,
    ("eq", "ne", "gt", "ge", "lt", "le", "in", "has", "add", "EQ"),
    _ODATA_VALUES,
    "{name} {word} {value}",
)
_ODATA_CALLS = _spoken(
    _ODATA_NAMES,
    ("startswith", "endsWith", "contains", "tolower", "substring", "length", "nope"),
    _ODATA_VALUES,
    "{word}({name},{value})",
)
_ODATA_ANY = _spoken(
    _ODATA_NAMES,
    ("any", "all"),
    ("x:x eq 'a'", "x:y eq 'a'", "x:startswith(x,'a')", "", "x:x/any(y:y eq 1)"),
    "{name}/{word}({value})",
)

_SCIM_NAMES = (
    "userName",
    "emails",
    "emails.value",
    "active",
    "displayName",
    "members",
    "meta.created",
    "name.givenName",
    "id",
    "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    "nope",
    "members.value",
    "urn:x",
    "a.b.c.d",
    "$ref",
    "restricted",
)
_SCIM_VALUES = (
    '"a"',
    '""',
    "true",
    "null",
    "1",
    "-1.5e400",
    '"2020-01-01T00:00:00Z"',
    '"\\u0000"',
    '"\\ud800"',
    "'a'",
    "a",
    '"a',
    "[]",
    "{}",
    "1e999999",
)
_SCIM = _spoken(
    _SCIM_NAMES,
    ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "EQ", "re"),
    _SCIM_VALUES,
    "{name} {word} {value}",
)
_SCIM_PRESENT = _spoken(_SCIM_NAMES, ("pr",), ("",), "{name} {word}")
_SCIM_FORMS = (
    "{0} and {1}",
    "{0} or {1}",
    "not ({0})",
    "({0})",
    "emails[{0}]",
    "members[{0}].value",
    "{0} AND not {1}",
)

_LDAP_NAMES = (
    "cn",
    "objectClass",
    "member",
    "memberOf",
    "sAMAccountName",
    "objectGUID",
    "isDeleted",
    "userAccountControl",
    "whenCreated",
    "nope",
    "1.2.3",
    "cn;binary",
)
_LDAP_VALUES = (
    "*",
    "a",
    "a*b*c",
    "**",
    "\\2a",
    "\\zz",
    "\\",
    "",
    "CN=x,DC=y",
    "<GUID=x>",
    "512",
    "99999999999999999999",
    "20200101000000.0Z",
    "\u00e9",
    "TRUE",
)
_LDAP = _spoken(
    _LDAP_NAMES,
    (
        "=",
        ">=",
        "<=",
        "~=",
        ":1.2.840.113556.1.4.803:=",
        ":1.2.840.113556.1.4.1941:=",
        ":dn:=",
        ":9.9:=",
        "=*",
    ),
    _LDAP_VALUES,
    "({name}{word}{value})",
)

_GOOGLE = _spoken(
    ("email", "name", "givenName", "memberKey", "isAdmin", "orgUnitPath", "nope", ""),
    (":", "=", ":{", "<", "::"),
    ("a", "a*", "'a b'", "'a\\'b'", "*", "''", "true", "'"),
    "{name}{word}{value}",
)

_NAMES = st.sampled_from(
    [
        "id",
        "displayName",
        "name",
        "login",
        "userName",
        "emails.value",
        "*",
        "members",
        "nope",
        "id desc",
        "id asc asc",
        "a/b",
        "user.id",
        "",
        "password",
        "created",
    ]
)
_LISTED = st.lists(_NAMES, max_size=6).map(",".join)

LANGUAGES: Mapping[str, Texts] = {
    "odata": _joined(
        _ODATA | _ODATA_CALLS | _ODATA_ANY,
        ("{0} and {1}", "{0} or {1}", "not({0})", "({0})", "not {0}", "groupTypes/any(x:{0})"),
    ),
    "odata_search": _joined(
        _spoken(
            ("displayName", "mail", "nope", ""),
            (":",),
            ("a", "a b", '\\"', "", "*"),
            '"{name}{word}{value}"',
        ),
        ("{0} AND {1}", "{0} OR {1}", "({0})", "NOT {0}"),
    ),
    "scim": _joined(_SCIM | _SCIM_PRESENT, _SCIM_FORMS),
    "scim_path": _joined(
        _SCIM | st.sampled_from(_SCIM_NAMES),
        (
            "emails[{0}]",
            "members[{0}]",
            "{0}.value",
            "members[{0}].display",
            "{0}[{1}]",
            'addresses[type eq "work"].{0}',
        ),
    ),
    "ldap": _joined(_LDAP, ("(&{0}{1})", "(|{0}{1})", "(!{0})", "({0})", "(&)", "(!{0}{1})")),
    "google": _joined(_GOOGLE, ("{0} {1}", "{0},{1}", "{0} AND {1}")),
    "google_fields": _joined(
        _NAMES | st.sampled_from(["users", "groups", "members", "nextPageToken", "kind", "etag"]),
        ("{0},{1}", "{0}({1})", "{0}/{1}", "*", "({0})"),
    ),
    "names": _joined(_LISTED, ("{0},{1}", "{0} desc", "({0})")),
    "text": _joined(_NAMES, ("{0} {1}", '"{0}"', "{0}{1}")),
}
