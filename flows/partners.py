"""The partners and founders of the portal: their online courses belong on it, though they take place nowhere."""

PARTNERS = frozenset({
    "dekra-akademie", "slv-rhein-ruhr", "bz-handel", "hbz-muenster", "ihk-nord-westfalen", "kh-emscher-lippe-west",
    "gafoeg", "vhs-bottrop", "vhs-castrop-rauxel", "vhs-datteln", "vhs-dorsten", "vhs-gelsenkirchen", "vhs-gladbeck",
    "vhs-haltern", "vhs-herten", "vhs-marl", "vhs-oer-erkenschwick", "vhs-recklinghausen", "vhs-waltrop",
})  # fmt: skip
