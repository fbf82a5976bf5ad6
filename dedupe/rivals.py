"""Is there another offer that fits better? A pair read in the light of its rivals.

Sources list a house's courses side by side. Of two listings whose words leave doubt, a person looks at what else either
could be: if the other source has a better counterpart, this is not it; if nothing else there comes into question, this
probably is. Only what was known when the younger of the two arrived can be a rival, so nothing that comes later changes
what was thought of a pair.
"""

import numpy as np
import numpy.typing as npt

from dedupe.columns import Codes, Rows, paired

Scores = npt.NDArray[np.float64]

FLOOR = -4.0  # nats: what is less likely than one in fifty is nobody's rival
TIED = 0.5  # nats by which two fit equally well
CLEAR = 3.0  # nats from which one fits much better
INSIDE = 3  # the place of a level between those told by the margin


def rival(
    left: Rows, right: Rows, scores: Scores, source: Codes, birth: Codes, same_from: float
) -> npt.NDArray[np.int8]:
    """Whether another offer of the two sources fits as well or better, as the place of the level in this list.

    alone: kein anderes Angebot beider Quellen kommt infrage
    clear: passt deutlich besser als andere Angebote beider Quellen
    ahead: passt etwas besser als andere Angebote beider Quellen
    inside: beide in derselben Quelle
    tied: andere Angebote einer der Quellen passen ebenso gut
    behind: ein anderes Angebot einer der Quellen passt besser
    far: ein anderes Angebot einer der Quellen passt viel besser

    `left`, `right`, `scores` (nats): the pairs compared, each once, left < right. `source` and `birth` by row, births
    numbered in their order. Two offers of one source that may be the same, by a score above `same_from`, are no rivals.
    """
    crossing = source[left] != source[right]
    rows = np.flatnonzero(crossing & (scores > FLOOR))
    alike = np.sort(paired(left, right)[~crossing & (scores > same_from)])
    node, other = np.concatenate((left[rows], right[rows])), np.concatenate((right[rows], left[rows]))
    seen = np.maximum(birth[node], birth[other])
    best = _best_rivals(paired(node, source[other]), other, np.tile(scores[rows], 2), seen, alike)
    margin = np.full(len(left), np.inf)
    margin[rows] = scores[rows] - np.maximum(*np.split(best, 2))
    level = np.digitize(-margin, [-np.inf, -CLEAR, -TIED, TIED, CLEAR], right=True)
    return np.where(crossing, level + (level >= INSIDE), INSIDE).astype(np.int8)


def _best_rivals(
    group: npt.NDArray[np.int64],
    other: Rows,
    scores: Scores,
    seen: Codes,
    alike: npt.NDArray[np.int64],
) -> Scores:
    """For every entry the best score of another one of its group that was not seen later and is not `alike` (pairs as
    `columns.paired`, in order); minus infinity if there is none.

    From the best of each group downwards, all groups at once: most entries find their rival at the first step.
    """
    order = np.lexsort((other, -scores, group))
    first = np.flatnonzero(np.diff(group[order], prepend=group[order][:1] - 1))
    sizes = np.diff(first, append=len(order))
    begin, size = np.repeat(first, sizes), np.repeat(sizes, sizes)
    best = np.full(len(order), -np.inf)
    waiting = np.flatnonzero(size > 1)
    rank = 0
    while len(waiting):
        entry, rival = order[waiting], order[begin[waiting] + rank]
        pairs = paired(np.minimum(other[entry], other[rival]), np.maximum(other[entry], other[rival]))
        places = np.minimum(np.searchsorted(alike, pairs), max(len(alike) - 1, 0))
        same = alike[places] == pairs if len(alike) else np.zeros(len(pairs), np.bool_)
        counts = (entry != rival) & (seen[rival] <= seen[entry]) & ~same
        best[entry[counts]] = scores[rival[counts]]
        rank += 1
        waiting = waiting[~counts & (size[waiting] > rank)]
    return best
