"""The closed vocabularies of the contracts: what a typed field may say, and nothing else."""

from typing import Literal

SourceKind = Literal["provider", "aggregator", "upload"]
Format = Literal["onsite", "online", "hybrid", "self_paced", "unknown"]
Schedule = Literal["full_time", "part_time", "evening", "weekend", "unknown"]
Precision = Literal["day", "month", "year", "unknown"]
Weekday = Literal["mo", "tu", "we", "th", "fr", "sa", "su"]
PriceKind = Literal["fixed", "from", "free", "on_request", "unknown"]
Vat = Literal["exempt", "included", "excluded"]
AvailabilityStatus = Literal["available", "few_left", "full", "waitlist", "cancelled", "closed", "planned", "unknown"]
Vocational = Literal["yes", "no", "unknown"]
Regional = Literal["in", "near", "online", "out"]

# CEFR levels with an optional half step, then stages in words.
Level = Literal[
    "A1", "A1.1", "A1.2", "A1.3", "A1.4",
    "A2", "A2.1", "A2.2", "A2.3", "A2.4",
    "B1", "B1.1", "B1.2", "B1.3", "B1.4",
    "B2", "B2.1", "B2.2", "B2.3", "B2.4",
    "C1", "C1.1", "C1.2", "C1.3", "C1.4",
    "C2", "C2.1", "C2.2",
    "beginner", "intermediate", "advanced", "expert",
]  # fmt: skip

# Support a participant may get. Value lists of the federal agency (funding types, federal and NRW) under portal names;
# `bildungsscheck_nrw` is no longer in the current list and is kept for texts that still promise it.
Funding = Literal[
    "bildungsgutschein", "aktivierungsgutschein", "aufstiegs_bafoeg", "bildungsurlaub", "bildungsscheck_nrw",
    "qualifizierungschancengesetz", "qualifizierungsgeld", "weiterbildungsstipendium", "aufstiegsstipendium",
    "bildungspraemie", "kompass", "bfd_bundeswehr", "rentenversicherung", "meisterbonus", "integrationskurs_bamf",
    "berufssprachkurs_bamf", "bafoeg", "other",
]  # fmt: skip

WEEKDAYS: tuple[Weekday, ...] = ("mo", "tu", "we", "th", "fr", "sa", "su")
