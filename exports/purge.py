"""Remove every version but the live one, so that what it no longer shows is nowhere to be had."""

from exports.model import ExportConfig
from exports.version import chain, list_versions, live, publishing, sweep


def purge_older(config: ExportConfig, reason: str) -> tuple[str, ...]:
    """Remove the versions before the live one for good and say so in `versions.json`; returns their names.

    A consumer that holds the version before the live one still follows by the live one's delta; any other starts anew.
    `reason` is a word for programs, never what a person wrote. Raises ExportsBusy while another process publishes.
    """
    with publishing(config):
        current = live(config)
        if current is None:
            return ()
        names = tuple(version.name for version in chain(config) if version.name != current.name)
        sweep(config, keep=1)
        list_versions(config, removed=[{"version": name, "reason": reason} for name in names])
        return names
