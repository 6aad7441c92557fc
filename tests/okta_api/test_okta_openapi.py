"""The OpenAPI document: every route stands in it, and what is answered is what it says."""

import jsonschema
import pytest

from harness.okta_api import schemas
from harness.okta_api.face import flask_app
from harness.okta_api.openapi import OPERATIONS
from tests.okta_api.desk import Desk, done

HIDDEN = {"HEAD", "OPTIONS"}


def described():
    return done(Desk().get("/_pushproof/v1/openapi.json"))


def test_every_route_has_its_row_and_no_row_is_without_a_route():
    assert sorted(OPERATIONS) == sorted(
        {rule.endpoint for rule in flask_app().url_map.iter_rules()}
    )


def test_every_path_and_method_of_the_routes_is_described():
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in flask_app().url_map.iter_rules()
        for method in rule.methods - HIDDEN
    }
    paths = described()["paths"]

    assert routes == {(path, method) for path, methods in paths.items() for method in methods}


def test_every_schema_is_one_and_is_used():
    text = str(described()["paths"])
    for name, schema in schemas.SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)

        assert f"schemas/{name}'" in text, name


@pytest.mark.parametrize("part", ["paths", "components"])
def test_references_lead_somewhere(part):
    document = described()
    known = document["components"]["schemas"]
    text = str(document[part])
    named = {piece.partition("'")[0] for piece in text.split("#/components/schemas/")[1:]}

    assert named <= set(known)


def test_our_own_routes_are_under_one_prefix_and_okta_s_under_theirs():
    starts = {"/".join(path.split("/")[:3]) for path in described()["paths"]}

    assert starts == {"/api/v1", "/_pushproof/v1"}
