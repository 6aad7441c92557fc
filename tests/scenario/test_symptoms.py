"""Somebody who sees a symptom finds the scenario that explains it."""

import pytest

from harness.scenario.catalogue import find
from harness.scenario.symptoms import concepts, index

TEXT = """\
title: {title}
case: [{case}]
apps: [o365, {{mail: o365, ad: active_directory}}]
steps:
  - push: Sales  # {comment}
"""


@pytest.fixture(scope="module")
def shipped():
    return index(find(()))


def files(found):
    return [one.file.partition("/")[2].removesuffix(".yaml") for one in found]


@pytest.mark.parametrize(
    "asked", ["removed user still there", "Removed member remains", "account not removed: stays"]
)
def test_a_removed_user_who_stays_is_found_in_any_words(shipped, asked):
    best = files(shipped.search(asked))[:2]

    assert set(best) == {"same-group-removed-user-stays", "unassigned-before-removed-stays"}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("group arrives empty", "same-group-assigned-and-pushed-arrives-empty"),
        ("the group arrives but without its users", "members-not-assigned"),
        ("reactivated member is absent", "reactivated-user-missing"),
        ("too many requests", "rate-limit-waits-and-doubles"),
        ("429", "rate-limit-waits-and-doubles"),
        ("token expired", "credentials-expired"),
        ("consent missing", "consent-missing"),
        ("group deleted in the directory", "deleted-in-the-directory"),
        ("name already taken", "name-taken-without-linking"),
        ("agent offline", "agent-offline"),
        ("creating the group timed out", "read-timed-out-while-creating"),
        ("group to link is not offered", "group-to-link-is-not-offered"),
    ],
)
def test_a_symptom_leads_to_its_scenario(shipped, asked, name):
    assert name in files(shipped.search(asked))[:3]


def test_a_case_id_leads_to_the_files_that_show_it(shipped):
    found = shipped.search("t40")

    assert found
    assert all("T40" in one.cases for one in found)


def test_every_file_is_found_by_its_own_title_first(shipped):
    missed = [e.found.file for e in shipped.entries if e.found not in shipped.search(e.found.title)]

    assert missed == []


@pytest.mark.parametrize("asked", ["xyzzy", "the of and", "", "?!", "xyzzy blorp user"])
def test_what_no_scenario_is_about_finds_nothing(shipped, asked):
    assert shipped.search(asked) == []


def test_a_word_nobody_knows_is_passed_over_among_others(shipped):
    asked = "removed user still there xyzzy"

    assert files(shipped.search(asked))[0] == "same-group-removed-user-stays"


def test_a_slip_of_the_pen_is_answered_with_the_nearest_word(shipped):
    assert shipped.nearest("credentils of a user") == ["credentials"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("removed", "removes"),
        ("emptied", "empty"),
        ("still there", "stays"),
        ("doesn't arrive", "missing"),
        ("does not appear", "absent"),
        ("members", "account"),
        ("time-out", "timed out"),
    ],
)
def test_words_that_mean_the_same_are_the_same(one, other):
    assert concepts(one) & concepts(other)


def test_a_title_counts_for_more_than_a_comment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, title, comment in (("a", "Nothing", "a zebra"), ("b", "A zebra", "nothing")):
        text = TEXT.format(title=title, case="T1", comment=comment)
        (tmp_path / f"{name}.yaml").write_text(text)

    found = index(find(["."])).search("zebra")

    assert [one.file for one in found] == ["b.yaml", "a.yaml"]
    assert (found[0].cases, found[0].apps) == (("T1",), ("o365", "mail+ad"))
