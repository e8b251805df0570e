"""Every call of both hosts' APIs against its own OpenAPI document, as every role: good requests that reach what stands
there, then odd and broken ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS, load_all_checks

from accounts.models import Tries
from accounts.roles import BY_SLUG
from tenants.running import in_public
from tests.cast import PASSWORD
from tests.flows.api_deeds import Deed, agency_deeds, agency_people, floor_deeds, floor_people
from tests.flows.conftest import Stage

load_all_checks()
# A well-formed request may still break a rule of the field (409, 422), and a ref made up may be unknown (404).
LEFT_OUT = {"positive_data_acceptance", "max_response_time", "use_after_free", "ensure_resource_availability"}
ALL_CHECKS = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
# What an answer says of itself; the others send requests of their own.
ANSWER_CHECKS = [check for check in ALL_CHECKS if check.__name__.endswith("conformance") or "server" in check.__name__]
# Here the right is not all: who records is on the staff, and who cancels has booked or heads the station.
OWN = {"POST /api/v1/visits/", "POST /api/v1/supervision/bookings/{ref}/cancel/"}
HOSTS: dict[str, tuple[str, Callable[[Stage], list[Deed]], Callable[[Stage], dict[str, str]]]] = {
    "config.urls_tenant": ("north.localhost", agency_deeds, agency_people),
    "config.urls_public": ("localhost", floor_deeds, floor_people),
}


class Caller:
    """A program of one person on one host. What their answers say is held against the host's document."""

    def __init__(self, stage: Stage, host: str, username: str) -> None:
        with in_public():
            Tries.objects.all().delete()  # this address tries a great many wrong passwords
        self.base = f"http://127.0.0.1:{stage.address}"
        said = {"username": username, "password": PASSWORD}
        answer = requests.post(f"{self.base}/api/v1/auth/token/", json=said, headers={"Host": host}, timeout=30)
        self.headers = {"Host": host, "Authorization": f"Token {answer.json()['token']}"}
        raw = requests.get(f"{self.base}/api/v1/schema/?format=json", headers={"Host": host}, timeout=30).content
        schema = schemathesis.openapi.from_dict(json.loads(raw))
        schema.config.update(base_url=self.base)
        self.operations = {found.ok().label: found.ok() for found in schema.get_all_operations()}

    def do(self, deed: Deed) -> int:
        case = self.operations[deed.label].Case(
            path_parameters=deed.path, query=deed.query, headers=deed.headers,
            **({"body": deed.body, "media_type": "application/json"} if deed.body is not None else {}),
        )  # fmt: skip
        answer = case.call_and_validate(headers={**self.headers, **deed.headers}, checks=ANSWER_CHECKS)
        return int(answer.status_code)

    def invent(self, examples: int, known: dict[str, dict[str, str]], seeds: dict[str, str]) -> None:
        """Send made-up requests to every operation; addresses and good bodies name what stands on the stage."""
        settings = hypothesis_settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip

        def ask(case: Any) -> None:
            if case.path_parameters and case.operation.label in known:
                case.path_parameters.update(known[case.operation.label])
            if isinstance(case.body, dict) and case.meta and case.meta.generation.mode.is_positive:
                case.body.update({name: ref for name, ref in seeds.items() if case.body.get(name)})
            case.call_and_validate(headers=self.headers, checks=ALL_CHECKS)

        for operation in self.operations.values():
            settings(given(case=operation.as_strategy())(ask))()


def permission(urlconf: str, deed: Deed) -> Any:
    """Return what the view of a deed asks for: a permission, or None for anybody."""
    method, _, path = deed.label.partition(" ")
    needed = resolve(path.format(**deed.path), urlconf).func.cls.permission
    return needed.get(method, needed.get("*")) if isinstance(needed, dict) else needed


@pytest.fixture(scope="module")
def deeds(stage: Stage) -> dict[str, list[Deed]]:
    return {urlconf: make(stage) for urlconf, (_host, make, _people) in HOSTS.items()}


@pytest.fixture(scope="module")
def people(stage: Stage) -> dict[str, dict[str, str]]:
    return {urlconf: make(stage) for urlconf, (_host, _deeds, make) in HOSTS.items()}


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_operation_is_reached_by_the_roles_that_may(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str
) -> None:
    reached: set[str] = set()
    wrong = []
    for role, username in people[urlconf].items():
        caller = Caller(stage, HOSTS[urlconf][0], username)
        for deed in deeds[urlconf]:
            needed = permission(urlconf, deed)
            if needed is not None and needed not in BY_SLUG[role].permissions:
                continue  # tests/house/test_permissions.py holds what is refused
            status = caller.do(deed)
            if status < 300:
                reached.add(deed.label)
            elif status not in (409, 422) and not (deed.label in OWN and status == 403):
                wrong.append((role, deed.label, status))
    assert set(caller.operations) - reached == set()
    assert wrong == []


@pytest.mark.parametrize(
    ("urlconf", "role"),
    [("config.urls_tenant", "agency_director"), ("config.urls_public", "supervisor")],
)  # fmt: skip
def test_the_api_keeps_its_word_whatever_it_is_asked(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str, role: str
) -> None:
    _invent(stage, deeds[urlconf], people[urlconf][role], urlconf, 3)


@pytest.mark.nightly
@pytest.mark.parametrize("urlconf", HOSTS)
def test_the_api_keeps_its_word_to_every_role(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str
) -> None:
    for username in people[urlconf].values():
        _invent(stage, deeds[urlconf], username, urlconf, 10)


def _invent(stage: Stage, deeds: list[Deed], username: str, urlconf: str, examples: int) -> None:
    known = {deed.label: deed.path for deed in deeds if deed.path}
    seeds = {"station": stage.north.station.ref, "client": stage.north.client.ref, "supervisor": stage.sun.ref}
    Caller(stage, HOSTS[urlconf][0], username).invent(examples, known, seeds)
