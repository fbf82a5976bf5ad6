"""Which pairs are proposed, what a cap loses, and that what arrives later takes nothing away."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.blocking import CAP, RULES, RUN_RULES, Blocks, Rule, all_pairs, blocks
from dedupe.keys import Key
from dedupe.register import register
from tests.dedupe.offers import key

RUNS = ("2027-01-11", "2027-03-08")
LATER = "20261102T000000Z"
WORDS = ("Hydraulik", "Pneumatik", "Statik", "Optik", "Akustik")
HOUSES = ("Lernhaus Ruhr gGmbH", "Lernhaus Ruhr", "Nordkamp Akademie", "VHS Herten", None)


def blocks_of(keys: list[Key], rules: Mapping[str, Rule]) -> Blocks:
    offers = register(keys)
    return blocks(offers.table, offers.nights, rules)


def proposed(found: Blocks) -> set[tuple[int, int]]:
    left, right = all_pairs(found)
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    return set(pairs)


def pairs_of(keys: list[Key], rules: tuple[str, ...] = ()) -> set[tuple[int, int]]:
    """The pairs of some rules, of all rules if none is named."""
    every = RULES | RUN_RULES
    return proposed(blocks_of(keys, {name: every[name] for name in rules or every}))


def random_keys(seed: int, count: int, night: str = "20261101T000000Z", prefix: str = "s") -> list[Key]:
    """Offers of few words, houses and days, so that blocks are large."""
    dice = Random(seed)
    return [
        replace(
            key(
                f"{prefix}{number:03d}:1",
                " ".join(dice.sample(WORDS, 3)),
                dice.choice(HOUSES),
                starts=dice.sample(RUNS, 1),
                town=dice.choice(("Marl", "Herten")),
                price=dice.choice(("90.00", "95.00")),
            ),
            first_seen=night,
        )
        for number in range(count)
    ]


def test_blocking_finds_spellings_and_synonyms() -> None:
    keys = [
        key("a:1", "Staplerschein", "Nordkamp Akademie GmbH", starts=RUNS, town="Marl", price="190.00"),
        key("b:1", "Ausbildung Flurförderzeuge", "Akademie Nordkamp", starts=RUNS, town="Marl", price="190.00"),
        key("c:1", "Ganz etwas anderes", "Nordkamp", starts=RUNS[:1], town="Marl"),  # the same house and day
        key("d:1", "Rückenschule", "VHS Herten"),
    ]
    words, runs = proposed(blocks_of(keys, RULES)), proposed(blocks_of(keys, RUN_RULES))
    assert (0, 1) in words
    assert (0, 2) in runs
    assert 3 not in {row for pair in words for row in pair}


def test_a_large_block_is_capped_the_loss_counted_and_old_pairs_stay() -> None:
    keys = [key(f"s{number:03d}:1", "Deutsch", f"Haus{number:03d}x") for number in range(60)]
    rule = {"same words": RULES["same words"]}
    found, earlier = blocks_of(keys, rule), blocks_of(keys[:40], rule)
    assert found.proposed["same words"] + found.lost["same words"] == 60 * 59 // 2
    assert found.lost["same words"] > 0
    pairs = proposed(found)
    assert proposed(earlier) <= pairs
    assert len(pairs) == found.proposed["same words"]  # their names all begin alike
    assert len(pairs) <= 60 * 2 * CAP


def test_equal_words_of_strangers_are_no_pair_unless_a_name_is_missing_or_a_partner_named() -> None:
    joint = key("c:1", "Deutsch", "Werkhof", description="In Zusammenarbeit mit der Paritas Schule.")
    keys = [key("a:1", "Deutsch", "Nordkamp"), key("b:1", "Deutsch", "Paritas"), joint, key("d:1", "Deutsch", None)]
    assert pairs_of(keys, ("same words",)) == {(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)}


def test_a_shared_start_or_number_brings_strangers_together() -> None:
    keys = [
        key("a:1", "Deutsch", "Nordkamp", starts=RUNS[:1], course_number="K 2027-118"),
        key("b:1", "Deutsch kompakt", "Paritas", starts=RUNS),
        key("c:1", "Integrationskurs", "Werkhof", course_number="k2027118"),
    ]
    assert pairs_of(keys, ("start and word",)) == {(0, 1)}
    assert pairs_of(keys, ("number alone",)) == {(0, 2)}
    assert pairs_of(keys, ("provider and number",)) == set()


@pytest.mark.parametrize("size", [1, 7, 100, 10**6])
def test_partitions_give_every_pair_once_whatever_their_size(size: int) -> None:
    found = blocks_of(random_keys(1, 60), RULES)
    left, right = all_pairs(found)
    parts = list(found.partitions(size))
    assert np.array_equal(np.concatenate([part[0] for part in parts]), left)
    assert np.array_equal(np.concatenate([part[1] for part in parts]), right)
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left) > 0
    assert bool((left < right).all())
    if size == 1:
        assert len(parts) > 30


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_what_arrives_later_neither_adds_nor_takes_a_pair_of_older_offers(seed: int, later: int) -> None:
    old = random_keys(seed, 60)
    new = random_keys(seed + 1, later, LATER, prefix="a")
    before, after = pairs_of(old), pairs_of([*old, *new])
    assert {pair for pair in after if pair[1] < len(old)} == before


def test_no_keys_give_no_pairs() -> None:
    assert pairs_of([]) == pairs_of([key("a:1", "Deutsch")]) == set()
