"""`pushproof serve`, as a user and the programs that wait for it meet it."""

import signal
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from fake_apps import names
from harness.serve_command import serve
from tests.serve.clients import CLIENTS, group_names, make_group
from tests.serve.running import command, free_port, served

CREDENTIALS = {
    "o365": {"tenant", "client_id", "client_secret", "domain"},
    "gsuite": {"service_account", "subject", "domain"},
    "box": {"client_id", "client_secret", "enterprise_id", "jwt_config"},
    "slack": {"token"},
    "active_directory": {"user", "password", "limited_user", "limited_password"},
}


def test_all_apps_are_served_and_the_file_tells_everything_a_client_needs(tmp_path):
    with served(tmp_path) as (process, ready):
        for app, client in CLIENTS.items():
            told = ready["apps"][app]
            make_group(app, client(told), told, "Sales")

            assert "Sales" in group_names(app, client(told), told)
    shape = {app: set(told) for app, told in ready["apps"].items()}
    usual = {"base_url", "control_url", "control_token", "credentials"}

    assert set(ready) == {"schema", "pid", "ca_file", "apps"}
    assert (ready["schema"], ready["pid"], ready["ca_file"]) == (1, process.pid, None)
    assert set(ready["apps"]) == set(names())
    assert shape.pop("active_directory") == usual | {"ldap_url", "ldaps_url", "base_dn"}
    assert all(keys == usual for keys in shape.values())
    assert ready["apps"]["box"]["credentials"]["jwt_config"]["enterpriseID"]
    for app, keys in CREDENTIALS.items():
        assert keys <= set(ready["apps"][app]["credentials"])


