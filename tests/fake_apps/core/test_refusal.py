"""Refusals are marked functions, and a module is asked for its own."""

from types import ModuleType

import pytest

from fake_apps.core.refusal import Refusal, refusal, refusals


def test_a_marked_function_is_a_refusal_with_its_docstrings_first_line():
    @refusal("https://vendor.example/errors", mark="seen")
    def already_member():
        """Adding a member that is there already.

        More for readers.
        """

    module = ModuleType("errors")
    module.already_member, module.other, module.MAX = already_member, len, 5

    assert refusals(module) == (
        Refusal(
            "already_member",
            "Adding a member that is there already.",
            "https://vendor.example/errors",
            "seen",
        ),
    )


def test_a_marked_function_makes_what_it_made():
    @refusal("https://vendor.example/errors")
    def gone(who):
        """Nobody is there."""
        return f"{who} is gone"

    assert gone("ana") == "ana is gone"


def test_a_mark_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="'guess' is none of doc, sdk, seen, unsure"):
        refusal("https://vendor.example/errors", mark="guess")
