"""Two engine processes share an org on a server, and die in turn while admins are at work."""

import pytest

from tests.durability.killing import WHO, Site

KILLS = 4


@pytest.mark.parametrize("whom", ["both", "the engine"])
def test_what_was_acknowledged_outlives_the_death_of(whom, tmp_path, databases):
    site = Site(tmp_path, seed=7, database=databases.url(), engines=2)
    with site.open():
        with site.at_work():
            for turn in range(KILLS):
                site.go_on()
                site.strike(WHO[whom](site, turn))
            site.go_on()

        assert site.complaints() == []
        assert site.calls > KILLS
