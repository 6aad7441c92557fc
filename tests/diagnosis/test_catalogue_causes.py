"""The whole catalogue, held to the causes that each item is known to show, and to no other one.

At every `expect` the world is asked, its error lists and what has no error alike. A file that is
not in the table shows a world in which all is as it should be.
"""

import pytest

from harness.diagnosis.asking import causes
from tests.diagnosis.catalogue_causes import FILES, items, known, row, shown, table


@pytest.mark.parametrize(("file", "app"), items())
def test_an_item_shows_its_own_causes_and_no_other(file, app):
    """A new file: `python -m tests.diagnosis.catalogue_causes`, then read what it wrote."""
    assert shown(file, app) == known(file, app)


def test_the_table_knows_files_and_causes_only():
    words = {name for file, app in items() for name in known(file, app)}

    assert set(table()) <= set(FILES)
    assert words <= set(causes())


def test_a_row_tells_apps_where_not_all_show_a_cause():
    found = {"o365": {"paused", "queued"}, "slack": {"paused"}}

    assert row(found) == "paused queued[o365]"
