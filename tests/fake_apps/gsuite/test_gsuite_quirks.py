"""Every quirk of the fake Google Workspace, switched on and off."""

import pytest

from fake_apps.gsuite import APP
from tests.fake_apps.gsuite.conftest import API, refusal


def q1(client):
    client.group("Sales")
    return client.create_group("Sales", email="second@example.test").status_code


def q2(client):
    client.user("ana")
    return client.create_group("Ana").status_code


def q4(client):
    client.call("DELETE", f"/groups/{client.group()}")
    return client.create_group().status_code


def q6(client):
    group, ana = client.group(), client.user()
    client.add(group, ana)
    add = f'POST /groups/{group}/members\n{{"id":"{ana}"}}'
    remove = f"DELETE /groups/{group}/members/{client.user('ben')}"
    parts = client.unpack(client.batch(add, remove))
    alone = client.add(group, ana).status_code
    return [status for _, status, _ in parts], alone


def q7(client):
    group, ana = client.group(), client.user()
    client.add(group, ana)
    client.call("DELETE", f"/users/{ana}")
    return refusal(client.remove(group, ana))


def q8(client):
    client.user("ana")
    foreign = client.get("/groups/sales@example.com").status_code
    return foreign, client.get("/groups/ana@example.test").status_code


def q9(client):
    group, ana = client.group(), client.user()
    client.app.admin.invite(group, ana)
    path = f"/groups/{group}/members"
    read = client.get(f"{path}/{ana}").status_code
    added = client.add(group, ana).status_code
    taken_back = client.remove(group, ana).status_code
    return read, added, taken_back, client.add(group, ana).status_code


def q10(client):
    group, ana = client.group(), client.user("ana", suspended=True)
    return client.add(group, ana).json().get("status")


def q11(client):
    group, (ana, ben) = client.group(), client.users(2)
    client.app.admin.add_members(group, [ana, ben])
    client.call("DELETE", f"/users/{ana}")
    deleted = len(client.member_ids(group)), client.get(f"/groups/{group}").json()
    client.call("POST", f"/users/{ana}/undelete", {})
    return deleted[0], deleted[1]["directMembersCount"], len(client.member_ids(group))


def q12(client):
    client.app.change_setting("external_members_allowed", value=True)
    group = client.group()
    return client.add(group, "A.na.Silva@googlemail.com").json()["email"]


def q13(client):
    group, ana = client.group(), client.user()
    client.call("POST", f"/users/{ana}/aliases", {"alias": "ann@example.test"})
    return client.add(group, "ann@example.test").json()["email"]


def q14(client):
    client.user("ana")
    return client.get("/users/Ana@Example.test").status_code


def q15(client):
    group = client.group()
    client.call("PATCH", f"/groups/{group}", {"email": "new@example.test"})
    return client.create_group().status_code


def q16(client):
    group, (ana, ben) = client.group(), client.users(2)
    told = []
    for act, seconds in ((client.add, 30), (client.add, 30), (client.remove, 60)):
        act(group, ana if not told else ben)
        told.append(client.get(f"/groups/{group}").json()["directMembersCount"])
        client.app.clock.sleep(seconds)
    return [*told, client.get(f"/groups/{group}").json()["directMembersCount"]]


def q17(client):
    inner, outer, ana = client.group("Inner"), client.group("Outer"), client.user()
    client.add(outer, inner)
    client.add(inner, ana)
    told = []
    for seconds in (599, 1):
        client.app.clock.sleep(seconds)
        reply = client.get(f"/groups/{outer}/hasMember/{ana}")
        told.append(reply.json()["isMember"])
    return told


def q18(client):
    return "groups" in client.get("/groups?customer=my_customer").json()


def outsider(client, **more):
    client.app.change_setting("external_members_allowed", value=True)
    return client.add(client.group(), "eve@elsewhere.test", **more).json()


def q19(client):
    eve = outsider(client)["id"]
    keys = ("eve@elsewhere.test", eve)
    path = "/groups/sales@example.test/members"
    return [client.call("PATCH", f"{path}/{k}", {"role": "OWNER"}).status_code for k in keys]


def q22(client):
    group = client.group()
    headers = {"If-Match": '"old"'}
    return client.call("DELETE", f"/groups/{group}", headers=headers).status_code


def q27(client):
    return client.create_group().status_code


def q28(client):
    return client.get("/groups?customer=my_customer&maxResults=201").status_code


def q29(client):
    return client.get("/groups/0unknown").json()["error"]["message"]


