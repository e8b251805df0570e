"""Django's development server (make dev): its look at migrations stands on the shared floor."""

from django.contrib.staticfiles.management.commands import runserver

from tenants.running import in_public


class Command(runserver.Command):
    def check_migrations(self) -> None:
        with in_public():
            super().check_migrations()
