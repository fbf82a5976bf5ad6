"""Advice and funding: who counsels where in the region, and which programmes pay; curated by people, in TOML files.

Nothing here is harvested or guessed. A record says where it was taken from and, once somebody has verified it, when and
by whom; one that nobody verified says so. Courses join by `municipality_key` of their runs and by their `funding`.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError, computed_field, model_validator

from exports.files import Record
from normalize.model import Model
from normalize.towns import region
from normalize.vocabulary import Funding

RECORDS = Path(__file__).with_name("advice_data")
ADVICE, ADVICE_SCHEMA = "advice.json", "advice.schema.json"
ADVICE_VERSION = "1.0.0"

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]
Text = Annotated[str, Field(min_length=1)]
Municipality = Annotated[str, Field(pattern=r"^\d{8}$")]


class AdviceError(ValueError):
    """A file of records that cannot be used; the message names file, record and reason."""


class Checked(Model):
    """Where a record was taken from, and who verified it when."""

    source: Text
    checked: date | None = None
    checked_by: Text | None = None

    @model_validator(mode="after")
    def _who_and_when(self) -> Self:
        if (self.checked is None) != (self.checked_by is None):
            raise ValueError("checked and checked_by belong together: who verified it, and when")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verified(self) -> bool:
        """Whether a person has verified the record."""
        return self.checked is not None


class Office(Checked):
    """Who counsels: for which municipalities (AGS), on which funding. Only what is surely known is set."""

    id: Key
    name: Text
    kind: Literal["employment_agency", "job_centre", "counselling"]
    what: Text  # German, for visitors
    municipalities: tuple[Municipality, ...] = Field(min_length=1)
    funding: tuple[Funding, ...] = ()
    url: Url | None = None
    phone: Text | None = None


class Programme(Checked):
    """What pays, or gives time: `since` and `until` are its first and last day, null where not known or not limited."""

    id: Key
    name: Text
    what: Text  # German, for visitors
    funding: tuple[Funding, ...] = Field(min_length=1)
    basis: Text | None = None  # the law or guideline
    since: date | None = None
    until: date | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until is before since")
        return self


class Town(Model):
    """A municipality of the region and the offices for it."""

    name: str
    offices: tuple[Key, ...]


class Support(Model):
    """A code of a course's `funding`: the programmes behind it, and the offices that counsel on it."""

    programmes: tuple[Key, ...]
    offices: tuple[Key, ...]


class Advice(Model):
    """The file `advice.json`. Every municipality of the region and every code of `funding` is there, if only to say
    that nothing is recorded."""

    version: str = ADVICE_VERSION
    note: str
    offices: tuple[Office, ...]
    programmes: tuple[Programme, ...]
    by_municipality: dict[Municipality, Town]
    by_funding: dict[Funding, Support]


def read_advice(folder: Path = RECORDS) -> Advice:
    """The records of `offices.toml` and `programmes.toml`, joined. Raises AdviceError."""
    offices = tuple(Office(**record) for record in _checked(folder / "offices.toml", "office", Office))
    programmes = tuple(Programme(**record) for record in _checked(folder / "programmes.toml", "programme", Programme))
    towns = {town.key: town.name for town in region()}
    for office in offices:
        if strange := set(office.municipalities) - towns.keys():
            raise AdviceError(f"offices.toml: {office.id}: no municipality of the region: {', '.join(sorted(strange))}")
    return Advice(
        note=_note([*offices, *programmes]),
        offices=offices,
        programmes=programmes,
        by_municipality={
            key: Town(name=name, offices=tuple(one.id for one in offices if key in one.municipalities))
            for key, name in sorted(towns.items())
        },
        by_funding={
            code: Support(
                programmes=tuple(one.id for one in programmes if code in one.funding),
                offices=tuple(one.id for one in offices if code in one.funding),
            )
            for code in sorted(get_args(Funding))
        },
    )


def advice_files(folder: Path = RECORDS) -> dict[str, Record]:
    """What a version publishes of it: file name -> JSON document."""
    schema = Advice.model_json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:bildungsraum:advice:{ADVICE_VERSION}",
    }
    return {ADVICE: read_advice(folder).model_dump(mode="json"), ADVICE_SCHEMA: head | schema}


def _checked(path: Path, kind: str, model: type[Office] | type[Programme]) -> Iterable[dict[str, Any]]:
    """The records of a file, each valid and its id given once."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AdviceError(f"{path.name}: {error}") from error
    if strange := data.keys() - {kind}:
        raise AdviceError(f"{path.name}: only [[{kind}]] is known, not {', '.join(sorted(strange))}")
    seen: set[str] = set()
    for number, record in enumerate(data.get(kind, ()), start=1):
        name = record.get("id", f"record {number}")
        try:
            model(**record)
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, one['loc'])) or kind}: {one['msg']}" for one in error.errors()]
            raise AdviceError(f"{path.name}: {name}: {'; '.join(problems)}") from error
        if name in seen:
            raise AdviceError(f"{path.name}: {name}: the id is given twice")
        seen.add(name)
        yield record


def _note(records: Iterable[Checked]) -> str:
    told = list(records)
    open_ones = sum(not record.verified for record in told)
    if not open_ones:
        return "Alle Angaben sind geprüft; das Datum steht bei jeder."
    return (
        f"{open_ones} von {len(told)} Angaben hat noch niemand geprüft (verified: false). "
        "Vor einer Entscheidung bitte bei der genannten Stelle nachfragen."
    )
