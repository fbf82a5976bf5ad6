"""What every grammar of this room returns: a value, and the doubts that become issues of the offer."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A string that was not read, or read with a doubt. `raw` is untouched, `reason` is English."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value read from published text, with what could not be read of it."""

    value: T
    doubts: tuple[Doubt, ...] = ()
