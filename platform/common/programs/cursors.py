"""Cursor pages of the API's lists: {results, next, previous}, `?limit=` up to 200."""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.utils.http import urlencode
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

Row = TypeVar("Row")
SIZE: Final = 50
MOST: Final = 200
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE}


class Cursor(CursorPagination):
    """Subclasses or views name a unique `ordering`; with ties a page could repeat or skip rows."""

    page_size = SIZE
    page_size_query_param = "limit"
    max_page_size = MOST
    ordering: str | tuple[str, ...] = "-pk"

    def get_page_size(self, request: Request) -> int:
        return _limit(request)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            page: Any = super().paginate_queryset(queryset, request, view)
        except (DjangoValidationError, ValueError, TypeError, DataError):
            if not request.query_params.get(self.cursor_query_param):
                raise
            raise NotFound(gettext("没有这一页。")) from None  # a place that the ordering's column cannot hold
        self.base_url = plain_address(request)
        return page

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        asked = super().get_schema_operation_parameters(view)
        return [each | {"schema": LIMIT} if each["name"] == "limit" else each for each in asked]


SLICE_PARAMETERS = [
    OpenApiParameter("cursor", str, description="where the page begins, as `next` gave it"),
    OpenApiParameter("limit", LIMIT, description="rows a page"),
]


def sliced(request: Request, rows: Sequence[Row]) -> tuple[Sequence[Row], dict[str, str | None]]:
    """Return the asked page of rows worked out in Python, and {"next", "previous"} addresses.

    :raises NotFound: (404) for a cursor that no page gave out.
    """
    size = _limit(request)
    start = _start(request.query_params.get("cursor", ""))
    following = start + size if start + size < len(rows) else None
    before = max(start - size, 0) if start else None
    return rows[start : start + size], {"next": _at(request, following), "previous": _at(request, before)}


def plain_address(request: Request) -> str:
    """Return the address that was asked with each parameter once: of several the last, which is what counted."""
    query = urlencode(request.query_params.dict())
    return request.build_absolute_uri(f"{request.path}?{query}" if query else request.path)


def _limit(request: Request) -> int:
    """Return how many rows a page has.

    :raises ValidationError: (400) for anything but a number within the limits; nothing is taken as not said.
    """
    text = request.query_params.get("limit")
    if text is None:
        return SIZE
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise ValidationError({"limit": [gettext("请写 1 至 %(n)d 的整数。") % {"n": MOST}]})
    return int(text)


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
    return str(replace_query_param(plain_address(request), "cursor", cursor))
