from tests.scenario.language_tables import README, updated


def test_the_page_about_the_language_has_every_verb_expectation_and_key():
    text = README.read_text("utf-8")

    assert updated(text) == text, "run: python -m tests.scenario.language_tables"
