"""How an org's database came to its present schema: one file in `versions` for each step.

A change of `schema.py` comes with the next number here; a test holds the two together.
"""
