"""The two fingerprints of an offer: what the portal shows, and what a judgement on a pair was based on."""

import hashlib
import json
from typing import Any

from normalize.features import read_features
from normalize.model import Offer
from normalize.text import fold, html_to_text

_NOT_SHOWN = {"fetched_at", "title_raw", "issues", "content_hash", "match_hash"}


def content_hash(offer: Offer) -> str:
    """SHA-256 over all that the portal shows of an offer, without `fetched_at`: it drives the deltas (contract 4.2)."""
    shown = offer.model_dump(mode="json", exclude=_NOT_SHOWN)
    for run in shown["instances"]:
        del run["instance_id"]  # minted after normalisation where the source gives no ref
    return _digest(shown)


def match_hash(offer: Offer) -> str:
    """SHA-256 over what says which course it is: title, provider, number, level, parts, norm, form, content.

    Dates, places and prices are left out, so that a moved run does not reopen a steward's judgement (contract 4.3).
    """
    title = offer.title or ""
    features = read_features(title, offer.subtitle or "")
    return _digest(
        {
            "title": fold(title),
            "subtitle": fold(offer.subtitle or ""),
            "provider": offer.provider.key if offer.provider else None,
            "number": fold(offer.course_number or ""),
            "level": offer.level,
            "parts": offer.parts,
            "norms": features.norms,
            "format": offer.format,
            "content": fold(html_to_text(offer.description)) if offer.description else "",
        }
    )


def _digest(value: dict[str, Any]) -> str:
    """Hex SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
