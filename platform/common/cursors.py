"""Cursor pages of the API's lists: {results, next, previous}, `?limit=` up to 200."""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """Subclasses or views name a unique `ordering`; with ties a page could repeat or skip rows."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-pk"
