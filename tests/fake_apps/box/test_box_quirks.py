"""Every quirk of the fake Box, switched on and off."""

import pytest

from fake_apps.box import APP
from fake_apps.core.error import ApiError


def q1(client):
    client.group("Sales")
    return client.create_group("Sales").status_code


def q2(client):
    client.group("Sales")
    return client.create_group("sales").status_code


def q25(client):
    client.group("Sales")
    return client.create_group("Sales ").status_code


def q4(client):
    group, user = client.group(provenance="Okta"), client.user()
    refused = 0
    for act in (
        lambda: client.admin.rename_group(group, "X"),
        lambda: client.admin.add_members(group, [user]),
        lambda: client.admin.remove_members(group, [user]),
    ):
        try:
            act()
        except ApiError:
            refused += 1
    return refused, client.join(group, user) != ""


def q5(client):
    client.group("Sales", external_sync_identifier="s1"), client.group("Support")
    return client.get("/groups?external_sync_identifier=s1").json()["total_count"]


def q6(client):
    return "provenance" in client.create_group().json()


def q7(client):
    group = client.group()
    return "created_at" in client.get(f"/groups/{group}?fields=provenance").json()


def q8(client):
    group, users = client.group(), client.users(9)
    client.admin.add_members(group, users)
    pages = [
        client.get(f"/groups/{group}/memberships?limit=5&offset={offset}").json()
        for offset in (0, 5, 10)
    ]
    found = [entry["user"]["id"] for page in pages for entry in page["entries"]]
    assert found == users
    return [len(page["entries"]) for page in pages], pages[0]["total_count"]


def q9(client):
    return client.get("/groups?offset=10001").status_code


def q10(client):
    reply = client.get("/groups", Authorization="Bearer x")
    return reply.status_code, reply.json()["code"] if reply.content else ""


def q11(client):
    group, user = client.group(), client.user()
    client.admin.roll_out(user)
    return client.add(group, user).status_code


def q12(client):
    group, user = client.group(), client.user()
    client.join(group, user)
    client.admin.set_account_active(user, active=False)
    return len(client.member_ids(group))


def q26(client):
    group, user = client.group(), client.user()
    client.admin.set_account_active(user, active=False)
    return client.add(group, user).status_code


def q13(client):
    group, user = client.group(), client.user()
    client.join(group, user)
    client.admin.roll_out(user)
    return len(client.member_ids(group))


def q14(client):
    client.app.change_setting("foreign_logins", ("ana@example.test",))
    body = {"name": "Ana", "login": "Ana@example.test"}
    return client.call("POST", "/users", body).status_code


def q15(client):
    client.app.change_setting("confirm_after_s", None)
    user = client.call("POST", "/users", {"name": "A", "login": "a@b.test"}).json()["id"]
    return client.call("PUT", f"/users/{user}", {"login": "c@b.test"}).status_code


def q16(client):
    client.group("Sales"), client.group("Sales EMEA")
    client.user("ana"), client.user("anabel")
    return [client.get(f"/{path}").json()["total_count"] for path in SEARCHES]


SEARCHES = ("groups?filter_term=sales", "users?filter_term=ana", "users?filter_term=Anabel")


def q18(client):
    found = client.get("/groups").json()["entries"]
    if not found:
        return []
    path, body = f"/groups/{found[0]['id']}", {"name": "X"}
    assert client.get(path).json()["name"] == "All Users"
    return [
        found[0]["group_type"],
        client.call("PUT", path, body).status_code,
        client.call("DELETE", path).status_code,
        client.add(found[0]["id"], client.user()).status_code,
    ]


def q20(client):
    group, user = client.group(), client.user()
    first = client.join(group, user)
    reply = client.add(group, user)
    return reply.status_code, reply.json().get("id") == first


def q24(client):
    return client.get("/users?usemarker=True").status_code


def q27(client):
    return client.call("DELETE", f"/users/{client.user(owns_content=True)}").status_code


def q28(client):
    return client.get(f"/users/{client.user()}").json()["notification_email"]


def q29(client):
    user, path = client.user(), "a@alias.test"
    body = {"email": path}
    told = client.call("POST", f"/users/{user}/email_aliases", body).json()["is_confirmed"]
    listed = client.get(f"/users/{user}/email_aliases").json()["total_count"]
    return told, listed, client.call("PUT", f"/users/{user}", {"login": path}).status_code


def q30(client):
    user = client.user()
    client.call("POST", f"/users/{user}/email_aliases", {"email": "a@alias.test"})
    client.call("PUT", f"/users/{user}", {"login": "a@alias.test"})
    entries = client.get(f"/users/{user}/email_aliases").json()["entries"]
    return [each["email"] for each in entries]


def q31(client):
    return client.ask_token(client_secret="wrong").json()["error"]


def q32(client):
    client.app.change_setting("app_scopes", ("manage_managed_users",))
    client.authorize()
    return bool(client.get("/groups").content)


def q33(client):
    group, user = client.group(), client.user()
    client.admin.roll_out(user)
    return client.add(group, user).json()["code"], client.add(group, "1").json()["code"]


# the quirk, what is seen with it on, what with it off
SHOWN = {
    "Q1": (q1, 409, 201),
    "Q2": (q2, 409, 201),
    "Q25": (q25, 201, 409),
    "Q4": (q4, (3, True), (0, True)),
    "Q5": (q5, 2, 1),
    "Q6": (q6, False, True),
    "Q7": (q7, False, True),
    "Q8": (q8, ([4, 4, 1], 11), ([5, 4, 0], 9)),
    "Q9": (q9, 400, 200),
    "Q10": (q10, (401, ""), (401, "unauthorized")),
    "Q11": (q11, 404, 201),
    "Q12": (q12, 1, 0),
    "Q26": (q26, 201, 400),
    "Q13": (q13, 0, 1),
    "Q14": (q14, 409, 201),
    "Q15": (q15, 403, 200),
    "Q16": (q16, [2, 2, 1], [1, 1, 1]),
    "Q18": (q18, ["all_users_group", 403, 403, 403], []),
    "Q20": (q20, (409, False), (201, True)),
    "Q24": (q24, 200, 400),
    "Q27": (q27, 400, 204),
    "Q28": (q28, [], None),
    "Q29": (q29, (False, 0, 409), (True, 1, 200)),
    "Q30": (q30, ["ana@example.test"], []),
    "Q31": (q31, "invalid_grant", "invalid_client"),
    "Q32": (q32, False, True),
    "Q33": (
        q33,
        ("access_denied_insufficient_permissions", "not_found"),
        ("not_found", "not_found"),
    ),
    "Q34": (q27, 409, 400),
}


@pytest.mark.parametrize("quirk", sorted(SHOWN))
@pytest.mark.parametrize("on", [True, False])
def test_a_quirk_is_seen_when_on_and_not_when_off(make, quirk, on):
    act, with_it, without = SHOWN[quirk]

    assert act(make(quirks={quirk: on})) == (with_it if on else without)


def test_every_quirk_is_tried_both_ways():
    assert set(SHOWN) == {quirk.id for quirk in APP.quirks}
