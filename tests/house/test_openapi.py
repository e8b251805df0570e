"""Each host serves a valid OpenAPI 3.1 document that owns up to its problem documents."""

import json

import pytest
from django.test import Client
from openapi_spec_validator import validate


@pytest.mark.usefixtures("north_row", "public")
@pytest.mark.parametrize(("host", "own"), [("localhost", "rankings"), ("north.localhost", "visits")])
def test_the_document_is_valid_and_names_every_problem(host: str, own: str) -> None:
    answer = Client(HTTP_HOST=host).get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    document = json.loads(answer.content)
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert f"/api/v1/{own}/" in document["paths"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "404"} <= set(operation["responses"]), (path, method)
