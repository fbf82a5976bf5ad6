"""`bildungsraum train`: weights learned from what the stewards decided, taken over only if nothing gets worse.

What is learned starts from the shipped model each time, never from an earlier training, so the same journal over the
same offers gives the same model. Before there are decisions the shipped model serves as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dedupe import journal
from dedupe.calibration import Calibration, calibrate
from dedupe.evaluate import measure_quality, resolve_labelled
from dedupe.judged import Judged, judged_pairs, learn
from dedupe.pipeline import Resolved, read_offers, resolve_offers
from dedupe.scoring import Model, dump_model, load_model
from flows.home import Home, Refused, WrongUsage, night_lock, write_atomically
from flows.labelled import Labelled, read_labelled
from flows.settings import ROOMS

LABELLED = ROOMS / "tests" / "labelled" / "courses.jsonl"
LEAST = 20  # judgements; fewer say less than chance
# What counts as worse on the labelled set: a share, a share, and a factor.
PRECISION_FLOOR, SLACK, LOSS_SLACK = 0.985, 0.002, 1.05


@dataclass(frozen=True)
class Training:
    """What a training did: why it was refused (German; empty if it was not), and the figures behind it."""

    version: str
    refused: tuple[str, ...]
    judgements: Judged
    weights: dict[str, dict[str, float]] = field(default_factory=dict)  # "feature.level" -> before, after
    labelled: dict[str, dict[str, float]] = field(default_factory=dict)  # before, after -> figure
    ids: dict[str, float] = field(default_factory=dict)
    queue: dict[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """All of it as plain values, for printing."""
        return {
            "version": self.version,
            "trained": not self.refused,
            "refused": list(self.refused),
            "judgements": self.judgements.counts(),
            "weights_changed": self.weights,
            "labelled": self.labelled,
            "ids": self.ids,
            "queue": self.queue,
        }


def train_home(home: Home, *, limit: float, labelled: Path | None, now: datetime) -> Training:
    """Train on the journal of a home and, unless a gate refuses, write `model.json` there.

    `limit`: the share of offers whose course id may change. Raises Refused if there is nothing to learn from, and
    WrongUsage if there is no labelled set to measure with.
    """
    snapshot = home.review / "current" / "offers.jsonl"
    if not snapshot.exists():
        raise Refused(f"In {home.root} ist noch keine Nacht zu Ende gegangen.")
    with night_lock(home):
        base, old = load_model(), load_model(home.model)
        known = read_offers(snapshot)
        decisions = journal.decide(journal.read(home.journal))
        judged = judged_pairs(known, decisions, resolve_offers(known, decisions, base).comparison.scores)
        if len(judged.pairs) < LEAST:
            raise Refused(
                f"Es gibt nichts zu lernen: {len(judged.pairs)} verwendbare Urteile, mindestens {LEAST} sind nötig. "
                "Das bisherige Modell gilt weiter."
            )
        new = learn(judged, base, version=f"{base.version}+{now:%Y%m%dT%H%M%SZ}")
        truth = read_labelled(_labelled_set(labelled))
        before, after = (_measured(truth, model) for model in (old, new))
        mine = [resolve_offers(known, decisions, model) for model in (old, new)]
        ids = _id_changes(*mine)
        problems = (*_worse(before, after), *_moved(ids, limit))
        if not problems:
            write_atomically(home.root / "model.json", dump_model(new))
    return Training(
        version=new.version if not problems else old.version,
        refused=problems,
        judgements=judged,
        weights=dict(_changed(old, new)),
        labelled={"before": before, "after": after},
        ids=ids,
        queue={"before": len(mine[0].asked), "after": len(mine[1].asked)},
    )


def _labelled_set(named: Path | None) -> Path:
    path = named or LABELLED
    if not path.is_file():
        raise WrongUsage(f"there is no labelled set {path} to measure a new model with: name one with --labelled")
    return path


def _measured(truth: Labelled, model: Model) -> dict[str, float]:
    """The figures the gate compares, on the labelled set with an empty journal."""
    found = resolve_labelled(truth.offers, truth.labels, model)
    quality = measure_quality(found, truth.labels)
    calibration: Calibration = calibrate(found.comparison.scores, truth.labels)
    return {
        "precision": quality.precision,
        "recall": quality.recall,
        "f1": quality.f1,
        "review_pairs": quality.review_pairs,
        "lost_true_share": quality.lost_true_share,
        "log_loss": calibration.log_loss,
        "calibration_error": calibration.error,
    }


def _worse(before: Mapping[str, float], after: Mapping[str, float]) -> Iterable[str]:
    """What a new model would make worse on the labelled set, in German."""
    floor = min(PRECISION_FLOOR, before["precision"])
    if after["precision"] < max(floor, before["precision"] - SLACK):
        yield (
            "Abgelehnt: Auf dem beschrifteten Satz wären mehr Zusammenführungen falsch "
            f"(Genauigkeit {before['precision']} -> {after['precision']})."
        )
    if after["f1"] < before["f1"] - SLACK:
        yield (
            "Abgelehnt: Auf dem beschrifteten Satz würde weniger richtig zusammengeführt "
            f"(F1 {before['f1']} -> {after['f1']})."
        )
    if after["log_loss"] > before["log_loss"] * LOSS_SLACK:
        yield (
            "Abgelehnt: Die Wahrscheinlichkeiten wären weniger verlässlich "
            f"(logarithmischer Verlust {before['log_loss']} -> {after['log_loss']})."
        )


def _moved(ids: Mapping[str, float], limit: float) -> Iterable[str]:
    if ids["share"] > limit:
        yield (
            f"Abgelehnt: {ids['changed']:g} von {ids['offers']:g} Angeboten bekämen eine andere Kurs-ID "
            f"({ids['share']:.1%}, erlaubt sind {limit:.1%})."
        )


def _id_changes(old: Resolved, new: Resolved) -> dict[str, float]:
    """How many offers would be found under another course id."""
    before, after = old.resolution.course_ids, new.resolution.course_ids
    changed = sum(after[offer] != course for offer, course in before.items())
    return {"offers": len(before), "changed": changed, "share": round(changed / max(len(before), 1), 4)}


def _changed(old: Model, new: Model) -> Iterable[tuple[str, dict[str, float]]]:
    """The weights that differ, strongest change first."""
    pairs = [("bias", old.bias, new.bias)]
    pairs += [
        (f"{feature}.{level}", weight, new.weights[feature][level])
        for feature, levels in old.weights.items()
        for level, weight in levels.items()
    ]
    differing = [(name, before, after) for name, before, after in pairs if before != after]
    for name, before, after in sorted(differing, key=lambda one: (-abs(one[2] - one[1]), one[0])):
        yield name, {"before": before, "after": after}
