"""Every rule R1-R63 is named by a test of the org or the engine, or told here why it is not."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOMS = ("engine", "org", "diagnosis")

# Rules that neither Microsoft 365 nor Active Directory can show.
ELSEWHERE = {
    15: "SCIM: the look-up by displayName and the link that follows are a SCIM connector's",
    25: "SCIM: the order of the calls that make a group",
    26: "SCIM: the name that goes before every membership update",
    27: "SCIM: the shape of a membership PATCH",
    28: "SCIM: 256 members to a PATCH",
    29: "SCIM: replies without members",
    34: "REST: deleting a mapping through the API asks for INACTIVE or ERROR first",
    49: "SCIM: startIndex and count",
    58: "unsupported by Okta: nothing is promised that could be shown",
    60: "the adapter knows one domain; members of another cannot be provisioned by it",
}


def named() -> set[int]:
    files = [path for room in ROOMS for path in sorted((TESTS / room).glob("test_*.py"))]
    texts = (path.read_text() for path in files if path.name != Path(__file__).name)
    pattern = re.compile(r"(?<![A-Za-z0-9])[Rr](\d+)")
    return {int(number) for text in texts for number in pattern.findall(text)}


def test_every_rule_is_shown_here_or_elsewhere():
    assert set(range(1, 64)) - named() - set(ELSEWHERE) == set()


def test_no_rule_is_both_shown_and_excused():
    assert named() & set(ELSEWHERE) == set()
