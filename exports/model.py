"""What a publication takes and gives, and the ways it can be refused. Messages are German: operators read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from exports.rights import Rights


@dataclass(frozen=True)
class ExportConfig:
    """Where versions lie and what they must fulfil.

    `keep` is the number of versions that stay; `min_share` the smallest share of the last version's courses that a new
    one may hold; `online_providers` are keys of providers from elsewhere whose online courses are published too;
    `rights` names the sources and what may not be shown; `base_url` is where the portal shows the data set.

    A new version is refused if more than `max_withdrawn` of the last one's courses are gone, more than
    `max_changed_ids` of its ids were merged or split, or a key field lost more than `max_fill_drop` of the courses that
    state it, each as a share of one, and each only where more than `few` courses are concerned.
    """

    root: Path
    profile: str
    keep: int = 30
    min_share: float = 0.5
    online_providers: frozenset[str] = frozenset()
    rights: Rights = field(default_factory=Rights)
    base_url: str = "https://qualiguide.invalid"
    max_withdrawn: float = 0.30
    max_changed_ids: float = 0.10
    max_fill_drop: float = 0.20
    few: int = 10

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("https://", "http://")) or self.base_url.endswith("/"):
            raise ValueError("base_url must be http(s) and must not end with a slash")
        if self.keep < 1:
            raise ValueError("keep must be at least 1: the current version always stays")


@dataclass(frozen=True)
class SourceStatus:
    """How a source fared: "fresh" means its data are of this run, all else that older data stand."""

    source: str
    name: str
    status: Literal["fresh", "stale", "held", "skipped"]
    last_good: str | None = None
    licence: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Published:
    """The version that is live now. `live` is False if nothing was written, and `reason` says why."""

    version: str
    path: Path
    counts: Mapping[str, int] = field(default_factory=dict)
    delta_counts: Mapping[str, int] = field(default_factory=dict)
    live: bool = True
    reason: str | None = None


class PublishError(Exception):
    """Nothing was published; the last good version stays."""


class AuditFailed(PublishError):  # noqa: N818 - reads as what happened
    """The new version did not pass its checks."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("Die Prüfung vor der Veröffentlichung ist gescheitert: " + "; ".join(self.reasons))


class ExportsBusy(PublishError):  # noqa: N818
    """Another process publishes right now."""


class ProfileMismatch(PublishError):  # noqa: N818
    """The published versions belong to another profile."""


class UnknownVersion(PublishError):  # noqa: N818
    """There is no such version (any more)."""
