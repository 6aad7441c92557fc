"""A tenant kept on disk comes back as it was, whenever its process ends, or says why it cannot."""

import shutil

import pytest

from fake_apps import session
from fake_apps.core.journal import keep_state
from tests.fake_apps.core import toy


@pytest.fixture
def keep(tmp_path):
    """Creates a toy tenant that is kept in a folder; all are closed in the end."""
    kept = []

    def create(folder=tmp_path, *, seed=1, begin=None, **options):
        app = toy.APP.create(seed=seed, limits=0, **options)
        kept.append(keep_state(app, folder, seed=seed, begin=begin))
        return app

    yield create
    for journal in kept:
        journal.close()


def add(app, name):
    return session(app).post(f"{toy.HOST}/groups", json={"name": name})


def names(app):
    return session(app).get(f"{toy.HOST}/groups").json()["groups"]


def killed(folder):
    """What a kill at this moment leaves on disk."""
    copy = folder.parent / f"{folder.name}-{len(list(folder.parent.iterdir()))}"
    shutil.copytree(folder, copy)
    return copy


def test_what_was_answered_is_there_after_a_kill(keep, tmp_path):
    add(keep(), "Sales")

    assert names(keep(killed(tmp_path))) == ["Sales"]


def test_a_tenant_that_was_closed_goes_on_in_the_same_folder(keep, tmp_path):
    first = keep()
    add(first, "Sales")
    first.journal.close()
    second = keep()
    add(second, "Support")

    assert names(second) == ["Sales", "Support"]


def test_a_refused_request_leaves_nothing_on_disk(keep, tmp_path):
    session(keep()).post(f"{toy.HOST}/change-and-refuse")

    assert names(keep(killed(tmp_path))) == []
