"""The lines that `serve` prints for each vendor's SDK do what they say, over http and https."""

import subprocess
import sys

import pytest

from fake_apps import load, names
from harness.serve_command import CA_VARIABLES

KINDS = [name for name in names() if load(name).snippet]
SHOWN = {"scim": "1"}  # how many groups there are; the others name them


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module", params=[False, True], ids=["http", "https"])
def server(serve, kind, request):
    return serve(kind, tls=request.param)


def test_the_printed_lines_run_as_they_are(tenant, tmp_path, monkeypatch):
    tenant.admin.add_group("Sales", place=tenant.credentials.get("groups_dn"))
    for variable in CA_VARIABLES if tenant.ca_file else ():
        monkeypatch.setenv(variable, tenant.ca_file)
    lines = tenant.fake.spec.snippet(tenant.told)
    ran = subprocess.run(
        [sys.executable, "-c", lines],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert SHOWN.get(tenant.fake.name, "Sales") in ran.stdout
