"""Asking twice acts once: the Idempotency-Key of a POST."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Manager
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import StoredAnswer
from common.refusals import Refused
from common.sealing import seal, unseal
from tenants.keys import data_key
from tenants.running import current

Post = Callable[..., Response]
KEPT = timedelta(days=7)


class OtherBody(Refused):
    """The key was used before with another body."""


def once(post: Post) -> Post:
    """Wrap an APIView's `post`: the same key and body answers as the first time, another body is refused (422).

    The key's row, the act and the kept answer are one transaction: a request that died in between left nothing, and
    of two at once the second waits for the first.
    """

    @wraps(post)
    def repeatable(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return post(view, request, *args, **kwargs)
        if len(key) > 200 or not key.isprintable():
            raise ValidationError({"Idempotency-Key": [_("最多 200 个可见字符。")]})
        fingerprint = hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()
        mine = {"user": getattr(request.user, "ref", ""), "path": request.path, "key": key}
        request._request.kept_under = digest_of(**mine)  # type: ignore[attr-defined]
        with transaction.atomic():
            rows = answers()
            rows.bulk_create([rows.model(**mine, fingerprint=fingerprint)], ignore_conflicts=True)
            row = rows.select_for_update().get(**mine)
            if row.fingerprint != fingerprint:
                raise OtherBody(_("这个 Idempotency-Key 已用于另一份内容。"))
            if row.status is not None:
                return Response(json.loads(kept(row)), status=row.status)
            response = post(view, request, *args, **kwargs)
            keep(row, response.status_code, JSONRenderer().render(response.data).decode())
            return response

    return repeatable


def answers() -> "Manager[StoredAnswer]":
    """Return the kept answers of the place we stand in: the agency's own, or the shared floor's."""
    model: type[StoredAnswer] = apps.get_model("journal" if _in_agency() else "audit", "KeptAnswer")
    return model._default_manager


def digest_of(user: str, path: str, key: str) -> str:
    """Return what tells one kept answer without saying its key, which a program's author typed."""
    return salted_hmac("liandong.kept", json.dumps([user, path, key]), algorithm="sha256").hexdigest()


def keep(row: StoredAnswer, status: int, text: str) -> None:
    """Keep the first answer; an agency's is sealed, for it may name a person."""
    row.status = status
    row.body = seal(data_key(), text, f"answer|{row.pk}") if _in_agency() else text.encode()
    row.save(update_fields=["status", "body"])


def kept(row: StoredAnswer) -> str:
    """Return the text of a kept answer."""
    body = bytes(row.body)
    return unseal(data_key(), body, f"answer|{row.pk}") if _in_agency() else body.decode()


def _in_agency() -> bool:
    place = current()
    return place is not None and not place.is_public
