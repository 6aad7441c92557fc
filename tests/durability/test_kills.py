"""kill -9 of the engine, of the fakes, and of both, with clients at work."""

import pytest

from tests.durability.killing import WHO, Site

KILLS = 4  # of each kind; `python -m tests.durability.kills` does as many as it is told to


@pytest.mark.parametrize("whom", sorted(WHO))
def test_what_was_acknowledged_outlives_the_death_of(whom, tmp_path):
    site = Site(tmp_path, seed=7)
    with site.open():
        with site.at_work():
            for turn in range(KILLS):
                site.go_on()
                site.strike(WHO[whom](site, turn))
            site.go_on()

        assert site.complaints() == []
        assert site.calls > KILLS
