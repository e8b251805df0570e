"""The stand-in itself: Stripe's HTTP, spoken to by the real SDK. `with StandIn() as stripe: stripe.address`."""

import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from tests.fakes.stripe import (
    catalogue,
    checkout,
    clock,
    customers,
    happened,
    invoices,
    pages,
    params,
    paying,
    subscriptions,
)  # fmt: skip
from tests.fakes.stripe.books import ACCOUNT, Books, Object
from tests.fakes.stripe.routes import find
from tests.fakes.stripe.wrong import Wrong

NOUNS = (catalogue, checkout, customers, happened, invoices, paying, subscriptions)
HOSTED = ("/pay/", "/portal/", "/invoice/")
KEY = "sk_test_of_the_stand_in"
SECRET = "whsec_of_the_stand_in"


class StandIn:
    """One Stripe account on a loopback port. `books` is its state; `silent` makes it fail as an outage does."""

    def __init__(self, now: int | None = None, port: int = 0) -> None:
        self.books = Books(now)
        self.silent = 0  # an HTTP status answered to each call, -1: the connection is dropped
        self.silent_for = 0  # so many calls are answered by 503
        self.held: dict[str, float] = {}  # path -> seconds its next answer stays on the way
        self.asked: list[tuple[str, str]] = []
        stand_in = self

        class Handler(_Handler):
            house = stand_in

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.address = self.books.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- What a test does to it ---------------------------------------------------------------------------------
    def advance(self, *, days: float = 0, hours: float = 0) -> None:
        """Let time pass, and with it whatever falls due."""
        with self.books.lock:
            clock.move_to(self.books, self.books.now + int(days * 86400 + hours * 3600))

    def pay(self, session_id: str, card: str = "4242424242424242", way: str = "card", code: str = "") -> str:
        """Press Checkout's button; return where the visitor is sent.

        :raises Wrong: where the page says why not.
        """
        with self.books.lock:
            return checkout.press(self.books, session_id, card, way, code)

    def change_card(self, customer: str, card: str) -> None:
        with self.books.lock:
            checkout.change_card(self.books, customer, card)

    def dispute(self, charge: str) -> None:
        with self.books.lock:
            paying.dispute(self.books, charge)

    def balance(self) -> int:
        """Return fen: what customers paid less what went back."""
        with self.books.lock:
            return paying.balance(self.books)

    # --- Answering ----------------------------------------------------------------------------------------------
    def answer(self, method: str, target: str, headers: Any, body: str) -> tuple[int, Object, str]:
        """Answer one API call: status, object, and the key it was repeated under ('' for a first time)."""
        url = urlsplit(target)
        with self.books.lock:
            self.asked.append((method, url.path))
            try:
                if headers.get("Authorization", "") != f"Bearer {KEY}":
                    raise Wrong(401, "invalid_request_error", "Invalid API Key provided.")
                return self._once(
                    method, url.path, headers.get("Idempotency-Key", ""), url.query if method != "POST" else body
                )
            except Wrong as refusal:
                return refusal.status, {"error": refusal.error}, ""

    def _once(self, method: str, path: str, key: str, text: str) -> tuple[int, Object, str]:
        request = hashlib.sha256(f"{method} {path} {text}".encode()).hexdigest()
        if method == "POST" and key and (kept := self.books.kept.get(key)):
            if kept[0] != request:
                told = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                raise Wrong(400, "idempotency_error", told)
            return kept[1], kept[2], key
        status, answer = 200, {}
        try:
            answer = self._do(method, path, text)
        except Wrong as refusal:
            if refusal.status == 400:  # refused before anything was done: Stripe keeps nothing of it
                raise
            status, answer = refusal.status, {"error": refusal.error}
        if method == "POST" and key:
            self.books.kept[key] = (request, status, answer)
        return status, answer, ""

    def _do(self, method: str, path: str, text: str) -> Object:
        route, names = find(method, path)
        said = params.check(route.typed, params.decode(text))
        expand = said.pop("expand", [])
        return self.books.expanded(route.do(self.books, said, **names), expand)


class _Handler(BaseHTTPRequestHandler):
    house: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the receiver's acknowledgement

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.house.silent == -1:
            self.close_connection = True
            return
        path = urlsplit(self.path).path
        if path == "/favicon.ico":  # browsers ask for it and complain of anything else
            self._send(204, b"", "image/x-icon", {})
            return
        if path.startswith(HOSTED):
            with self.house.books.lock:
                status, page, there = pages.answer(self.house.books, self.command, path, body)
            self._send(status, page.encode(), "text/html; charset=utf-8", {"Location": there} if there else {})
            return
        if self.house.silent_for:
            self.house.silent_for -= 1
            status, answer, again = 503, {"error": {"type": "api_error", "message": "out"}}, ""
        elif self.house.silent:
            status, answer, again = self.house.silent, {"error": {"type": "api_error", "message": "out"}}, ""
        else:
            status, answer, again = self.house.answer(self.command, self.path, self.headers, body)
        time.sleep(self.house.held.pop(path, 0))
        more = {"Request-Id": f"req_{secrets.token_hex(7)}", **({"Idempotent-Replayed": "true"} if again else {})}
        self._send(status, json.dumps(answer).encode(), "application/json", more)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Run the stand-in by hand: `python -m tests.fakes.stripe.server [port] [webhook address]`."""
    import sys

    from tests.fakes.stripe.delivery import Courier

    with StandIn(port=int(sys.argv[1]) if len(sys.argv) > 1 else 12111) as house:
        if len(sys.argv) > 2:
            Courier(house.books, sys.argv[2]).start()
        sys.stdout.write(f"STRIPE_API_BASE={house.address} STRIPE_API_KEY={KEY} STRIPE_WEBHOOK_SECRET={SECRET} "
                         f"STRIPE_ACCOUNT={ACCOUNT}\n")  # fmt: skip
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
