from itertools import combinations
from pathlib import Path

import pytest

from harness.errors import Unusable
from harness.scenario.catalogue import find, shipped
from harness.scenario.selection import Selection, Shard, artifact_name, item_id, shard
from tests.scenario.rig import scenario

IDS = [f"ops/case-{number}.yaml::{app}" for number in range(60) for app in ("o365", "box")]


def test_a_shipped_item_is_named_after_its_place_in_the_catalogue(tmp_path, monkeypatch):
    path = shipped() / "troubleshooting" / "agent-offline.yaml"
    monkeypatch.chdir(tmp_path)

    assert item_id(path, "o365") == "troubleshooting/agent-offline.yaml::o365"


def test_ones_own_item_is_named_from_the_folder_of_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert item_id(tmp_path / "mine" / "a.yaml", "mail+ad") == "mine/a.yaml::mail+ad"


def test_an_item_elsewhere_is_named_in_full(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert item_id(tmp_path / "a.yaml", "o365") == f"{tmp_path.as_posix()}/a.yaml::o365"


def test_the_way_a_path_is_written_does_not_change_the_id(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text("x")
    monkeypatch.chdir(tmp_path)
    ways = ["mine", "./mine/a.yaml", "mine/../mine", str(tmp_path)]

    assert {item_id(find([way])[0], "o365") for way in ways} == {"mine/a.yaml::o365"}


def test_items_are_selected_by_id():
    case = scenario("steps: [retry_all]", app="[o365, active_directory]")
    wanted = item_id(case.path, "o365")

    assert [one.name for one in Selection(items=[wanted]).lineups(case)] == ["o365"]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 200])
def test_shards_are_disjoint_and_complete(of):
    parts = [{one for one in IDS if Shard(number, of).has(one)} for number in range(1, of + 1)]

    assert set().union(*parts) == set(IDS)
    assert not any(first & second for first, second in combinations(parts, 2))


def test_only_the_id_decides_the_shard():
    assert [number for number in (1, 2, 3) if Shard(number, 3).has("a.yaml::o365")] == [2]


def test_shards_have_about_as_much_each():
    sizes = [sum(map(Shard(number, 3).has, IDS)) for number in (1, 2, 3)]

    assert max(sizes) < 2 * min(sizes)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "-1/2", "a/b", "1/2/3", "", "1/٢"])
def test_what_is_no_shard_is_told(text):
    with pytest.raises(Unusable, match="--shard takes i/n, such as 1/3"):
        shard(text)


@pytest.mark.parametrize(
    ("one", "name"),
    [
        ("troubleshooting/a.yaml::o365", "troubleshooting/a.o365"),
        ("a.yml::mail+ad", "a.yml.mail+ad"),
        ("/elsewhere/a b.yaml::x/y: z", "elsewhere/a_b.x_y_z"),
        ("Büro/Fälle.yaml::o365", "Büro/Fälle.o365"),
        ("../a.yaml::../../b", "_/a..._.._b"),
    ],
)
def test_an_artifact_folder_has_a_name_that_every_store_takes(one, name):
    assert artifact_name(one) == Path(name)
