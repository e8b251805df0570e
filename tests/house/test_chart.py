"""The Helm chart: rendered by the real engine for each set of values, held against Kubernetes' own schemas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.conf import settings
from helm_python import Chart, HelmError, lint

CHART = Path(settings.ROOT) / "helm"
SETS = sorted(file.stem for file in (CHART / "sets").glob("*.yaml"))
# Objects of operators have schemas of their own, which the cluster brings.
THEIRS = {"postgresql.cnpg.io/v1", "cache.cs.sap.com/v1alpha1", "monitoring.coreos.com/v1"}
KUBERNETES = "1.33"


def values(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHART / "sets" / f"{name}.yaml").read_text("utf-8"))
    return found


def render(said: dict[str, Any]) -> list[dict[str, Any]]:
    with Chart.load(CHART) as chart:
        files = chart.render(said, name="liandong", namespace="liandong")
    return [each for text in files.values() for each in yaml.safe_load_all(text) if each]


def pods(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name, pod) of everything that runs."""
    for each in objects:
        spec = each.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield each["metadata"]["name"], template["spec"]


def named(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    return next(each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name))


def test_there_is_a_set_for_each_way_to_run() -> None:
    assert SETS == ["demo", "ha", "managed", "small"]


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_clean_and_makes_objects_kubernetes_takes(name: str) -> None:
    said = values(name)

    assert lint(CHART, said, strict=True)["errors"] == []
    objects = render(said)
    for each in objects:
        if each["apiVersion"] not in THEIRS:
            kubernetes_validate.validate(each, KUBERNETES, strict=True)
    assert {"Deployment", "Job", "Service", "Ingress"} <= {each["kind"] for each in objects}


@pytest.mark.parametrize("name", SETS)
def test_nothing_runs_as_root_or_writes_to_its_root(name: str) -> None:
    for of, pod in pods(render(values(name))):
        assert pod["securityContext"]["runAsNonRoot"], of
        assert pod["automountServiceAccountToken"] is False, of
        for container in pod["containers"]:
            guard = container["securityContext"]
            assert guard["readOnlyRootFilesystem"], of
            assert guard["allowPrivilegeEscalation"] is False, of
            assert guard["capabilities"] == {"drop": ["ALL"]}, of
            assert container["resources"]["limits"]["memory"], of
            assert container["resources"]["requests"]["cpu"], of


@pytest.mark.parametrize("name", SETS)
def test_keys_come_from_secrets_and_nowhere_else(name: str) -> None:
    for of, pod in pods(render(values(name))):
        for container in pod["containers"]:
            for one in container.get("env", []):
                if one["name"] in (
                    "SECRET_KEY",
                    "MASTER_KEY",
                    "DATABASE_URL",
                    "OWNER_DATABASE_URL",
                    "REDIS_URL",
                    "METRICS_TOKEN",
                ):
                    assert one["valueFrom"]["secretKeyRef"]["name"], of
                    assert "value" not in one, of


@pytest.mark.parametrize("name", SETS)
def test_only_the_worker_and_the_migration_may_be_the_tables_owner(name: str) -> None:
    objects = render(values(name))
    owners = {
        of
        for of, pod in pods(objects)
        for container in pod["containers"]
        if any(one["name"] == "OWNER_DATABASE_URL" for one in container.get("env", []))
    }
    assert owners == {"liandong-worker", "liandong-migrate"}


@pytest.mark.parametrize("name", ["small", "ha"])
def test_neither_role_is_a_superuser_and_the_server_repeats_no_row(name: str) -> None:
    text = yaml.safe_dump_all(render(values(name)))

    assert "log_min_error_statement" in text
    assert "panic" in text
    assert "POSTGRES_USER" not in text
    assert "NOSUPERUSER" in text if name == "small" else "superuser: false" in text


