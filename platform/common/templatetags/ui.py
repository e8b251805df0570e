"""Template tags and filters of the house."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, FileInput, Select
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common import money
from common.pages import chart, listing, notices, table, tones

register = template.Library()
LONGEST_CODE = 16


@register.filter
def yuan(value: Decimal | None) -> str:
    """Return ¥1,234.50, or an en dash for None."""
    return "–" if value is None else money.yuan(Decimal(value))


@register.filter
def minus(value: Decimal) -> Decimal:
    """Return the amount with its sign turned: credits are shown above nothing in a column of their own."""
    return -value


@register.filter
def percent(part: float | Decimal | None, whole: float | Decimal | None) -> int:
    """Return `part` of `whole` as a whole percentage, 0 if there is no whole; 120 of 100 is 120."""
    return round(float(part or 0) * 100 / float(whole)) if whole else 0


@register.filter
def div(value: float | Decimal | None, by: float) -> float:
    """Return `value` / `by`: minutes|div:60."""
    return float(value or 0) / by


@register.filter
def plain(value: Decimal | float | None) -> str:
    """Return a number without idle zeros: 3.50 -> 3.5, 40.00 -> 40; an en dash for None."""
    if value is None:
        return "–"
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def tone(state: str) -> str:
    """Return the tone of a state word: good, warn, bad, busy or quiet."""
    return tones.tone_of(state)


@register.filter
def initial(name: str) -> str:
    """Return the one letter an avatar shows: the last of a Chinese name, the first of another."""
    name = name.strip()
    return (name[-1] if "一" <= name[-1] <= "鿿" else name[0].upper()) if name else "?"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Return 2026-11-21 in Shanghai, or an en dash."""
    if value is None:
        return "–"
    return f"{timezone.localtime(value) if isinstance(value, dt.datetime) else value:%Y-%m-%d}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Return 2026-11-21 14:30 in Shanghai, or an en dash."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "–"


@register.filter
def clock(value: dt.datetime | None) -> str:
    """Return 14:30 in Shanghai, or an en dash."""
    return f"{timezone.localtime(value):%H:%M}" if value else "–"


@register.filter
def said(text: str) -> str:
    """Return a programme's words in the reader's language where the catalogue has them, else as they stand."""
    return gettext(text) if text else ""


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return `mapping[key]`, or None."""
    return mapping.get(key)


@register.filter
def undo_url(message: Any) -> str:
    """Return where a message's 撤销 posts to, or ''."""
    return notices.undo_url(message)


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a field's widget with the classes of the house."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput) or field.use_fieldset:
        return field.as_widget()
    name = "form-select" if isinstance(widget, Select) else "form-control"
    given = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{given} {name}".strip()})


@register.filter
def shape(field: BoundField) -> str:
    """Return how field.html lays a field out: check (one box), choices (a group) or line."""
    if isinstance(field.field.widget, CheckboxInput):
        return "check"
    return "choices" if field.use_fieldset else "line"


@register.filter
def folded(form: BaseForm | None) -> listing.Fold:
    """Return a filter's fields as filter_bar.html lays them out."""
    return listing.folded(form or None)


@register.filter
def sends_files(form: Any) -> bool:
    """Tell whether a form's page needs enctype=multipart/form-data."""
    return any(isinstance(field.widget, FileInput) for field in form.fields.values())


@register.simple_tag(takes_context=True)
def url_with(context: template.Context, **changes: Any) -> str:
    """Return the query string of this page with `changes`; None or '' takes a name out: {% url_with page=2 %}."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else {}
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if hasattr(query, "urlencode") else "?"


@register.simple_tag
def bars(rows: Iterable[tuple[str, float]]) -> chart.BarChart:
    """Lay out (label, value) rows as a bar chart for bar_chart.html."""
    return chart.bar_chart(list(rows))


@register.simple_tag(takes_context=True)
def cell(context: template.Context, column: table.Column, row: Any) -> SafeString:
    """Render a row's cell of a column. Its label goes with it: on a phone a row is a card of labelled lines."""
    value = column.of(row)
    content: Any
    if column.template:
        content = _drawn(context, column.template, row=row, value=value)
    elif column.kind == "state":
        content = format_html('<span class="pill pill-{}">{}</span>', column.tone_of(row), value) if value else "–"
    else:
        content = written(value, column.kind)
    if column.href and not column.template and value not in (None, ""):
        content = format_html('<a href="{}">{}</a>', column.href(row), content)
    return _td(column, content, keeps_line=not column.template and _keeps_line(value))


@register.simple_tag
def total_cell(column: table.Column, value: Any) -> SafeString:
    """Render the cell of a row of totals."""
    return _td(column, "" if value is None else written(value, column.kind), keeps_line=column.is_number)


def written(value: Any, kind: str = "text") -> Any:
    """Return a value as the house writes it: ¥1,234.50, 2026-11-21, 是; an en dash for what is not there."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if kind == "money":
        return yuan(value)
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    return plain(value) if isinstance(value, Decimal | float) else value


def _keeps_line(value: Any) -> bool:
    """Tell whether a value is read as one: a day, a number, a code (C2026-00017), which would break at its hyphen."""
    if isinstance(value, str):
        return value.isascii() and " " not in value and len(value) <= LONGEST_CODE
    return isinstance(value, dt.date | Decimal)


def _td(column: table.Column, content: Any, *, keeps_line: bool) -> SafeString:
    classes = {
        "number": column.is_number, "row-acts": column.kind == "acts", "only-desk": column.wide,
        "text-nowrap": keeps_line,
    }  # fmt: skip
    name = " ".join(name for name, holds in classes.items() if holds)
    of = format_html(' class="{}"', name) if name else ""
    if column.kind == "acts":  # a button needs no label on a phone
        return format_html("<td{}>{}</td>", of, content)
    return format_html('<td{} data-label="{}">{}</td>', of, column.heading, content)


def _drawn(context: template.Context, name: str, **more: Any) -> SafeString:
    """Return a cell's own template, drawn with the page's context and `more`."""
    drawn = context.template.engine.get_template(name)  # type: ignore[union-attr]  # a page that is drawn has its template
    with context.push(**more):
        return mark_safe(drawn.render(context).strip())  # noqa: S308  # as rendered; a cell without content is empty


@register.simple_block_tag(takes_context=True)
def section(context: template.Context, content: SafeString, title: Any, **head: Any) -> SafeString:
    """Draw a card with its head: {% section title=_("站点资料") href=… label=… id=… body=True %}…{% endsection %}.

    `href` and `label` lead to where the rest is; `body` pads what is no table; `id` is an anchor of the page.
    """
    return _drawn(context, "_components/section.html", title=title, content=content, **{
        "href": "", "label": "", "id": "", "body": False, **head
    })  # fmt: skip
