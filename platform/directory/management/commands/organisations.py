"""The purchasers, landing parties and other bodies that contracts name, from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.refusals import Refused, RefusedFields
from directory import organisations
from directory.models import Organisation
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "List, add, correct, close or reopen the organisations that contracts name."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="ref, kind, area, credit code, name; closed ones with their day")
        for act in ("add", "correct"):
            one = acts.add_parser(act)
            if act == "correct":
                one.add_argument("ref")
            one.add_argument("--name", required=act == "add")
            one.add_argument("--kind", required=act == "add", choices=Organisation.Kind.values)
            one.add_argument("--area", required=act == "add", help="division code: 370102, for a street 370102002")
            one.add_argument("--credit-code")
        for act in ("close", "reopen"):
            acts.add_parser(act).add_argument("ref")

    @on_shared_floor
    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "list":
            for one in Organisation.objects.order_by("area", "kind", "name"):
                closed = f" (closed {one.closed_on})" if one.closed_on else ""
                self.stdout.write(f"{one.ref} {one.kind} {one.area} {one.credit_code or '-'} {one.name}{closed}")
            return
        try:
            done = self._done(act, options)
        except RefusedFields as refusal:
            raise CommandError("\n".join(f"{name}: {'; '.join(why)}" for name, why in refusal.fields.items())) from None
        except Refused as refusal:
            raise CommandError("\n".join(refusal.reasons)) from None
        self.stdout.write(f"{done.ref} {done.name}")

    def _done(self, act: str, options: dict[str, Any]) -> Organisation:
        if act == "add":
            return organisations.add(said=_said(options), by=None)
        found = Organisation.objects.filter(ref=options["ref"]).first()
        if found is None:
            raise CommandError(f"no organisation {options['ref']}")
        if act == "correct":
            return organisations.correct(organisation=found, said=_said(options, found), by=None)
        (organisations.close if act == "close" else organisations.reopen)(organisation=found, by=None)
        return found


def _said(options: dict[str, Any], now: Organisation | None = None) -> organisations.Said:
    """Return what was said, and what stands now where nothing was."""
    names = ("name", "kind", "area", "credit_code")
    told = {name: getattr(now, name, "") if options[name] is None else options[name] for name in names}
    return organisations.Said(**told)
