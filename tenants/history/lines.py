"""Lines of a log as a list: when, who by name and role, what in words; filtered by kind, person and day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FloorRole, User
from accounts.roles import BY_SLUG
from common.dates import SHANGHAI
from common.logs.book import LogEntry
from common.logs.verification import MOST_LINES, Verdict, verified
from common.logs.words import NOUNS, in_words
from common.pages.forms import HouseForm
from common.pages.table import Column
from tenants.models import Membership

SYSTEM: Final = "-"
MOST_PEOPLE: Final = 200


class LogFilter(HouseForm):
    """What is shown of a log: of a noun, by a person, between two days."""

    kind = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("经办人"), required=False)
    since = forms.DateField(label=gettext_lazy("从"), required=False)
    until = forms.DateField(label=gettext_lazy("到"), required=False)

    def __init__(self, *args: Any, nouns: Iterable[str], people: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(noun, str(NOUNS[noun])) for noun in nouns]
        for name, choices in (("kind", kinds), ("who", [(ref or SYSTEM, name) for ref, name in people.items()])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("全部")), *choices]

    def narrow(self, rows: Any) -> Any:
        said = self.cleaned_data
        if said["kind"]:
            rows = rows.filter(act__startswith=f"{said['kind']}.")
        if said["who"]:
            rows = rows.filter(actor="" if said["who"] == SYSTEM else said["who"])
        if said["since"]:
            rows = rows.filter(at__gte=_begins(said["since"]))
        if said["until"]:
            rows = rows.filter(at__lt=_begins(said["until"] + dt.timedelta(days=1)))
        return rows


def columns(
    people: Mapping[str, str], about: Callable[[Any], str], href: Callable[[Any], str] | None = None
) -> tuple[Column, ...]:
    """Return the columns of a log; `about` says in words what a line is of, `href` leads there."""
    return (
        Column("at", gettext_lazy("时间"), sort="id"),
        Column("actor", gettext_lazy("经办人"), value=lambda row: people.get(row.actor) or _("已注销的账号")),
        Column("act", gettext_lazy("事项"), value=lambda row: in_words(row.act)),
        Column("about", gettext_lazy("内容"), value=about, href=href, wide=False),
    )


def people_of(rows: "QuerySet[Any]", agency: str) -> dict[str, str]:
    """Return by ref the name and roles of everybody who stands in these lines; '' is the system.

    Three queries. Roles are those of the shared host, and those in the agency of this slug.
    """
    refs = list(rows.order_by().values_list("actor", flat=True).distinct()[:MOST_PEOPLE])
    users = {user.pk: user for user in User.objects.filter(ref__in=refs)}
    roles: dict[int, list[str]] = defaultdict(list)
    for user, role in FloorRole.objects.filter(user__in=users).values_list("user_id", "role").distinct():
        roles[user].append(role)
    for user, held in Membership.objects.filter(user__in=users, tenant__slug=agency).values_list("user_id", "roles"):
        roles[user] += held
    named = {user.ref: _named(user, roles[user.pk]) for user in users.values()}
    return ({"": _("系统")} if "" in refs else {}) | dict(sorted(named.items(), key=lambda pair: pair[1]))


def verify(app: str, rows: "QuerySet[Any]") -> Verdict:
    """Recompute the chain over the newest thousand of these lines."""
    model: type[LogEntry] = rows.model
    return verified(app, model._meta.db_table, list(rows.order_by("-id").values_list("pk", flat=True)[:MOST_LINES]))


def _named(user: User, roles: Iterable[str]) -> str:
    titles = "、".join(dict.fromkeys(str(BY_SLUG[role].title) for role in roles if role in BY_SLUG))
    return f"{user.get_full_name()}（{titles}）" if titles else user.get_full_name()


def _begins(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
