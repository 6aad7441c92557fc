"""`pushproof run --engine`: items on a served world, and what is told where it cannot be."""

import json

import pytest
import requests
from click.testing import CliRunner

from harness.cli import main
from tests.remote.mounted import served

PUSHED = """\
title: A push
source: a test
apps: [box, active_directory]
given: {users: [ana, ben], assigned: [ana], groups: {Sales: [ana, ben]}}
steps:
  - push: Sales
  - expect: {mapping: {Sales: ACTIVE}, target: {Sales: [ana]}, target_groups: [Sales]}
  - change_settings: {deactivated_keep_groups: false}
  - deactivate_user: ben
  - expect: {groups: {Sales: ana}, users: {ben: DEPROVISIONED}}
"""
WAITS = """\
title: A limit
source: a test
apps: box
given: {users: [ana], assigned: [ana], groups: {Sales: [ana]}}
steps:
  - arm_fault: {operation: box.create_group, kind: throttle, retry_after: 600}
  - push: Sales
  - expect: {mapping: {Sales: {waiting: true, linked: false}}}
  - wait: 15m
  - expect: {mapping: {Sales: {status: ACTIVE, last_push: 00:10:00}}, target: {Sales: [ana]}}
"""
STOPS = """\
title: A stop
source: a test
apps: box
given: {users: [ana], assigned: [ana], groups: {Sales: [ana]}}
steps:
  - {push: Sales, stop_after: box.create_group}
  - wait: settled
"""
WRONG = PUSHED.replace("target: {Sales: [ana]}", "target: {Sales: [ana, ben]}")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), "box", "active_directory") as found:
        yield found


def run(folder, engine, *words, token=None):
    url, right, ready = engine
    (folder / "token").write_text(f"{right if token is None else token}\n")
    told = ["--engine", url, "--token-file", str(folder / "token"), "--ready", str(ready)]
    return CliRunner().invoke(main, ["run", *words, *told])


def test_items_hold_one_after_the_other_in_one_served_world(tmp_path, engine, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"pushed": PUSHED, "waits": WAITS, "stops": STOPS, "wrong": WRONG}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    ended = run(tmp_path, engine, ".", "--json", "out.json", "--junit", "out.xml")
    told = json.loads((tmp_path / "out.json").read_text())
    states = {one["id"]: one["status"] for one in told["items"]}
    reasons = [one["reason"] for one in told["items"] if one["status"] == "not_applicable"]

    assert states == {
        "pushed.yaml::active_directory": "held",
        "pushed.yaml::box": "held",
        "stops.yaml::box": "not_applicable",
        "waits.yaml::box": "held",
        "wrong.yaml::active_directory": "failed",
        "wrong.yaml::box": "failed",
    }
    assert reasons == ["it stops the engine between two calls, which no API can"]
    assert "stops [box]: it stops the engine between two calls" in ended.output
    assert "missing: [ben]" in ended.output
    assert ended.exit_code == 1
    assert 'message="not applicable: it stops' in (tmp_path / "out.xml").read_text()


def test_an_item_leaves_nothing_behind_in_the_org(tmp_path, engine):
    (tmp_path / "pushed.yaml").write_text(PUSHED)
    url, token, _ = engine
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"SSWS {token}"

    def org():
        apps = session.get(f"{url}/api/v1/apps").json()
        users = session.get(f'{url}/api/v1/users?search=profile.lastName eq "Example"').json()
        groups = session.get(f"{url}/api/v1/groups").json()
        settings = session.get(f"{url}/_pushproof/v1/org").json()
        return sorted(a["label"] for a in apps), users, len(groups), settings

    before = org()
    ended = run(tmp_path, engine, str(tmp_path / "pushed.yaml"))

    assert ended.exit_code == 0, ended.output
    assert org() == before
    assert before[0] == ["active_directory", "box"]


def test_a_wait_is_really_waited_or_not_applicable_where_the_clock_is_the_system_s(tmp_path):
    short = WAITS.replace("600", "1").replace("15m", "2s").replace(", last_push: 00:10:00", "")
    (tmp_path / "long.yaml").write_text(WAITS)
    (tmp_path / "short.yaml").write_text(short)
    with served(tmp_path, "box", is_virtual=False) as engine:
        ended = run(tmp_path, engine, str(tmp_path))

    assert "1 held, 1 not applicable" in ended.output
    assert "it waits 900 s, and the clock of what is served is the system's" in ended.output
    assert ended.exit_code == 0


