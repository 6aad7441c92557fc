"""Adapters are found by name."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from harness import adapters


def test_our_own_adapters_are_found_as_modules_of_the_folder():
    assert {"o365", "active_directory"} <= set(adapters.names())


def test_helper_modules_are_no_adapters():
    assert not [name for name in adapters.names() if name.startswith("_")]


@pytest.mark.parametrize("name", adapters.names())
def test_an_adapter_says_its_own_name(name):
    assert adapters.load(name).name == name


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(LookupError, match=r"office.*active_directory.*o365"):
        adapters.load("office")


def test_another_package_brings_an_adapter_by_entry_point(monkeypatch):
    point = EntryPoint("brought", "harness.adapters.o365:Adapter", "pushproof.adapters")

    def entry_points(**wanted):
        return EntryPoints([point]).select(**wanted)

    monkeypatch.setattr(adapters, "entry_points", entry_points)

    assert "brought" in adapters.names()
    assert adapters.load("brought").name == "o365"
