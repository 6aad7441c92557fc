"""The table of fewest calls, at sizes worked out by hand."""

import pytest

from harness import adapters
from tests.benchmarks.minimum import Fewest, minimum

OPERATIONS = ("create", "add", "remove", "replace", "rename", "delete", "noop")


@pytest.mark.parametrize(
    ("members", "calls"),
    [(0, 1), (1, 1), (20, 1), (21, 2), (420, 2), (421, 3), (1000, 4), (10000, 26)],
)
def test_creating_a_group_on_microsoft_365(members, calls):
    assert minimum("o365", "create", members).calls == calls


@pytest.mark.parametrize(
    ("operation", "members", "fewest"),
    [
        ("add", 1, Fewest(1, 1)),
        ("add", 401, Fewest(2, 21)),
        ("remove", 21, Fewest(2, 21)),
        ("replace", 1000, Fewest(2 + 27, 2 + 25 + 500)),
        ("noop", 0, Fewest(0, 0)),
    ],
)
def test_changing_members_on_microsoft_365(operation, members, fewest):
    assert minimum("o365", operation, members) == fewest


@pytest.mark.parametrize(
    ("operation", "members", "fewest"),
    [
        ("create", 0, Fewest(1, 1)),
        ("create", 1000, Fewest(2, 1001)),
        ("create", 1001, Fewest(3, 1002)),
        ("add", 1, Fewest(1, 1)),
        ("remove", 2000, Fewest(2, 2000)),
        ("replace", 0, Fewest(1, 1)),
        ("replace", 1000, Fewest(5 + 1, 5 + 1000)),
    ],
)
def test_changing_members_at_google(operation, members, fewest):
    assert minimum("gsuite", operation, members) == fewest


@pytest.mark.parametrize("members", [0, 1, 10000])
def test_a_directory_needs_one_call_whatever_the_size(members):
    assert minimum("active_directory", "create", members) == Fewest(1, 2)
    assert minimum("active_directory", "replace", members) == Fewest(1, 1)


@pytest.mark.parametrize("app", adapters.names())
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_adapter_has_every_operation_in_the_table(app, operation):
    assert minimum(app, operation, 10).calls >= 0
