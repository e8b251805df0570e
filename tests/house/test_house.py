"""The plan of the house stays true."""

import ast
import platform
import re
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from common.privacy import Privacy
from config.sources import python_files
from tenants.models import Tenant
from tenants.running import in_public

ROOT = Path(settings.ROOT)
OURS = [
    config for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
]
SOURCES = python_files(migrations=False)


def test_each_app_stands_in_one_schema_and_its_folder_agrees() -> None:
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)

    assert both == set()
    for config in OURS:
        if list(config.get_models()):
            in_services = Path(config.path).is_relative_to(ROOT / "services")
            assert (config.name in settings.TENANT_APPS) == in_services
            assert (config.name in settings.SHARED_APPS) != in_services


def test_no_shared_model_points_into_an_agency() -> None:
    for config in OURS:
        if config.name in settings.SHARED_APPS:
            for model in config.get_models():
                for field in model._meta.get_fields():
                    related = getattr(field, "related_model", None)
                    if related and field.concrete:
                        assert related._meta.app_config.name not in settings.TENANT_APPS, f"{model}.{field.name}"


def test_agencies_point_at_the_shared_floor_from_few_places() -> None:
    """Each is a table that changes slowly: schemas spread over several servers would need a copy on each of them."""
    pointing = {
        (model.__name__, field.name)
        for config in OURS
        if config.name in settings.TENANT_APPS
        for model in config.get_models()
        for field in model._meta.get_fields()
        if (related := getattr(field, "related_model", None)) and field.concrete
        if related._meta.app_config.name in settings.SHARED_APPS
    }
    assert pointing == {("Staff", "user")}


def test_the_schema_is_switched_in_one_place() -> None:
    banned = re.compile(r"\b(schema_context|tenant_context|set_tenant|set_schema|set_schema_to_public|search_path)\b")
    own = {
        ROOT / "tenants" / name
        for name in ("running.py", "probe.py", "backend/base.py", "backend/cursor.py", "backend/owner.py")
    }
    own.add(ROOT / "platform" / "common" / "logs" / "chain.py")  # functions with a path of their own: none
    stand = re.compile(r"\.stand\(")

    assert [file for file in SOURCES if file not in own and banned.search(file.read_text())] == []
    assert [file for file in SOURCES if file not in own and stand.search(file.read_text())] == []


def test_nothing_goes_round_the_cursors_that_say_their_place() -> None:
    """Behind a pooler in transaction mode a session's own locks, channels and settings belong to whoever comes next."""
    banned = re.compile(
        r"connection\.connection\b|psycopg\.connect\(|pg_(try_)?advisory_(un)?lock|\bLISTEN\b|\bPREPARE\b|"
        r"CREATE TEMP(?!.*ON COMMIT DROP)|execute\(\s*f?[\"']SET (?!LOCAL|TRANSACTION|CONSTRAINTS)"
    )
    own = {ROOT / "tenants" / "backend", ROOT / "platform" / "config" / "launch"}

    assert [file for file in SOURCES if not own & set(file.parents) and banned.search(file.read_text())] == []


def test_every_field_is_classed_as_personal_or_not() -> None:
    for config in OURS:
        for model in config.get_models():
            if model._meta.auto_created:
                continue
            privacy = getattr(model, "privacy", None)
            assert isinstance(privacy, Privacy), model
            names = {field.name for field in model._meta.get_fields() if field.concrete}
            assert privacy.classed == names, f"{model}: {privacy.classed ^ names}"


def test_shared_tables_hold_nobody_but_people_who_sign_in() -> None:
    """Personal fields of the shared floor belong to those who work here; clients stand in no shared table."""
    allowed = {
        "User",
        "Supervisor",
        "KeptAnswer",
        "Booking",
        "SavedFilter",
        "ListFile",
        "Letter",
        "Account",
        "SignUp",
        "Invitation",
        "SignIn",
        "UnknownCommit",  # an operator's own note, who sees no client
    }
    for config in OURS:
        if config.name in settings.SHARED_APPS:
            for model in config.get_models():
                if getattr(model, "privacy", Privacy()).personal:
                    assert model.__name__ in allowed, model


def test_no_tenant_table_exists_in_public(db: None) -> None:
    tables = {
        model._meta.db_table
        for config in OURS
        if config.name in settings.TENANT_APPS
        for model in config.get_models(include_auto_created=True)
    }
    with in_public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
        )
        public = {row[0] for row in cursor.fetchall()}

    assert tables & public == set()
    assert len(tables) > 15


def test_platform_is_pythons_own_module() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.system()
    assert "platform" in sys.stdlib_module_names


def test_no_room_is_called_by_what_it_is_not() -> None:
    assert [file for file in SOURCES if re.search(r"(utils|helpers|misc|manager)", file.stem)] == []


def test_no_file_is_a_long_book() -> None:
    assert [file.name for file in SOURCES if len(file.read_text().splitlines()) > 400] == []


def test_public_functions_say_what_they_do() -> None:
    """Actions, doors and queries carry docstrings: they are what others call."""
    silent = []
    for file in SOURCES:
        if file.name in ("actions.py", "door.py"):
            for node in ast.parse(file.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                    silent.append(f"{file.parent.name}.{node.name}")
    assert silent == []


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_tenants_are_not_entered_by_the_librarys_sugar() -> None:
    """`with tenant:` and `tenant.activate()` leak between threads; our Tenant has neither."""
    assert not hasattr(Tenant, "__enter__")
    assert not hasattr(Tenant, "activate")
