"""Users and their lifecycle."""

import pytest

from tests.okta_api.desk import Desk, causes, done, refused


@pytest.fixture
def desk():
    return Desk()


PASSWORD = {"password": {"value": "correct horse"}}


def profile(name="ana", **more):
    login = f"{name}@example.test"
    return {"login": login, "email": login, "firstName": "Ana", "lastName": "Example", **more}


def logins(found):
    return [one["profile"]["login"] for one in found]


# --- making and showing --------------------------------------------------------------------------


def test_a_user_is_shown_as_recorded(desk):
    made = done(desk.post("users", {"profile": profile(department="Sales")}))
    base = f"http://localhost/api/v1/users/{made['id']}"

    assert made == {
        "id": made["id"],
        "status": "PROVISIONED",
        "created": "2026-01-01T00:00:00.000Z",
        "activated": "2026-01-01T00:00:00.000Z",
        "statusChanged": None,
        "lastLogin": None,
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "passwordChanged": None,
        "realmId": made["realmId"],
        "type": made["type"],
        "profile": {
            "firstName": "Ana",
            "lastName": "Example",
            "mobilePhone": None,
            "secondEmail": None,
            "login": "ana@example.test",
            "email": "ana@example.test",
            "department": "Sales",
        },
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {
            "reactivate": {"href": f"{base}/lifecycle/reactivate", "method": "POST"},
            "deactivate": {"href": f"{base}/lifecycle/deactivate", "method": "POST"},
            "self": {"href": base},
        },
    }
    assert [made["id"][:3], made["realmId"][:3], made["type"]["id"][:3]] == ["00u", "guo", "oty"]
    assert {len(made["id"]), len(made["realmId"]), len(made["type"]["id"])} == {20}


@pytest.mark.parametrize(
    ("query", "credentials", "status"),
    [
        ("", {}, "PROVISIONED"),
        ("", PASSWORD, "ACTIVE"),
        ("?activate=true", PASSWORD, "ACTIVE"),
        ("?activate=false", {}, "STAGED"),
        ("?activate=false", PASSWORD, "STAGED"),
    ],
)
def test_the_status_of_a_new_user_is_decided_by_activation_and_password(
    desk, query, credentials, status
):
    body = {"profile": profile(), "credentials": credentials}
    made = done(desk.post(f"users{query}", body))

    assert made["status"] == status
    assert ("password" in made["credentials"]) == bool(credentials)


def test_a_user_is_read_by_id_and_by_login_and_listed_with_one_link(desk):
    ana = desk.user("ana")
    (listed,) = done(desk.get("users"))

    assert done(desk.get(f"users/{ana['id']}")) == ana == done(desk.get("users/ANA@example.test"))
    assert list(listed["_links"]) == ["self"]
    found = refused(desk.get("users/00uNobody"), 404, "E0000007")
    assert found["errorSummary"] == "Not found: Resource not found: 00uNobody (User)"


def test_a_taken_login_is_refused_as_recorded(desk):
    desk.user("ana")
    found = refused(desk.post("users", {"profile": profile("ANA")}), 400, "E0000001")

    assert found["errorSummary"] == "Api validation failed: login"
    assert causes(found) == [
        "login: An object with this field already exists in the current organization"
    ]