def test_the_web_is_probed_spread_and_let_go_gently() -> None:
    web = named(render(values("ha")), "Deployment", "liandong-web")["spec"]
    container = web["template"]["spec"]["containers"][0]

    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert web["template"]["spec"]["topologySpreadConstraints"]
    assert "replicas" not in web  # the autoscaler counts
    assert web["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


@pytest.mark.parametrize(("part", "asks"), [("database", "pg_isready"), ("broker", "valkey-cli ping")])
def test_a_frozen_server_of_the_chart_is_started_again(part: str, asks: str) -> None:
    pod = named(render(values("small")), "StatefulSet", f"liandong-{part}")["spec"]["template"]["spec"]

    assert asks in str(pod["containers"][0]["livenessProbe"]["exec"]["command"])


def test_there_is_one_clock() -> None:
    beat = named(render(values("ha")), "Deployment", "liandong-beat")["spec"]

    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})


def test_agencies_are_reached_by_the_wildcard() -> None:
    ingress = named(render(values("managed")), "Ingress", "liandong")["spec"]

    hosts = ["liandong.example.org", "*.liandong.example.org"]
    assert [rule["host"] for rule in ingress["rules"]] == hosts
    assert ingress["tls"][0]["hosts"] == hosts


def test_who_scrapes_metrics_is_let_in_and_carries_the_token() -> None:
    objects = render(values("ha"))
    sources = named(objects, "NetworkPolicy", "liandong")["spec"]["ingress"]
    scrape = named(objects, "ServiceMonitor", "liandong")["spec"]["endpoints"][0]

    assert "monitoring" in str(sources)
    assert scrape["authorization"]["credentials"] == {"name": "liandong-keys", "key": "METRICS_TOKEN"}
    assert "monitoring" not in str(named(render(values("small")), "NetworkPolicy", "liandong")["spec"]["ingress"])


def test_the_migration_comes_first_where_the_database_is_there_already() -> None:
    def hook(name: str) -> str:
        found: str = named(render(values(name)), "Job", "liandong-migrate")["metadata"]["annotations"]["helm.sh/hook"]
        return found

    assert hook("managed") == "pre-install,pre-upgrade"
    assert hook("small") == "post-install,pre-upgrade"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"secrets": {"keys": ""}}, "keys"),
        ({"secrets": {"keys": "k", "broker": "b"}}, r"secrets\.database"),
        ({"secrets": {"keys": "k", "database": "d"}}, r"secrets\.broker"),
        ({"web": {"replicas": "two"}}, "replicas"),
        ({"web": {"replicas": 0}}, "replicas"),
        ({"host": "Under_Score"}, "host"),
        ({"files": {"size": "ten gigabytes"}}, "size"),
        ({"wbe": {}}, "wbe"),
        ({"networkPolicy": {"egressCidrs": ["everywhere"]}}, "egressCidrs"),
    ],
)
def test_a_values_file_that_cannot_be_is_told_what_is_wrong(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(HelmError, match=says):
        render({**values("managed"), **changes})


def test_mail_stripe_and_the_account_of_transfers_reach_every_pod_by_reference() -> None:
    said = values("managed")
    said["secrets"] |= {"mail": "the-mail", "stripe": "the-stripe"}
    said["payee"] = {"name": "联动平台", "bank": "某银行", "account": "6222 0000"}
    for _name, pod in pods(render(said)):
        env = {each["name"]: each for container in pod["containers"] for each in container.get("env", [])}
        if "SECRET_KEY" not in env:
            continue
        assert env["EMAIL_URL"]["valueFrom"]["secretKeyRef"] == {"name": "the-mail", "key": "EMAIL_URL"}
        assert env["STRIPE_WEBHOOK_SECRET"]["valueFrom"]["secretKeyRef"]["name"] == "the-stripe"
        assert env["PAYEE_ACCOUNT"]["value"] == "6222 0000"


def test_without_them_no_pod_names_them() -> None:
    for _name, pod in pods(render(values("small"))):
        names = {each["name"] for container in pod["containers"] for each in container.get("env", [])}
        assert not names & {"EMAIL_URL", "STRIPE_API_KEY", "PAYEE_ACCOUNT"}
