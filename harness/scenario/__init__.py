"""The scenario language: read it strictly, play it against a world, judge what happened, say so."""
