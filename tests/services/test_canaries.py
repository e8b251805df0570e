"""AT-14: two hundred people entered by every route, failing ones too, stand in clear nowhere but in their files."""

import io
import logging
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser

from common.logs.lines import LineFormatter
from services.clients import actions
from services.clients.models import Client
from tenants.backend.owner import as_owner
from tenants.running import TenantTask, in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.identities import id_number
from tests.nights import long_at_night
from tests.services.test_api import Program, visit_body
from tests.tenants.test_tasks import note
from tests.workroom import Workroom

MOST = 200
EACH = 2


@dataclass(frozen=True)
class Canary:
    """A person nobody else resembles: each value stands nowhere but where it was entered."""

    number: int

    @property
    def name(self) -> str:
        return f"鸜鹆{chr(0x9E00 + self.number)}"

    @property
    def id_number(self) -> str:
        return id_number(100 + self.number, "19310817")

    @property
    def phone(self) -> str:
        return f"1777{self.number:03d}4321"

    @property
    def address(self) -> str:
        return f"鸜鹆里{chr(0x9D00 + self.number)}七号"

    @property
    def note(self) -> str:
        """Several lines, the later ones in letters no scrubber can tell from words of our own."""
        return f"鸜鹆言{chr(0x9C00 + self.number)}近况\n{self.latin}\n"

    @property
    def latin(self) -> str:
        return f"Qurbanjan Tursun{self.number:03d}zed"

    @property
    def sealed(self) -> list[str]:
        return [self.id_number, self.phone, self.address, self.note.splitlines()[0], self.latin]


@note.app.task
def stumble(*, tenant: str, of: int) -> None:
    who = CANARIES[of]
    raise ValueError(f"cannot read {who.note}")


CANARIES = [Canary(number) for number in range(MOST)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would write to its log at the level of a deployment."""
    book = io.StringIO()
    handler = logging.StreamHandler(book)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield book
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is handed to the queue."""
    messages: list[str] = []
    monkeypatch.setattr(TenantTask, "apply_async", lambda task, *told, **more: messages.append(repr((told, more))))
    return messages


@dataclass
class Doors:
    """Every way in for what is typed, with an outcome each."""

    room: Workroom
    browser: Browser
    program: Program
    stranger: Browser

    def file(self, who: Canary, **changes: Any) -> dict[str, Any]:
        return {
            "name": who.name, "id_number": who.id_number, "phone": who.phone, "address": who.address,
            "remark": who.note, **changes,
        }  # fmt: skip

    def form(self, who: Canary) -> None:
        self.browser.post("/clients/new/", self.file(who, site=self.room.station.ref))

    def refused_form(self, who: Canary) -> None:
        self.browser.post("/clients/new/", self.file(who, site="nowhere", birth_on=who.id_number, gender=who.phone))

    def api(self, who: Canary) -> None:
        self.program.post("/api/v1/clients/", self.file(who, station=self.room.station.ref))

    def refused_api(self, who: Canary) -> None:
        self.program.post("/api/v1/clients/", self.file(who, station=who.note, birth_on=who.id_number))
        self.program.post("/api/v1/visits/", visit_body(self.room, note=who.note, client=who.id_number, kind=who.phone))

    def visit(self, who: Canary) -> None:
        minutes = 10 + who.number
        key = {"Idempotency-Key": f"visit-{who.number}"}
        self.program.post("/api/v1/visits/", visit_body(self.room, note=who.note, minutes=minutes), **key)

    def household(self, who: Canary) -> None:
        said = {"title": who.name, "site": self.room.station.ref, "address": who.address, "opened_on": "2026-01-05"}
        self.browser.post("/households/new/", said)

    def search(self, who: Canary) -> None:
        for page in ("/clients/", "/records/", "/households/", "/staff/", "/api/v1/clients/", "/records/new/"):
            self.browser.get(page, {"q": f"{who.name} {who.id_number}", "kind": "home_visit", "sort": who.phone})

    def sign_in(self, who: Canary) -> None:
        for typed in (who.name, who.id_number, who.phone):
            self.stranger.post("/accounts/login/", {"login": typed, "password": who.note})
            body = {"username": typed, "password": who.note}
            self.stranger.post("/api/v1/auth/token/", body, content_type="application/json")
        self.stranger.post("/accounts/login/", {"login": "n-wei", "password": who.id_number})

    def wrong_path(self, who: Canary) -> None:
        for path in (f"/clients/{who.name}/", f"/clients/{who.id_number}/", f"/{who.address}/{who.note}", who.phone):
            self.browser.get(f"/{path.lstrip('/')}")
            self.browser.post(f"/api/v1/{path.lstrip('/')}", {"note": who.note}, content_type="application/json")

    def wrong_method(self, who: Canary) -> None:
        self.browser.put(f"/clients/?q={who.name}", {"note": who.note}, content_type="application/json")
        self.browser.get(f"/clients/{self.room.client.ref}/close/", {"reason": who.note})
        self.browser.post("/clients/new/", {"name": f"{who.name}\x00{who.note}"})

    def broken_act(self, who: Canary) -> None:
        """The database refuses the row, and repeats it in its message."""
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(actions.log, "write", lambda *told, **more: Client.objects.create(name=who.latin))
            self.browser.post("/clients/new/", self.file(who, site=self.room.station.ref))

    def broken_page(self, who: Canary) -> None:
        """Our own code breaks over what was typed, and says so."""
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(actions.log, "write", lambda *told, **more: int(who.note))
            self.browser.post("/clients/new/", self.file(who, site=self.room.station.ref))

    def broken_task(self, who: Canary) -> None:
        """A task breaks over a row, as a worker would log it: the values stand in the words of the exception."""
        with in_tenant(self.room.tenant):
            stumble.apply(kwargs={"tenant": self.room.tenant.slug, "of": who.number}, throw=False)

    def broken_migration(self, who: Canary) -> None:
        """An upgrade's statement meets a row that does not fit."""
        with in_tenant(self.room.tenant), as_owner():
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("CREATE TEMP TABLE strict (name varchar(5)) ON COMMIT DROP")
                    cursor.execute("INSERT INTO strict VALUES (%s)", [who.note])
            except DatabaseError:
                logging.getLogger("tenants").exception("the upgrade of %s stopped", self.room.tenant.slug)

    def known_already(self, who: Canary) -> None:
        said = self.file(who, site=self.room.station.ref, id_number="370102194903071222")
        self.browser.post("/clients/new/", said)


@pytest.fixture
def doors(committed: dict[str, Workroom]) -> Doors:
    room = committed["north"]
    browser, stranger = signed_in(room.wei.user, room.host), Browser(HTTP_HOST=room.host)
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    for each in (browser, stranger, program.client):
        each.raise_request_exception = False
    return Doors(room, browser, program, stranger)


def rows_of(schema: str) -> str:
    """Return every row of every table of a schema as text."""
    with in_public(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'", [schema])
        texts = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), \'\') FROM "{schema}"."{table}" t')
            texts.append(cursor.fetchone()[0])
    return "\n".join(texts)


