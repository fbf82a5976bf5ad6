"""The models every room shares: Listing (as published), Offer (typed), Course (what the portal shows).

The fields and their meaning are the contracts of `docs/contracts.md`; this module is their only definition in code.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from normalize.vocabulary import (
    Audience,
    AvailabilityStatus,
    CertificateKind,
    Format,
    Funding,
    Gap,
    Level,
    Precision,
    Prerequisite,
    PriceKind,
    Regional,
    Schedule,
    SourceKind,
    Vat,
    Vocational,
    Weekday,
)

Amount = Annotated[str, Field(pattern=r"^\d+\.\d{2}$")]  # decimal string, "9140.00"
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

Score = Annotated[int, Field(ge=0, le=100)]


class Model(BaseModel):
    """Base of all contract models: immutable values that reject what they do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- Listing: strings exactly as published -------------------------------------------------------------------------


class Published(BaseModel):
    """Base of what a source published: unknown keys are kept, so that normalisation can signal them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _absent_is_default(cls, data: Any) -> Any:
        """An explicit null is the same as an absent key, also where the field is a list."""
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class ListingContact(Published):
    """Whom to ask, as published."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


class ListingSession(Published):
    """One meeting within a published run."""

    date: str | None = None
    times: str | None = None
    venue: str | None = None
    room: str | None = None


class ListingInstance(Published):
    """One published run (Termin) of a listing; `ref` is the source's own id of the run."""

    ref: str | None = None
    url: str | None = None
    dates: str | None = None
    times: str | None = None
    venue: str | None = None
    room: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    online: str | None = None
    price: str | None = None
    price_note: str | None = None
    duration: str | None = None
    format: str | None = None
    schedule: str | None = None
    availability: str | None = None
    deadline: str | None = None
    sessions: tuple[ListingSession, ...] = ()


class Listing(Published):
    """One record as its source published it: untouched strings, absent is None (contract 4.1)."""

    source: str
    ref: str
    url: str | None = None
    fetched_at: str | None = None  # UTC, ISO 8601
    provider: str | None = None
    provider_ref: str | None = None
    course_number: str | None = None
    title: str | None = None
    subtitle: str | None = None
    description: str | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    duration: str | None = None
    price: str | None = None
    price_note: str | None = None
    format: str | None = None
    schedule: str | None = None
    requirements: str | None = None
    target_group: str | None = None
    certificate: str | None = None
    funding: tuple[str, ...] = ()
    language: str | None = None
    contact: ListingContact | None = None
    raw: Any = None
    instances: tuple[ListingInstance, ...] = ()


# --- Offer: typed ---------------------------------------------------------------------------------------------------


class Issue(Model):
    """A value that was not read (or read with a doubt): the field, the raw string, the reason in English."""

    field: str
    raw: str
    reason: str


class Provider(Model):
    """Who runs the course: `key` is ours and stable, `name` is for display."""

    key: str
    name: str


