"""courses.csv, instances.csv and providers.csv for programs (comma, UTF-8, ISO dates, decimal point), kurse.csv and
termine.csv for people with Excel (semicolon, byte order mark, German heads and values). The first three as Parquet
too."""

import csv
from typing import Any

from exports.formats import excel
from exports.formats.edition import Edition, Item
from exports.formats.parquet import ParquetTables
from exports.formats.tables import COURSES, INSTANCES, PROVIDERS, TABLES, Table, course_row, instance_rows, row

# One handed to the writer of the csv module: RFC 4180 but for the plain line feed.
DIALECT: dict[str, Any] = {"lineterminator": "\n", "quoting": csv.QUOTE_MINIMAL}


class Tables:
    """The tables for programs; what goes into CSV goes into Parquet too."""

    def __init__(self, edition: Edition) -> None:
        self._files = [edition.open(f"{table.name}.csv") for table in TABLES]
        self._writers = {
            table.name: csv.writer(file, **DIALECT) for table, file in zip(TABLES, self._files, strict=True)
        }  # fmt: skip
        self._parquet = ParquetTables(edition)
        for table in TABLES:
            self._writers[table.name].writerow([column.name for column in table.columns])
        self._known: dict[str, dict[str, Any]] = {}

    def add(self, item: Item) -> None:
        """One row of courses and one of instances for each run."""
        self._write(COURSES, course_row(item))
        for cells in instance_rows(item):
            self._write(INSTANCES, cells)
        if provider := item.record["provider"]:
            counted = self._known.setdefault(provider["key"], provider | {"courses": 0, "instances": 0})
            counted["courses"] += 1
            counted["instances"] += len(item.record["instances"])

    def finish(self) -> None:
        """The providers, sorted by key; the files are whole afterwards."""
        for _, provider in sorted(self._known.items()):
            self._write(PROVIDERS, row(PROVIDERS, provider))
        for file in self._files:
            file.close()
        self._parquet.finish()

    def _write(self, table: Table, cells: list[Any]) -> None:
        self._writers[table.name].writerow(cells)
        self._parquet.add(table, cells)


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
