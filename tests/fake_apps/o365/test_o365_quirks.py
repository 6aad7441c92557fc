"""Every quirk of the fake Microsoft 365, switched on and off."""

import pytest

from fake_apps.core.fault import Fault
from fake_apps.o365 import APP

GRAPH = "https://graph.microsoft.com/v1.0"
BIND = "members@odata.bind"
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}
DAY = 86400


def q1(client):
    user, group = client.user(), client.group()
    client.add(group, user)
    status = client.call("DELETE", f"/groups/{group}/members/{user}").status_code
    return status, client.get(f"/users/{user}").status_code, client.member_ids(group)


def q2(client):
    users, group = client.users(3), client.group()
    client.add(group, users[0])
    absent = "00000000-0000-0000-0000-000000000009"
    status = client.bind(group, [users[0], absent, users[1]]).status_code
    return status, len(client.member_ids(group))


def q3(client):
    return client.bind(client.group(), client.users(21)).status_code


def q6(client):
    client.app.change_setting("replication_lag_s", 10)
    group = client.group()
    seen = []
    for _ in range(9):
        client.app.clock.sleep(2.5)
        seen.append(client.get(f"/groups/{group}").status_code)
    return seen


def q7(client):
    user, group = client.user(), client.group()
    return client.remove(group, user).status_code


def q9(client):
    client.group("Sales", mailNickname="one")
    return client.create_group("sales", mailNickname="two").status_code


def q10(client):
    client.group("One", mailNickname="same")
    return client.create_group("Two", mailNickname="same").status_code


def q11(client):
    return client.create_group(mailNickname="two words").status_code


def q12(client):
    group = client.app.admin.add_group("List", kind="distribution")
    return client.add(group, client.user()).status_code, client.call(
        "DELETE", f"/groups/{group}"
    ).status_code


def q13(client):
    group = client.app.admin.add_group("Synced", kind="synced")
    return client.call("PATCH", f"/groups/{group}", {"displayName": "X"}).status_code


def q14(client):
    group = client.app.admin.add_group("Dynamic", kind="dynamic")
    return client.add(group, client.user()).status_code


def q15(client):
    team, security = client.group("Team", mailNickname="team", **UNIFIED), client.group("Sales")
    return client.add(team, security).status_code, client.add(security, team).status_code


def q16(client):
    group = client.group()
    client.call("DELETE", f"/groups/{group}")
    return client.get(f"/directory/deletedItems/{group}").status_code


def q17(client):
    group = client.group("Team", mailNickname="team", **UNIFIED)
    client.call("DELETE", f"/groups/{group}")
    again = client.create_group("Team", mailNickname="team", **UNIFIED).status_code
    client.call("DELETE", f"/directory/deletedItems/{group}")
    return again, client.create_group("Team 2", mailNickname="team", **UNIFIED).status_code


def q18(client):
    user, group = client.user(), client.group()
    client.add(group, user)
    client.call("DELETE", f"/users/{user}")
    gone = client.member_ids(group)
    client.call("POST", f"/directory/deletedItems/{user}/restore")
    return gone, client.member_ids(group) == [user]


def q22(client):
    group = client.group("Team", **UNIFIED)
    client.app.clock.sleep(300)
    return client.get(f"/groups/{group}").json()["description"]


def q23(client):
    group = client.group()
    return client.call("PATCH", f"/groups/{group}", {"displayName": ""}).status_code


def q24(client):
    client.app.change_setting("owner_quota", 3)
    users, group = client.users(4), client.group()
    urls = [f"{GRAPH}/users/{each}" for each in users]
    client.call("PATCH", f"/groups/{group}", {"owners@odata.bind": urls[:3]})
    return client.call("PATCH", f"/groups/{group}", {"owners@odata.bind": urls[2:]}).status_code


def q25(client):
    return client.get("/groups?$count=true").json().get("@odata.count")


def q28(client):
    client.app.meter.scale = 1 / 3000
    client.group()
    wait = client.create_group("Second").headers["Retry-After"]
    return wait.partition(".")[2]


def q29(client):
    items = [{"id": str(n), "method": "GET", "url": "/groups"} for n in range(6)]
    reply = client.call("POST", "/$batch", {"requests": items}).json()
    return [each["id"] for each in reply["responses"]] == list("012345")


SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900"


def license_group(client):
    user = client.user("ana", usageLocation="US")
    group = client.app.admin.add_group("Licensed", member_ids=[user])
    body = {"addLicenses": [{"skuId": SKU}], "removeLicenses": []}
    assert client.call("POST", f"/groups/{group}/assignLicense", body).status_code == 202
    return user, group


def q30(client):
    user, _ = license_group(client)
    body = {"addLicenses": [], "removeLicenses": [SKU]}
    status = client.call("POST", f"/users/{user}/assignLicense", body).status_code
    shown = client.get(f"/users/{user}?$select=assignedLicenses").json()["assignedLicenses"]
    return status, [each["skuId"] for each in shown]


def q31(client):
    _, group = license_group(client)
    return client.call("DELETE", f"/groups/{group}").status_code


def q32(client):
    item = {"id": "1", "method": "GET", "url": f"{GRAPH}/groups"}
    return client.call("POST", "/$batch", {"requests": [item]}).status_code


def q33(client):
    client.app.admin.expire_credentials()
    return 'claims="' in client.get("/groups").headers["WWW-Authenticate"]


def q34(client):
    group = client.group()
    reply = client.get(f"/groups/{group.upper()}")
    return reply.status_code, reply.json().get("id", "").upper() == group.upper()


def q35(client):
    client.users(2)
    headers = {"Authorization": client.session.headers["Authorization"]}
    reply = client.app.inner("GET", "http://127.0.0.1:99/v1.0/users?$top=1", headers, b"")
    return b'"@odata.nextLink":"http://127.0.0.1:99/v1.0/users?' in reply.body


def q36(client):
    return client.get("/groups/nix").json()


def q37(client):
    user = client.user(accountEnabled=False)
    return client.add(client.group(), user).status_code


def q38(client):
    client.bind(client.group(), client.users(20))
    return round(client.app.meter.used("writes") * 3000)


def q39(client):
    items = [{"id": str(n), "method": "GET", "url": "/groups"} for n in range(4)]
    items[1]["dependsOn"] = ["0"]
    items[3]["dependsOn"] = ["2"]
    return client.call("POST", "/$batch", {"requests": items}).status_code


def q40(client):
    client.app.change_setting("replication_lag_s", 10)
    return client.bind(client.group(), client.users(1)).status_code


def q41(client):
    link = client.get("/groups/delta").json()["@odata.deltaLink"]
    client.app.clock.sleep(8 * DAY)
    client.authorize()
    reply = client.get(link)
    return reply.status_code, reply.json()["error"]["code"], reply.headers.get("Location")


def q42(client):
    group = client.app.admin.add_group("Large", member_ids=client.users(25))
    return len(client.get(f"/groups/{group}?$expand=members").json()["members"])


def q43(client):
    client.app.admin.add_group("Sales")
    page = client.get("/groups?$count=true").json()
    link = page.get("@odata.nextLink")
    following = client.get(link).json()["value"] if link else []
    delta = client.get("/groups/delta").json()
    return [len(each) for each in (page["value"], following, delta["value"])]


def q44(client):
    return "\r\nTrace ID: " in client.ask_token(client_secret="x").json()["error_description"]


def q45(client):
    client.app.arm(Fault("o365.list_groups", "throttle"))
    error = client.get("/groups").json()["error"]
    return error["message"].partition(" ")[0], error["innerError"].get("code")


def q46(client):
    link = client.get("/groups/delta").json()["@odata.deltaLink"]
    client.app.admin.add_group("Sales")
    told = []
    for _ in range(3):
        page = client.get(link).json()
        link = page["@odata.deltaLink"]
        told.append(len(page["value"]))
    return told


LEGACY = {
    "odata.error": {
        "code": "Request_BadRequest",
        "message": {"lang": "en", "value": "Invalid object identifier 'nix'."},
    }
}
START = f"{GRAPH}/groups/delta?$deltatoken="
SETTLED, FLAPPING = [404, 404, 404] + 6 * [200], [404, 404, 404, 200, 404, 200, 404, 200, 200]

