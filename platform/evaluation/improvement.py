"""What would raise the grade: for every line with points left, the gain and the way to it. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from evaluation.methods import ZERO, is_share
from evaluation.scoring import Line, Scorecard
from evaluation.words import counted, percent, plain, whole
from programmes.measures import MEASURES


@dataclass(frozen=True)
class Step:
    """`gain` are points; `enough` says that this step alone reaches the next grade."""

    code: str
    title: str
    gain: Decimal
    how: str
    enough: bool


def to_next_grade(scorecard: Scorecard) -> tuple[Step, ...]:
    """Return the steps by falling gain; none at the best grade. Deductions are not won back and give no step."""
    if scorecard.next_grade is None:
        return ()
    steps = []
    for line in scorecard.lines:
        gain, how = _way(line)
        if gain > 0:
            enough = not scorecard.vetoed and gain >= scorecard.gap
            steps.append(Step(line.indicator.code, line.indicator.title, gain, how, enough))
    return tuple(sorted(steps, key=lambda step: (-step.gain, step.code)))


def _way(line: Line) -> tuple[Decimal, str]:
    """Return the points to be won on a line, and how."""
    rule = line.indicator
    if rule.method == "deduction" or not line.lost:
        return ZERO, ""
    if rule.by_hand:
        return line.lost, _by_hand(line)
    if rule.method == "bands":
        return _next_band(line)
    if rule.method == "bonus":
        words = {"each": counted(rule.each, rule.measure), "title": _title(rule.measure), "points": plain(rule.points)}
        return line.lost, _("%(title)s每满 %(each)s加 %(points)s 分。") % words
    return line.lost, _to_target(line)


def _by_hand(line: Line) -> str:
    if line.is_pending:
        return _("等待评分，最多可得 %(points)s 分。") % {"points": plain(line.lost)}
    if line.indicator.method == "bonus":
        return _("有新的成果时报送，最多还可加 %(points)s 分。") % {"points": plain(line.lost)}
    return _("按评分理由整改后请评估人员复核。")


def _to_target(line: Line) -> str:
    """How much is still to do by today's target: a count, or a share to reach."""
    rule = line.indicator
    target = line.target or rule.target or ZERO
    if rule.per:
        words = {"title": _title(rule.measure), "per": _title(rule.per), "target": _bound(line, target)}
        return _("%(title)s与%(per)s之比达到 %(target)s。") % words
    done = line.inputs[0].value or ZERO
    words = {"more": counted(whole(target - done), rule.measure), "title": _title(rule.measure)}
    return _("再完成%(title)s %(more)s，即达到目前应完成的数量。") % words


def _next_band(line: Line) -> tuple[Decimal, str]:
    rule = line.indicator
    better = [band for band in rule.bands if band.points > line.points]
    if not better:
        return ZERO, ""
    band = better[-1]
    words = {"title": _title(rule.measure), "bound": _bound(line, band.at_least)}
    if rule.per:
        return band.points - line.points, _("%(title)s与%(per)s之比达到 %(bound)s。") % {
            **words,
            "per": _title(rule.per),
        }
    return band.points - line.points, _("%(title)s达到 %(bound)s。") % words


def _title(measure: str) -> str:
    return str(MEASURES[measure].title)


def _bound(line: Line, value: Decimal) -> str:
    if not line.indicator.per:
        return counted(value, line.indicator.measure)
    return percent(value) if is_share(line.indicator) else plain(value)
