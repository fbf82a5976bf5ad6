"""What people's judgements teach: the judged pairs as observations, and the model that follows from them.

People judge what the machine asked, so the pairs are no fair sample: nearly all lie in the review band. Whether a pair
is asked depends on its features alone, so what the weights say *given* the features is learned without bias; what such
a sample cannot tell is how many pairs are the same at all, and what the levels are worth that never come up. Hence the
bias is held far more firmly than the weights, and every weight starts from the prior, which keeps what was never asked.
All judgements upon the same two courses count as one observation: ten runs of a course are judged the same way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from dedupe.features import batch_of, measure
from dedupe.golden import Known
from dedupe.journal import Decisions, Pair
from dedupe.keys import read_key
from dedupe.scored import CONTEXTS, Scored
from dedupe.scoring import Model
from dedupe.training import Floats, fit
from dedupe.vetoes import contradictions

STIFFNESS = 12.0  # so many judgements weigh as much as the prior of a weight
FIRM_BIAS = 20.0


@dataclass(frozen=True)
class Judged:
    """Judged pairs with their levels. Left out: `unsure`, offers gone, sides changed since, typed conflicts."""

    pairs: tuple[Pair, ...]
    levels: npt.NDArray[np.int8]
    same: npt.NDArray[np.bool_]
    importance: Floats
    unsure: int
    gone: int
    changed: int
    conflicting: int

    def counts(self) -> dict[str, int]:
        """How many judgements were used, and why others were not."""
        return {
            "used": len(self.pairs),
            "same": int(self.same.sum()),
            "different": int((~self.same).sum()),
            "unsure": self.unsure,
            "gone": self.gone,
            "changed": self.changed,
            "conflicting": self.conflicting,
        }


def judged_pairs(known: Iterable[Known], decisions: Decisions, compared: Scored | None = None) -> Judged:
    """The live judgements on offers that are known, as they were when judged.

    A pair in typed conflict is left out: no weight decides it, the veto does. `compared`: the machine's view of all
    offers, which tells what the features of a pair alone do not: how it stands among its rivals.
    """
    offers = {one.offer.offer_id: one for one in known}
    left_out: Counter[str] = Counter()
    pairs: list[Pair] = []
    same: list[bool] = []
    rows: dict[str, int] = {}
    for (left, right), verdict in sorted(decisions.verdicts.items()):
        a, b = (decisions.present_name(name, offers) for name in (left, right))
        if verdict.verdict == "unsure":
            left_out["unsure"] += 1
        elif a is None or b is None or a == b:
            left_out["gone"] += 1
        elif verdict.changed(offers[a].offer.match_hash, offers[b].offer.match_hash):
            left_out["changed"] += 1
        else:
            pairs.append((a, b))
            same.append(verdict.verdict == "same")
            rows.setdefault(a, len(rows))
            rows.setdefault(b, len(rows))
    keys = [read_key(offers[name].offer, offers[name].first_seen) for name in rows]
    free = [not contradictions(keys[rows[a]].kind, keys[rows[b]].kind) for a, b in pairs]
    pairs, same = list(compress(pairs, free)), list(compress(same, free))
    levels = measure(batch_of(keys, [(rows[a], rows[b]) for a, b in pairs]))
    if compared is not None:
        contexts = [compared.contexts((min(pair), max(pair))) for pair in pairs]
        levels = np.column_stack((levels, np.array(contexts, np.int8).reshape(len(pairs), CONTEXTS)))
    return Judged(
        pairs=tuple(pairs),
        levels=levels,
        same=np.array(same, np.bool_),
        importance=_importance([frozenset((keys[rows[a]].repeats, keys[rows[b]].repeats)) for a, b in pairs]),
        unsure=left_out["unsure"],
        gone=left_out["gone"],
        changed=left_out["changed"],
        conflicting=free.count(False),
    )


def learn(judged: Judged, prior: Model, *, version: str) -> Model:
    """The model that the judgements make of the prior: maximum a posteriori, see `dedupe.training.fit`."""
    return fit(
        judged.levels,
        judged.same,
        prior,
        version=version,
        origin=f"{prior.version}, then {len(judged.pairs)} judgements of stewards",
        importance=judged.importance,
        stiffness=STIFFNESS,
        trust=1.0,
        firm_bias=FIRM_BIAS,
    )


def _importance(groups: Sequence[object]) -> Floats:
    """Each group of equal pairs counts as one observation."""
    sizes = Counter(groups)
    return np.array([1 / sizes[group] for group in groups], np.float64)
