"""What the page of an appeal shows, alike on both hosts, and its files."""

from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header

from accounts.models import User
from audit import log
from contracts.appeals import files
from contracts.models import Appeal, AppealFile


def appeal_context(appeal: Appeal) -> dict[str, Any]:
    """Return the appeal, what it is about, its files with their addresses, and the decision that followed."""
    ref = appeal.contract.ref
    return {
        "appeal": appeal,
        "contract": appeal.contract,
        "rule": appeal.contract.edition.by_code.get(appeal.code),
        "decision": getattr(appeal, "decision", None),
        "files": [
            (file, reverse("contracts:appeal-file", args=[ref, appeal.ref, file.ref])) for file in appeal.files.all()
        ],
    }


def file_answer(file: AppealFile, by: User) -> HttpResponseBase:
    """Answer a photo or paper of an appeal, after it was logged who opened it.

    :raises Http404: if the storage has lost it.
    """
    try:
        blocks = files.clear_bytes(file)
    except FileNotFoundError:
        raise Http404 from None
    log.write("contracts.appeal_file.handed_over", on=file, by=by, appeal=file.appeal.ref)
    answer = StreamingHttpResponse(blocks, content_type=files.media_type(file))
    answer["Content-Disposition"] = content_disposition_header(False, files.name_of(file)) or ""
    answer["Content-Length"] = str(file.size)
    answer["Cache-Control"] = "private, no-store"
    return answer
