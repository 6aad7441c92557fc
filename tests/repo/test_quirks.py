"""Every quirk says what it is, where that is known from, and how sure we are."""

import pytest

from fake_apps import load, names
from fake_apps.core.quirk import MARKS

QUIRKS = [
    pytest.param(quirk, id=f"{name}-{quirk.id}") for name in names() for quirk in load(name).quirks
]


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_quirk_has_an_id_a_sentence_a_public_source_and_a_mark(quirk):
    assert quirk.id
    assert len(quirk.sentence.split()) >= 3
    assert quirk.source
    assert quirk.mark in MARKS


@pytest.mark.parametrize("name", names())
def test_no_two_quirks_of_an_app_share_an_id(name):
    ids = [quirk.id for quirk in load(name).quirks]

    assert sorted(set(ids)) == sorted(ids)
