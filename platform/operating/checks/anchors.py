"""Where logs and books stood at a day's end, kept outside the database: who rewrites it cannot rewrite that too.

A file a day, signed, goes into a folder that another hand keeps (ANCHORS_DIR, a mounted bucket with its own rights)
and to an address (ANCHORS_MAIL). It holds numbers and digests of agencies by their names on the web, and nobody.
"""

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from common.logs import chain as log_chain
from disclosure.models import BookAnchor
from letters import actions as letters
from operating.checks.logs import AGENCYS, SHARED
from operating.models import LogCheck
from tenants.models import Tenant
from tenants.running import in_public, in_tenant


class NotOurs(ValueError):
    """The file is no file of anchors, or its signature is another's."""


def day_file(day: dt.date) -> bytes:
    """Return the signed file of a day; called on the shared floor, after that night's verification."""
    said = {
        "host": settings.BASE_HOST,
        "day": day.isoformat(),
        "logs": [
            {"place": check.place, "blocks": check.blocks, "digest": check.digest}
            for check in LogCheck.objects.order_by("place")
        ],
        "books": [
            {"tenant": each.tenant, "fund": each.fund, "entries": each.entries, "digest": each.digest}
            for each in BookAnchor.objects.filter(on=day).order_by("tenant", "fund")
        ],
    }
    body = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signature = base64.b64encode(_key().sign(body.encode())).decode()
    return json.dumps({"signature": signature, "body": body}, ensure_ascii=False, indent=1).encode()


def send_out(day: dt.date) -> list[str]:
    """Put the day's file where the settings say and return the places. Doing it again changes no file."""
    body, sent = day_file(day), []
    if settings.ANCHORS_DIR:
        path = Path(settings.ANCHORS_DIR) / f"anchors-{day.isoformat()}.json"
        if not path.exists():
            path.write_bytes(body)
        sent.append(path.name)
    if settings.ANCHORS_MAIL:
        context = {"day": day, "host": settings.BASE_HOST, "file": body.decode()}
        letters.write(to=settings.ANCHORS_MAIL, kind="anchors", context=context, key=f"anchors:{day.isoformat()}")
        sent.append("mail")
    return sent


def differences(file: bytes) -> list[str]:
    """Return in what the database differs today from a file that was kept outside; [] if in nothing.

    :raises NotOurs: if the file is not what was signed here.
    """
    said = _read(file)
    day = dt.date.fromisoformat(said["day"])
    found = []
    with in_public():
        kept = {(each.tenant, each.fund): (each.entries, each.digest) for each in BookAnchor.objects.filter(on=day)}
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.exclude(state=Tenant.State.DELETED)}
    for book in said["books"]:
        if kept.get((book["tenant"], book["fund"])) != (book["entries"], book["digest"]):
            found.append(f"book {book['tenant']} {book['fund']} {day}")
    for log in said["logs"]:
        if log["blocks"] and (log["place"] == "" or log["place"] in tenants):
            with in_tenant(tenants[log["place"]]) if log["place"] else in_public():
                app = (AGENCYS if log["place"] else SHARED)[0]
                if log_chain.digest_of(app, log["blocks"]) != log["digest"]:
                    found.append(f"log {log['place'] or '-'} block {log['blocks']}")
    return found


def check_folder() -> dict[str, list[str]]:
    """Hold every file in ANCHORS_DIR against the database; return the files that differ, with what differs."""
    if not settings.ANCHORS_DIR:
        return {}
    wrong = {}
    for path in sorted(Path(settings.ANCHORS_DIR).glob("anchors-*.json")):
        try:
            found = differences(path.read_bytes())
        except NotOurs as error:
            found = [str(error)]
        if found:
            wrong[path.name] = found
    return wrong


def _read(file: bytes) -> dict[str, Any]:
    try:
        outer = json.loads(file)
        _key().public_key().verify(base64.b64decode(outer["signature"]), outer["body"].encode())
        said: dict[str, Any] = json.loads(outer["body"])
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise NotOurs(f"not signed here: {type(error).__name__}") from error
    return said


def _key() -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"liandong anchors 1").derive(settings.MASTER_KEY)
    return Ed25519PrivateKey.from_private_bytes(seed)
