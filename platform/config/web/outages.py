"""The database is gone, or nobody knows what became of a commit: what is answered then, without asking it anything."""

from typing import Any, Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.programs.problems import plain_problem
from tenants.backend import unknown_commits
from tenants.backend.live import CommitUnknown

RETRY_AFTER = 5  # seconds
# Not the database's absence but what the statement asked for; such an error is a bug and stays one.
OUR_FAULT: Final = {"57014", "42P01"}


def is_outage(error: BaseException | None) -> bool:
    """Tell whether `error` says that the database cannot serve now: gone, silent, full, starting, read-only."""
    if isinstance(error, InterfaceError):
        return True
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) not in OUR_FAULT


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer 503 with words and Retry-After; the page is made without the database, its context processors included."""
    is_unknown = isinstance(error, CommitUnknown)
    if isinstance(error, CommitUnknown):
        # Who sends again with the same key or form is led to the first result, if there is one (api_access/replays.py).
        unknown_commits.note_request(error, request)
    words = _unknown_words() if is_unknown else _gone_words(request)
    if request.path_info.startswith("/api/"):
        response = plain_problem(503, words["text"])
    else:
        context: dict[str, Any] = {**words, "path": "" if is_unknown else request.get_full_path()}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _unknown_words() -> dict[str, str]:
    return {
        "title": _("不知道有没有存上"),
        "text": _("提交时数据库断开了。请先查看这条内容是否已经在，再决定要不要重新提交；用同一页面重新提交不会重复。"),
    }


def _gone_words(request: HttpRequest) -> dict[str, str]:
    if request.method in ("GET", "HEAD"):
        return {"title": _("暂时无法使用"), "text": _("数据库正在恢复，请稍等几秒再打开。已保存的内容不会丢失。")}
    return {
        "title": _("这次没有存上"),
        "text": _("数据库正在恢复，刚才的内容没有保存。请稍等几秒，返回上一页重新提交；用同一页面重新提交不会重复。"),
    }
