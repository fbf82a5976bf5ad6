"""courses.csv, instances.csv and providers.csv for programs (comma, UTF-8, ISO dates, decimal point), kurse.csv and
termine.csv for people with Excel (semicolon, byte order mark, German heads and values)."""

import csv
from typing import Any

from exports.formats import excel
from exports.formats.edition import Edition, Item
from exports.formats.tables import COURSES, INSTANCES, PROVIDERS, course_row, instance_rows, row

# One handed to the writer of the csv module: RFC 4180 but for the plain line feed.
DIALECT: dict[str, Any] = {"lineterminator": "\n", "quoting": csv.QUOTE_MINIMAL}


class CsvTables:
    """The tables for programs."""

    def __init__(self, edition: Edition) -> None:
        self._files = {
            table.name: edition.open(f"{table.name}.csv") for table in (COURSES, INSTANCES, PROVIDERS)
        }  # fmt: skip
        self._courses, self._instances, self._providers = (
            csv.writer(file, **DIALECT) for file in self._files.values()
        )  # fmt: skip
        for table, writer in zip(
            (COURSES, INSTANCES, PROVIDERS), (self._courses, self._instances, self._providers), strict=True
        ):
            writer.writerow([column.name for column in table.columns])
        self._known: dict[str, dict[str, Any]] = {}

    def add(self, item: Item) -> None:
        """One row in courses.csv and one for each run in instances.csv."""
        self._courses.writerow(course_row(item))
        self._instances.writerows(instance_rows(item))
        if provider := item.record["provider"]:
            counted = self._known.setdefault(provider["key"], provider | {"courses": 0, "instances": 0})
            counted["courses"] += 1
            counted["instances"] += len(item.record["instances"])

    def finish(self) -> None:
        """The providers, sorted by key; the files are whole afterwards."""
        self._providers.writerows(row(PROVIDERS, provider) for _, provider in sorted(self._known.items()))
        for file in self._files.values():
            file.close()


class ExcelTables:
    """The tables for people."""

    def __init__(self, edition: Edition) -> None:
        self._files = [edition.open(name, encoding="utf-8-sig") for name in ("kurse.csv", "termine.csv")]
        self._courses, self._instances = (
            csv.writer(file, delimiter=";", lineterminator="\r\n") for file in self._files
        )  # fmt: skip
        self._courses.writerow(excel.COURSES)
        self._instances.writerow(excel.INSTANCES)

    def add(self, item: Item) -> None:
        """One row in kurse.csv and one for each run in termine.csv."""
        self._courses.writerow(excel.course_cells(item))
        self._instances.writerows(excel.instance_cells(item))

    def finish(self) -> None:
        """The files are whole afterwards."""
        for file in self._files:
            file.close()
