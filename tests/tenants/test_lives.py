"""An agency's life: opened from the blueprint, finished after a crash."""

import pytest
from django.core.management import call_command
from django.db import connection

from common.sealing import CannotOpen
from services.clients.models import Client
from services.clients.privacy.sealed import opened
from tenants import keys
from tenants.agencies import actions as agencies
from tenants.agencies import blueprint
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.workroom import Workroom


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.usefixtures("public")
def test_a_new_agency_equals_one_made_by_migrations() -> None:
    tenant = agencies.open_agency(slug="fresh", name="新机构")

    assert tenant.state == Tenant.State.ACTIVE
    assert blueprint.fingerprint_of(tenant.place) == blueprint.latest().fingerprint == tenant.fingerprint


@pytest.mark.usefixtures("public")
def test_an_unfinished_agency_does_not_route_and_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(blueprint, "replay", killed)
        with pytest.raises(KeyboardInterrupt):
            agencies.open_agency(slug="fresh", name="新机构")
    left = Tenant.objects.get(slug="fresh")
    assert left.state == Tenant.State.PROVISIONING
    assert left.schema_name not in schemas()

    assert agencies.open_agency(slug="fresh", name="新机构").state == Tenant.State.ACTIVE


@pytest.mark.usefixtures("public")
def test_a_schema_that_differs_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = blueprint.latest()
    plan.fingerprint = "another"
    monkeypatch.setattr(blueprint, "latest", lambda: plan)

    with pytest.raises(RuntimeError, match="differs"):
        agencies.open_agency(slug="fresh", name="新机构")

    assert Tenant.objects.get(slug="fresh").state == Tenant.State.PROVISIONING


def test_upgrade_finds_nothing_to_do_and_names_what_differs(
    north_row: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("upgrade", verbosity=0)
    assert "0 agencies brought up, 0 failed" in capsys.readouterr().out

    with in_tenant(north_row), as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE volunteers_team ADD COLUMN extra int")
    with in_public():
        Tenant.objects.filter(slug="north").update(fingerprint="")
    with pytest.raises(SystemExit, match="north"):
        call_command("upgrade", verbosity=0)


def test_a_key_opens_only_its_own_agency(north_room: Workroom, south_room: Workroom) -> None:
    with in_tenant(south_room.tenant):
        theirs = south_room.client
        theirs.phone_sealed = north_room.client.phone_sealed
        theirs.ref = north_room.client.ref
        with pytest.raises(CannotOpen):
            opened(theirs, "phone")
    with in_tenant(north_room.tenant):
        assert opened(north_room.client, "phone") == "+8613864100001"
        moved = Client.objects.get(pk=north_room.client.pk)
        moved.address_sealed = moved.phone_sealed
        with pytest.raises(CannotOpen):
            opened(moved, "address")
        assert keys.keyed_hash("id_number", "x") != keys.keyed_hash("phone", "x")
