"""Webhooks: signed letters, and a post that loses, repeats, shuffles and delays them as it is told."""

import hashlib
import hmac
import json
import queue
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace

from tests.fakes.stripe.books import Books, Object, shown

SECRET = "whsec_of_the_stand_in"


@dataclass(frozen=True)
class Letter:
    """One delivery of one event: its body, its signature, and what a good receiver answers to it."""

    body: bytes
    signature: str
    event: str
    expects: int = 200


@dataclass(frozen=True)
class Delivery:
    """How badly the post works. `lost` is the share that never comes, `most` how often one event may come."""

    lost: float = 0.0
    most: int = 1
    shuffled: bool = False
    seed: int = 1

    def letters(self, events: list[Object]) -> list[Letter]:
        """Return what arrives of `events`, in the order of its arrival."""
        dice = random.Random(self.seed)
        arriving = [
            letter(event) for event in events if dice.random() >= self.lost for _ in range(dice.randint(1, self.most))
        ]
        if self.shuffled:
            dice.shuffle(arriving)
        return arriving


def letter(event: Object) -> Letter:
    """Return an event as Stripe sends it now."""
    body = json.dumps(shown(event), indent=2, ensure_ascii=False).encode()
    return Letter(body, sign(body), event["id"])


def sign(body: bytes, secret: str = SECRET, at: int | None = None) -> str:
    at = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def forged(good: Letter) -> Letter:
    """Return a letter signed by somebody who does not know the secret."""
    return replace(good, signature=sign(good.body, "whsec_guessed"), expects=400)


def unsigned(good: Letter) -> Letter:
    return replace(good, signature="", expects=400)


def ancient(good: Letter) -> Letter:
    """Return a good letter, taken and sent again long after."""
    return replace(good, signature=sign(good.body, at=int(time.time()) - 3600), expects=400)


def reencoded(good: Letter) -> Letter:
    """Return a letter whose body was read and written again on the way: the same facts, other bytes."""
    return replace(good, body=json.dumps(json.loads(good.body)).encode(), expects=400)


def of_another_account(good: Letter) -> Letter:
    body = json.dumps({**json.loads(good.body), "account": "acct_1SomebodyElse"}).encode()
    return replace(good, body=body, signature=sign(body), expects=400)


def of_another_mode(good: Letter) -> Letter:
    said = json.loads(good.body)
    body = json.dumps({**said, "livemode": not said["livemode"]}).encode()
    return replace(good, body=body, signature=sign(body), expects=400)


WRONGS = (forged, unsigned, ancient, reencoded, of_another_account, of_another_mode)


class Courier:
    """Delivers to an address while events happen, and tries a few times again, as Stripe does."""

    def __init__(self, books: Books, url: str, host: str = "") -> None:
        self.books, self.url, self.host = books, url, host
        self.waiting: queue.Queue[Object] = queue.Queue()

    def start(self) -> "Courier":
        self.books.listeners.append(self.waiting.put)
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def _run(self) -> None:
        while True:
            event = self.waiting.get()
            for pause in (0.0, 0.5, 2.0):
                time.sleep(pause)
                if self._post(letter(event)):
                    break
            self.waiting.task_done()

    def _post(self, sent: Letter) -> bool:
        headers = {"Content-Type": "application/json", "Stripe-Signature": sent.signature}
        if self.host:
            headers["Host"] = self.host
        try:
            request = urllib.request.Request(self.url, sent.body, headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def settle(self) -> None:
        """Wait until all that happened so far was delivered."""
        self.waiting.join()
