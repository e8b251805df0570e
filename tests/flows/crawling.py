"""A crawler: from the first page over every link, every GET form and every piece that htmx asks for.

Addresses with one route are of one kind; with the same names in the query they are of one kind and shape.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

Look = Callable[[str, str], None]
ENDS_THE_VISIT = ("/accounts/logout/",)


class Links(HTMLParser):
    """The addresses a page offers, as they stand there; a form's with what its fields hold, and with the first choice
    where one must be made and none is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.sent: list[str] = []  # those of `found` that are forms
        self._form: str | None = None
        self._fields: list[tuple[str, str]] = []
        self._offers: dict[str, list[str]] = {}  # what a choice offers of which one is sent though none is marked
        self._must: set[str] = set()
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.found += [said[name] for name in ("hx-get", "src") if said.get(name)]
        if tag in ("a", "link") and "href" in said:
            self.found.append(said["href"])
        elif tag == "form" and said.get("method", "get").lower() == "get":
            self._form, self._fields, self._offers, self._must = said.get("action", ""), [], {}, set()
        elif self._form is not None and tag == "option" and self._select:
            self._choice(self._select, said, chosen="selected" in said)
        elif self._form is not None and said.get("name"):
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        name, kind = said["name"], said.get("type")
        if tag == "select":
            self._select = name
        if "required" in said:
            self._must.add(name)
        if (tag == "select" and "multiple" not in said) or (kind == "radio" and "required" in said):
            self._offers.setdefault(name, [])
        if tag == "input" and kind in ("checkbox", "radio"):
            self._choice(name, said, chosen="checked" in said)
        elif tag == "input" and kind != "submit":
            self._fields.append((name, said.get("value", "")))

    def _choice(self, name: str, said: dict[str, str], *, chosen: bool) -> None:
        value = said.get("value", "")
        if not value and name in self._must:
            return
        if chosen:
            self._fields.append((name, value))
        elif name in self._offers:
            self._offers[name].append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and self._form is not None:
            filled = {name for name, _value in self._fields}
            self._fields += [(name, of[0]) for name, of in self._offers.items() if of and name not in filled]
            query = urlencode(self._fields)
            self.sent.append(f"{self._form.partition('?')[0]}?{query}" if query else self._form)
            self.found.append(self.sent[-1])
            self._form = None


@dataclass
class Crawl:
    """One person's way through one host.

    Of a kind of address `each` are opened, and one at least of each shape if `shapes`; `done` counts both and may be
    shared with others. What stands on the `starts` is opened in any case: it is what the person meets first.
    `look` is called with each page's address and text.
    """

    browser: Client
    host: str
    urlconf: str
    each: int
    shapes: bool = False
    done: Counter[str] = field(default_factory=Counter)
    look: Look = lambda address, text: None
    faults: list[str] = field(default_factory=list)
    opened: int = 0
    _seen: set[str] = field(default_factory=set)
    _sent: set[str] = field(default_factory=set)

    def run(self, *starts: str) -> "Crawl":
        waiting = deque((start, "") for start in starts)
        self._seen.update(starts)
        while waiting:
            address, source = waiting.popleft()
            if self._is_wanted(address) or source in ("", *starts):
                waiting.extend((found, address) for found in self._open(address, source))
        return self

    def _is_wanted(self, address: str) -> bool:
        """Tell whether there were too few of this kind, or none of this shape; count it then."""
        path, _, query = address.partition("?")
        try:
            route = str(resolve(path, self.urlconf).route)
        except Resolver404:
            route = path  # a static file, or what leads nowhere
        kind = f"{self.urlconf} {route}"
        shape = " ".join([kind, *sorted({pair.partition("=")[0] for pair in query.split("&")})])
        wanted = self.done[kind] < self.each or (self.shapes and not self.done[f"? {shape}"])
        if wanted:
            self.done.update([kind, f"? {shape}"])
        return wanted

    def _open(self, address: str, source: str) -> Iterator[str]:
        """Open a page; yield the addresses on it that were not seen yet."""
        answer = self.browser.get(address, headers={"host": self.host})
        self.opened += 1
        if answer.status_code >= 400 and not self._says_what_to_mend(answer, address):
            why = f" {answer.exc_info[1]!r}" if getattr(answer, "exc_info", None) else ""
            self.faults.append(f"{answer.status_code} {self.host}{address} (from {source or 'outside'}){why}")
            return
        if answer.status_code in (301, 302):
            links = [answer["Location"]]
        elif answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            text = answer.content.decode()
            self.look(address, text)
            page = Links(text)
            links = page.found
            self._sent.update(self._here(urljoin(address, link)) for link in page.sent)
        else:
            answer.close()
            return
        for link in links:
            found = self._here(urljoin(address, link))
            if found and found not in self._seen:
                self._seen.add(found)
                yield found

    def _says_what_to_mend(self, answer: Any, address: str) -> bool:
        """Tell whether this is a form that was sent, and refused in words beside its fields: a page like any other."""
        return answer.status_code == 400 and address in self._sent and b'class="error-summary"' in answer.content

    def _here(self, link: str) -> str:
        """Return the address on this host that a link leads to, or '' if it leads elsewhere or ends the visit."""
        parts = urlsplit(link)
        if parts.scheme not in ("", "http", "https") or parts.hostname not in (None, self.host):
            return ""
        if parts.path in ENDS_THE_VISIT:
            return ""
        return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
