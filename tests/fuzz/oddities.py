"""What can be odd about a request. Each kind is a function: draft, where, what; both are numbers.

Numbers stand for places and values so that a request that fails is made smaller with ease.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.fuzz.draft import Draft

Damage = Callable[["Odd", Draft], None]


@dataclass(frozen=True)
class Kind:
    """One kind: what it does, and how often it is chosen beside others."""

    damage: Damage
    weight: int


KINDS: dict[str, Kind] = {}
BODY, USUAL, RARE, FILTER = 6, 2, 1, 20

MEGABYTE = "x" * 1_000_000
LARGEST = 8 * len(MEGABYTE)  # more than any app takes
TEXTS = (
    "",
    " ",
    "x",
    "0",
    "-1",
    "99999999999999999999",
    "1e3",
    "null",
    "true",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff x",
    "\u202eevil\u202c",
    "\u0645\u0631\u062d\u0628\u0627",
    "e\u0301",
    "\U0001f600",
    "\ufeffx",
    "\u2028",
    "\r\nX-Injected: yes",
    "a\tb",
    "'",
    '"',
    "\\",
    "%",
    "%00",
    "%2F",
    "../../etc/passwd",
    "%s%n",
    "{0}",
    "${x}",
    "<b>",
    "@",
    "a@",
    "@example.test",
    "ana@example.test",
    "ANA@EXAMPLE.TEST",
    "a,b;c",
    "*",
    "(",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "x" * 256,
    "\u00e9" * 5_000,
    "x" * 70_000,
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**200),
    0.5,
    1e300,
    float("inf"),
    float("nan"),
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": ""},
    {"oddkey": [True, None]},
    {"value": {"value": {"value": []}}},
    ["x", 1, None, {"oddkey": 1}],
    [["oddkey"]] * 40,
    [{"value": "x"}] * 2_000,
    {f"k{at}": at for at in range(500)},
)
HUGE = (MEGABYTE, [MEGABYTE], {MEGABYTE: 1})
WIDEST = 20  # of a list, as far as its items are made odd one by one
_RARELY = 40  # of so many odd values one is huge

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "BREW")
ODD_METHODS = ("", "PROPFIND", "A" * 1_000, "G\u00cbT", "POST ", "QUERY")
CONTENT_TYPES = (
    "",
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=\u00ff",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=edge",
    "multipart/mixed; boundary=edge",
    'multipart/mixed; boundary="ed ge"; boundary=x',
    "multipart/mixed; boundary=" + "x" * 5_000,
    "application/json" + ";" * 3_000,
    "application/xml",
    "application/scim+json",
    "*/*",
    ";;;==,",
)
RUBBISH = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"0",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    b'{"\\ud800": "\\udfff"}',
    b"[" * 100_000,
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b"&&==&=%zz=%ff&a=%00",
    b"a=" * 2_000,
    b'--edge\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nx',
    b"--edge\r\nContent-Type: application/http\r\n\r\nGET /",
    b"--edge--",
    b"--edge\r\n" * 500,
    gzip.compress(b"{}")[:-4],
)
TAGS = (
    "",
    "*",
    '"x"',
    'W/"x"',
    '"',
    "W/",
    "x" * 9_000,
    '"a", "b"',
    "\u00e9",
    "\x00",
    ",,,",
    '"' * 3_000,
)
ENVIRONS: tuple[Mapping[str, Any], ...] = (
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "x"},
    {"CONTENT_LENGTH": "\u00b2"},
    {"CONTENT_LENGTH": "99999999999999999999"},
    {"CONTENT_LENGTH": "1"},
    {"HTTP_HOST": "elsewhere.test"},
    {"HTTP_HOST": "a b\u00ff"},
    {"HTTP_HOST": ""},
    {"HTTP_CONTENT_ENCODING": "gzip"},
    {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    {"HTTP_RANGE": "bytes=0-1"},
    {"HTTP_ACCEPT_LANGUAGE": "\u00ff" * 100},
    {"HTTP_COOKIE": "a=" * 3_000},
    {"HTTP_X_FORWARDED_FOR": "\u00ff"},
    {"HTTP_ACCEPT": "text/html;q=\u00ff"},
    {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    {"QUERY_STRING": "\u00ff=\u00ff&%"},
    {"PATH_INFO": "", "RAW_URI": ""},
    {"PATH_INFO": "*", "RAW_URI": "*"},
)
RAW_QUERIES = (
    "%",
    "%zz=%f",
    "&&==&=",
    "%ff%fe=%ff",
    "a" * 9_000,
    "&".join(["a=b"] * 2_000),
    "\u00ff\u00fe",
    ";a=b;c",
    "%00=%00",
    "?" * 50,
)
PIECES = (
    "",
    ".",
    "..",
    "/",
    "//",
    "%2F",
    "%2f%2F",
    "%00",
    "%",
    "%zz",
    "%ff",
    "%25252F",
    "$",
    "'",
    "(",
    "%0d%0a",
)
PLACES = ("start", "end", "in", "instead")


@dataclass(frozen=True)
class World:
    """What odd values are made of: the tenant's ids, names other routes take, the app's words."""

    ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    made: list[str] = field(default_factory=list)  # ids that replies of this example told

    @property
    def known_ids(self) -> tuple[str, ...]:
        return (*self.ids, *self.made)


@dataclass(frozen=True)
class Odd:
    """One oddity. `name` and `text` are for a filter: which one, and what it says."""

    kind: str
    where: int = 0
    what: int = 0
    name: str = ""
    text: str = field(default="", repr=False)
    world: World = field(default_factory=World, repr=False)

    def apply(self, draft: Draft) -> None:
        KINDS[self.kind].damage(self, draft)

    def value(self) -> Any:
        """Any JSON value; an id of the tenant now and then, a huge one rarely."""
        if self.what % _RARELY == _RARELY - 1:
            return HUGE[self.what // _RARELY % len(HUGE)]
        known = (*VALUES, *TEXTS, *self.world.known_ids)
        return copied(known[self.what % len(known)])

    def words(self) -> str:
        known = (*TEXTS, *self.world.known_ids)
        return known[self.what % len(known)]

    def pick(self, options: Any) -> Any:
        return options[self.what % len(options)]

    def at(self, options: Any) -> Any:
        return options[self.where % len(options)]


def kind(weight: int = USUAL) -> Callable[[Damage], Damage]:
    def mark(damage: Damage) -> Damage:
        KINDS[damage.__name__] = Kind(damage, weight)
        return damage

    return mark


# --- JSON bodies -------------------------------------------------------------------------------

Spot = tuple[Any, Any]
"""A container and the key or index in it."""


def spots(value: Any) -> Iterator[Spot]:
    """Every place in a JSON value; of a long list the first ones, which stand for the others."""
    width = min(len(value), WIDEST) if _is_list(value) else 0
    keys: Any = value if isinstance(value, dict) else range(width)
    for key in list(keys):
        yield value, key
        yield from spots(value[key])


def copied(value: Any) -> Any:
    """The value, no part of it shared: one that is made odd, or huge, is one and not a thousand."""
    return json.loads(json.dumps(value))


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _spot(odd: Odd, draft: Draft) -> Spot:
    """A place in the body; where there is no body, it becomes an object with one member."""
    if draft.raw is None and not isinstance(draft.json, dict | list):
        draft.json = {odd.at(odd.world.keys or ("x",)): ""}
        draft.headers.setdefault("Content-Type", "application/json")
    holder = {"": draft.json}
    return odd.at([(holder, ""), *spots(draft.json)][1:] or [(holder, "")])


@kind(BODY)
def value_is_odd(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    holder[key] = odd.value()


@kind(BODY)
def text_is_odd(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    holder[key] = odd.words()


@kind(BODY)
def part_is_missing(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    del holder[key]


@kind(BODY)
def member_is_extra(odd: Odd, draft: Draft) -> None:
    holder, _ = _spot(odd, draft)
    if isinstance(holder, dict):
        names = (*odd.world.keys, "", "x" * 300, "\ud800", "\x00", "__class__", "$ref", "id")
        holder[names[odd.where // 7 % len(names)]] = odd.value()


@kind(BODY)
def part_is_wrapped(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    inner = holder[key]
    deep: Any = inner
    for _ in range(200):
        deep = [deep]
    holder[key] = odd.pick(([inner], {"value": inner}, {"x": [inner]}, json.dumps(inner), deep))


@kind(BODY)
def part_is_repeated(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    size = len(json.dumps(holder[key]))
    many = min(odd.pick((2, 3, 50, 1_100)), max(2, LARGEST // size))
    part = holder[key] if _is_list(holder[key]) else [holder[key]]
    holder[key] = copied(part * many)


@kind(BODY)
def key_is_misspelt(odd: Odd, draft: Draft) -> None:
    holder, key = _spot(odd, draft)
    if isinstance(key, str) and isinstance(holder, dict):
        spelt = odd.pick((key.upper(), key.lower(), f" {key}", f"{key}\x00", key[:-1]))
        holder[spelt] = holder.pop(key)


# --- bodies as bytes ---------------------------------------------------------------------------


@kind()
def body_is_rubbish(odd: Odd, draft: Draft) -> None:
    draft.raw = odd.pick(RUBBISH)


@kind()
def body_is_damaged(odd: Odd, draft: Draft) -> None:
    sent = draft.body()
    at = odd.where * 37 % (len(sent) + 1)
    piece = odd.pick(
        (b"", b"\xff", b"\x00", b'"', b"{", b"\\", b"\r\n", b"--edge", b"&", b"%", b"\\u")
    )
    draft.raw = sent[:at] + piece + (sent[at:] if odd.what % 3 else b"")


@kind()
def body_is_encoded_otherwise(odd: Odd, draft: Draft) -> None:
    text = draft.body().decode("utf-8", "replace")
    codec = odd.pick(("utf-16", "utf-8-sig", "utf-32-le", "latin-1", "utf-7", "cp037"))
    draft.raw = text.encode(codec, "replace")


@kind()
def body_is_cut_up(odd: Odd, draft: Draft) -> None:
    """Lines of a body that has such are left out, come twice, or change places."""
    lines = draft.body().split(b"\r\n")
    at = odd.where % len(lines)
    match odd.what % 4:
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines[at], lines[-1 - at] = lines[-1 - at], lines[at]
        case _:
            lines[at] = odd.words().encode("utf-8", "surrogatepass")
    draft.raw = b"\r\n".join(lines)


@kind(RARE)
def body_comes_with_a_get(odd: Odd, draft: Draft) -> None:
    draft.raw = odd.pick(RUBBISH)
    draft.method = "GET"


@kind()
def form_is_sent(odd: Odd, draft: Draft) -> None:
    """Parameters of a form, some of them twice."""
    names = (*odd.world.words, *odd.world.keys) or ("x",)
    pairs = [(odd.at(names), odd.words()), (odd.pick(names), odd.words())]
    sent = "&".join(f"{quote(k)}={quote(v.encode('utf-8', 'surrogatepass'))}" for k, v in pairs)
    glue = b"&" if draft.body() else b""
    draft.raw = draft.body() + glue + sent.encode()
    draft.headers["Content-Type"] = "application/x-www-form-urlencoded"


# --- what surrounds the body -------------------------------------------------------------------


@kind()
def content_type_is_odd(odd: Odd, draft: Draft) -> None:
    draft.headers["Content-Type"] = odd.pick(CONTENT_TYPES)


@kind(RARE)
def content_type_is_missing(_odd: Odd, draft: Draft) -> None:
    draft.headers.pop("Content-Type", None)


@kind(RARE)
def method_is_another(odd: Odd, draft: Draft) -> None:
    draft.method = odd.pick((*METHODS, *ODD_METHODS))


@kind(RARE)
def authorization_is_odd(odd: Odd, draft: Draft) -> None:
    good = draft.headers.get("Authorization", "Bearer x")
    token = good.partition(" ")[2]
    unsigned = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ4In0."
    forms = (
        "",
        "Bearer",
        "Bearer ",
        f"bearer {token}",
        f"Bearer  {token}",
        f"Bearer {token} ",
        f"Bearer {token[:-1]}",
        f"Bearer {token}{token}",
        f"{good}, {good}",
        f"Basic {token}",
        "Basic Og==",
        "Basic \u00ff\u00ff",
        "Bearer \u00e9",
        "Bearer a.b.c",
        "Bearer ..",
        f"Bearer {unsigned}",
        "Bearer " + "a" * 100_000,
        "Bearer " + "." * 5_000,
        "Negotiate x",
        "\x00",
        "Bearer ya29.e30.x",
        "Bearer xoxb-1-1-1",
    )
    draft.headers["Authorization"] = odd.pick(forms)


@kind(RARE)
def nobody_signs_in(_odd: Odd, draft: Draft) -> None:
    draft.headers.pop("Authorization", None)


@kind()
def header_is_odd(odd: Odd, draft: Draft) -> None:
    names = (*odd.world.headers, "If-Match", "If-None-Match", "Accept", "X-Odd")
    draft.headers[odd.at(names)] = odd.pick((*TAGS, *TEXTS))


@kind(RARE)
def environment_is_odd(odd: Odd, draft: Draft) -> None:
    draft.environ.update(odd.pick(ENVIRONS))


# --- paths and queries -------------------------------------------------------------------------


def _parameter(odd: Odd, draft: Draft) -> int:
    """Where a parameter of the path stands; a path without one gets one more part."""
    if len(draft.path) < 2:
        draft.path += ["/", ""]
        return 2
    return int(odd.at(range(1, len(draft.path), 2)))


@kind()
def id_is_odd(odd: Odd, draft: Draft) -> None:
    """A parameter of the path, or its last part."""
    draft.path[_parameter(odd, draft)] = quote(
        odd.words().encode("utf-8", "surrogatepass"), safe=""
    )


@kind()
def id_is_another(odd: Odd, draft: Draft) -> None:
    if odd.world.known_ids:
        draft.path[_parameter(odd, draft)] = quote(odd.pick(odd.world.known_ids[::-1]), safe="@")


@kind(RARE)
def path_is_damaged(odd: Odd, draft: Draft) -> None:
    path, piece = "".join(draft.path), odd.pick(PIECES)
    at = odd.where % (len(path) + 1)
    match odd.what // len(PIECES) % 3:
        case 0:
            told = path[:at] + piece + path[at:]
        case 1:
            told = path[:at] + piece
        case _:
            told = path + "/" + piece
    draft.path = [told if told.startswith("/") else f"/{told}"]


@kind(RARE)
def path_is_long(odd: Odd, draft: Draft) -> None:
    draft.path.append(odd.pick(("/", "x", "%41", "%E9", "'")) * 8_000)


@kind()
def parameter_is_odd(odd: Odd, draft: Draft) -> None:
    names = (*(name for name, _ in draft.query), *odd.world.words, "x")
    draft.query = [*draft.query, (odd.at(names), odd.words())]


@kind()
def parameter_is_replaced(odd: Odd, draft: Draft) -> None:
    name = odd.at((*(name for name, _ in draft.query), *odd.world.words, "x"))
    kept = [(known, value) for known, value in draft.query if known != name]
    draft.query = [*kept, (name, odd.words())]


@kind(RARE)
def query_is_rubbish(odd: Odd, draft: Draft) -> None:
    draft.raw_query = odd.pick(RAW_QUERIES)


# --- filters -----------------------------------------------------------------------------------


@kind(FILTER)  # drawn with a text
def filter_is_odd(odd: Odd, draft: Draft) -> None:
    """A member of the body of that name has the text, or else a query parameter."""
    found = [spot for spot in spots(draft.json) if spot[1] == odd.name]
    if found and draft.raw is None:
        holder, key = found[odd.where % len(found)]
        holder[key] = odd.text
    else:
        kept = [pair for pair in draft.query if pair[0] != odd.name]
        draft.query = [*kept, (odd.name, odd.text)]
