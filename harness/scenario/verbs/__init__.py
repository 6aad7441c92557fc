"""What a scenario can do, one function per verb. Its first docstring line is its documentation."""
