"""A source: one TOML file that says who, where, with whose permission, which software, how politely, what to expect."""

import datetime
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urljoin, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from normalize.vocabulary import SourceKind

PlatformName = Literal[
    "mein_now", "ba", "hbz", "odav", "woocommerce", "kufer", "openqcat", "openvhs", "json_ld", "labelled", "table"
]
PLATFORMS: tuple[str, ...] = get_args(PlatformName)

_NOT_IN_TOML = re.compile("[\ud800-\udfff\x7f]")

Share = Annotated[float, Field(ge=0, le=1)]


class SourceError(ValueError):
    """A source file that cannot be used; the message names the file and the key."""


class Strict(BaseModel):
    """Base of all parts of a source file: a key that nobody knows is an error, not a silent nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Permission(Strict):
    """What we may do, on which basis, granted by whom and when. Without a grant a live night skips the source."""

    crawl: Literal["granted", "none"] = "none"
    basis: str | None = None
    by: str | None = None
    date: datetime.date | None = None
    republish: Literal["full", "facts_only", "none"] = "none"
    licence: str | None = None

    @model_validator(mode="after")
    def _a_grant_has_a_basis(self) -> "Permission":
        if self.crawl == "granted" and not (self.basis and self.by and self.date):
            raise ValueError("crawl is granted, but basis, by or date is missing")
        return self


class Politeness(Strict):
    """How hard we may knock: seconds between requests, requests at a time, and budgets for one harvest."""

    delay: float = Field(default=1.0, ge=1.0)
    concurrency: int = Field(default=1, ge=1, le=2)
    max_pages: int = Field(default=20_000, ge=1)
    max_seconds: int = Field(default=6 * 3600, ge=1)
    max_size: int = Field(default=10_000_000, ge=1)  # bytes of one response


class Expect(Strict):
    """What a good harvest has at least; `fill` is the least share of listings in which a field is published."""

    min_listings: int = Field(default=1, ge=0)
    fill: dict[str, Share] = {}


class Scope(Strict):
    """What of the source belongs on the portal, in German words for those who run it: where, and what is vocational."""

    region: str = Field(min_length=1)
    counts: str = Field(min_length=1)


class Verified(Strict):
    """When somebody last saw the real site in this shape, and how. No date: nobody has."""

    date: datetime.date | None = None
    how: str = "unverified"


class Source(Strict):
    """One site, feed or file that we harvest. The fields are explained in `docs/contracts.md`."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    name: str
    kind: SourceKind
    platform: PlatformName
    homepage: str | None = None  # a file source has none: its `start` are file names below a folder given at run time
    start: tuple[str, ...] = Field(min_length=1)
    provider: str | None = None  # who offers the courses, where the pages themselves do not say
    ref: str
    ref_stability: Literal["stable", "weak"] = "stable"
    complete: bool = False  # a full harvest lists everything the source has
    scope: Scope | None = None  # every source file says it; a bare platform has none
    permission: Permission = Permission()
    politeness: Politeness = Politeness()
    expect: Expect = Expect()
    verified: Verified = Verified()
    options: dict[str, Any] = {}
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}

    @field_validator("homepage")
    @classmethod
    def _is_a_web_address(cls, homepage: str | None) -> str | None:
        if homepage is not None and not (_is_web(homepage) and urlsplit(homepage).hostname):
            raise ValueError(f"{homepage!r} is no http address")
        return homepage

    @field_validator("columns", mode="before")
    @classmethod
    def _columns_by_path(cls, columns: Any) -> Any:
        return dict(_flat(columns, "")) if isinstance(columns, dict) else columns

    @field_validator("values", mode="before")
    @classmethod
    def _values_by_path(cls, values: Any) -> Any:
        return dict(_tables(values, "")) if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _an_assembled_key_is_weak(self) -> "Source":
        if "{" in self.ref and self.ref_stability != "weak":
            raise ValueError('ref is a template, so ref_stability must be "weak"')
        return self

    @property
    def is_file(self) -> bool:
        """Whether the source is read from files handed in, not from a site."""
        return self.homepage is None

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses a harvest starts at."""
        return tuple(urljoin(self.homepage or "", path) for path in self.start)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts a harvest may speak to; two sources that share one must not be harvested at the same time."""
        names = [urlsplit(url).hostname for url in (self.homepage or "", *self.urls)]
        return tuple(dict.fromkeys(name for name in names if name))

    def public(self, path: str) -> str | None:
        """A visitor's address below the homepage; None for a file source."""
        return urljoin(self.homepage, path) if self.homepage else None

    def at(self, base_url: str) -> "Source":
        """The same source on another server (a stand-in): scheme and host replaced, paths as they are."""
        if self.homepage is None:
            raise SourceError(f"{self.key}: a file source has no homepage to replace")
        start = tuple(_moved(path, base_url) if _is_web(path) else path for path in self.start)
        return self.model_copy(update={"homepage": _moved(self.homepage, base_url), "start": start})

    def below(self, folder: Path) -> "Source":
        """A file source whose files lie below this folder; a name with `*` means all that match, in their order.

        Raises SourceError for a file outside of the folder, for a missing one, or if no name with `*` finds any.
        """
        root = folder.resolve()
        files = [file.resolve() for name in self.start for file in _matching(root, name)]
        for file in files:
            if root not in file.parents:
                raise SourceError(f"{self.key}: start: {file.name!r} leads out of the folder")
        if missing := self.missing(folder):
            raise SourceError(f"{self.key}: start: there is no file {', '.join(map(repr, missing))} in {folder}")
        return self.model_copy(update={"start": tuple(file.as_uri() for file in files)})

    def missing(self, folder: Path) -> tuple[str, ...]:
        """The names in `start` for which no file lies in the folder; a name with `*` is missed only if all such are."""
        absent = tuple(name for name in self.start if not any(file.is_file() for file in _matching(folder, name)))
        patterns = {name for name in self.start if "*" in name}
        return tuple(name for name in absent if name not in patterns or patterns <= set(absent))