def q30(client):
    group = client.group()
    return client.add(group, group).status_code


def q31(client):
    return client.create_group(nothing=5).status_code


def q32(client):
    calls = [f'POST /groups\n{{"email":"g{n}@example.test"}}' for n in range(6)]
    client.batch(*calls)
    return [group.name for group in client.app.admin.groups()] == [f"g{n}" for n in range(6)]


def q33(client):
    return refusal(client.create_group(email="a&b@example.test"))[2]


def q34(client):
    return refusal(client.create_group(email="sales@elsewhere.test"))[0]


def q35(client):
    client.group()
    page = client.get("/groups?customer=my_customer").json()
    token = page.get("nextPageToken", "")
    rest = client.get(f"/groups?customer=my_customer&pageToken={token}").json()
    return "groups" in page, [each["name"] for each in rest["groups"]]


def q36(client):
    return outsider(client)["type"]


def q37(client):
    return refusal(client.session.post(f"{API}/groups", data=b'{"email": !'))


def q38(client):
    return [client.create_group("x" * length).status_code for length in (60, 61)]


def q39(client):
    return client.ask_token().json()["expires_in"]


def q40(client):
    inner, outer = client.group("Inner"), client.group("Outer")
    client.add(outer, inner)
    client.add(inner, client.user())
    page = client.get(f"/groups/{outer}/members?includeDerivedMembership=true").json()
    return [each.get("role") for each in page["members"]]


ON_AND_OFF = {
    "Q1": (q1, 200, 409),
    "Q2": (q2, 409, 200),
    "Q4": (q4, 409, 200),
    "Q6": (q6, ([412, 412], 409), ([409, 404], 409)),
    "Q7": (
        q7,
        (400, "required", "Missing required field: memberKey"),
        (404, "notFound", "Resource Not Found: memberKey"),
    ),
    "Q8": (q8, (403, 403), (404, 404)),
    "Q9": (q9, (404, 409, 204, 200), (200, 409, 204, 200)),
    "Q10": (q10, "SUSPENDED", None),
    "Q11": (q11, (1, "1", 1), (1, "1", 2)),
    "Q12": (q12, "anasilva@gmail.com", "a.na.silva@googlemail.com"),
    "Q13": (q13, "ana@example.test", "ann@example.test"),
    "Q14": (q14, 200, 404),
    "Q15": (q15, 409, 200),
    "Q16": (q16, ["0", "0", "2", "1"], ["1", "2", "1", "1"]),
    "Q17": (q17, [False, True], [True, True]),
    "Q18": (q18, False, True),
    "Q19": (q19, [404, 200], [200, 200]),
    "Q22": (q22, 412, 204),
    "Q27": (q27, 201, 200),
    "Q28": (q28, 200, 400),
    "Q29": (q29, "Resource Not Found: 0unknown", "Resource Not Found: groupKey"),
    "Q30": (q30, 412, 400),
    "Q31": (q31, 200, 400),
    "Q32": (q32, False, True),
    "Q33": (q33, "Invalid Input: groupKey", "Invalid Input: email"),
    "Q34": (q34, 404, 403),
    "Q35": (q35, (False, ["Sales"]), (True, ["Sales"])),
    "Q36": (q36, "EXTERNAL", "USER"),
    "Q37": (
        q37,
        (400, "parseError", "Parse Error"),
        (
            400,
            "parseError",
            'Invalid JSON payload received. Unexpected token.\n{"email": !\n          ^',
        ),
    ),
    "Q38": (q38, [200, 400], [200, 200]),
    "Q39": (q39, "3599", 3599),
    "Q40": (q40, ["MEMBER", None], ["MEMBER", "MEMBER"]),
}


def test_every_quirk_is_tried():
    assert set(ON_AND_OFF) == {quirk.id for quirk in APP.quirks}


@pytest.mark.parametrize("quirk_id", ON_AND_OFF)
@pytest.mark.parametrize("is_on", [True, False])
def test_a_quirk_makes_the_difference_it_claims(make, quirk_id, is_on):
    act, on, off = ON_AND_OFF[quirk_id]
    client = make(quirks={quirk_id: is_on})

    assert act(client) == (on if is_on else off)


@pytest.mark.parametrize(("seconds", "status"), [(44, 409), (45, 200)])
def test_the_address_of_a_deleted_group_is_held_for_45_seconds(make, seconds, status):
    client = make(quirks={"Q4": True})
    client.call("DELETE", f"/groups/{client.group()}")
    client.app.clock.sleep(seconds)

    assert client.create_group().status_code == status
