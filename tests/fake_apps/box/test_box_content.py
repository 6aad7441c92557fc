"""What the fake Box knows of content: moving it before a user goes, and groups' access to it."""

import pytest

SCOPES = ("manage_managed_users", "manage_groups", "root_readwrite")


@pytest.fixture
def client(make):
    return make(settings={"app_scopes": SCOPES})


def move(client, giver, taker, query="", **more):
    body = {"owned_by": {"id": taker}}
    return client.call("PUT", f"/users/{giver}/folders/0{query}", body, **more)


def test_moved_content_is_a_folder_of_the_other_user_and_deleting_needs_no_force(client):
    ana, ben = client.user("ana", owns_content=True), client.user("ben")

    reply = move(client, ana, ben, "?notify=False")

    folder = reply.json()
    assert reply.status_code == 200
    assert list(folder)[:5] == ["type", "id", "sequence_id", "etag", "name"]
    assert (folder["name"], folder["owned_by"]["id"]) == ("ana's Files and Folders", ben)
    assert client.call("DELETE", f"/users/{ana}").status_code == 204
    assert client.call("DELETE", f"/users/{ben}").status_code == 400


def test_moving_nothing_gives_nobody_content(client):
    ana, ben = client.user("ana"), client.user("ben")

    assert move(client, ana, ben, "?fields=owned_by").json()["owned_by"]["id"] == ben
    assert client.call("DELETE", f"/users/{ben}").status_code == 204


def test_content_is_moved_between_users_that_are_there(client):
    ana = client.user("ana")

    assert move(client, ana, "1").status_code == 404
    assert move(client, "1", ana).status_code == 404
    assert client.call("PUT", f"/users/{ana}/folders/0", {}).status_code == 400
    assert client.call("PUT", f"/users/{ana}/folders/7", {}).status_code == 404


def test_a_barrier_keeps_content_where_it_is(client):
    ana, ben = client.user("ana", owns_content=True), client.user("ben")
    client.app.change_setting("barred_logins", ("ben@example.test",))

    reply = move(client, ana, ben)

    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden_by_policy")
    assert client.call("DELETE", f"/users/{ana}").status_code == 400


def test_only_an_admin_moves_the_content_of_admins(client):
    boss, chief, ana = client.user("boss"), client.user("chief"), client.user("ana")
    client.admin.change_role(boss, "coadmin")
    client.admin.change_role(chief, "admin")
    by = {who: client.acting_as(who) for who in (boss, chief)}

    refused = move(client, chief, ana, headers=by[boss])

    assert refused.json()["message"] == ("Cannot transfer files from/to higher privileged accounts")
    assert move(client, boss, ana, headers=by[boss]).status_code == 200
    assert move(client, boss, ana, headers=by[chief]).status_code == 200


def test_a_group_has_the_folders_that_were_shared_with_it(client):
    group = client.group()
    shares = [client.admin.share_folder(f"Folder {at}", group, "viewer") for at in range(3)]

    page = client.get(f"/groups/{group}/collaborations?limit=2&offset=1").json()

    assert [each["id"] for each in page["entries"]] == shares[1:]
    assert (page["total_count"], page["limit"], page["offset"]) == (3, 2, 1)
    entry = page["entries"][0]
    told = "2025-12-31T16:00:00-08:00"
    assert entry == {
        "type": "collaboration",
        "id": shares[1],
        "created_by": None,
        "created_at": told,
        "modified_at": told,
        "expires_at": None,
        "status": "accepted",
        "accessible_by": {
            "type": "group",
            "id": group,
            "name": "Sales",
            "group_type": "managed_group",
        },
        "role": "viewer",
        "acknowledged_at": told,
        "item": {
            "type": "folder",
            "id": entry["item"]["id"],
            "sequence_id": "0",
            "etag": "0",
            "name": "Folder 1",
        },
    }


def test_a_deleted_group_loses_its_access_to_folders(client):
    group = client.group()
    client.admin.share_folder("Plans", group)

    client.call("DELETE", f"/groups/{group}")

    assert client.get(f"/groups/{group}/collaborations").status_code == 404
    assert list(client.app.state.rows.shares) == []


def test_a_folder_is_shared_in_a_role_there_is(client):
    with pytest.raises(ValueError, match="king"):
        client.admin.share_folder("Plans", client.group(), "king")
