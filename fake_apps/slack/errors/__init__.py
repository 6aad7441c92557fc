"""Every refusal of Slack's SCIM and Web API that these calls can give, and how one looks.

The codes are the reference's own: https://docs.slack.dev/reference/scim-api#errors. It gives no
statuses; 401 and the 400s and 409s about user names are recorded, the rest follow the families of
https://www.ibm.com/docs/en/SSCT62/references/r_slack_attrs.html (unsure).
"""
# ruff: noqa: F403 - each room's refusals are found here, and told once only

from .door import *
from .envelope import *
from .groups import *
from .requests import *
from .users import *
from .weather import *
from .web import *
