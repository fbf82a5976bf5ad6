"""One key for one company, however its name is spelled."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.providers import _known, home_of, identify
from normalize.towns import town_named


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("DEKRA Akademie GmbH", "dekra-akademie"),
        ("DEKRA Akademie GmbH Gelsenkirchen", "dekra-akademie"),
        ("Dekra Akademie GmbH, Standort Recklinghausen", "dekra-akademie"),
        ("SLV Duisburg", "slv-rhein-ruhr"),
        ("GSI - Gesellschaft für Schweißtechnik International mbH", "slv-rhein-ruhr"),
        ("SLV Bildungszentren Rhein-Ruhr", "slv-rhein-ruhr"),
        ("bz Bildungszentrum des Handels e.V.", "bz-handel"),
        ("Bildungszentrum des Handels e. V.", "bz-handel"),
        ("HWK Bildungszentrum Münster (HBZ)", "hbz-muenster"),
        ("Handwerkskammer Münster", "hbz-muenster"),
        ("IHK Nord Westfalen", "ihk-nord-westfalen"),
        ("Kreishandwerkerschaft Emscher-Lippe-West", "kh-emscher-lippe-west"),
        ("GAFÖG gGmbH", "gafoeg"),
        ("Volkshochschule der Stadt Recklinghausen", "vhs-recklinghausen"),
        ("vhs Haltern am See", "vhs-haltern"),
        ("die insel - VHS Marl", "vhs-marl"),
        ("WBS TRAINING SE", "wbs-training"),
        ("WBS TRAINING AG Gelsenkirchen", "wbs-training"),
        ("TÜV Rheinland Akademie GmbH I", "tuev-rheinland-akademie"),
        ("DAA - Deutsche Angestellten- Akademie gGmbH", "daa"),
        ("DEKRA Akademie GmbH Region Rhein-Ruhr - Gelsenkirchen", "dekra-akademie"),
        ("Stadt Marl - VHS", "vhs-marl"),
        # chambers: the name says which, whatever stands between
        ("Handwerkskammer Dortmund", "hwk-dortmund"),
        ("HWK Düsseldorf", "hwk-duesseldorf"),
        ("Handwerkskammer zu Köln", "hwk-koeln"),
        ("HWK Köln", "hwk-koeln"),
        ("Handwerkskammer Ostwestfalen-Lippe zu Bielefeld KdöR", "hwk-ostwestfalen-lippe"),
        ("Handwerkskammer für München und Oberbayern", "hwk-muenchen-und-oberbayern"),
        ("HWK Region Stuttgart", "hwk-stuttgart"),
        ("Industrie- und Handelskammer zu Dortmund", "ihk-dortmund"),
        ("IHK für Essen, Mülheim an der Ruhr, Oberhausen zu Essen", "ihk-essen"),
        ("SIHK zu Hagen", "ihk-hagen"),
        ("Industrie- und Handelskammer Bonn/Rhein-Sieg", "ihk-bonn-rhein-sieg"),
    ],
)
def test_known_providers(name: str, key: str) -> None:
    reading = identify(name, None)
    assert reading.value is not None
    assert reading.value.key == key
    assert not reading.doubts


def test_another_house_is_not_taken_for_a_known_one() -> None:
    for name in (
        "SLV München",
        "TÜV Thüringen",
        "Kreishandwerkerschaft Dortmund",
        "HWK Bildungszentrum Traumstadt",
        "DEKRA Zeitarbeit",
        "Volkshochschule Essen",
    ):
        reading = identify(name, None)
        assert reading.value is not None
        assert reading.value.name == name
        assert reading.doubts


def test_an_unknown_provider_has_a_stable_key_without_legal_form() -> None:
    keys = {
        provider.key
        for name in ("Muster & Söhne GmbH", "Muster & Söhne GmbH & Co. KG", "MUSTER & SÖHNE gGmbH")
        if (provider := identify(name, None).value)
    }
    assert keys == {"muster-soehne"}


def test_every_chamber_of_the_crafts_is_known(captures: Path) -> None:
    chambers = json.loads((captures / "hwk-meisterkompass" / "chambers.json").read_text(encoding="utf-8"))
    keys = [
        reading.value.key for chamber in chambers if (reading := identify(chamber["name"])).value and not reading.doubts
    ]
    assert len(set(keys)) == len(chambers) == 53


def test_no_name() -> None:
    assert identify(None, None).value is None
    assert not identify(None, None).doubts
    assert identify(None, "4711").doubts
    assert identify("  ", "4711").value is None


def test_every_region_town_has_an_adult_education_centre_at_home_there() -> None:
    homes = [known.home for known in _known() if known.home]
    assert len(set(homes)) == 12
    assert all((town := town_named(home)) and town.in_region for home in homes)
    assert home_of("vhs-marl") == "Marl"
    assert home_of("dekra-akademie") is None


def test_the_list_is_free_of_double_keys_and_double_aliases() -> None:
    keys = [known.provider.key for known in _known()]
    assert len(keys) == len(set(keys))
    owner: dict[str, str] = {}
    for known in _known():
        for form in known.forms:
            assert form
            assert owner.setdefault(form, known.provider.key) == known.provider.key


@given(st.text(max_size=120))
def test_any_name_gets_a_clean_key(name: str) -> None:
    provider = identify(name, None).value
    if provider is not None:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", provider.key)
        assert len(provider.key) <= 60
        assert provider == identify(name, None).value
