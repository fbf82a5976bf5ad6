"""How good are the automatic merges on offers of which the truth is known?"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dedupe.comparing import pair_completeness
from dedupe.golden import Known
from dedupe.journal import Decisions
from dedupe.pipeline import Resolved, resolve_offers
from dedupe.scoring import Model, load_model
from normalize.model import Offer


@dataclass(frozen=True)
class Evaluation:
    """The figures of contract 4.6 over all unordered pairs of the input, and the clusters they are of."""

    offers: int
    true_pairs: int
    merged_pairs: int
    precision: float
    recall: float
    f1: float
    bcubed_f1: float
    review_pairs: int
    review_pairs_per_100_offers: float
    lost_true_share: float
    pair_completeness: float
    clusters: tuple[dict[str, str], ...]

    def figures(self) -> dict[str, Any]:
        """The figures alone, for printing."""
        return {name: value for name, value in asdict(self).items() if name != "clusters"}


def evaluate(offers: Sequence[Offer], labels: Mapping[str, str], *, model: Model | None = None) -> Evaluation:
    """Dedupe with an empty journal and equal first_seen, and compare with the truth.

    `labels`: offer id -> true course. Raises ValueError for a repeated offer id or a missing label.
    """
    return measure_quality(resolve_labelled(offers, labels, model or load_model()), labels)


def resolve_labelled(offers: Sequence[Offer], labels: Mapping[str, str], model: Model) -> Resolved:
    """Dedupe labelled offers with an empty journal and equal first_seen; raises ValueError as `evaluate` does."""
    repeated = [offer for offer, count in Counter(offer.offer_id for offer in offers).items() if count > 1]
    if repeated:
        raise ValueError(f"repeated offer ids: {', '.join(sorted(repeated)[:5])}")
    missing = [offer.offer_id for offer in offers if offer.offer_id not in labels]
    if missing:
        raise ValueError(f"offers without a label: {', '.join(sorted(missing)[:5])}")
    return resolve_offers((Known(offer, "0", "active") for offer in offers), Decisions(), model)


def measure_quality(found: Resolved, labels: Mapping[str, str]) -> Evaluation:
    """The figures of a resolution under the truth. A share of nothing is 1, so a set without duplicates is good."""
    merged = found.resolution.course_ids
    review = [(one.left, one.right) for one in found.asked]
    true_pairs = _pairs(labels[offer] for offer in merged)
    merged_pairs = _pairs(merged.values())
    right_pairs = _pairs((labels[offer], course) for offer, course in merged.items())
    reached = reviewed(merged, review, labels)
    reached_pairs = _pairs((labels[offer], reached[course]) for offer, course in merged.items())
    precision, recall = _share(right_pairs, merged_pairs), _share(right_pairs, true_pairs)
    return Evaluation(
        offers=len(merged),
        true_pairs=true_pairs,
        merged_pairs=merged_pairs,
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(_harmonic(precision, recall), 4),
        bcubed_f1=round(_bcubed(merged, labels), 4),
        review_pairs=len(review),
        review_pairs_per_100_offers=round(100 * _share(len(review), len(merged), empty=0.0), 2),
        lost_true_share=round(1 - _share(reached_pairs, true_pairs), 4),
        pair_completeness=round(pair_completeness(found.comparison, labels), 4),
        clusters=tuple({"offer_id": offer, "course_id": course} for offer, course in sorted(merged.items())),
    )


def _pairs(values: Iterable[Hashable]) -> int:
    """Unordered pairs of equal values."""
    return sum(count * (count - 1) // 2 for count in Counter(values).values())


def reviewed(merged: Mapping[str, str], review: Iterable[tuple[str, str]], labels: Mapping[str, str]) -> dict[str, str]:
    """Course id -> the course it belongs to once every reviewed pair is decided rightly.

    `merged`: offer id -> course id; `review`: pairs of offer ids; `labels`: offer id -> true course.
    """
    joined = {course: course for course in merged.values()}

    def root(course: str) -> str:
        while joined[course] != course:
            course = joined[course]
        return course

    for left, right in review:
        if labels[left] == labels[right]:
            joined[root(merged[left])] = root(merged[right])
    return {course: root(course) for course in joined}


def _bcubed(merged: Mapping[str, str], labels: Mapping[str, str]) -> float:
    """B-cubed F1: precision and recall of the cluster around each offer, averaged over offers."""
    if not merged:
        return 1.0
    together: defaultdict[tuple[str, str], int] = defaultdict(int)
    for offer, course in merged.items():
        together[course, labels[offer]] += 1
    sizes, truths = Counter(merged.values()), Counter(labels[offer] for offer in merged)
    precision = sum(count * count / sizes[course] for (course, _), count in together.items()) / len(merged)
    recall = sum(count * count / truths[label] for (_, label), count in together.items()) / len(merged)
    return _harmonic(precision, recall)


def _share(part: int, whole: int, *, empty: float = 1.0) -> float:
    return part / whole if whole else empty


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
