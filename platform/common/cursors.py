"""Cursor pages of the API's lists: {results, next, previous}, `?limit=` up to 200."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

Row = TypeVar("Row")


class Cursor(CursorPagination):
    """Subclasses or views name a unique `ordering`; with ties a page could repeat or skip rows."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"


SLICE_PARAMETERS = [
    OpenApiParameter("cursor", str, description="where the page begins, as `next` gave it"),
    OpenApiParameter("limit", OpenApiTypes.INT, description="rows a page, up to 200"),
]


def sliced(request: Request, rows: Sequence[Row]) -> tuple[Sequence[Row], dict[str, str | None]]:
    """Return the asked page of rows worked out in Python, and {"next", "previous"} addresses.

    :raises NotFound: (404) for a cursor that no page gave out.
    """
    size = _limit(request.query_params.get("limit", ""))
    start = _start(request.query_params.get("cursor", ""))
    following = start + size if start + size < len(rows) else None
    before = max(start - size, 0) if start else None
    return rows[start : start + size], {"next": _at(request, following), "previous": _at(request, before)}


def _limit(text: str) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return min(asked, Cursor.max_page_size) if asked else Cursor.page_size


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, start = base64.urlsafe_b64decode(cursor.encode()).decode().partition("=")
        if name != "o" or not start.isascii() or not start.isdigit() or len(start) > 9:
            raise ValueError(cursor)
        return int(start)
    except ValueError:
        raise NotFound(gettext("没有这一页。")) from None


def _at(request: Request, start: int | None) -> str | None:
    if start is None:
        return None
    cursor = base64.urlsafe_b64encode(f"o={start}".encode()).decode()
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)
