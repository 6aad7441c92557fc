"""Names of groups, however odd: the group has that name and is found by it, or was refused whole.

An app may change a name on its way in (compose letters, strip blanks, cut it): then the group is
found by the name that its own console shows.
"""

import unicodedata
from collections.abc import Mapping

from fake_apps.core.error import ApiError
from harness.errors import ErrorKind
from harness.model import Outcome
from tests.contract.bench import KEY, NAME, Bench, Stage, groups
from tests.contract.check import check

_SPECIALS = {
    "comma": ",",
    "plus": "+",
    "quote": '"',
    "backslash": "\\",
    "less than": "<",
    "semicolon": ";",
    "equals": "=",
    "hash": "#",
    "apostrophe": "'",
    "ampersand": "&",
    "dollar": "$",
    "percent": "%",
    "at sign": "@",
    "slash": "/",
    "asterisk": "*",
    "parentheses": "()",
    "NUL": "\0",
    "line feed": "\n",
    "carriage return": "\r",
    "zero width space": "\u200b",
    "no-break space": "\u00a0",
}
NAMES: Mapping[str, str] = {
    **{f"{name} within": f"Sales{sign}EMEA" for name, sign in _SPECIALS.items()},
    **{
        f"{name} in front": f"{_SPECIALS[name]}Sales"
        for name in ("hash", "dollar", "quote", "asterisk", "slash", "at sign", "backslash")
    },
    **{
        f"{name} behind": f"Sales{_SPECIALS[name]}"
        for name in ("backslash", "apostrophe", "comma", "percent", "line feed", "quote")
    },
    "composed": unicodedata.normalize("NFC", "Ventes été"),
    "decomposed": unicodedata.normalize("NFD", "Ventes été"),
    "Japanese": "営業部",
    "Arabic": "المبيعات",
    "Turkish": "İSTANBUL",
    "sharp s": "Straße",
    "emoji": "Sales 🚀",
    "family emoji": "👩‍👩‍👧‍👦",
    "space in front": " Sales EMEA",
    "space behind": "Sales EMEA ",
    "spaces within": "Sales  EMEA",
    "one letter": "S",
    "a space": " ",
    "nothing": "",
    "a dot": ".",
    "two dots": "..",
    "path": "../groups",
    "filter of OData": "x' or startswith(displayName,'S') or displayName eq 'x",
    "filter of LDAP": "*)(cn=*",
    "query": "a?b=c&d=e#f",
    "percent code": "Sales%2FEMEA",
    "percent code twice": "Sales%252FEMEA",
    "JSON": '{"id": "1"}',
    "number": "0",
    "null": "null",
    "DN": "CN=Sales,OU=Groups,DC=example,DC=test",
    **{f"{length} letters": "n" * length for length in (64, 65, 256, 257, 1025)},
    **{f"{length} wide letters": "ß" * length for length in (64, 256)},
    "64 emoji": "🚀" * 64,
}


@check(each=NAMES)
def a_group_of_any_name_is_found_by_it_or_refused_whole(bench: Bench, case: str) -> None:
    """Asked for again with its key it is the same group, whatever became of the name."""
    stage = bench.stage()
    plan, before = stage.plan(case, stage.inside), {group.id for group in stage.groups()}

    outcomes = stage.run(stage.adapter.create_group(plan))

    made = [group for group in stage.groups() if group.id not in before]
    if outcomes[-1].error:
        _is_refused(outcomes[-1])
        assert made == [], "refused, and made all the same"
        return
    (group,) = made
    assert {outcome.id for outcome in outcomes if outcome.id} == {group.id}
    assert sorted(group.member_ids) == sorted(stage.inside)
    assert _is_fair(bench, group.name, case), f"asked for {case!r}, got {group.name!r}"
    _is_found(stage, group.name, group.id)
    again = stage.run(stage.another_adapter().create_group(plan))[-1]
    assert len(stage.groups()) == len(before) + 1, "made again, under the same key"
    assert again.error is None or again.error.kind is ErrorKind.EXISTS, again.error


@check(each=NAMES)
def a_group_gets_any_name_or_keeps_its_own(bench: Bench, case: str) -> None:
    """Before that, looking for the name finds nobody: a name never widens or breaks a query."""
    stage = bench.stage()
    stage.add_group("Sales EMEA Q")
    assert groups(stage.done(stage.adapter.find_groups(case, stage.place))) == []

    outcomes = stage.run(stage.adapter.rename_group(stage.target_id, case))

    group = stage.group(stage.target_id)
    if outcomes[-1].error:
        _is_refused(outcomes[-1])
        assert group.name == NAME
    else:
        assert _is_fair(bench, group.name, case), f"asked for {case!r}, got {group.name!r}"
        _is_found(stage, group.name, group.id)
    assert group.member_ids == tuple(stage.inside)


KEYS: Mapping[str, str] = {
    "quotes": 'it\'s "quoted"',
    "slash": "a/b%2Fc",
    "blanks": " k e y ",
    "filter": "*)(info=*",
    "wide": "schlüssel-営業",
}


@check(each=KEYS)
def a_key_of_any_letters_finds_its_group_only(bench: Bench, case: str) -> None:
    stage = bench.stage()
    stage.made(stage.adapter.create_group(stage.plan("Another", key=KEY)))
    assert groups(stage.done(stage.adapter.find_by_key(case))) == []

    target_id = stage.made(stage.adapter.create_group(stage.plan("Own", key=case)))

    found = groups(stage.done(stage.another_adapter().find_by_key(case)))
    assert {group.id for group in found} <= {target_id}
    assert found or not stage.capabilities.keys


@check(each=("person+tag", "o'neil", "ana.silva", "ana_silva", "ana-silva", "UPPER", "a&b", "a#b"))
def a_person_of_an_odd_login_is_made_and_found_or_refused(bench: Bench, case: str) -> None:
    stage = bench.stage()
    before = {account.id for account in stage.accounts()}

    outcomes = stage.run(stage.adapter.create_account(stage.profile(case)))

    made = [account for account in stage.accounts() if account.id not in before]
    if outcomes[-1].error:
        _is_refused(outcomes[-1])
        assert made == []
        return
    (account,) = made
    login = stage.login(case)
    found = stage.done(stage.adapter.find_accounts(login, login))
    assert [each.id for outcome in found for each in outcome.accounts] == [account.id]


def _is_refused(outcome: Outcome) -> None:
    """For good, with a sentence that an admin can read; nothing about a name passes by itself.

    To some apps an odd name is the plain one of another group, which is taken.
    """
    assert outcome.error is not None
    assert outcome.error.kind in (ErrorKind.REFUSED, ErrorKind.EXISTS), outcome.error
    assert outcome.error.message.strip()


def _is_fair(bench: Bench, shown: str, asked: str) -> bool:
    """As asked, or what the console makes of it; where that refuses it, the same but for blanks."""
    if shown == asked:
        return True
    tenant = bench.tenant()
    try:
        with tenant.app.administering():
            return shown == tenant.group(tenant.add_group(asked)).name
    except ApiError:
        return shown.split() == asked.split()


def _is_found(stage: Stage, name: str, target_id: str) -> None:
    found = groups(stage.done(stage.adapter.find_groups(name, stage.place)))
    assert [(group.id, group.name) for group in found] == [(target_id, name)]