def load_source(path: Path) -> Source:
    """Read one source file. Raises SourceError that names file, key and reason."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path}: {error}") from error
    try:
        source = Source.model_validate(data)
    except ValidationError as error:
        problems = [f"{_key(problem['loc'])}: {problem['msg']}" for problem in error.errors(include_url=False)]
        raise SourceError(f"{path}: {'; '.join(problems)}") from error
    if source.key != path.stem:
        raise SourceError(f"{path}: key: {source.key!r} differs from the name of the file")
    if source.scope is None:
        raise SourceError(f"{path}: scope: Field required (region, and what counts as vocational there)")
    return source


def source_files(folder: Path, *below: str) -> dict[str, Path]:
    """The source files of a folder by key, then those of its subfolders `below` whose keys are not yet taken."""
    found: dict[str, Path] = {}
    for place in (folder, *(folder / name for name in below)):
        for path in sorted(place.glob("*.toml")):
            found.setdefault(path.stem, path)
    return found


def load_sources(folder: Path) -> dict[str, Source]:
    """All source files of a folder (not of its subfolders) by key. Raises SourceError for the first broken one."""
    return {key: load_source(path) for key, path in source_files(folder).items()}


def written(source: Source) -> str:
    """The source as a file that `load_source` reads back, what is only a default left out."""
    values = source.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    lines = [f"{name} = {_toml(value)}" for name, value in values.items() if not isinstance(value, dict)]
    for name, table in values.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{_toml_key(part)} = {_toml(value)}" for part, value in table.items())]
    return "\n".join(lines) + "\n"


def bare_source(platform: str) -> Source:
    """A source that is only a platform, for saved pages of unknown origin. Raises SourceError for an unknown one."""
    if platform not in PLATFORMS:
        raise SourceError(f"unknown platform {platform!r}; known are {', '.join(PLATFORMS)}")
    data = {"key": platform, "name": platform, "kind": "provider", "platform": platform, "start": ["-"], "ref": "auto"}
    return Source.model_validate(data)


def _matching(root: Path, name: str) -> list[Path]:
    """The files that a name means, present or not; with a wildcard those that match, but no hidden or temporary one."""
    if "*" not in name or ".." in name:
        return [root / name]
    return sorted(file for file in root.glob(name) if not file.name.startswith((".", "~")))


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _moved(url: str, base_url: str) -> str:
    base = urlsplit(base_url)
    return urlunsplit((base.scheme, base.netloc, *urlsplit(url)[2:]))


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "source"


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted paths: `[columns.instances] dates = ...` is `instances.dates`."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _tables(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Innermost tables by their dotted path: `[values.instances.availability] full = ...`."""
    for name, value in table.items():
        if isinstance(value, dict) and any(isinstance(part, dict) for part in value.values()):
            yield from _tables(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _toml(value: Any) -> str:
    """A value in TOML; a table in one line. Half characters, which no file can hold, become U+FFFD."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml_key(name)} = {_toml(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        value = _NOT_IN_TOML.sub("\ufffd", value)
    return json.dumps(value, ensure_ascii=False)


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)
