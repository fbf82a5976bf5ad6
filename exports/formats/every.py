"""All formats of a version together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exports.formats.calendars import Calendars
from exports.formats.course_files import CourseFiles
from exports.formats.csv_tables import ExcelTables, Tables
from exports.formats.edition import Edition, Item, Writer
from exports.formats.facets import Facets
from exports.formats.sitemap import Sitemap

# A new format is a class here; what it writes is listed in the index by itself.
FORMATS: tuple[Callable[[Edition], Writer], ...] = (Tables, ExcelTables, CourseFiles, Calendars, Sitemap, Facets)


@contextmanager
def writing(edition: Edition) -> Iterator[Callable[[Item], None]]:
    """Take in courses, in order of their ids; when the block ends well, every format is whole."""
    with edition.open_files:
        writers = [make(edition) for make in FORMATS]

        def add(item: Item) -> None:
            for writer in writers:
                writer.add(item)

        yield add
        for writer in writers:
            writer.finish()