def test_an_undefined_attribute_is_refused_as_recorded_and_can_be_defined(desk):
    body = {"profile": profile(notValid="x")}
    found = refused(desk.post("users", body), 400, "E0000001")
    done(desk.patch("/_pushproof/v1/org", {"custom_attributes": ["notValid"]}))

    assert found["errorSummary"] == "Api validation failed: newUser"
    assert causes(found) == ["Property name 'notValid' is not defined in profile"]
    assert done(desk.post("users", body))["profile"]["notValid"] == "x"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "E0000001"),
        ({"profile": {}}, "E0000001"),
        ({"profile": {"email": "a@b.test"}}, "E0000001"),
        ({"profile": profile(email="nobody")}, "E0000001"),
        ({"profile": profile(firstName="x" * 51)}, "E0000001"),
        ({"profile": profile(title=7)}, "E0000001"),
        ({"profile": profile(), "credentials": {"password": {"value": "short"}}}, "E0000001"),
        ({"profile": profile(), "credentials": []}, "E0000003"),
        ({"profile": profile(), "groupIds": "x"}, "E0000003"),
        ({"profile": profile(), "groupIds": ["x"] * 21}, "E0000093"),
        ([], "E0000003"),
    ],
)
def test_a_user_that_cannot_be_is_refused_and_leaves_no_trace(desk, body, code):
    refused(desk.post("users", body), 400, code)

    assert done(desk.get("users")) == []


def test_a_new_user_is_put_into_groups(desk):
    group = desk.group()
    made = done(desk.post("users", {"profile": profile(), "groupIds": [group["id"]]}))

    assert logins(done(desk.get(f"groups/{group['id']}/users"))) == ["ana@example.test"]
    names = [one["profile"]["name"] for one in done(desk.get(f"users/{made['id']}/groups"))]
    assert sorted(names) == ["Everyone", "Sales"]


# --- changing ------------------------------------------------------------------------------------


def test_a_post_changes_what_it_names_and_a_put_all(desk):
    ana = desk.user("ana", department="Sales", title="Boss")
    partly = done(desk.post(f"users/{ana['id']}", {"profile": {"title": None, "city": "Rome"}}))
    whole = done(desk.put(f"users/{ana['id']}", {"profile": profile(lastName="Other")}))

    assert (partly["profile"]["department"], partly["profile"]["city"]) == ("Sales", "Rome")
    assert "title" not in partly["profile"]
    assert "department" not in whole["profile"]
    assert whole["profile"]["lastName"] == "Other"


def test_a_deactivated_user_is_not_changed(desk):
    ana = desk.user("ana")
    desk.post(f"users/{ana['id']}/lifecycle/deactivate")

    refused(desk.post(f"users/{ana['id']}", {"profile": {"city": "Rome"}}), 403, "E0000038")


# --- lifecycle -----------------------------------------------------------------------------------


def test_a_user_goes_through_its_life(desk):
    ana = done(desk.post("users?activate=false", {"profile": profile(), "credentials": PASSWORD}))
    path = f"users/{ana['id']}"
    seen = []
    for deed in ("activate", "suspend", "unsuspend", "deactivate", "activate", "deactivate"):
        done(desk.post(f"{path}/lifecycle/{deed}?sendEmail=false"))
        seen.append(done(desk.get(path))["status"])
    answer = desk.delete(path)

    assert seen == ["ACTIVE", "SUSPENDED", "ACTIVE", "DEPROVISIONED", "ACTIVE", "DEPROVISIONED"]
    assert (answer.status_code, answer.data) == (204, b"")
    refused(desk.get(path), 404, "E0000007")


def test_the_first_delete_only_deactivates(desk):
    ana = desk.user("ana")

    assert desk.delete(f"users/{ana['id']}").status_code == 204
    assert done(desk.get(f"users/{ana['id']}"))["status"] == "DEPROVISIONED"


def test_an_activation_without_an_e_mail_tells_its_address(desk):
    ana = done(desk.post("users?activate=false", {"profile": profile()}))
    told = done(desk.post(f"users/{ana['id']}/lifecycle/activate?sendEmail=false"))
    again = done(desk.post(f"users/{ana['id']}/lifecycle/reactivate"))

    assert told["activationUrl"].endswith(f"/welcome/{told['activationToken']}")
    assert again == {}
    assert done(desk.get(f"users/{ana['id']}"))["status"] == "PROVISIONED"