# --- what cannot be played on ------------------------------------------------------------------


def unusable(ended):
    """The one line that says what is wrong."""
    assert ended.exit_code == 2, ended.output
    (line,) = ended.output.strip().splitlines()
    return line


@pytest.fixture
def file(tmp_path):
    (tmp_path / "case.yaml").write_text(PUSHED)
    return str(tmp_path / "case.yaml")


def test_a_wrong_token_is_told_and_not_shown(tmp_path, engine, file):
    line = unusable(run(tmp_path, engine, file, token="00wrongTokenOfNobody"))

    assert line == f"{engine[0]}: the engine does not take this token (401)"


def test_an_engine_that_is_not_there_is_told(tmp_path, engine, file):
    line = unusable(run(tmp_path, ("http://127.0.0.1:1", *engine[1:]), file))

    assert line == "http://127.0.0.1:1: no engine answers there (Connection refused)"


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/x", "http://"])
def test_an_address_that_is_none_is_told(tmp_path, engine, file, url):
    assert "no engine answers there" in unusable(run(tmp_path, (url, *engine[1:]), file))


def test_a_server_without_okta_s_api_is_told(tmp_path, engine, file):
    fake = json.loads(engine[2].read_text())["apps"]["box"]["base_url"]
    line = unusable(run(tmp_path, (fake, *engine[1:]), file))

    assert line.startswith(f"{fake}: ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "no JSON"),
        ("[]", "it has no apps"),
        ('{"schema": 2, "apps": {}}', "its schema is 2, not 1"),
        ('{"schema": 1, "apps": {"box": {"base_url": "x"}}}', "box lacks control_url"),
    ],
)
def test_a_file_of_another_format_is_told(tmp_path, engine, file, text, why):
    ready = tmp_path / "other.json"
    ready.write_text(text)
    line = unusable(run(tmp_path, (*engine[:2], ready), file))

    assert f"--ready {ready}: not what pushproof serve --ready writes" in line
    assert why in line


def test_an_app_that_is_not_served_is_told_before_anything_runs(tmp_path, engine):
    (tmp_path / "case.yaml").write_text(PUSHED.replace("box", "slack"))
    line = unusable(run(tmp_path, engine, str(tmp_path / "case.yaml")))

    assert "slack not served there (served: active_directory, box)" in line


def test_control_routes_that_nobody_answers_are_told_as_an_item_s_failure(tmp_path, engine, file):
    told = json.loads(engine[2].read_text())
    told["apps"]["box"]["control_token"] = "another"
    ready = tmp_path / "stale.json"
    ready.write_text(json.dumps(told))
    ended = run(tmp_path, (*engine[:2], ready), file, "--app", "box")

    assert ended.exit_code == 1
    assert "control token" in ended.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--engine", "http://127.0.0.1:1"], "--engine needs --ready FILE"),
        (["--ready", "x.json"], "--ready is for --engine URL"),
        (["--token", "00x"], "--token is for --engine URL"),
        (["--token-file", "x"], "--token-file is for --engine URL"),
        (["--engine", "http://127.0.0.1:1", "--ready", "x.json"], "--engine needs a token"),
        (
            ["--engine", "http://127.0.0.1:1", "--ready", "x.json", "-n", "2"],
            "one item after the other",
        ),
        (
            ["--engine", "u", "--ready", "x", "--token", "a", "--token-file", "b"],
            "give --token or --token-file, not both",
        ),
        (["--engine", "u", "--ready", "x", "--token", "a\nb"], "a character that no token has"),
        (["--engine", "u", "--ready", "nowhere.json", "--token", "a"], "nowhere.json"),
    ],
)
def test_options_that_do_not_go_together_are_told(file, words, why, monkeypatch):
    monkeypatch.delenv("PUSHPROOF_TOKEN", raising=False)

    assert why in unusable(CliRunner().invoke(main, ["run", file, *words]))


def test_the_token_is_taken_from_the_environment(tmp_path, engine, file):
    url, token, ready = engine
    words = ["run", file, "--app", "box", "--engine", url, "--ready", str(ready)]
    ended = CliRunner().invoke(main, words, env={"PUSHPROOF_TOKEN": token})

    assert ended.exit_code == 0, ended.output
    assert token not in ended.output
