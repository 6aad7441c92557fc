"""Which files a run is about."""

import os

import pytest

from harness.errors import Unusable
from harness.scenario.catalogue import find


def test_scenarios_are_found_at_any_depth_but_not_in_hidden_folders(tmp_path):
    for name in ("b.yaml", "a/c.yml", ".venv/lib/d.yaml", "a/.git/e.yaml", "a/notes.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

    assert find([str(tmp_path)]) == [tmp_path / "a" / "c.yml", tmp_path / "b.yaml"]


def test_a_hidden_folder_that_is_named_is_read(tmp_path):
    (tmp_path / ".mine").mkdir()
    (tmp_path / ".mine" / "a.yaml").touch()

    assert find([str(tmp_path / ".mine")]) == [tmp_path / ".mine" / "a.yaml"]


@pytest.mark.parametrize("name", ["a::b.yaml", "draft [2].yaml", "[draft]/a.yaml"])
def test_a_path_that_pytest_would_read_as_an_address_is_refused(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()

    with pytest.raises(Unusable, match="rename file or folder"):
        find([str(tmp_path)])


def test_what_is_neither_file_nor_folder_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")

    with pytest.raises(Unusable, match=r"pipe\.yaml: neither a file nor a folder"):
        find([str(tmp_path / "pipe.yaml")])
