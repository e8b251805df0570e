"""Everything the agency holds about one person, found over the models' own relations, and nothing about anybody else.

A table that points at a client, a volunteer or a member of staff is found by itself, and what hangs on its rows too;
tests/services/rights hold what is left out, and why. Rows that only link the person to something several people share
(an attendance) lead on to it: of a service for several people the words are left out, they speak of the others as well.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import CASCADE, Field, ForeignKey, Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.sealing import CannotOpen
from services.clients import codes
from services.clients.models import Client, ClientCategory
from services.clients.privacy.sealed import opened, opened_value
from services.people.models import Staff
from services.records.models import RecordVersion
from services.volunteers.models import Volunteer

PERSONS: Final = (Client, Volunteer, Staff)
SEALED: Final = "_sealed"
# Not hers, though they point at her or at what is hers: whose they are.
LEFT_OUT: Final[Mapping[str, Any]] = {
    "grants.IdentityCheck": _("工作人员对同名档案的核对"),
    "grants.Ballot": _("委员的表决意见"),
    "grants.Opinion": _("监督员的意见"),
    "grants.Objection": _("他人提出的异议"),
    "clients.Client_named_workers": _("可查看档案的工作人员"),
    "clients.DataAlert": _("给数据负责人的提醒"),
    "volunteers.Volunteer_teams": _("队伍名单"),
}
# Names of people who ask for her, and what staff wrote about answering: not hers to carry away.
HIDDEN: Final = frozenset({"rights.PersonRequest.asker_sealed", "clients.Consent.giver_sealed", "people.Staff.user"})
TITLES: Final[Mapping[str, Any]] = {
    "clients.Client": _("档案"),
    "clients.ClientCategory": _("困难类别"),
    "clients.Reveal": _("加密内容的查看记录"),
    "clients.Consent": _("同意与撤回"),
    "records.ServiceRecord": _("服务记录"),
    "records.RecordVersion": _("服务记录的更正"),
    "grants.Need": _("求助需求"),
    "grants.Application": _("资助申请"),
    "grants.Payment": _("资助付款"),
    "grants.Repayment": _("退回资助"),
    "rights.PersonRequest": _("个人信息权利请求"),
    "volunteers.Volunteer": _("志愿者登记"),
    "volunteers.Training": _("培训"),
    "volunteers.HourRecord": _("服务时长"),
    "people.Staff": _("人员登记"),
    "people.Certificate": _("证书"),
    "people.Posting": _("岗位"),
}
WORDS: Final[Mapping[str, Any]] = {
    "id_number": _("身份证号"), "phone": _("电话"), "address": _("详细住址"), "remark": _("备注"),
    "note": _("记录内容"),
    "story": _("情况说明"), "findings": _("评估意见"), "confirmation": _("确认情况"), "payee": _("收款人"),
    "words": _("请求内容"), "answer": _("答复"), "said": _("更正前的内容"),
}  # fmt: skip
# What a row may point at and name: places and funds, never people.
PLACES: Final[Mapping[str, Any]] = {"network.Site": _("站点"), "funds.Fund": _("基金")}


@dataclass
class Section:
    """One kind of rows about the person: each row is (label, value) pairs of what it says."""

    label: str
    rows: list[list[tuple[str, str]]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(TITLES.get(self.label, self.label))


@dataclass(frozen=True)
class PersonRow:
    """A row that is about the person. `is_shared` says that others stand in it too."""

    row: Any
    is_shared: bool = False


def rows_about(person: Any) -> Iterator[PersonRow]:
    """Yield every row about the person: their file with its merged duplicates, and whatever leads from there."""
    seen: set[tuple[type[Model], Any]] = set()
    for file in files_of(person):
        yield PersonRow(file)
        seen.add((type(file), file.pk))
        for person_row in _hanging_on(file, only_own=isinstance(file, Staff)):
            key = (type(person_row.row), person_row.row.pk)
            if key not in seen:
                seen.add(key)
                yield person_row


def files_of(person: Any) -> list[Any]:
    """Return the person's files: more than one where files were merged."""
    if not isinstance(person, Client):
        return [person]
    kept = person
    while kept.merged_into:
        kept = kept.merged_into
    files, waiting = [kept], [kept]
    while waiting:
        more = list(Client.objects.filter(merged_into=waiting.pop()))
        files += more
        waiting += more
    return files


def sections_about(person: Any) -> list[Section]:
    """Return what a copy says, section by section in the order of TITLES; empty ones are left out."""
    sections: dict[str, Section] = {}
    for person_row in rows_about(person):
        label = person_row.row._meta.label
        if pairs := _pairs(person_row):
            sections.setdefault(label, Section(label)).rows.append(pairs)
    order = list(TITLES)
    return sorted(
        sections.values(), key=lambda section: order.index(section.label) if section.label in order else len(order)
    )