class Contact(Model):
    """Whom the public may ask."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Duration(Model):
    """How long it takes. A teaching unit is 45 minutes; hours and teaching units are never derived from each other."""

    teaching_units: float | None = None
    hours: float | None = None
    days: float | None = None
    weeks: float | None = None
    months: float | None = None
    sessions: int | None = None
    text: str | None = None


class Price(Model):
    """What the public pays; fees beside it are separate and not part of `amount`."""

    kind: PriceKind = "unknown"
    amount: Amount | None = None
    reduced: Amount | None = None
    exam_fee: Amount | None = None
    materials_fee: Amount | None = None
    currency: str = "EUR"
    vat: Vat | None = None
    text: str | None = None


class Place(Model):
    """Where a run takes place; `municipality_key` is the official AGS (eight digits), lat/lon are WGS 84 degrees."""

    venue: str | None = None
    room: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    municipality_key: str | None = None
    lat: float | None = None
    lon: float | None = None
    in_region: bool | None = None
    online: bool = False


class Availability(Model):
    """Whether one can still book; the three numbers are participants."""

    status: AvailabilityStatus = "unknown"
    free: int | None = None
    booked: int | None = None
    capacity: int | None = None


class Session(Model):
    """One meeting within an instance."""

    date: IsoDate | None = None
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None
    venue: str | None = None
    room: str | None = None


class Instance(Model):
    """One dated run of an offer. `format`, `schedule`, `price`, `duration`: None means "as the offer"."""

    instance_id: str | None = None  # minted at first load where the source gives no ref
    ref: str | None = None
    url: str | None = None
    start: IsoDate | None = None
    end: IsoDate | None = None
    precision: Precision = "unknown"
    open_start: bool = False
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None
    weekdays: tuple[Weekday, ...] = ()
    deadline: IsoDate | None = None
    place: Place = Place()
    availability: Availability = Availability()
    price: Price | None = None
    duration: Duration | None = None
    format: Format | None = None
    schedule: Schedule | None = None
    sessions: tuple[Session, ...] = ()


class FundingEvidence(Model):
    """The words of the source from which a programme of `funding` was read."""

    funding: Funding
    text: str


class Scope(Model):
    """Does it belong on the portal, and why (German words in `reason`)."""

    vocational: Vocational = "unknown"
    regional: Regional = "out"
    reason: str = ""


class Offer(Model):
    """A listing after normalisation (contract 4.2)."""

    offer_id: str
    source: str
    source_kind: SourceKind
    ref: str
    url: str | None = None
    fetched_at: str | None = None
    provider: Provider | None = None
    course_number: str | None = None
    title: str | None = None
    title_raw: str | None = None
    subtitle: str | None = None
    description: str | None = None
    level: Level | None = None
    parts: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    format: Format = "unknown"
    schedule: Schedule = "unknown"
    duration: Duration = Duration()
    price: Price = Price()
    funding: tuple[Funding, ...] = ()
    funding_evidence: tuple[FundingEvidence, ...] = ()
    certificate: str | None = None
    certificate_kind: CertificateKind | None = None
    requirements: str | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    target_group: str | None = None
    audiences: tuple[Audience, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1
    contact: Contact | None = None
    keywords: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()
    scope: Scope = Scope()
    completeness: Score = 0
    missing: tuple[Gap, ...] = ()  # weightiest first
    issues: tuple[Issue, ...] = ()
    content_hash: str = ""
    match_hash: str = ""


# --- Course: what the portal shows ----------------------------------------------------------------------------------


class CourseInstance(Instance):
    """A run of a course: which offer it comes from, and the ids of the same run listed by other members."""

    offer_id: str
    same_as: tuple[str, ...] = ()


class Member(Model):
    """One offer that was merged into a course."""

    offer_id: str
    source: str
    url: str | None = None
    status: str = "active"  # active | withdrawn


class Provenance(Model):
    """Which member's value a field shows, when that was fetched, and the rule by which it won."""

    offer_id: str
    fetched_at: str | None = None
    rule: str


class CourseSource(Model):
    """A source of the course and how fresh its data are."""

    source: str
    fetched_at: str | None = None  # newest fetch of a member
    status: str = "fresh"  # fresh | stale (the source was held last night)


class Course(Model):
    """One or more offers that are the same course, merged into one record (contract 4.7)."""

    course_id: str
    slug: str
    status: str  # upcoming | running | open | past | full | cancelled | unknown | withdrawn
    title: str | None = None
    subtitle: str | None = None
    description: str | None = None
    url: str | None = None
    provider: Provider | None = None
    course_number: str | None = None
    level: Level | None = None
    parts: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    format: Format = "unknown"
    schedule: Schedule = "unknown"
    duration: Duration = Duration()
    price: Price = Price()
    funding: tuple[Funding, ...] = ()
    funding_evidence: tuple[FundingEvidence, ...] = ()
    certificate: str | None = None
    certificate_kind: CertificateKind | None = None
    requirements: str | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    target_group: str | None = None
    audiences: tuple[Audience, ...] = ()
    languages: tuple[str, ...] = ()
    contact: Contact | None = None
    keywords: tuple[str, ...] = ()
    scope: Scope = Scope()
    completeness: Score = 0
    missing: tuple[Gap, ...] = ()
    instances: tuple[CourseInstance, ...] = ()
    members: tuple[Member, ...] = ()
    provenance: dict[str, Provenance] = {}
    sources: tuple[CourseSource, ...] = ()


class Feature(Model):
    """One reason for or against a pair being the same course; `text_de` is for the steward, `weight` in nats."""

    name: str
    left: str | None = None
    right: str | None = None
    weight: float
    text_de: str


class Candidate(Model):
    """A pair that the machine scored; left < right (contract 4.7)."""

    left: str
    right: str
    probability: float
    band: str  # merge | review | distinct
    reason: str
    features: tuple[Feature, ...] = ()
