"""What the directory and the agent refuse, each documented refusal once."""
# ruff: noqa: F403 - each room's refusals are found here, and told once only

from .agent import *
from .attributes import *
from .members import *
from .naming import *
from .requests import *
from .result import *
from .rights import *
