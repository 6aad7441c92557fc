"""The ledger of quirks and refusals is whole: each has its sentence, source, mark and reply."""

import inspect

import pytest

from fake_apps import names
from fake_apps.core.error import ApiError
from fake_apps.core.quirk import MARKS
from fake_apps.core.refusal import refusals

from .case import apps
from .ledger import errors_of, rows, shown, wanted

REFUSALS = [
    pytest.param(refusal, id=f"{name}-{refusal.id}")
    for name in names()
    for refusal in refusals(errors_of(name))
]


@pytest.mark.parametrize("app", names())
def test_every_route_refusal_and_quirk_of_an_app_has_a_golden_reply(app):
    assert app in apps()
    assert sorted(wanted(app) - shown(app)) == []


@pytest.mark.parametrize("app", names())
def test_golden_replies_show_only_what_there_is(app):
    assert sorted(shown(app) - wanted(app)) == []


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_says_when_it_is_given_who_says_so_and_how_sure_we_are(refusal):
    assert len(refusal.sentence.split()) >= 3
    assert refusal.source.startswith(("https://", "ours: "))
    assert refusal.mark in MARKS


@pytest.mark.parametrize("app", names())
def test_every_function_that_makes_a_refusal_is_on_record(app):
    on_record = {refusal.id for refusal in refusals(errors_of(app))}
    made = {
        name
        for name, thing in vars(errors_of(app)).items()
        if inspect.isfunction(thing)
        and thing.__module__.startswith(errors_of(app).__name__)
        and not name.startswith("_")
        and _makes_a_refusal(thing)
    }

    assert sorted(made - on_record) == []


def _makes_a_refusal(function) -> bool:
    answers = function.__annotations__.get("return")
    return inspect.isclass(answers) and issubclass(answers, ApiError)


def test_the_ledger_is_as_long_as_it_is_said_to_be():
    """It may grow; a sentence that goes should be missed."""
    assert rows() >= 600
