"""A vendor that does not exist, with one of everything core knows: groups, members, a batch."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Request, Response, request

from fake_apps.core.app import AppSpec, Context, FakeApp, Refusals, Setting, current
from fake_apps.core.error import ApiError
from fake_apps.core.fault import Fault
from fake_apps.core.limits import Limit
from fake_apps.core.quirk import Quirk

HOST = "https://api.toy.example"
STRICT_NAMES = Quirk("N1", "a second group of the same name is refused", "https://toy.example/n1")
SHY = Quirk("S1", "replies carry no members at all", "https://toy.example/s1", default=False)
CALLS = Limit("calls", capacity=10, window_s=20, source="https://toy.example/limits")


@dataclass(frozen=True)
class Group:
    id: str
    name: str


class Directory:
    """The rules."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.groups = context.store.table("groups", name=lambda group: group.name)
        self.members = context.store.links("members")
        self.ids = context.chance.stream("groups")

    def add_group(self, name: str) -> Group:
        if STRICT_NAMES in self.context.quirks and self.groups.find("name", name):
            raise ApiError(409, "taken", f"{name} is taken")
        group = Group(self.ids.hex(8), name)
        self.groups.put(group.id, group)
        return group

    def group(self, group_id: str) -> Group:
        found: Group | None = self.groups.get(group_id)
        if found is None:
            raise ApiError(404, "absent", f"no group {group_id}")
        return found


class Console:
    """As much of an administrator as the tests of core need."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def add_group(self, name: str) -> str:
        return self._directory.add_group(name).id


bp = Blueprint("toy", __name__)


def directory() -> Directory:
    state: Directory = current().state
    return state


@bp.post("/groups")
def create_group() -> Any:
    group = directory().add_group(request.get_json()["name"])
    return {"name": group.name, "id": group.id}, 201


@bp.get("/groups")
def list_groups() -> Any:
    return {"groups": [group.name for group in directory().groups]}


@bp.get("/groups/<group_id>")
def read_group(group_id: str) -> Any:
    return {"id": group_id, "name": directory().group(group_id).name}


@bp.delete("/groups/<group_id>")
def delete_group(group_id: str) -> Any:
    directory().groups.drop(directory().group(group_id).id)
    return "", 204


@bp.put("/groups/<group_id>/members/<user_id>")
def add_member(group_id: str, user_id: str) -> Any:
    directory().members.link(group_id, user_id)
    return {"group": group_id, "user": user_id}


@bp.post("/change-and-refuse")
def change_and_refuse() -> Any:
    directory().add_group("half done")
    raise ApiError(422, "changed-mind", "no, after all")


@bp.post("/login")
def login() -> Any:
    return {"token": "t0p-s3cret", "for": request.args.get("user")}


@bp.post("/batch")
def batch() -> Any:
    """Each item is answered alone; with `atomic`, one refused item takes all of them back."""
    wanted = request.get_json()
    answers = [_item(item) for item in wanted["items"]]
    if wanted.get("atomic") and any(answer["status"] >= 400 for answer in answers):
        raise ApiError(400, "batch", "all or nothing")
    return {"answers": answers}


def _item(item: dict[str, Any]) -> dict[str, Any]:
    body = item.get("body", "").encode()
    headers = {"Content-Type": "application/json"}
    answer = current().inner(item["method"], HOST + item["path"], headers, body)
    return {"status": answer.status, "body": answer.body.decode()}


def authenticate(app: FakeApp, asked: Request) -> None:
    if app.settings["locked"] and asked.headers.get("Authorization") != "Bearer t0p-s3cret":
        raise ApiError(401, "who", "log in first")


def decorate(app: FakeApp, _asked: Request, response: Response) -> None:
    response.headers["Toy-Calls"] = str(app.ledger.last_number)


def render(error: ApiError) -> Any:
    if error.code == "teapot":
        return error.message, error.status, {"Content-Type": "text/html"}
    return {"error": error.code, "message": error.message}, error.status, error.headers


def too_busy(_app: FakeApp, retry_after: str | None, _throttle: object) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(429, "busy", "come back later", headers=headers)


def teapot(_app: FakeApp, fault: Fault) -> ApiError:
    return ApiError(418, "teapot", fault.message or "short and stout")


APP = AppSpec(
    name="toy",
    hosts=("api.toy.example", "login.toy.example"),
    state=Directory,
    blueprint=bp,
    render=render,
    quirks=(STRICT_NAMES, SHY),
    refusals=Refusals(
        unknown_path=lambda _: ApiError(404, "nowhere", "no such path"),
        wrong_method=lambda _: ApiError(405, "method", "not like this"),
        too_large=lambda _: ApiError(413, "large", "too much"),
        throttled=too_busy,
        unavailable=lambda: ApiError(503, "away", "back soon"),
    ),
    admin=Console,  # type: ignore[arg-type]
    title="Toy",
    limits=(CALLS,),
    settings={"locked": Setting(False, "calls need a token"), "motto": Setting("", "any text")},
    authenticate=authenticate,
    cost=lambda _app, _request: {"calls": 1.0},
    decorate=decorate,
    faults={"teapot": teapot},
    max_body_bytes=1000,
    secret_fields=("password", "token"),
)
