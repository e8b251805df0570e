"""One view, two answers: the whole page, or the piece that htmx swaps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, whole: str, piece: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render `piece` for an htmx request and `whole` (which includes the piece) otherwise."""
    template = piece if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted") else whole
    return render(request, template, context, status=status)
