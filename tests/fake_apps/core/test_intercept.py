"""Code that knows nothing of us, and calls vendors by `requests`, is answered by fakes."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.util import Retry

from fake_apps import Fault, intercept
from fake_apps.core.clock import SystemClock, VirtualClock
from fake_apps.core.intercept import Interception, Options
from tests.fake_apps.core import toy

URL = f"{toy.HOST}/groups"


@pytest.fixture
def fakes():
    with intercept(toy.APP.create(seed=1)) as entered:
        yield entered


def group_names():
    return requests.get(URL, timeout=5).json()["groups"]


def test_a_call_to_the_vendors_host_is_answered_by_the_fake(fakes):
    created = requests.post(URL, json={"name": "Sales"}, timeout=5)

    assert (created.status_code, created.reason) == (201, "Created")
    assert created.headers["Content-Type"] == "application/json"
    assert created.headers["toy-calls"] == "1"
    assert group_names() == ["Sales"]
    assert [call.operation for call in fakes["toy"].ledger] == ["toy.create_group"] * 1 + [
        "toy.list_groups"
    ]


def test_any_session_is_intercepted(fakes):
    with requests.Session() as session:
        session.post(URL, json={"name": "Sales"})

    assert group_names() == ["Sales"]


def test_the_body_may_be_streamed_both_ways(fakes):
    sent = requests.post(
        URL,
        data=iter([b'{"name"', b': "Sales"}']),
        headers={"Content-Type": "application/json"},
        timeout=5,
        stream=True,
    )

    assert b"Sales" in b"".join(sent.iter_content(4))


def test_a_refusal_has_the_vendors_body(fakes):
    requests.post(URL, json={"name": "Sales"}, timeout=5)
    refused = requests.post(URL, json={"name": "Sales"}, timeout=5)

    assert (refused.status_code, refused.json()["error"]) == (409, "taken")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x",
        "http://api.toy.example/groups",
        "https://api.toy.example:8443/groups",
        "http://127.0.0.1:9/",
        "https://api.toy.example.evil.test/",
    ],
)
def test_any_other_address_is_refused(fakes, url):
    with pytest.raises(requests.ConnectionError) as refused:
        requests.get(url, timeout=5)

    host = url.split("/")[2].partition(":")[0]
    assert str(refused.value).endswith(
        "is no fake and must not be called from here: faked are https://api.toy.example, "
        f"https://login.toy.example; give intercept() its app, or passthrough=['{host}']"
    )


def test_an_address_in_capitals_or_with_its_port_is_the_same(fakes):
    assert requests.get("https://API.toy.example:443/groups", timeout=5).json() == {"groups": []}


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_):
        pass


@pytest.fixture
def greeter():
    """A real server; its URL."""
    server = HTTPServer(("127.0.0.1", 0), Greeting)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_host_that_is_passed_is_really_called(greeter):
    with intercept(toy.APP.create(), passthrough=["127.0.0.1"]):
        assert requests.get(greeter, timeout=5).text == "hi"
        assert group_names() == []


def test_afterwards_calls_are_real_again(greeter):
    before = HTTPAdapter.send
    with intercept(toy.APP.create()), pytest.raises(requests.ConnectionError, match="no fake"):
        requests.get(greeter, timeout=5)

    assert HTTPAdapter.send is before
    assert requests.get(greeter, timeout=5).text == "hi"


def test_an_error_within_ends_the_interception():
    before = HTTPAdapter.send
    with pytest.raises(ZeroDivisionError), intercept(toy.APP.create()):
        raise ZeroDivisionError

    assert HTTPAdapter.send is before


# --- tenants and their options ---------------------------------------------------------------


def test_apps_are_named_and_made_with_the_options():
    settings = {"box": {"confirm_after_s": 9}}
    with intercept("box", "slack", seed=7, limits=0, settings=settings) as fakes:
        box, slack = fakes["box"], fakes["slack"]

        assert sorted(fakes) == ["box", "slack"]
        assert box.settings["confirm_after_s"] == 9
        assert (box.meter.scale, slack.meter.scale) == (0, 0)
        assert requests.get("https://api.box.com/2.0/groups", timeout=5).status_code == 401
        assert requests.get("https://api.slack.com/scim/v2/Users", timeout=5).status_code == 401
        assert [len(box.ledger), len(slack.ledger)] == [1, 1]


def test_the_same_seed_gives_the_same_credentials_and_another_seed_others():
    def credentials(seed):
        with intercept("box", seed=seed) as fakes:
            return fakes["box"].admin.credentials()

    assert credentials(7) == credentials(7) != credentials(8)


def test_quirks_are_given_by_app():
    interception = Interception(
        ["toy"], lambda _: toy.APP, Options(quirks={"toy": {"S1": True, "N1": False}})
    )
    with interception as fakes:
        assert fakes["toy"].quirks.active() == {"S1"}


def test_time_is_the_machines_unless_another_clock_is_given():
    clock = VirtualClock()
    with intercept("box") as fakes:
        assert isinstance(fakes["box"].clock, SystemClock)
    with intercept("box", clock=clock) as fakes:
        assert fakes["box"].clock is clock


def test_each_entry_makes_new_tenants():
    interception = Interception(["toy"], lambda _: toy.APP, Options())
    with interception:
        requests.post(URL, json={"name": "Sales"}, timeout=5)
    with interception:
        assert group_names() == []


def test_it_decorates_functions():
    interception = Interception(["toy"], lambda _: toy.APP, Options())

    @interception
    def count(name):
        requests.post(URL, json={"name": name}, timeout=5)
        return group_names(), len(interception["toy"].ledger)

    assert count("Sales") == (["Sales"], 2)
    assert count("Support") == (["Support"], 2)


def test_an_unknown_app_is_refused_by_name():
    with pytest.raises(LookupError, match="unknown fake app 'dropbox'; known: "):
        intercept("dropbox")


def test_options_for_an_app_that_is_not_made_here_are_refused():
    with pytest.raises(LookupError, match="options for 'slack'; the apps made here are: box"):
        intercept("box", quirks={"slack": {}})
    with pytest.raises(LookupError, match="options for 'toy'; the apps made here are: none"):
        intercept(toy.APP.create(), settings={"toy": {}})


def test_two_tenants_of_a_kind_are_refused():
    before = HTTPAdapter.send
    with (
        pytest.raises(ValueError, match="toy is intercepted already"),
        intercept(toy.APP.create(), toy.APP.create()),
    ):
        pass

    assert HTTPAdapter.send is before


def test_entering_twice_is_refused(fakes):
    with pytest.raises(RuntimeError, match="entered already"), fakes:
        pass

    assert group_names() == []


# --- what can go wrong on the way ------------------------------------------------------------


@pytest.mark.parametrize("timeout", [3, (1, 3), Timeout(read=3)], ids=["number", "pair", "object"])
def test_a_lost_reply_is_a_read_timeout_after_the_callers_patience(timeout):
    clock = VirtualClock()
    app = toy.APP.create(clock=clock)
    app.arm(Fault("toy.create_group", "lose_reply", seconds=60))
    start = clock.now()
    with intercept(app), pytest.raises(requests.ReadTimeout):
        requests.post(URL, json={"name": "Sales"}, timeout=timeout)

    assert clock.now() - start == 3
    assert [call.lost for call in app.ledger] == [True]


@pytest.mark.parametrize("timeout", [None, (3, None), Timeout(connect=3)], ids=repr)
def test_a_caller_without_a_timeout_waits_for_a_slow_reply(timeout):
    clock = VirtualClock()
    app = toy.APP.create(clock=clock)
    app.arm(Fault("toy.list_groups", "slow", seconds=600))
    start = clock.now()
    with intercept(app):
        assert requests.get(URL, timeout=timeout).status_code == 200

    assert clock.now() - start == 600


def test_a_dropped_connection_is_a_connection_error(fakes):
    fakes["toy"].arm(Fault("toy.list_groups", "reset"))

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        requests.get(URL, timeout=5)


def test_retries_that_a_session_is_told_to_make_are_made(fakes):
    fakes["toy"].arm(Fault("toy.list_groups", "unavailable", count=2))
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503])))

        assert session.get(URL).status_code == 200
    assert [call.status for call in fakes["toy"].ledger] == [503, 503, 200]


def test_calls_are_remembered_in_the_ledger_only(fakes):
    for _ in range(3):
        group_names()

    assert len(fakes._mock.calls) == 1


# --- the package itself ----------------------------------------------------------------------


def test_importing_the_package_imports_neither_flask_nor_requests():
    code = (
        "import sys, fake_apps; fake_apps.names(); "
        "print(sorted({'flask', 'requests', 'werkzeug', 'responses'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


def test_the_package_says_what_it_does_not_have():
    code = "import fake_apps; fake_apps.FakeApp; fake_apps.Nonsense"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert told.stderr.splitlines()[-1] == (
        "AttributeError: module 'fake_apps' has no attribute 'Nonsense'"
    )
