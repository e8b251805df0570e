"""Every call of both hosts' APIs against its own OpenAPI document: good requests that reach what stands there, then odd
and broken ones. Daily by the person of the fewest rights that may, once each; nightly by every role, and deeper."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation

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
BROKEN_CHECKS = [*ANSWER_CHECKS, CHECKS.get_one("negative_data_rejection")]
# Here the right is not all: who records is on the staff, and who cancels has booked or heads the station.
OWN = {"POST /api/v1/visits/", "POST /api/v1/supervision/bookings/{ref}/cancel/"}
HOSTS: dict[str, tuple[str, Callable[[Stage], list[Deed]], Callable[[Stage], dict[str, str]]]] = {
    "config.urls_tenant": ("north.localhost", agency_deeds, agency_people),
    "config.urls_public": ("localhost", floor_deeds, floor_people),
}


@cache
def operations(base: str, host: str) -> dict[str, Any]:
    """The host's operations by their labels, as its own document names them; it is the same for everybody."""
    raw = requests.get(f"{base}/api/v1/schema/?format=json", headers={"Host": host}, timeout=30).content
    schema = schemathesis.openapi.from_dict(json.loads(raw))
    schema.config.update(base_url=base)
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


class Caller:
    """A program of one person on one host. What their answers say is held against the host's document."""

    def __init__(self, stage: Stage, host: str, username: str) -> None:
        with in_public():
            Tries.objects.all().delete()  # this address tries a great many wrong passwords
        base = f"http://127.0.0.1:{stage.address}"
        said = {"username": username, "password": PASSWORD}
        answer = requests.post(f"{base}/api/v1/auth/token/", json=said, headers={"Host": host}, timeout=30)
        self.headers = {"Host": host, "Authorization": f"Token {answer.json()['token']}"}
        self.operations = operations(base, host)

    def do(self, deed: Deed) -> int:
        case = self.operations[deed.label].Case(
            path_parameters=deed.path, query=deed.query, headers=deed.headers,
            **({"body": deed.body, "media_type": "application/json"} if deed.body is not None else {}),
        )  # fmt: skip
        answer = case.call_and_validate(headers={**self.headers, **deed.headers}, checks=ANSWER_CHECKS)
        return int(answer.status_code)

    def invent(self, each: dict[GenerationMode, int], known: dict[str, dict[str, str]], seeds: dict[str, str]) -> None:
        """Send so many good and broken requests to every operation; addresses and good bodies name what stands on the
        stage. Without a token, or with a wrong one, each operation is asked after its good requests."""
        for mode, examples in each.items():
            settings = hypothesis_settings(
                max_examples=examples, deadline=None, database=None, derandomize=True,
                phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            ask = self._asking(ALL_CHECKS if mode.is_positive else BROKEN_CHECKS, known, seeds)
            for operation in self.operations.values():
                if mode.is_positive or _can_be_broken(operation):
                    settings(given(case=operation.as_strategy(generation_mode=mode))(ask))()

    def _asking(
        self, checks: list[Any], known: dict[str, dict[str, str]], seeds: dict[str, str]
    ) -> Callable[[Any], None]:
        def ask(case: Any) -> None:
            if case.operation.label in known and _is_good(case, ParameterLocation.PATH):
                case.path_parameters.update(known[case.operation.label])
            if isinstance(case.body, dict) and _is_good(case, ParameterLocation.BODY):
                case.body.update({name: ref for name, ref in seeds.items() if case.body.get(name)})
            case.call_and_validate(headers=self.headers, checks=checks)

        return ask


def _is_good(case: Any, part: ParameterLocation) -> bool:
    return part in case.meta.components and not case.meta.is_negative_at(part)


def _can_be_broken(operation: Any) -> bool:
    """Tell whether a request of this operation says anything that could be said wrongly."""
    return bool([*operation.body, *operation.query])


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


def may(urlconf: str, deed: Deed, people: dict[str, str]) -> list[str]:
    """Return the roles whose right a deed asks for, those of the fewest rights first."""
    needed = permission(urlconf, deed)
    roles = [role for role in people if needed is None or needed in BY_SLUG[role].permissions]
    return sorted(roles, key=lambda role: len(BY_SLUG[role].permissions))


def unreached(stage: Stage, deeds: list[Deed], people: dict[str, str], urlconf: str, *, once: bool) -> set[str]:
    """Let everybody do what they may (`once`: only until somebody has done it); return the operations nobody reached.

    :raises AssertionError: where a call answers neither with success nor with what a rule refuses.
    """
    callers = {role: Caller(stage, HOSTS[urlconf][0], username) for role, username in people.items()}
    left = set(next(iter(callers.values())).operations)
    for deed in deeds:
        for role in may(urlconf, deed, people):  # tests/house/test_permissions.py holds what is refused
            status = callers[role].do(deed)
            refused = status in (409, 422) or (deed.label in OWN and status == 403)
            assert status < 300 or refused, (role, deed.label, status)
            if status < 300:
                left.discard(deed.label)
                if once:
                    break
    return left


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_operation_is_reached(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str
) -> None:
    assert unreached(stage, deeds[urlconf], people[urlconf], urlconf, once=True) == set()


@pytest.mark.nightly
@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_operation_is_reached_by_every_role_that_may(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str
) -> None:
    assert unreached(stage, deeds[urlconf], people[urlconf], urlconf, once=False) == set()


@pytest.mark.parametrize(
    ("urlconf", "role"),
    [("config.urls_tenant", "agency_director"), ("config.urls_public", "supervisor")],
)  # fmt: skip
def test_the_api_keeps_its_word_whatever_it_is_asked(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str, role: str
) -> None:
    _invent(stage, deeds[urlconf], people[urlconf][role], urlconf, 1)


@pytest.mark.nightly
@pytest.mark.parametrize("urlconf", HOSTS)
def test_the_api_keeps_its_word_to_every_role(
    stage: Stage, deeds: dict[str, list[Deed]], people: dict[str, dict[str, str]], urlconf: str
) -> None:
    for username in people[urlconf].values():
        _invent(stage, deeds[urlconf], username, urlconf, 5)


def _invent(stage: Stage, deeds: list[Deed], username: str, urlconf: str, examples: int) -> None:
    known = {deed.label: deed.path for deed in deeds if deed.path}
    seeds = {"station": stage.north.station.ref, "client": stage.north.client.ref, "supervisor": stage.sun.ref}
    each = dict.fromkeys((GenerationMode.POSITIVE, GenerationMode.NEGATIVE), examples)
    Caller(stage, HOSTS[urlconf][0], username).invent(each, known, seeds)
