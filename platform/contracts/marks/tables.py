"""The table of marks that were ever given: whose, when, why, what is shown, and from when to when each counts."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages import tones
from common.pages.table import Column, Table
from contracts.marks import rules
from contracts.marks.presentation import party_title, titles_of
from contracts.marks.rules import Effect
from contracts.models import Contract, Mark


def history_table(
    contract: Contract, marks: Sequence[Mark], *, has_acts: bool = False, one_line: bool = False
) -> Table:
    """Return every mark, the newest first; `marks` stand in the order they were given. `one_line` does not name it."""
    titles = titles_of(contract.edition)
    effects = rules.effects(marks, contract.edition)
    columns = [
        Column("given_at", _("时间")),
        Column("code", _("项目"), value=lambda mark: f"{mark.code} {titles.get(mark.code, '')}"),
        Column(
            "party", _("评分方"), template="contracts/marks/_party.html", value=lambda mark: party_title(mark.party)
        ),
        Column("points", _("得分"), kind="number"),
        Column("reason", _("理由和佐证"), template="contracts/marks/_proof.html"),
        Column("effect", _("计入得分"), template="contracts/marks/_effect.html", value=lambda mark: effects[mark.pk]),
        Column(
            "state",
            _("状态"),
            template="contracts/marks/_state.html",
            value=lambda mark: _state(mark, effects),
            tone=lambda mark: tones.QUIET,
        ),
    ]
    if one_line:
        del columns[1]
    acts = Column("acts", _("操作"), kind="acts", template="contracts/marks/_acts.html")
    return Table([*columns, acts] if has_acts else columns, list(reversed(marks)), _("评分经过"))


def _state(mark: Mark, effects: Mapping[int, Effect]) -> tuple[str, str]:
    """Return the state of a mark in words, and its colour."""
    if mark.withdrawn_at:
        review = mark.withdrawal == Mark.Withdrawal.REVIEW
        return (gettext("复核撤回"), tones.BAD) if review else (gettext("已撤回"), tones.QUIET)
    effect = effects[mark.pk]
    if effect.since is not None and effect.until is None:
        return gettext("计入中"), tones.GOOD
    return gettext("不再计入") if effect.since else gettext("不计入"), tones.QUIET
