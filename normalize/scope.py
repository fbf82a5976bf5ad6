"""Does a course belong on the portal: is it vocational, and is it in the region? With the reason in German words."""

import re
from collections.abc import Iterable, Sequence

from normalize.features import read_features
from normalize.model import Place, Scope
from normalize.places import distance_km
from normalize.text import fold
from normalize.topics import all_topics, read_topics
from normalize.vocabulary import Funding, Regional, SourceKind, Vocational

NEAR_KM = 35.0  # in a straight line: the chamber's education centre in Münster, a partner, lies 31 km away

# Support that is paid only for training for a job. Educational leave is not among them: it is granted for yoga too.
_VOCATIONAL_FUNDING: dict[Funding, str] = {
    "bildungsgutschein": "Bildungsgutschein",
    "aktivierungsgutschein": "Aktivierungs- und Vermittlungsgutschein",
    "aufstiegs_bafoeg": "Aufstiegs-BAföG",
    "qualifizierungschancengesetz": "Qualifizierungschancengesetz",
    "qualifizierungsgeld": "Qualifizierungsgeld",
    "weiterbildungsstipendium": "Weiterbildungsstipendium",
    "aufstiegsstipendium": "Aufstiegsstipendium",
    "meisterbonus": "Meisterbonus",
    "kompass": "KOMPASS",
    "berufssprachkurs_bamf": "Berufssprachkurs des BAMF",
    "integrationskurs_bamf": "Integrationskurs des BAMF",
}
# Words that make a course vocational whatever it is about ("Yogalehrer-Ausbildung mit Zertifikat der IHK").
_OCCUPATION = re.compile(
    r"\b(?:ihk|hwk|umschulung|berufsabschluss|fachkraft|fachwirt\w*|betriebswirt\w*|berufsbegleitend|teilqualifi\w+|"
    r"tq ?\d|meisterpruefung|quereinstieg|sachkund\w*|berufsspezialist\w*)\b|"
    r"(?:lehrer|trainer|therapeut|leiter|berater)\w*[ -](?:in )?(?:ausbildung|lizenz)|ausbildung zu[mr]? |"
    r"uebungsleiter|(?:yoga|tanz)lehrer|wirtschaftsenglisch|business english|business spanish"
)
# A leisure topic turned towards work stays undecided rather than out.
_WORK = re.compile(
    r"\b(?:im|fuer den|fuers) (?:beruf|buero|job|arbeitsalltag)|beruflich|am arbeitsplatz|bildungsurlaub|bildungszeit|"
    r"berufsalltag"
)
_TALK = re.compile(r"\b(?:online )?vortrag\b|lesung|stadtrundgang|fuehrung durch|filmvorfuehrung")


def read_scope(
    title: str,
    topics: Sequence[str],
    categories: Iterable[str],
    keywords: Iterable[str],
    source_kind: SourceKind,
    funding: Iterable[Funding],
    places: Sequence[Place],
    certificate: str | None,
) -> Scope:
    """Whether a course is vocational and where it lies, each with its reason (contract 4.2).

    `places` are those of all runs: the nearest one counts, and a place on site counts before online.
    """
    rubrics = tuple(categories)
    vocational, why = _vocational(title, topics, rubrics, tuple(keywords), tuple(funding), certificate)
    regional, where = _regional(places, source_kind)
    return Scope(vocational=vocational, regional=regional, reason=f"{why}; {where}.")


def moved_scope(scope: Scope, places: Sequence[Place], source_kind: SourceKind) -> Scope:
    """The scope of the same course at other places."""
    regional, where = _regional(places, source_kind)
    why = scope.reason.rpartition("; ")[0]
    return scope.model_copy(update={"regional": regional, "reason": f"{why}; {where}." if why else f"{where}."})


def _vocational(
    title: str,
    topics: Sequence[str],
    rubrics: tuple[str, ...],
    keywords: tuple[str, ...],
    funding: tuple[Funding, ...],
    certificate: str | None,
) -> tuple[Vocational, str]:
    for kind in funding:
        if kind in _VOCATIONAL_FUNDING:
            return "yes", f"beruflich, weil gefördert ({_VOCATIONAL_FUNDING[kind]})"
    folded = fold(title)
    if _OCCUPATION.search(f"{folded} {fold(certificate or '')}"):
        return "yes", "beruflich, weil auf einen Beruf oder Abschluss gerichtet"
    known = [all_topics()[topic] for topic in topics if topic in all_topics()]
    job = next((topic.label for topic in known if topic.vocational == "yes"), None)
    leisure = next((topic.label for topic in known if topic.vocational == "no"), None)
    talk = _TALK.search(folded) is not None
    if leisure and (job is None or talk or known[0].vocational == "no"):
        if not talk and _WORK.search(fold(" . ".join((title, *rubrics, *keywords)))):
            return "unknown", f"Thema {leisure}, aber mit Bezug zum Beruf"
        return "no", f"nicht beruflich, Thema {leisure}"
    features = read_features(title)
    if features.parts or features.processes or any(module.startswith("tq") for module in features.modules):
        return "yes", "beruflich, weil Teil einer beruflichen Qualifikation"
    if job and not _is_leisure(rubrics):
        return "yes", f"beruflich, Thema {job}"
    if known:
        return "unknown", f"Thema {known[0].label}, beruflicher Bezug nicht erkennbar"
    return "unknown", "kein Thema erkannt"


def _is_leisure(rubrics: tuple[str, ...]) -> bool:
    """Whether the source files the course only under leisure ("Politik und Gesellschaft")."""
    kinds = {all_topics()[topic].vocational for topic in read_topics("", rubrics)}
    return kinds == {"no"}


def _regional(places: Sequence[Place], source_kind: SourceKind) -> tuple[Regional, str]:
    inside = [place for place in places if place.in_region]
    if inside:
        return "in", f"in der Region ({inside[0].city or inside[0].postcode})"
    measured = [(km, place) for place in places if (km := distance_km(place)) is not None]
    nearest = min(measured, key=lambda pair: pair[0], default=None)
    if nearest and nearest[0] <= NEAR_KM:
        return "near", f"{_name(nearest[1])} liegt {nearest[0]:.0f} km von der Region"
    if any(place.online for place in places):
        return "online", "online"
    if nearest:
        return "out", f"{_name(nearest[1])} liegt {nearest[0]:.0f} km von der Region"
    unread = next((place.city for place in places if place.city), None)
    if unread:
        return "out", f"Ort „{unread}“ nicht als Ort der Region erkannt"
    if source_kind == "aggregator":
        return "out", "kein Ort angegeben"
    return "in", "kein Ort angegeben, aber die Quelle ist ein Anbieter der Region"


def _name(place: Place) -> str:
    return place.city or place.postcode or "der Ort"
