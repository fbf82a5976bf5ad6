"""The only module that reads the environment: where the home lies, and how Prefect has to behave."""

import getpass
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOMS = Path(__file__).parents[1]


class Settings(BaseSettings):
    """Settings of this installation, each from the environment variable `BILDUNGSRAUM_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="BILDUNGSRAUM_", frozen=True)

    home: Path | None = None  # everything is written below it; without it the profile's own folder below `var`
    var: Path = Path("var")
    sources: Path = ROOMS / "spiders" / "sources"  # one TOML per source
    drops: Path | None = None  # where files lie that small providers hand in; without it `drops` in the home
    contact: str | None = None  # who we are, for the User-Agent: an e-mail address or a page; real sites need it
    # where the portal shows the data set; sitemap, calendars and JSON-LD name its pages
    portal: str = Field("https://qualiguide.invalid", pattern=r"^https?://[^\s/]+(/\S*[^/\s])?$")
    harvests: int = 3  # sources harvested at the same time
    keep_versions: int = 30
    keep_nights: int = 30  # harvests and review snapshots of so many nights stay on disk
    keep_days: int = 30  # responses that no harvest used for so long are deleted


def prefect_environment(home: Path) -> dict[str, str]:
    """What Prefect must find in the environment before it is imported, so that it is quiet and writes only to `home`.

    Variables that the operator has set already win, except the ones that would send usage data to others.
    """
    quiet = {
        "PREFECT_HOME": str(home.resolve() / "prefect"),
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        # a cold start creates Prefect's own database; its default of 20 s is too short for a busy machine
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    }
    private = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    return {name: os.environ.get(name, value) for name, value in quiet.items()} | private


def prepare_prefect(home: Path) -> None:
    """Set that environment in this process and for its children; call it before anything imports Prefect."""
    os.environ.update(prefect_environment(home))


def prefect_api_url() -> str | None:
    """The Prefect server that the operator named, if any."""
    return os.environ.get("PREFECT_API_URL") or None


def use_prefect_server(url: str) -> None:
    """Let Prefect speak to this server; call it before anything imports Prefect."""
    os.environ["PREFECT_API_URL"] = url


def server_environment(url: str) -> dict[str, str]:
    """The environment of a Prefect server whose API answers at `url`."""
    return {**os.environ, "PREFECT_UI_API_URL": url}


def login_name() -> str | None:
    """Who uses this machine right now, None if it does not know (a container with a made-up user)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
