"""What a test commits is noticed and taken away: the next one stands on the ground as it was furnished."""

from django.db import connection

from services.clients.models import Client
from tenants.agencies import actions as agencies
from tenants.backend.owner import as_owner
from tenants.running import in_public, in_tenant
from tests import grounds
from tests.grounds import Ground
from tests.workroom import ROOMS, Workroom, visit


def work(room: Workroom) -> None:
    """Commit rows, a row's change and one's end, lines of the logs, a person, and an agency of their own."""
    with in_tenant(room.tenant):
        visit(room.wei, room.client, room.station)
        Client.objects.update(name="别人")
        room.hours.delete()
    with in_public():
        agencies.open_agency(slug="guests", name="客人", region="370102")


def test_what_was_committed_is_told_and_put_back(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    work(room)

    schema, told = room.tenant.schema_name, grounds.strange()[connection.settings_dict["NAME"]]
    assert any(line.startswith("schema t_guests") for line in told)
    changed = {table for table, rows in grounds.as_it_is().sums.items() if rows != grounds.as_made().sums.get(table)}
    names = {"clients_client", "records_servicerecord", "volunteers_hourrecord", "journal_journalentry"}
    assert changed >= {*(f"{schema}.{name}" for name in names), "public.tenants_tenant", "public.evaluation_fact"}

    grounds.put_back()
    assert grounds.strange() == {}
    is_now, was = grounds.as_it_is(), grounds.as_made()
    assert (is_now.structure, is_now.sums, is_now.sequences) == (was.structure, was.sums, was.sequences)
    with in_tenant(room.tenant):
        assert Client.objects.get().name == "张桂兰"


def test_where_a_table_was_changed_the_database_is_made_anew(committed: dict[str, Workroom]) -> None:
    with in_tenant(committed["north"].tenant), as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clients_client DROP COLUMN name_key")
    grounds.put_back()
    grounds.stand_on(ROOMS)

    assert grounds.strange() == {}
    with in_tenant(committed["north"].tenant):
        assert Client.objects.get().name_key


def test_each_test_has_what_stands_there_for_itself(committed: dict[str, Workroom]) -> None:
    committed["north"].client.name = "别人"

    assert grounds.what_stands()["rooms"]["north"].client.name == "张桂兰"


def test_a_ground_is_furnished_upon_the_one_below() -> None:
    one = Ground("one", lambda before: None)
    two = Ground("two", lambda before: None, on=one)

    assert [each.name for each in two.chain] == ["one", "two"]
