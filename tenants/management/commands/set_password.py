"""Give a person a new password: there is no mail that could."""

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common.refusals import Refused
from tenants.agencies import actions as agencies
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "Ask for a new password of a person and end all their sessions and tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    @on_shared_floor
    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"no person called {username}")
        password = getpass("New password: ")
        if getpass("Again: ") != password:
            raise CommandError("the two differ")
        try:
            agencies.set_password(user=user, password=password, by=None)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.reasons)) from None
        self.stdout.write("Set. All sessions and tokens of this person have ended.")
