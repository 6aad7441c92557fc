"""(b) Beside the best known fake of another vendor: adding a user to a group in moto's IAM.

`moto / ours`, both in this process through the client library each is made for (boto3, requests),
each call adding one member to a group that is new in every round. Needs the extra `bench`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from typing import Any

from tests.benchmarks.rounds import Round, Sample, seconds

CALLS = 10


def is_installed() -> bool:
    return find_spec("moto") is not None and find_spec("boto3") is not None


def over_ours(one: Round) -> float:
    """The figure, of one round."""
    return one["moto"] / one["ours"]


@contextmanager
def sample() -> Iterator[Sample]:
    """A sample of moto's call; the mock is on while the context is."""
    import boto3  # noqa: PLC0415 - an extra that not everybody has
    from moto import mock_aws  # noqa: PLC0415

    with mock_aws():
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        client = boto3.client("iam", region_name="us-east-1", **keys)
        people = [f"p{number}" for number in range(CALLS)]
        for person in people:
            client.create_user(UserName=person)
        names = map("group-{}".format, count())
        yield lambda: _one_round(client, next(names), people)


def _one_round(client: Any, group: str, people: list[str]) -> float:
    client.create_group(GroupName=group)
    taken = seconds(lambda: _add(client, group, people)) / len(people)
    assert len(client.get_group(GroupName=group)["Users"]) == len(people)
    return taken


def _add(client: Any, group: str, people: list[str]) -> None:
    for person in people:
        client.add_user_to_group(GroupName=group, UserName=person)
