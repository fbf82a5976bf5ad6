"""Which site software each stand-in source runs."""

from collections.abc import Callable
from functools import partial

from spiders.standin.publish import Publication
from spiders.standin.sites.ba import Ba
from spiders.standin.sites.hbz import Hbz
from spiders.standin.sites.json_ld import JsonLd
from spiders.standin.sites.kufer import Kufer
from spiders.standin.sites.kufer_rows import KuferRows
from spiders.standin.sites.kufer_table import KuferTable
from spiders.standin.sites.kufer_webbasys import KuferWebbasys
from spiders.standin.sites.labelled import HOUSES, Labelled
from spiders.standin.sites.mein_now import MeinNow
from spiders.standin.sites.odav import Odav
from spiders.standin.sites.openqcat import OpenQCat
from spiders.standin.sites.openvhs import OpenVhs
from spiders.standin.sites.table import Table
from spiders.standin.sites.web import Site
from spiders.standin.sites.woocommerce import WooCommerce

Maker = Callable[[str, tuple[Publication, ...]], Site]

SITES: dict[str, Maker] = {
    "mein-now": MeinNow,
    "kursnet": Ba,
    "hbz": Hbz,
    "vhs-recklinghausen": Kufer,
    "morgenrot": KuferTable,
    "lippeaue": KuferWebbasys,
    "lernbruecke": KuferRows,
    "nordstern": Odav,
    "campus-vest": WooCommerce,
    "digitalpfad": JsonLd,
    "openqcat": OpenQCat,
    "openvhs": OpenVhs,
    "krueger": Table,
    **{key: partial(Labelled, house=house) for key, house in HOUSES.items()},
}
