"""Who may be the same person where an ID number is missing: two people look at the files before a grant passes.

Nobody is told of a restricted file; its number, if it has one, counts all the same (services/grants/guards/persons.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from common.refusals import Conflict
from common.texts.names import search_key
from services.clients.models import Client
from services.grants import workflow
from services.grants.guards import page_digest
from services.grants.guards.duties import names_of
from services.grants.guards.persons import same_person
from services.grants.models import Application, IdentityCheck, Limit
from services.grants.rules import digest
from services.journal import log

EYES: Final = 2
WHY: Final = {
    "name": gettext_lazy("同名"),
    "birth": gettext_lazy("同一出生日期"),
    "phone": gettext_lazy("同一电话"),
    "household": gettext_lazy("同一家庭"),
}


class NotCompared(Conflict):
    """Another file may be of the same person, and two people have not yet said that it is not."""


class ComparedAlready(Conflict):
    """This person, or somebody of their name, has compared the files, or made the application."""


@dataclass(frozen=True)
class Alike:
    """A file that may be of the same person: why, and what it was granted in this year in yuan."""

    file: Client
    why: tuple[str, ...]
    granted: Decimal

    @property
    def words(self) -> str:
        return "、".join(str(WHY[each]) for each in self.why)


def alike(client: Client) -> list[Alike]:
    """Return other files with grants of this year that may be of the same person, one of them being without a number.

    Two different numbers are two people. A name is enough: birthdays are what people say they are.
    """
    mine = same_person(client)
    final, known = mine[0], any(file.id_number_hash for file in mine)
    granted = dict(
        Limit.objects.filter(kind=Limit.Kind.PERSON_YEAR, year=clock.today().year, used__gt=0)
        .values_list("subject").annotate(sum=Sum("used")).order_by()
    )  # fmt: skip
    others = Client.objects.filter(ref__in=granted, is_restricted=False).exclude(pk__in=[file.pk for file in mine])
    if known:
        others = others.filter(id_number_hash=None)
    found = []
    for other in others.filter(_likeness(final)).select_related("site").order_by("number"):
        found.append(Alike(other, tuple(_why(final, other)), granted[other.ref]))
    return found


def _likeness(file: Client) -> Q:
    found = Q(name_key=file.name_key) | Q(pinyin=file.pinyin)
    if file.phone_hash:
        found |= Q(phone_hash=file.phone_hash)
    if file.birth_on and file.household_id:
        found |= Q(birth_on=file.birth_on, household=file.household_id)
    return found


def _why(one: Client, other: Client) -> Iterable[str]:
    if one.name_key == other.name_key or one.pinyin == other.pinyin:
        yield "name"
    if one.birth_on and one.birth_on == other.birth_on:
        yield "birth"
    if one.phone_hash and one.phone_hash == other.phone_hash:
        yield "phone"
    if one.household_id and one.household_id == other.household_id:
        yield "household"


def seen_of(found: list[Alike]) -> str:
    """Return the digest of what was compared: a further grant to one of the files asks for another look."""
    return digest([value for one in found for value in (one.file.ref, *one.why, one.granted)])


def compared_by(application: Application, found: list[Alike]) -> list[str]:
    """Return the refs of those who said of these very files that they are of somebody else."""
    checks = application.identity_checks.filter(seen=seen_of(found))
    return list(checks.order_by("pk").values_list("person", flat=True))


@transaction.atomic
def compare(*, application: Application, by: User, seen: str | None = None) -> None:
    """Say that the applicant is none of the people whose files look alike.

    :raises ComparedAlready: for the applicant's worker, and for who said so already, by whichever account.
    :raises services.grants.guards.page_digest.StalePage: if other files look alike than the page showed.
    """
    application = workflow.locked(application, "compare")
    found = alike(application.need.client) if application.need.client else []
    if not found:
        raise ComparedAlready(_("没有需要核对的档案。"))
    page_digest.check(seen, seen_of(found))
    held = [application.applied_by, *compared_by(application, found)]
    mine = search_key(by.name)
    if by.ref in held or (mine and mine in {search_key(name) for name in names_of(held).values()}):
        raise ComparedAlready(_("须由申请人之外的两个人分别核对，您已经核对过或是申请人。"))
    IdentityCheck.objects.create(application=application, person=by.ref, seen=seen_of(found))
    log.write("grants.identity.compared", on=application, by=by, files=[one.file.ref for one in found])


def require_compared(application: Application) -> None:
    """Let a grant pass once two people have seen whom the applicant looks like.

    :raises NotCompared: before that.
    """
    if application.need.client is None:
        return
    found = alike(application.need.client)
    if found and len(compared_by(application, found)) < EYES:
        numbers = "、".join(one.file.number for one in found)
        raise NotCompared(
            _("有档案可能与申请人是同一人（%(numbers)s），须先由两个人分别核对；若是同一人，请合并档案。")
            % {"numbers": numbers}
        )
