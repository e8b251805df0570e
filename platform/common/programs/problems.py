"""RFC 9457 problem documents: the one shape of every error of the API."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from common.refusals import Refused

MEDIA_TYPE = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Field errors go to `errors`, refused acts to `reasons`; anything else is a bug."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, BadRequest):
        error = exceptions.ParseError(str(error))
    if isinstance(error, Refused):
        body = _body(error.status, "；".join(error.reasons), reasons=[str(reason) for reason in error.reasons])
        body.update(getattr(error, "extra", {}))
        waits = {"Retry-After": str(error.wait)} if hasattr(error, "wait") else None
        return Response(body, status=error.status, headers=waits, content_type=MEDIA_TYPE)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    extra = {"errors": _fields(error.detail)} if isinstance(error, exceptions.ValidationError) else {}
    detail = "" if extra else str(error.detail)
    body = _body(error.status_code, detail, **extra)
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def plain_problem(status: int, detail: str = "") -> HttpResponse:
    """A problem document outside DRF, for the error pages of /api/ paths."""
    return JsonResponse(_body(status, detail), status=status, content_type=MEDIA_TYPE)


def _body(status: int, detail: str, **extra: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found.update(_fields(inner, f"{prefix}.{name}" if prefix else str(name)))
        return found
    texts = detail if isinstance(detail, list) else [detail]
    if any(isinstance(text, dict | list) for text in texts):
        found = {}
        for index, inner in enumerate(texts):
            if inner:
                found.update(_fields(inner, f"{prefix}.{index}" if prefix else str(index)))
        return found
    return {prefix or "non_field_errors": [str(text) for text in texts]}
