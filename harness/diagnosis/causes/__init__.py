"""The documented causes, one function each. A new module or function here is found by its mark."""
