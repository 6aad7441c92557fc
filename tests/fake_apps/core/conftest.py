"""One toy tenant without limits, and a session that reaches it."""

import pytest

from fake_apps import session
from tests.fake_apps.core import toy


@pytest.fixture
def app():
    return toy.APP.create(seed=1, limits=0)


@pytest.fixture
def client(app):
    return session(app)
