"""sitemap.xml: the page of every course with the moment at which its content last changed, never that of the run.

More than 50,000 pages (the limit of sitemaps.org) are split into sitemap-1.xml and so on, and sitemap.xml names those.
"""

from typing import IO
from xml.sax.saxutils import escape

from exports.formats.edition import Edition, Item

MOST = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Sitemap:
    """Writes the sitemap; what is over is no page to look for."""

    def __init__(self, edition: Edition, most: int = MOST) -> None:
        self._edition, self._most = edition, most
        self._newest: list[str] = []  # of each part
        self._pages = 0
        self._begin()

    def add(self, item: Item) -> None:
        """One page, unless the course is past or cancelled."""
        record = item.record
        if record["status"] in ("past", "cancelled"):
            return
        if self._pages == self._most:
            self._end()
            self._begin()
        self._pages += 1
        changed = record["changed_at"] or ""
        self._newest[-1] = max(self._newest[-1], changed)
        self._part.write(_entry("url", self._edition.url(record["slug"]), changed))

    def finish(self) -> None:
        """The index, where there are several parts."""
        self._end()
        folder = self._edition.folder
        if len(self._newest) == 1:
            (folder / "sitemap-1.xml").rename(folder / "sitemap.xml")
            return
        with self._edition.open("sitemap.xml") as file:
            file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_NAMESPACE}">\n')
            for number, newest in enumerate(self._newest, start=1):
                file.write(_entry("sitemap", f"{self._edition.base_url}/sitemap-{number}.xml", newest))
            file.write("</sitemapindex>\n")

    def _begin(self) -> None:
        self._newest.append("")
        self._pages = 0
        self._part: IO[str] = self._edition.open(f"sitemap-{len(self._newest)}.xml")
        self._part.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">\n')

    def _end(self) -> None:
        self._part.write("</urlset>\n")
        self._part.close()


def _entry(name: str, url: str, changed: str) -> str:
    when = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<{name}><loc>{escape(url)}</loc>{when}</{name}>\n"
