"""Every sentence of Okta's pages on Group Push has a file that shows it, and users can find it."""

from functools import cache

import pytest

from harness import world
from harness.scenario.language import Scenario, load
from tests.catalogue.okta_pages import FOLDER, PAGE, updated
from tests.catalogue.sentences import OF_THESE_PAGES, SENTENCES


@cache
def file(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml", world)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: one.says[:60])
def test_a_sentence_is_shown_by_files_that_name_its_rules(sentence):
    cases = {name: set(file(name).cases) for name in sentence.files}

    assert sentence.files
    assert {name for name, found in cases.items() if not found & set(sentence.ids)} == set()
    assert set(sentence.ids) <= set().union(*cases.values())


def test_every_rule_and_case_that_is_known_from_these_pages_has_a_sentence():
    named = {one for sentence in SENTENCES for one in sentence.ids}

    assert sorted(set(OF_THESE_PAGES.split()) - named) == []


def test_no_sentence_stands_twice_in_one_section():
    told = [(one.page.title, one.section, one.says) for one in SENTENCES]

    assert sorted(set(told)) == sorted(told)


def test_a_file_that_shows_a_sentence_has_a_public_source():
    shown = sorted({name for sentence in SENTENCES for name in sentence.files})

    assert [name for name in shown if "https://" not in file(name).keys.source] == []


def test_the_page_is_up_to_date():
    text = PAGE.read_text("utf-8")

    assert text == updated(text), "run python -m tests.catalogue.okta_pages"
