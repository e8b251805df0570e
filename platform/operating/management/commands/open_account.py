"""Give a person a role on the shared floor: the first operators come from here."""

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.roles import SHARED_ROLES
from common.refusals import Refused
from operating.people import actions as people
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "Open a login, or take the one there is, and give it a role on the shared floor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", required=True, choices=[role.slug for role in SHARED_ROLES])
        parser.add_argument("--area", default="", help="division code, for officers and evaluators")

    @on_shared_floor
    def handle(self, *args: Any, username: str, name: str, role: str, area: str, **options: Any) -> None:
        password = ""
        if not User.objects.filter(username=username).exists():
            password = getpass("Password: ")
            if getpass("Again: ") != password:
                raise CommandError("the two differ")
        try:
            people.give_role(
                username=username, name=name, password=password, role=role, area=area, by=None, by_command=True
            )
        except Refused as refusal:
            raise CommandError("\n".join(refusal.reasons)) from None
        self.stdout.write(f"{username}: {role} {area}".rstrip())
