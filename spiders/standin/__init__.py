"""Invented course sites, served locally: what the sources look like, from one catalogue whose duplicates are known."""

from spiders.standin.catalogue import Catalogue, build_catalogue
from spiders.standin.nights import season_of
from spiders.standin.publish import publish, truth
from spiders.standin.server import StandIn

__all__ = ["Catalogue", "StandIn", "build_catalogue", "publish", "season_of", "truth"]
