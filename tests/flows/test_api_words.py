"""Every call of both hosts' APIs against its own OpenAPI document, with good, odd and broken requests."""

import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS, load_all_checks

from tests.cast import PASSWORD
from tests.flows.conftest import Stage

load_all_checks()
# A well-formed request may still break a rule of the field (409, 422), and a ref made up may be unknown (404).
LEFT_OUT = {"positive_data_acceptance", "max_response_time", "use_after_free", "ensure_resource_availability"}
ALL_CHECKS = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
EXAMPLES = hypothesis_settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def drive(stage: Stage, host: str, username: str, refs: dict[str, str]) -> set[str]:
    """Send made-up requests to every operation of a host as one person; return the operations' labels."""
    base = f"http://127.0.0.1:{stage.address}"
    said = {"username": username, "password": PASSWORD}
    token = requests.post(f"{base}/api/v1/auth/token/", json=said, headers={"Host": host}, timeout=30).json()["token"]
    raw = requests.get(f"{base}/api/v1/schema/?format=json", headers={"Host": host}, timeout=30).content
    schema = schemathesis.openapi.from_dict(json.loads(raw))
    schema.config.update(base_url=base)
    headers = {"Host": host, "Authorization": f"Token {token}"}
    driven = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        driven.add(operation.label)

        @EXAMPLES
        @given(case=operation.as_strategy())
        def run(case: Any) -> None:
            for part, ref in refs.items():
                if part in case.operation.path and case.path_parameters and "ref" in case.path_parameters:
                    case.path_parameters["ref"] = ref
            case.call_and_validate(headers=headers, checks=ALL_CHECKS)

        run()
    return driven


def test_the_agency_hosts_api_keeps_its_word(stage: Stage) -> None:
    room = stage.north
    refs = {"/clients/": room.client.ref, "/stations/": room.station.ref}

    assert len(drive(stage, room.host, room.director.username, refs)) >= 14


@pytest.mark.parametrize("username", ["zhou", "sun"])
def test_the_shared_hosts_api_keeps_its_word(stage: Stage, username: str) -> None:
    assert len(drive(stage, "localhost", username, {"/contracts/": stage.contract.ref})) >= 13
