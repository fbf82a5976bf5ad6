"""The offers that a source is known to have right now, and until when: what a harvest is expected to meet again."""

from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class AliveOffer:
    """An offer that is not withdrawn. `last_day` (ISO) is the last day of its last run; None if a run has no date."""

    offer_id: str
    ref: str
    url: str | None
    last_seen: str
    last_day: str | None

    def is_over(self, day: date) -> bool:
        """Whether all its runs had ended before this day."""
        return self.last_day is not None and self.last_day < day.isoformat()


def alive_offers(con: DuckDBPyConnection, source: str) -> tuple[AliveOffer, ...]:
    """The offers of a source that are not withdrawn, by offer id. A run without an end lasts until its start."""
    rows = con.execute(
        """
        SELECT o.offer_id, o.ref, o.url, o.last_seen,
               CASE WHEN bool_and(i."end" IS NOT NULL OR i."start" IS NOT NULL)
                    THEN max(coalesce(i."end", i."start")) END AS last_day
        FROM offers o LEFT JOIN instances i ON i.offer_id = o.offer_id AND i.status = 'active'
        WHERE o.source = $source AND o.status = 'active'
        GROUP BY ALL ORDER BY o.offer_id
        """,
        {"source": source},
    ).fetchall()
    return tuple(AliveOffer(*row) for row in rows)
