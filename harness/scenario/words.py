"""The kinds of arguments that verbs and expectations share, by name."""

from typing import Annotated

from .kinds import Duration, Flag, Many, Name, New, Table, Text

User = Annotated[str, Name("user")]
Users = Annotated[tuple[str, ...], Many(Name("user"))]
Group = Annotated[str, Name("group")]
Groups = Annotated[tuple[str, ...], Many(Name("group"))]
TargetGroup = Annotated[str, Name("target group")]
TargetGroups = Annotated[tuple[str, ...], Many(Name("target group"))]
Accounts = Annotated[tuple[str, ...], Many(Name("account"))]
NewUsers = Annotated[tuple[str, ...], Many(New("user", is_person=True))]
NewGroup = Annotated[str, New("group")]
NewAccounts = Annotated[tuple[str, ...], Many(New("account", is_person=True))]
NewTargetGroup = Annotated[str, New("target group")]
GroupRule = Annotated[str, Name("group rule")]
PushRuleName = Annotated[str, Name("push rule")]
Yes = Annotated[bool, Flag()]
Words = Annotated[str, Text()]
Time = Annotated[float, Duration()]
GroupMembers = Annotated[dict[str, tuple[str, ...]], Table(Name("group"), Many(Name("user")))]
TargetMembers = Annotated[
    dict[str, tuple[str, ...]], Table(Name("target group"), Many(Name("account")))
]