@pytest.mark.parametrize(
    ("deed", "status", "code"),
    [
        ("activate", 403, "E0000016"),
        ("reactivate", 403, "E0000038"),
        ("unsuspend", 400, "E0000001"),
        ("unlock", 403, "E0000032"),
        ("fire", 404, "E0000008"),
    ],
)
def test_what_an_active_user_cannot_do_is_refused(desk, deed, status, code):
    ana = desk.user("ana")

    refused(desk.post(f"users/{ana['id']}/lifecycle/{deed}"), status, code)


def test_suspending_one_who_is_not_active_is_refused_with_the_documented_cause(desk):
    ana = done(desk.post("users", {"profile": profile()}))
    found = refused(desk.post(f"users/{ana['id']}/lifecycle/suspend"), 400, "E0000001")

    assert found["errorSummary"] == "Api validation failed: suspendUser"
    assert causes(found) == ["Cannot suspend a user that is not active"]


# --- lists ---------------------------------------------------------------------------------------


def test_q22_a_plain_list_hides_the_deprovisioned_and_a_filter_shows_them(desk):
    ana, _ = desk.user("ana"), desk.user("ben")
    desk.post(f"users/{ana['id']}/lifecycle/deactivate")
    hidden = done(desk.get("users"))
    found = done(desk.get('users?filter=status eq "DEPROVISIONED"'))
    done(desk.patch("/_pushproof/v1/quirks", {"Q22": False}))

    assert (logins(hidden), logins(found)) == (["ben@example.test"], ["ana@example.test"])
    assert len(done(desk.get("users"))) == 2


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=a", ["ana"]),
        ("q=EXA", ["ana", "ben", "cy"]),
        ('search=profile.department eq "sales"', ["ana", "ben"]),
        ('search=profile.department eq "Sales" and profile.login sw "b"', ["ben"]),
        ('search=(profile.login sw "a" or profile.login sw "c") and profile.city pr', ["cy"]),
        ('search=profile.login co "y@"', ["cy"]),
        ('search=profile.department ne "Sales"', ["cy"]),
        ('filter=profile.login eq "cy@example.test"', ["cy"]),
        ('filter=lastUpdated gt "2026-01-01T00:00:30.000Z"', ["cy"]),
        ('filter=lastUpdated le "2026-01-01T00:00:30Z"', ["ana", "ben"]),
        ('filter=status eq "STAGED"', []),
    ],
)
def test_users_are_found(desk, query, names):
    desk.user("ana", department="Sales")
    desk.user("ben", department="Sales")
    desk.world.clock.advance(60)
    desk.user("cy", city="Rome")
    found = done(desk.get(f"users?{query}"))

    assert sorted(logins(found)) == [f"{name}@example.test" for name in names]


@pytest.mark.parametrize(
    "query",
    [
        "filter=",
        "filter=nobody eq 1",
        "filter=status",
        'filter=status is "x"',
        'filter=status eq "ACTIVE',
        'filter=status eq "ACTIVE" or',
        'filter=(status eq "ACTIVE"',
        'filter=status eq "ACTIVE")',
        "filter=status eq ACTIVE",
        f"search={'(' * 40}",
        'search=profile.login eq "\\ud800"',
        'search=status eq "ACTIVE"&sortBy=nothing',
    ],
)
def test_an_expression_that_cannot_be_read_is_refused(desk, query):
    refused(desk.get(f"users?{query}"), 400, "E0000031")


def test_users_are_sorted_and_paged(desk):
    for name in ("cy", "ana", "ben"):
        desk.user(name)
    path = 'users?search=status eq "ACTIVE"&sortBy=profile.login&sortOrder=desc&limit=2'
    first = desk.get(path)
    following = first.headers.getlist("Link")[-1][1:].partition(">")[0]
    second = desk.get(following.removeprefix("http://localhost"))

    found = logins(first.json + second.json)
    assert found == [f"{name}@example.test" for name in ("cy", "ben", "ana")]
    assert len(second.headers.getlist("Link")) == 1