def found(values: list[str], text: str) -> list[str]:
    """Return which of the values stand in `text`: plain, as bytes in hex, or escaped."""
    forms = {value: (value, value.encode().hex(), value.encode("unicode_escape").decode()) for value in values}
    return [value for value, written in forms.items() if any(form in text for form in written)]


def found_in_files(values: list[str], home: Path, patterns: Path) -> str:
    """Return the files under `home` that hold one of the values."""
    patterns.write_text("\n".join(values) + "\n")
    words = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        ["grep", "-rlaF", "-f", patterns, home], capture_output=True, text=True, check=False, env=words
    )
    unread = [line for line in done.stderr.splitlines() if not line.endswith("No such file or directory")]
    assert unread == []  # a file may go while it is looked for: the other process makes its databases anew
    return done.stdout


def database_home() -> Path:
    """Return the folder of the database's files and log, as far as it is on this machine and ours to read."""
    process = connection.connection.info.backend_pid  # type: ignore[attr-defined]
    try:
        return Path(os.readlink(f"/proc/{process}/cwd")).parent
    except OSError:
        return Path("/nowhere")


@pytest.mark.threads
@pytest.mark.parametrize("many", long_at_night(60, MOST))
def test_many_people_are_in_clear_nowhere(
    doors: Doors, log: io.StringIO, sent: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    people = CANARIES[:many]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    routes: list[Callable[[Canary], None]] = [
        doors.form, doors.refused_form, doors.api, doors.refused_api, doors.visit, doors.household, doors.search,
        doors.sign_in, doors.wrong_path, doors.wrong_method, doors.broken_act, doors.known_already,
        doors.broken_page, doors.broken_task, doors.broken_migration,
    ]  # fmt: skip
    for who in people:
        for step in range(EACH):
            routes[(who.number + step * len(routes) // EACH) % len(routes)](who)
    sealed = [value for who in people for value in who.sealed]
    names = [who.name for who in people]

    with in_tenant(doors.room.tenant):
        assert Client.objects.filter(name__in=names).count() > many / len(routes)
    assert found(sealed, rows_of(doors.room.tenant.schema_name)) == []
    assert found(sealed + names, rows_of("public")) == []
    with in_public():
        sessions = repr([session.get_decoded() for session in Session.objects.all()])
    assert found(sealed + names, sessions) == []
    assert len(log.getvalue().splitlines()) > many
    assert found(sealed + names, log.getvalue()) == []
    assert found(sealed + names, repr(sent)) == []
    assert found(sealed + names, repr((list(cache._cache), list(cache._cache.values())))) == []
    assert list(scratch.iterdir()) == []
    for home in filter(Path.exists, (Path(os.environ["DATA_DIR"]), database_home())):
        assert found_in_files(sealed, home, tmp_path / "patterns") == ""
        assert found_in_files(names, home, tmp_path / "patterns").count(".log") == 0
    assert PASSWORD not in log.getvalue()