CASES = [
    # quirk, what is done, what is seen with it, what is seen without
    ("Q1", q1, (204, 404, []), None),
    ("Q2", q2, (404, 1), (204, 2)),
    ("Q3", q3, 400, 204),
    ("Q6", q6, FLAPPING, SETTLED),
    ("Q7", q7, 400, 404),
    ("Q9", q9, 201, 400),
    ("Q10", q10, 201, 400),
    ("Q11", q11, 400, 201),
    ("Q12", q12, (400, 400), (204, 204)),
    ("Q13", q13, 400, 204),
    ("Q14", q14, 403, 400),
    ("Q15", q15, (400, 400), (204, 204)),
    ("Q16", q16, 200, 404),
    ("Q17", q17, (400, 201), (201, 400)),
    ("Q18", q18, ([], True), ([], False)),
    ("Q22", q22, "Team", None),
    ("Q23", q23, 400, 204),
    ("Q24", q24, 403, 400),
    ("Q25", q25, None, 0),
    ("Q28", q28, "128", ""),
    ("Q29", q29, False, True),
    ("Q30", q30, (400, [SKU]), (200, [SKU])),
    ("Q31", q31, 400, 204),
    ("Q32", q32, 200, 400),
    ("Q33", q33, True, False),
    ("Q34", q34, (200, True), (404, False)),
    ("Q35", q35, True, False),
    ("Q36", q36, LEGACY, None),
    ("Q37", q37, 204, 400),
    ("Q38", q38, 8, 2),  # the group itself is one write
    ("Q39", q39, 400, 200),
    ("Q40", q40, 400, 404),
    ("Q41", q41, (410, "syncStateNotFound", START), (400, "syncStateNotFound", None)),
    ("Q42", q42, 20, 25),
    ("Q43", q43, [0, 1, 0], [1, 0, 1]),
    ("Q44", q44, True, False),
    ("Q45", q45, ("Please", "429"), ("Too", None)),
    ("Q46", q46, [1, 1, 0], [1, 0, 0]),
]


def test_every_quirk_is_tried_on_and_off():
    assert [quirk.id for quirk in APP.quirks] == [case[0] for case in CASES]


@pytest.mark.parametrize(("quirk", "act", "seen"), [case[:3] for case in CASES])
def test_with_the_quirk(make, quirk, act, seen):
    assert act(make(quirks={quirk: True})) == seen


@pytest.mark.parametrize(
    ("quirk", "act", "seen"),
    [(quirk, act, without) for quirk, act, _, without in CASES if quirk not in ("Q1", "Q36")],
)
def test_without_the_quirk(make, quirk, act, seen):
    assert act(make(quirks={quirk: False})) == seen


def test_with_q6_a_new_name_is_the_old_one_again_for_a_while(make):
    client = make(quirks={"Q6": True}, settings={"replication_lag_s": 10})
    group = client.app.admin.add_group("Old")
    client.call("PATCH", f"/groups/{group}", {"displayName": "New"})

    seen = []
    for _ in range(5):
        seen.append(client.get(f"/groups/{group}").json()["displayName"])
        client.app.clock.sleep(2.5)
    client.call("PATCH", f"/groups/{group}", {"description": "x"})
    client.app.clock.sleep(2.5)
    late = client.get(f"/groups/{group}").json()

    assert seen == ["New", "Old", "New", "Old", "New"]
    assert (late["displayName"], late["description"]) == ("New", None)


def test_without_q1_a_delete_without_ref_changes_nothing(make):
    client = make(quirks={"Q1": False})
    user, group = client.user(), client.group()
    client.add(group, user)

    reply = client.call("DELETE", f"/groups/{group}/members/{user}")

    assert reply.json()["error"]["message"] == (
        "Write requests are only supported on contained entities"
    )
    assert client.member_ids(group) == [user]


def test_without_q36_errors_come_in_the_present_envelope(make):
    assert list(q36(make(quirks={"Q36": False}))) == ["error"]


def test_every_quirk_has_a_sentence_a_source_and_a_mark():
    for quirk in APP.quirks:
        assert quirk.sentence
        assert quirk.source.startswith(("https://", "Microsoft 365 message centre MC"))
        assert quirk.mark in ("doc", "sdk", "seen", "unsure")
