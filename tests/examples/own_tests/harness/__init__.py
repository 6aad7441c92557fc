"""A team's own helpers. The name is theirs, although Pushproof has a package of that name too."""