def test_what_was_written_for_waiting_programs_is_nobody_elses_and_goes_with_the_server(tmp_path):
    with served(tmp_path, "box"):
        mode = (tmp_path / "ready.json").stat().st_mode & 0o777
        left = sorted(path.name for path in tmp_path.iterdir())

    assert (mode, left) == (0o600, ["ready.json"])
    assert not (tmp_path / "ready.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path, number):
    with served(tmp_path, "slack") as (process, _):
        process.send_signal(number)
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (0, "")


def test_it_prints_each_address_and_lines_for_each_vendors_sdk(tmp_path):
    with command(tmp_path, "box", "slack") as process:
        shown = [process.stdout.readline() for _ in range(3)]
        process.terminate()
        rest = process.stdout.read()

    assert shown[1].startswith("box    http://127.0.0.1:")
    assert shown[2].startswith("slack  http://127.0.0.1:")
    assert "from box_sdk_gen import" in rest
    assert "from slack_sdk import" in rest
    assert "Nothing is kept when it ends" in rest


def refused(monkeypatch, folder, *words):
    """Exit status, standard output and standard error of a start that comes to nothing."""
    monkeypatch.chdir(folder)
    ended = CliRunner().invoke(serve, list(map(str, words)))
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_apps_take_the_ports_from_the_one_given_in_their_order(tmp_path):
    port = free_port()
    with served(tmp_path, "slack", "box", "--port", port) as (_, ready):
        ports = {app: urlsplit(told["base_url"]).port for app, told in ready["apps"].items()}

    assert ports == {"slack": port, "box": port + 1}


def test_a_seed_decides_ids_secrets_and_tokens(tmp_path):
    told = []
    for seed in (5, 5, 6):
        with served(tmp_path, "o365", "slack", "--seed", seed) as (_, ready):
            apps = ready["apps"].values()
            told.append([[app["control_token"], app["credentials"]] for app in apps])

    assert told[0] == told[1]
    assert told[0] != told[2]


def test_over_tls_everything_is_https(tmp_path):
    with served(tmp_path, "slack", "--tls") as (_, ready):
        told = ready["apps"]["slack"]
        client = CLIENTS["slack"](told, ready["ca_file"])

        assert make_group("slack", client, told, "Sales")
    assert told["base_url"].startswith("https://")
    assert told["control_url"] == f"{told['base_url']}/_fake"


def control(told, method, route, **more):
    headers = {"Authorization": f"Bearer {told['control_token']}"}
    url = f"{told['control_url']}/{route}"
    reply = requests.request(method, url, headers=headers, timeout=30, **more)
    assert reply.ok, reply.text
    return reply.json()


def test_quirks_limits_and_the_clock_are_as_asked(tmp_path):
    words = ("--quirk", "box:Q1=off", "--clock", "virtual", "--limits", "x0.001")
    with served(tmp_path, "box", *words) as (_, ready):
        told = ready["apps"]["box"]
        client = CLIENTS["box"](told)
        limited = [client.http.get(f"{client.base}/2.0/groups", timeout=30) for _ in range(2)]

        assert control(told, "GET", "quirks")["Q1"]["on"] is False
        assert control(told, "GET", "clock")["kind"] == "virtual"
    assert [reply.status_code for reply in limited] == [200, 429]


TENANT = """\
box:
  accounts:
    - ana@example.test
    - {login: ben@example.test, active: false, profile: {name: Ben}}
  groups:
    - {name: Sales, members: [ana@example.test]}
    - Empty
  settings: {search_lag_s: 60}
  quirks: {Q1: off}
active_directory:
  places: ["OU=Field,DC=ad,DC=example,DC=test"]
  groups: [{name: Far, place: "OU=Field,DC=ad,DC=example,DC=test", kind: universal security}]
"""


def test_a_tenant_file_says_who_is_there_from_the_start(tmp_path):
    (tmp_path / "tenant.yaml").write_text(TENANT)
    with served(tmp_path, "--tenant", "tenant.yaml") as (_, ready):
        box = control(ready["apps"]["box"], "GET", "state")
        forest = control(ready["apps"]["active_directory"], "GET", "state")
        control(ready["apps"]["box"], "POST", "reset", json={})
        again = control(ready["apps"]["box"], "GET", "state")
    ids = {view["login"]: view["id"] for view in box["accounts"]}

    assert [(view["login"], view["active"]) for view in box["accounts"]] == [
        ("ana@example.test", True),
        ("ben@example.test", False),
    ]
    assert {view["name"]: view["member_ids"] for view in box["groups"]} == {
        "Sales": [ids["ana@example.test"]],
        "Empty": [],
    }
    assert (box["settings"]["search_lag_s"], box["quirks"]["Q1"]) == (60, False)
    assert [(v["name"], v["place"], v["kind"]) for v in forest["groups"]] == [
        ("Far", "OU=Field,DC=ad,DC=example,DC=test", "universal security")
    ]
    assert again["groups"] == box["groups"]


def test_kept_state_is_there_at_the_next_start(tmp_path):
    (tmp_path / "tenant.yaml").write_text(TENANT)
    words = ("box", "--state", "kept", "--tenant", "tenant.yaml")
    seen = []
    for _ in range(2):
        with served(tmp_path, *words) as (_, ready):
            told = ready["apps"]["box"]
            seen.append(control(told, "GET", "state")["groups"])
            if len(seen) == 1:
                make_group("box", CLIENTS["box"](told), told, "Field")

    assert [group["name"] for group in seen[0]] == ["Sales", "Empty"]
    assert [group["name"] for group in seen[1]] == ["Sales", "Empty", "Field"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["o364"], "unknown app 'o364'; known: active_directory, box"),
        (["box", "--quirk", "box:Q99=on"], "--quirk box:Q99=on: unknown quirk; known: Q1,"),
        (["box", "--quirk", "box:Q1"], "--quirk takes APP:ID=on or APP:ID=off, not 'box:Q1'"),
        (["box", "--quirk", "slack:Q1=on"], "'slack' is not served; served: box"),
        (["box", "--limits", "x0"], "--limits takes vendor, off or a factor such as x10"),
        (["box", "--limits", "xnan"], "--limits takes vendor, off or a factor such as x10"),
        (["box", "--limits", "10"], "--limits takes vendor, off or a factor such as x10"),
        (["box", "slack", "--port", "65535"], "there is no port 65536"),
        (["box", "--host", "no.such.host.invalid"], "cannot listen on port 0 of no.such.host"),
        (["box", "--host", "192.0.2.1"], "cannot listen on port 0 of 192.0.2.1"),
        (["box", "--ready", "none/ready.json"], "--ready none/ready.json: there is no folder none"),
        (["box", "--tenant", "none.yaml"], "none.yaml: No such file or directory"),
        (["box", "--state", "ready.txt"], "cannot keep state in ready.txt"),
        (["box", "--state", "foreign"], "is no state of a fake app: give another folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_served_ends_with_one_line_and_2(monkeypatch, tmp_path, words, told):
    (tmp_path / "ready.txt").write_text("a file, no folder")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "box.sqlite").write_text("not a database, but somebody's notes " * 99)
    status, out, err = refused(monkeypatch, tmp_path, *words)
    lines = [line for line in err.splitlines() if not line.startswith("warning: ")]

    assert (status, out, len(lines)) == (2, "", 1)
    assert told in lines[0]


def test_a_port_in_use_ends_with_one_line_and_2(monkeypatch, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, out, err = refused(monkeypatch, tmp_path, "box", "--port", port)

    assert (status, out) == (2, "")
    assert err == (
        f"cannot listen on port {port} of 127.0.0.1: Address already in use; "
        "give another --port (0 takes free ones) or --host\n"
    )


@pytest.mark.parametrize(
    ("share", "told"),
    [
        ("[a]", "1:1: expected a map of apps"),
        ("o364: {}", "1:1: unknown app 'o364'; nearest: o365"),
        ("box:\n  people: []", "2:3: unknown key 'people'"),
        ("box:\n  accounts:\n    - ana\n    - {log: x}", "4:8: unknown key 'log'; nearest: login"),
        ("box:\n  accounts:\n    - {active: true}", "3:7: missing key 'login'"),
        ("box:\n  accounts: [a@x.y, 7]", "2:21: expected a map, found 7"),
        ("box:\n  groups:\n    - A\n    - A", "4:7: refused: 409 conflict"),
        ("box:\n  groups: [{name: A, members: [ana]}]", "2:32: no account 'ana'"),
        ("box:\n  places: [OU=x]", "2:12: this app has no places"),
        ("box:\n  quirks: {Q1: maybe}", "2:12: expected true or false, found 'maybe'"),
        ("box:\n  settings: {search_lag_s: no}", "2:14: expected a whole number"),
        ("box:\n  settings:\n    search_lags: 1", "3:5: unknown setting 'search_lags'; nearest"),
        ("box: &x {}", "1:6:"),
        ("box: {", "2:1: not YAML"),
    ],
)
def test_what_is_wrong_with_a_tenant_file_is_told_with_its_line(monkeypatch, tmp_path, share, told):
    (tmp_path / "tenant.yaml").write_text(share)
    status, out, err = refused(monkeypatch, tmp_path, "box", "--tenant", "tenant.yaml")

    assert (status, out) == (2, "")
    assert err.startswith(f"tenant.yaml:{told}")
    assert len(err.splitlines()) == 1


def test_another_host_is_warned_of(tmp_path):
    with served(tmp_path, "slack", "--host", "0.0.0.0", "--allow-host", "fake.test") as (  # noqa: S104
        process,
        ready,
    ):
        told = ready["apps"]["slack"]
        process.terminate()
        _, err = process.communicate(timeout=60)

    assert told["base_url"].startswith("http://fake.test:")
    assert err == "warning: 0.0.0.0 may be reached from other machines\n"


def test_help_shows_examples(monkeypatch, tmp_path):
    status, out, _ = refused(monkeypatch, tmp_path, "--help")

    assert status == 0
    assert "pushproof serve o365 slack --port 8101" in out
