"""Remembers what short texts were read as: the listings of a provider repeat their prices, dates and places."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LONGEST = 400  # characters of all arguments together; a longer call is answered anew, so that memory stays bounded


def remembered(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorates a pure function of texts: its last `most` answers to short texts are kept."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        cached = lru_cache(maxsize=most)(function)

        @wraps(function)
        def call(*args: P.args, **named: P.kwargs) -> T:
            length = 0
            for value in args:
                if isinstance(value, str):
                    length += len(value)
                elif isinstance(value, tuple):
                    length += sum(map(len, value))
            if length > LONGEST:
                return function(*args, **named)
            return cached(*args, **named)  # type: ignore[arg-type]  # P cannot say that all are hashable

        call.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
        return call

    return decorate
