"""The guides of docs/guides as pages: each role's own, on both hosts. Markdown without HTML, so that nothing runs."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.access import access_of
from accounts.roles import ALL, EMERGENCY

GUIDES: Final = Path(settings.ROOT) / "docs" / "guides"
PUBLIC: Final = "public"
ENGLISH: Final = "english"
EVERYWHERE: Final = "README"
MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})


@require_safe
def guide(request: HttpRequest, name: str = "") -> HttpResponse:
    """One guide; without a name that of one's own role, of the public for strangers. In English a short one on top.

    :raises Http404: for a guide that there is not.
    """
    titles = {_name(role.slug): str(role.title) for role in ALL if role.slug != EMERGENCY}
    titles[PUBLIC] = _("公众：查公益基金")
    shown = name or next((guide for guide in titles if guide in _own(request)), PUBLIC)
    if shown not in titles:
        raise Http404
    others = [(title, reverse("guide", args=[guide]), guide == shown) for guide, title in titles.items()]
    context = {
        "title": titles[shown],
        "guide": _page(shown),
        "everywhere": _page(EVERYWHERE),
        "english": _page(ENGLISH) if get_language() == "en" else "",
        "others": others,
        "layout": "base.html" if request.user.is_authenticated else "base_public.html",
    }
    return render(request, "guide.html", context)


def _own(request: HttpRequest) -> set[str]:
    return {_name(role) for role in access_of(request).roles}


def _name(role: str) -> str:
    return role.replace("_", "-")


@lru_cache(maxsize=64)
def _page(name: str) -> SafeString:
    """Return a guide's Markdown as HTML, without its own title, its links leading to other guides' pages."""
    tokens = MARKDOWN.parse((GUIDES / f"{name}.md").read_text(encoding="utf-8"))
    if tokens[0].tag == "h1":
        tokens = tokens[3:]
    if name == EVERYWHERE:  # its table of guides is the page's own list
        tokens = [token for token in tokens if not (token.type == "inline" and token.content.startswith("|"))]
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(tokens[place + 1].content, allow_unicode=True))
        for child in token.children or ():
            _lead_on(child)
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return mark_safe(html)  # noqa: S308  # our own files, read without HTML


def _lead_on(token: Token) -> None:
    """Let a link to another guide's file lead to its page; what lies elsewhere in the source leads nowhere here."""
    href = str(token.attrGet("href") or "")
    if token.type != "link_open" or not href:
        return
    file, _hash, part = href.partition("#")
    if file.endswith(".md") and "/" not in file:
        token.attrSet("href", reverse("guide", args=[file.removesuffix(".md")]) + (f"#{part}" if part else ""))
    elif not href.startswith(("https://", "#")):
        token.tag = "span"
        token.attrs = {}
