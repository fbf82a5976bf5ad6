"""A course page that is told by headings: its sections, its own runs, and the runs of others that it advertises.

Chambers of trades show on one page the run it is about and, below "Alle Termine" or in boxes of links, the runs beside
it. What is dated in the section of this course ("Unterricht") is its own; without one, the dated lines that belong to
no other id are. Everything else that is dated is a sibling's, and none of its values may reach the listing.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from spiders.headed import runtext
from spiders.headed.headings import (
    BARE_PHONE,
    CONTACT,
    EMAIL,
    FAX,
    FEES,
    FORM,
    OF_A_RUN,
    PHONE,
    PLACE,
    PROSE,
    RUN,
    SIBLINGS,
    fee_parts,
    is_button,
    is_contact,
    labelled,
    labelled_amount,
    path_of,
    says_when,
    whole_dates,
)
from spiders.headed.lines import PLAIN, Line, ruled_by
from spiders.headed.stated import CoursePage, Stated
from spiders.labelled.labels import FEE_NOTE

_ROOM = re.compile(r"\b(?:raum|saal|zimmer|hörsaal)\b", re.IGNORECASE)
_APP = re.compile(r"course-app", re.IGNORECASE)
_NARROW = (PLACE, FEES, FEE_NOTE, FORM, CONTACT, "duration", "course_number")  # a status below them is not theirs
_LONGEST = 1000  # characters; a longer line is prose, and no pattern is tried on it
_DEEPEST = 100  # levels of a page's elements that are looked at from a line upwards
_LONGEST_PLACE = 80  # characters; a longer line beside a run is prose


@dataclass(frozen=True)
class _Section:
    """An open section: what it states, its heading with rank and element, and the element that holds it."""

    path: str
    label: str
    level: int
    block: HtmlElement
    scope: HtmlElement


@dataclass
class _Loose:
    """A run dated outside of the section of lessons; `is_own` if a link says that it belongs to this id."""

    run: Stated
    text: str
    is_own: bool


def read_course(
    found: Sequence[Line], root: HtmlElement, *, foreign: Collection[HtmlElement], is_own: Callable[[str], bool]
) -> CoursePage:
    """Sort the lines of a course page.

    `foreign` are the elements that belong to listings with other ids; `is_own` tells whether a link leads to this one.
    """
    reader = _Reader(root, foreign, is_own)
    whole = list(whole_dates(found))
    for number, line in enumerate(whole):
        reader.feed(line, whole[number + 1] if number + 1 < len(whole) else None)
    return reader.finish()


class _Reader:
    """Goes through the lines once and keeps which section, which run and which siblings' box it stands in."""

    def __init__(self, root: HtmlElement, foreign: Collection[HtmlElement], is_own: Callable[[str], bool]) -> None:
        self.root = root
        self.foreign = foreign
        self.is_own = is_own
        self.page = CoursePage()
        self.main: list[Stated] = []  # runs of the section of lessons
        self.loose: list[_Loose] = []
        self.block: tuple[Stated, HtmlElement] | None = None  # a run that owns all lines of its element
        self.section: _Section | None = None
        self.siblings: _Section | None = None
        self.fee_label: Line | None = None
        self.town: tuple[Stated, HtmlElement] | None = None  # where an address has come to its end

    def feed(self, line: Line, following: Line | None) -> None:
        """Take the next line; `following` tells whether a heading shares its element with what it heads."""
        above = [line.block, *islice(line.block.iterancestors(), _DEEPEST)]
        self._leave(above)
        is_foreign = line.link is not None and not self.is_own(line.link)
        if is_foreign or any(element in self.foreign for element in above):
            self.page.siblings.append(line.text)
            return
        path = self._heads(line)
        if self.siblings and not self._ends_siblings(line, path):
            self._beside(line)
            return
        if line.level == 1 or is_button(line.text):
            return
        if len(line.text) > _LONGEST:
            self.page.prose.append(line)
        elif path:
            self._open(path, line, following)
        elif line.level < PLAIN and says_when(line) and not (self.section and self.section.path == RUN):
            self._date(line, following)
        elif line.level < PLAIN and not line.light:
            self._open(PROSE, line, following)
            self.page.prose.append(line)
        else:
            self._value(line, following, above)

    def finish(self) -> CoursePage:
        """Decide which runs are the page's own, and give to the single one what is stated of it."""
        self._drop_fee_label()
        dated = [run for run in self.main if run.is_dated]
        for run in self.main:
            if not run.is_dated:
                self.page.common.take(run)
        own = list(dated)
        for loose in self.loose:
            twin = next((run for run in own if run.values.get("dates") == loose.run.values.get("dates")), None)
            if twin is not None and dated:
                twin.forms += [] if twin.forms else loose.run.forms
            elif loose.is_own or not dated:
                own.append(loose.run)
            else:
                self.page.siblings.append(loose.text)
        self.page.runs = own
        number = own[0].values.get("ref") if len(own) == 1 else None
        if number and "course_number" not in self.page.fields:
            self.page.fields["course_number"] = [own[0].values.pop("ref")]
        return self.page

    # --- where a line stands ---

    def _leave(self, above: Sequence[HtmlElement]) -> None:
        if self.section and self.section.scope not in above:
            self._drop_fee_label()
            self.section = None
        if self.siblings and self.siblings.scope not in above:
            self.siblings = None
        if self.block and self.block[1] not in above:
            self.block = None

    def _heads(self, line: Line) -> str | None:
        """What a line opens, if it is a heading or stands like one."""
        if line.block.tag == "li" or line.light or line.link:
            return None
        path = path_of(line.text)
        in_fees = self.section is not None and self.section.path == FEES and line.level == PLAIN
        if in_fees and (path in (None, FEES, FEE_NOTE) or (path == "certificate" and "prüf" in line.text.lower())):
            return None  # "Prüfung" in a list of fees is a fee
        return PROSE if path is None and line.block.tag == "dt" else path

    def _ends_siblings(self, line: Line, path: str | None) -> bool:
        """A heading of at least the same rank ends the box, and so does one that cannot be about a single run."""
        if self.siblings is None or path == SIBLINGS:
            return False
        if line.level < PLAIN and line.level <= self.siblings.level:
            ends = not says_when(line)
        else:
            is_flat = line.block.tag == "p" == self.siblings.block.tag and _same_parent(line.block, self.siblings.block)
            ends = path is not None and path != PROSE and (is_flat or path not in OF_A_RUN)
        if ends:
            self.siblings = None
        return ends

    def _beside(self, line: Line) -> None:
        """A line among the siblings: a date whose link leads to this very id is a run of this listing."""
        if line.link and self.is_own(line.link) and runtext.kind(line.text) == "dates":
            self._loosely(line)
        else:
            self.page.siblings.append(line.text)

    def _open(self, path: str, line: Line, following: Line | None) -> None:
        self._drop_fee_label()
        shares = following is not None and following.block is line.block
        scope = line.block if shares else ruled_by(line.block, self.root)
        section = _Section(path, line.text.rstrip(": "), line.level, line.block, scope)
        if path == SIBLINGS:
            self.siblings, self.section = section, None
            return
        self.section = section
        if path == RUN and self.block is None and (not self.main or self.main[-1].is_dated):
            self.main.append(Stated())

    # --- runs ---

    def _target(self) -> Stated:
        """The run that a value belongs to here, or what is common to all."""
        if self.block:
            return self.block[0]
        in_lessons = self.section is not None and self.section.path == RUN
        return self.main[-1] if in_lessons and self.main else self.page.common

    def _loosely(self, line: Line) -> Stated:
        run = Stated()
        run.add(line.text)
        self.loose.append(_Loose(run, line.text, line.link is not None and self.is_own(line.link)))
        return run

    def _date(self, line: Line, following: Line | None) -> None:
        """A dated line outside of the lessons begins a run; a row, a heading or an element rules what follows in it."""
        run = self._loosely(line)
        self.section = None
        row = next(line.block.iterancestors("tr"), None)
        if row is not None:
            self.block = (run, row)
        elif line.level < PLAIN:
            self.block = (run, ruled_by(line.block, self.root))
        elif following is not None and following.block is line.block:
            self.block = (run, line.block)

    def _undecided_date(self, line: Line, following: Line | None, above: Sequence[HtmlElement]) -> None:
        app = [element for element in above if _APP.search(element.get("class") or "")]
        if not app:
            self._date(line, following)
            return
        run = Stated()
        run.add(line.text)
        self.main.append(run)
        self.block = (run, app[-1])

    # --- values ---

    def _value(self, line: Line, following: Line | None, above: Sequence[HtmlElement]) -> None:
        text, path = line.text, self.section.path if self.section else None
        stated = labelled(text)
        if stated and path in (FEES, FEE_NOTE) and runtext.has_amount(stated[2]):
            stated = None
        names_person = following is not None and following.block is line.block and PHONE.match(following.text)
        if line.light or (path in _NARROW and runtext.kind(text) == "availability"):
            self._target().status.append(text)
        elif path == CONTACT or is_contact(text):
            self._contact(text)
        elif names_person and runtext.kind(text) is None:
            self.page.contact.setdefault("name", text)
        elif path in (FEES, FEE_NOTE) and not stated:
            self._fee(line)
        elif stated and (stated[0] not in (FEES, FEE_NOTE) or runtext.has_amount(stated[2])):
            self._take(stated[0], stated[1], stated[2], line)
        elif self.section and path != PROSE:
            self._take(self.section.path, self.section.label, text, line)
        elif says_when(line):
            self._undecided_date(line, following, above)
        elif self.section or not self._target().add(text, light=line.light):
            self._unsorted(line)

    def _unsorted(self, line: Line) -> None:
        """A line of no known shape: part of an address inside of a run, else prose."""
        if self.block is not None and len(line.text) < _LONGEST_PLACE:
            self._target().places.append(line.text)
        else:
            self.page.prose.append(line)

    def _take(self, path: str, label: str, text: str, line: Line) -> None:
        target = self._target()
        if path == RUN:
            self._lesson(text, line)
        elif path == PLACE:
            self._place(text, line)
        elif path in (FEES, FEE_NOTE):
            target.fees.append((label, text))
        elif path in (FORM, "instances.times", "instances.availability"):
            {FORM: target.forms, "instances.times": target.times}.get(path, target.status).append(text)
        elif path == CONTACT:
            self._contact(text)
        elif path == "duration":
            if target.values.setdefault("duration", text) != text and not target.add(text, light=line.light):
                self.page.prose.append(line)
        elif path == "course_number" and path in self.page.fields:
            self.page.prose.append(line)
        elif path == "course_number" and target is not self.page.common:
            target.values.setdefault("ref", text)
        elif path.startswith("instances."):
            target.values.setdefault(path.removeprefix("instances."), text)
        elif path in (PROSE, "description"):
            self.page.prose.append(line)
        else:
            self.page.fields.setdefault(path, []).append(text)

    def _place(self, text: str, line: Line) -> None:
        """A line of an address; what stands in another paragraph behind the town is none."""
        target = self._target()
        if self.town is not None and self.town[0] is target and self.town[1] is not line.block:
            self.page.prose.append(line)
        elif _ROOM.search(text) and target.places:
            target.values.setdefault("room", text)
        else:
            target.places.append(text)
            if runtext.has_postcode(text):
                self.town = (target, line.block)

    def _lesson(self, text: str, line: Line) -> None:
        """A line of the section of lessons; a second date in it is a second run."""
        begins = not line.light and runtext.kind(text) == "dates"
        if not self.block and (not self.main or (begins and self.main[-1].is_dated)):
            self.main.append(Stated())
        run = self.block[0] if self.block else self.main[-1]
        if not run.add(text, light=line.light):
            self.page.prose.append(line)

    def _fee(self, line: Line) -> None:
        """A line below "Gebühren": an amount with its label, a label whose amount follows, or a remark."""
        if not runtext.has_amount(line.text) and not runtext.has_amount(labelled_amount(line.text)[1]):
            self._drop_fee_label()
            self.fee_label = line
            return
        heading = self.section.label if self.section and self.section.path == FEE_NOTE else None
        before = self.fee_label.text.rstrip(": ") if self.fee_label else None
        for part in fee_parts(line.text):
            label, value = labelled_amount(part)
            self._target().fees.append((label or before or heading, value))
        self.fee_label = None

    def _drop_fee_label(self) -> None:
        """What stood below "Gebühren" and had no amount is prose."""
        if self.fee_label:
            self.page.prose.append(self.fee_label)
            self.fee_label = None

    def _contact(self, text: str) -> None:
        contact = self.page.contact
        phone, email = PHONE.match(text), EMAIL.search(text)
        if email:
            contact.setdefault("email", email[0])
        elif phone or BARE_PHONE.match(text):
            contact.setdefault("phone", phone[1] if phone else text)
        elif not FAX.match(text):
            contact.setdefault("name", text)


def _same_parent(one: HtmlElement, other: HtmlElement) -> bool:
    return one.getparent() is other.getparent()
