"""The engine side: an Okta-modelled org, a push engine, adapters, scenarios and their tools.

PYTEST_DONT_REWRITE: nothing here is a test, though pytest takes all of a plugin's files for such.
"""
