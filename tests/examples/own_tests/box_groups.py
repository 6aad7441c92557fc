"""The program under test: it makes a Box group have exactly the people of a list."""

import requests

BOX = "https://api.box.com"


class Box:
    """Box as an app with client credentials sees it. `base` is another address for tests."""

    def __init__(self, credentials, base=BOX):
        self._base = base
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self._token(credentials)}"

    def make_group(self, name, logins):
        """Make the group and add everybody; answers its id."""
        group_id = self._call("POST", "/2.0/groups", json={"name": name})["id"]
        for login in logins:
            found = self._call("GET", "/2.0/users", params={"filter_term": login})["entries"]
            member = {"group": {"id": group_id}, "user": {"id": found[0]["id"]}}
            self._call("POST", "/2.0/group_memberships", json=member)
        return group_id

    def close(self):
        self._session.close()

    def _token(self, credentials):
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
            "box_subject_type": "enterprise",
            "box_subject_id": credentials["enterprise_id"],
        }
        return self._call("POST", "/oauth2/token", data=form)["access_token"]

    def _call(self, method, path, **what):
        reply = self._session.request(method, f"{self._base}{path}", timeout=10, **what)
        reply.raise_for_status()
        return reply.json()
