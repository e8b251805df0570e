"""A cache whose server may die: pages go on, and what was counted is counted in this process until it is back."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

logger = logging.getLogger(__name__)
REST = 5.0  # seconds before a server that did not answer is asked again
LIMITS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}


class SurvivingCache(BaseCache):
    """Django's Redis cache; while its server is silent, this process's own memory.

    Limits that are counted here then hold for each process by itself: looser than before, never open. What only saves
    work is missed once. Nothing is carried back: a counter that had stopped goes on where the server has it.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.server = RedisCache(server, {**params, "OPTIONS": LIMITS | params.get("OPTIONS", {})})
        self.memory = LocMemCache(f"beside {id(self)}", params)
        self.silent_until = 0.0

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.silent_until:
            try:
                return getattr(self.server, method)(*args, **kwargs)
            except (ConnectionError, TimeoutError) as error:
                logger.warning("the cache does not answer: %s", type(error).__name__)
                self.silent_until = time.monotonic() + REST
                self.memory.clear()  # of an earlier time without the server
        return getattr(self.memory, method)(*args, **kwargs)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def clear(self) -> None:
        self._ask("clear")

    def forget(self, mark: str) -> int:
        """Delete every key that holds `mark`; return how many went.

        :raises ConnectionError: where the server is gone, so that the deletion is tried again.
        """
        server = self.server._cache.get_client(None, write=True)
        found = list(server.scan_iter(match=f"*{mark}*", count=1000))
        return int(server.delete(*found)) if found else 0
