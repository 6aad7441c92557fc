"""Every refusal of Microsoft Graph that these calls can give, and how one looks on the wire.

The codes are few and the sentences many, so clients match sentences: they are the vendor's own.
Sources: learn.microsoft.com/en-us/graph/errors, /resources-and-support pages of each call, and the
issues of github.com/microsoftgraph/microsoft-graph-docs where the sentence was recorded.
"""
# ruff: noqa: F403 - each room's refusals are found here, and told once only

from .batches import *
from .door import *
from .envelope import *
from .objects import *
from .requests import *
from .tokens import *
from .values import *
from .weather import *
