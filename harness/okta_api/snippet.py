"""A few lines of Okta's own SDK that use a served org, ready to be copied."""

from collections.abc import Mapping
from typing import Any


def snippet(told: Mapping[str, Any]) -> str:
    """Without https the SDK has to be told that this is a test."""
    check = "" if told["base_url"].startswith("https") else HTTP
    return f"""\
# pip install okta
import asyncio, os
{check}from okta.client import Client

async def main():
    client = Client({{"orgUrl": "{told["base_url"]}", "token": "{told["credentials"]["token"]}"}})
    groups, _, error = await client.list_groups()
    print(error or [group.profile.actual_instance.name for group in groups])

asyncio.run(main())
"""


HTTP = 'os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"\n'
