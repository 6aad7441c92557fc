"""Random operations on a small forest: what must hold whatever was asked."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.active_directory import APP
from tests.fake_apps.active_directory.agent import (
    BRANCH,
    EMEA_GROUPS,
    GROUPS,
    PEOPLE,
    PERMISSIVE,
    RESTRICTED,
    ROOT,
    SHOW_DELETED,
    TREE_DELETE,
    Agent,
    change,
)

NAMES = st.sampled_from(["Sales", "sales", "Field", "ana", "ben", "a, b", "x" * 65])
PLACES = st.sampled_from([GROUPS, PEOPLE, BRANCH, RESTRICTED, EMEA_GROUPS, f"OU=No,{GROUPS}"])
CONTROLS = st.lists(st.sampled_from([PERMISSIVE, SHOW_DELETED, TREE_DELETE]), max_size=2)
KINDS = st.sampled_from(["user", "group", "group", "contact", "organizationalUnit"])
TYPES = st.sampled_from(["2", "4", "8", "-2147483646", "-2147483644", "-2147483640", "3"])


USUAL = [f"CN=Sales,{GROUPS}", f"CN=Field,{GROUPS}", f"CN=ana,{PEOPLE}", f"CN=ben,{PEOPLE}"]


@st.composite
def dns(draw):
    """Mostly the few objects there are, now and then anything."""
    if draw(st.integers(0, 4)):
        return draw(st.sampled_from(USUAL))
    name = draw(NAMES).replace(",", "\\,")
    return f"{draw(st.sampled_from(['CN', 'OU']))}={name},{draw(PLACES)}"


@st.composite
def changes(draw):
    op = draw(st.sampled_from(["add", "delete", "replace"]))
    if draw(st.integers(0, 3)):
        return change(op, "member", *draw(st.lists(st.sampled_from(USUAL) | dns(), max_size=2)))
    attribute = draw(st.sampled_from(["groupType", "sAMAccountName", "info", "cn", "managedBy"]))
    return change(op, attribute, *draw(st.lists(NAMES | TYPES | dns(), max_size=2)))


@st.composite
def additions(draw):
    attributes = {"objectClass": [draw(KINDS)]}
    if draw(st.booleans()):
        attributes["sAMAccountName"] = [draw(NAMES)]
    if attributes["objectClass"] == ["group"]:
        attributes["groupType"] = [draw(TYPES)]
        attributes["member"] = draw(st.lists(dns(), max_size=2))
    if attributes["objectClass"] == ["organizationalUnit"]:
        return {"op": "add", "dn": f"OU=Sub,{draw(PLACES)}", "attributes": attributes}
    return {"op": "add", "dn": draw(dns()), "attributes": attributes}


@st.composite
def moves(draw):
    dn = draw(dns())
    newrdn = draw(st.sampled_from(["CN=Sales", "CN=New", "OU=Sub", "CN=ana", "nonsense"]))
    move = {"op": "modifyDN", "dn": dn, "newrdn": newrdn}
    return move | ({"newSuperior": draw(PLACES | dns())} if draw(st.booleans()) else {})


MODIFIES = st.fixed_dictionaries(
    {
        "op": st.just("modify"),
        "dn": st.sampled_from(USUAL[:2]),
        "changes": st.lists(changes(), min_size=1, max_size=2),
        "controls": CONTROLS,
    }
)
DELETES = st.fixed_dictionaries({"op": st.just("delete"), "dn": dns(), "controls": CONTROLS})
OPERATIONS = st.one_of(MODIFIES, MODIFIES, MODIFIES, additions(), moves(), DELETES)


@settings(max_examples=100)
@given(st.lists(OPERATIONS, min_size=1, max_size=15), st.booleans())
def test_a_refused_operation_changes_nothing_and_links_always_agree(operations, keeps):
    ad = Agent(APP.create(seed=1, settings={"recycle_bin": keeps}))
    ad.admin.grant(ROOT, frozenset({"*"}))
    ad.group("Sales", *ad.users("ana", "ben"))
    for operation in operations:
        before = ad.app.snapshot().store.tables
        result = ad.one(operation)
        if result["resultCode"]:
            assert ad.app.snapshot().store.tables == before, (operation, result)
            assert result["errorMessage"]
    check_names(ad.app.state.dit)
    check_links(ad.app.state.dit, ad.app.state.reader)


def check_names(dit):
    """Every object is found by its own name, and account names are unique in a domain."""
    living = [entry for entry in dit.entries if not entry.deleted]
    assert all(dit.resolve(dit.dn_of(entry)).guid == entry.guid for entry in living)
    names = [(e.domain, e.first("sAMAccountName").casefold()) for e in living]
    taken = [name for name in names if name[1]]
    assert len(taken) == len(set(taken))


def check_links(dit, reader):
    """`member` and `memberOf` are two ends of one thing, and no tombstone has either."""
    for group in dit.entries:
        for guid in reader.member_guids(group):
            assert group.guid in reader.group_guids(dit.entry(guid))
            assert not dit.entry(guid).deleted
            assert not group.deleted
