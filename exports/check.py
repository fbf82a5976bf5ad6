"""Look at what is published without changing it: is all as it was written, and what lies between two versions."""

from typing import Any

from exports import delta as deltas
from exports.audit import audit
from exports.delta import Delta, paired
from exports.model import ExportConfig, PublishError
from exports.version import chain, find


def verify(config: ExportConfig, version: str | None = None) -> list[str]:
    """What is wrong with the published versions (or with one), as German sentences; empty if all is well.

    Every file is hashed again; the live version passes the checks of publication again too.
    """
    try:
        kept = chain(config)
        versions = [find(config, version)] if version else kept
    except PublishError as error:
        return [str(error)]
    if not versions:
        return ["Es ist noch nichts veröffentlicht."]
    problems = [problem for one in versions for problem in one.damage(every_file=True)]
    if problems or versions[0].name != kept[0].name:
        return problems
    before = next((one for one in kept if one.name == versions[0].previous), None)
    return [f"{versions[0].name}: {problem}" for problem in audit(versions[0].path, before).problems]


def diff(config: ExportConfig, old: str, new: str) -> dict[str, Any]:
    """What leads from one version to another, in either direction: counts by change, and the lines of a delta.

    Raises UnknownVersion.
    """
    left, right = find(config, old), find(config, new)
    delta = Delta()
    for one, other in paired(left.courses(), right.courses()):
        delta.note(one, other)
    changes = list(delta.lines(right.ledger().redirects))
    return {"from": old, "to": new, "counts": deltas.counts(changes), "changes": changes}
