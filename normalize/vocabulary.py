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

# What one holds in hand at the end. Refines the four classes of openQ-cat (DEGREE, attribute `type`); what each means
# and by which words it is read stands in `data/attributes.toml`, as for the next two.
CertificateKind = Literal[
    "partial_qualification", "master_craftsman", "state_exam", "academic_degree", "vocational_qualification", "licence",
    "chamber_exam", "technical", "school_leaving", "language", "industry", "chamber_certificate", "provider",
    "attendance", "none",
]  # fmt: skip
# For whom a course is said to be.
Audience = Literal[
    "job_seekers", "employed", "career_starters", "career_changers", "returners", "skilled_workers", "managers",
    "trainees", "educators", "self_employed", "migrants", "women", "seniors", "young_people", "with_disability",
    "everyone",
]  # fmt: skip
# What one must bring.
Prerequisite = Literal[
    "school_leaving", "vocational_qualification", "academic_degree", "work_experience", "language_level",
    "computer_skills", "previous_course", "subject_knowledge", "driving_licence", "age", "health", "clean_record",
    "interview", "equipment", "none",
]  # fmt: skip
# What an offer should state and may lack; German names and weights in `data/completeness.toml`.
Gap = Literal[
    "description", "start", "town", "price", "number", "teaching_time", "end", "participants", "start_time", "end_time",
    "street", "keywords",
]  # fmt: skip

WEEKDAYS: tuple[Weekday, ...] = ("mo", "tu", "we", "th", "fr", "sa", "su")
