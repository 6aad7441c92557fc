"""The one thing pyproject.toml cannot say: the scenarios travel inside `harness`.

In the checkout they are a folder of their own, so that nobody needs to know Python to find them. In
the wheel they are `harness/scenarios/`, and neither `scenarios` nor `tests` is a top-level name.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["harness*", "fake_apps*"]), "harness.scenarios"],
    package_dir={"harness.scenarios": "scenarios"},
    package_data={"": ["*.md", "*.json", "py.typed"], "harness.scenarios": ["**/*.yaml"]},
)
