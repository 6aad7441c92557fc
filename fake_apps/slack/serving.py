"""What `serve` tells of this app: a few lines of the vendor's SDK."""

from collections.abc import Mapping
from typing import Any


def snippet(told: Mapping[str, Any]) -> str:
    token = told["credentials"]["token"]
    return f"""\
# pip install slack_sdk
from slack_sdk import WebClient
from slack_sdk.scim.v1.client import SCIMClient

scim = SCIMClient(token="{token}", base_url="{told["base_url"]}/scim/v1/")
print(scim.search_groups(start_index=1, count=100).body)
print(WebClient(token="{token}", base_url="{told["base_url"]}/api/").auth_test().data)
"""
