"""Folder = schema: which app's tables are made where."""

from typing import Any

from django.apps import apps
from django.conf import settings

from tenants.running import current


class SchemaRouter:
    """Migrate SHARED_APPS on the shared floor and TENANT_APPS in agencies; an app is in exactly one of them."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        place = current()
        if place is None:
            return False  # nowhere holds no table; a migration that runs nowhere is refused by the connection
        name = apps.get_app_config(app_label).name
        return name in (settings.SHARED_APPS if place.is_public else settings.TENANT_APPS)