def _hanging_on(row: Model, *, only_own: bool = False, is_shared: bool = False) -> Iterator[PersonRow]:
    """Yield the rows that point at `row`, and theirs. `only_own`: those alone that go with it (a worker's own papers,
    not the clients worked with)."""
    for model, link in pointing_at(type(row)):
        if model in PERSONS or model._meta.label in LEFT_OUT:
            continue
        if only_own and link.remote_field.on_delete is not CASCADE and model._meta.app_label != "rights":
            continue
        for child in model._default_manager.filter(**{link.name: row}).order_by("pk"):
            if _is_link(model):
                yield from _beyond(child, but=link)
            else:
                yield PersonRow(child, is_shared)
                yield from _hanging_on(child, is_shared=is_shared)


def pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    """Yield every model with a foreign key to this one, and the key; those without a way back included."""
    for relation in model._meta.get_fields(include_hidden=True):
        link = getattr(relation, "field", None)
        if relation.auto_created and isinstance(link, ForeignKey):
            yield link.model, link


def _beyond(link_row: Any, but: "Field[Any, Any]") -> Iterator[PersonRow]:
    """Yield what a link row leads to: a service, which is shared if others attended it."""
    for field_ in link_row._meta.concrete_fields:
        if isinstance(field_, ForeignKey) and field_ != but and field_.related_model not in PERSONS:
            row = getattr(link_row, field_.name)
            others = type(link_row)._default_manager.filter(**{field_.name: row}).exclude(pk=link_row.pk)
            is_shared = others.exists()
            yield PersonRow(row, is_shared)
            yield from _hanging_on(row, is_shared=is_shared)


def _is_link(model: type[Model]) -> bool:
    """Tell whether rows of a model say nothing themselves: only keys and refs."""
    return all(isinstance(column, ForeignKey) or column.name in ("id", "ref") for column in model._meta.concrete_fields)


def _pairs(person_row: PersonRow) -> list[tuple[str, str]]:
    pairs = []
    for column in person_row.row._meta.concrete_fields:
        if f"{person_row.row._meta.label}.{column.name}" in HIDDEN or not _is_shown(column, person_row.is_shared):
            continue
        value = _value(person_row.row, column)
        if value:
            pairs.append((_label(column), value))
    if isinstance(person_row.row, Client) and person_row.row.household:
        pairs.append((str(_("家庭档号")), person_row.row.household.number))
        if address := opened(person_row.row.household, "address"):
            pairs.append((str(_("家庭住址")), address))
    if isinstance(person_row.row, Volunteer):
        pairs.append((str(_("队伍")), "、".join(person_row.row.teams.values_list("name", flat=True))))
    if isinstance(person_row.row, Staff) and person_row.row.user:
        pairs += [(str(_("用户名")), person_row.row.user.username), (str(_("邮箱")), person_row.row.user.email)]
    if person_row.is_shared and _holds_words(person_row.row):
        pairs.append((str(_("说明")), str(_("这项服务还有其他人参加，文字内容涉及他人，不在副本中。"))))
    return pairs


def _is_shown(column: "Field[Any, Any]", is_shared: bool) -> bool:
    """Tell whether a field is for people: it has a name in words, or is sealed; and points at nobody."""
    if column.name.endswith(SEALED):
        return not is_shared
    if isinstance(column, ForeignKey):
        return column.related_model._meta.label in PLACES
    if column.primary_key:
        return False
    if is_shared and column.name in getattr(column.model, "privacy").personal:  # noqa: B009  # every model of ours has one
        return False
    return isinstance(column._verbose_name, Promise | str)  # type: ignore[attr-defined]  # the name its author gave


def _holds_words(row: Any) -> bool:
    return any(column.name.endswith(SEALED) and getattr(row, column.name) for column in row._meta.concrete_fields)


def _label(column: "Field[Any, Any]") -> str:
    if column.name.endswith(SEALED):
        name = column.name.removesuffix(SEALED)
        return str(WORDS.get(name, name))
    if column.related_model is not None:
        return str(PLACES[column.related_model._meta.label])
    return str(column.verbose_name)


def _value(row: Any, column: "Field[Any, Any]") -> str:
    if column.name.endswith(SEALED):
        return _opened(row, column.name.removesuffix(SEALED))
    if isinstance(row, ClientCategory) and column.name == "code":
        return codes.title_of(row.code)
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    value = getattr(row, column.name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if column.get_internal_type() == "DateTimeField":
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def _opened(row: Any, name: str) -> str:
    try:
        return _earlier_note(row) if isinstance(row, RecordVersion) else opened(row, name)
    except CannotOpen:
        return ""


def _earlier_note(version: RecordVersion) -> str:
    """Return what a record said of this person alone before a correction; '' where it named others too."""
    value = bytes(version.said_sealed)
    clear = opened_value(value, kind="servicerecord", ref=version.record.ref, field=f"version{version.version}")
    content = json.loads(clear or "{}")
    return str(content.get("note", "")) if len(content.get("clients", [])) <= 1 else ""
