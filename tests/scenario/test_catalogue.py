import pytest

from harness.errors import Unusable
from harness.scenario.catalogue import find, shipped
from harness.scenario.language import Lineup
from harness.scenario.selection import Selection, ledger_name
from tests.scenario.rig import scenario


def test_without_a_path_the_shipped_catalogue_is_meant():
    assert find([]) == sorted(shipped().rglob("*.yaml"))


def test_a_path_that_is_not_here_is_looked_for_in_the_catalogue():
    name = "troubleshooting/only-assigned-members-arrive.yaml"

    assert find([name]) == [shipped() / name]


def test_every_file_is_found_once(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.yaml", "a/c.yml", "a/d.txt"):
        (tmp_path / name).write_text("x")

    found = find([str(tmp_path), str(tmp_path / "b.yaml")])

    assert found == [tmp_path / "a" / "c.yml", tmp_path / "b.yaml"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.yaml", "no such file or folder"),
        (".", "no scenario"),
        ("notes.txt", "a scenario's name ends in .yaml"),
    ],
)
def test_a_path_without_scenarios_is_unusable(tmp_path, monkeypatch, name, told):
    (tmp_path / "notes.txt").write_text("x")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Unusable, match=told):
        find([name])


CASE = scenario(
    "case: [T2, R4]\nsteps: [retry_all]", app="[o365, {mail: o365, ad: active_directory}]"
)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(), ["o365", "mail+ad"]),
        (Selection(apps=("active_directory",)), ["mail+ad"]),
        (Selection(apps=("mail+ad",)), ["mail+ad"]),
        (Selection(apps=("ad",)), ["mail+ad"]),
        (Selection(cases=("R4",)), ["o365", "mail+ad"]),
        (Selection(cases=("T3",)), []),
        (Selection(apps=("box",)), []),
    ],
)
def test_items_are_selected_by_app_and_case(selection, names):
    assert [lineup.name for lineup in selection.lineups(CASE)] == names


def test_a_ledger_is_named_after_folder_file_item_and_app(tmp_path):
    path = tmp_path / "mine" / "a.yaml"
    both = Lineup({"mail": "o365", "ad": "active_directory"})

    assert str(ledger_name(path, Lineup({"o365": "o365"}), "o365")) == "mine/a.o365.jsonl"
    assert str(ledger_name(path, both, "ad")) == "mine/a.mail+ad.ad.jsonl"


def test_a_label_cannot_lead_a_ledger_out_of_its_folder(tmp_path):
    lineup = Lineup({"../../x": "o365"})

    assert (
        str(ledger_name(tmp_path / "mine" / "a.yaml", lineup, "../../x")) == "mine/a..._.._x.jsonl"
    )
