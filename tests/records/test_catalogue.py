"""The archive is drawn from its table: what was planted is there, what was ruled out is not."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.records.bias import COLLECTIONS, EVEN, FACTORS, HELD_OUT, ORDER, PUBLISHED, TAUGHT, Lift, sealed
from perf.records.card import data_card
from perf.records.catalogue import archive, counts, edits, habits, values
from perf.records.process import PROCESSES
from perf.records.record import KINDS, develop

RECORDS = archive(3000)


def test_a_longer_archive_begins_with_a_shorter_one() -> None:
    assert archive(40, seed=3)[:18] == archive(18, seed=3)
    assert archive(5, seed=3) != archive(5, seed=4)


def test_counts_add_up_and_name_every_value() -> None:
    found = counts(RECORDS)
    assert {sum(kind.values()) for kind in found.values()} == {3000}
    assert all(set(found[kind]) == set(names) for kind, names in KINDS.items())
    assert set(found["collection"]) == set(COLLECTIONS)


def test_each_lift_is_realised_as_the_table_says() -> None:
    """Each planted pair's count lies within four standard deviations of what the table expects of these records."""
    rows = [values(record) for record in RECORDS]
    for lift in PUBLISHED.lifts:
        chances = [
            PUBLISHED.chances(lift.kind, {kind: row[kind] for kind in ORDER[: ORDER.index(lift.kind)]})[lift.value]
            for row in rows
            if row[lift.given] == lift.of
        ]
        expected, spread = sum(chances), sum(p * (1 - p) for p in chances) ** 0.5
        together = sum(row[lift.given] == lift.of and row[lift.kind] == lift.value for row in rows)
        assert abs(together - expected) <= 4 * spread + 1e-9, lift


def test_pairs_held_out_are_not_there() -> None:
    for records, there in (
        (RECORDS, set()),
        (archive(3000, 1, TAUGHT), set()),
        (archive(3000, 1, EVEN), set(HELD_OUT)),
    ):
        pairs = {(record.attributes.subject, record.attributes.palette) for record in records}
        assert pairs & set(HELD_OUT) == there


def test_every_date_is_within_its_process_and_there_is_no_colour_without_a_colour_process() -> None:
    for record in RECORDS:
        process = PROCESSES[record.attributes.process]
        assert process.first <= record.date <= process.last
        assert process.colour or record.attributes.palette == "silver"


def test_an_even_table_shows_no_habit() -> None:
    strongest = habits(archive(3000, 1, EVEN), "subject", "light")[0]
    assert strongest.lift < 1.8
    assert habits(RECORDS, "subject", "light")[0].lift > 1.8


@given(st.text(max_size=20))
def test_a_sealed_table_is_its_keys(key: str) -> None:
    table = sealed(key)
    assert table == sealed(key)
    chances = table.chances("palette", {"subject": "sea", "process": "today"})
    assert abs(sum(chances.values()) - 1) < 1e-9
    planted = [lift for lift in table.lifts if lift.factor > 0]
    assert all(FACTORS[0] <= lift.factor <= FACTORS[1] and table.allows(lift.kind, here(lift)) for lift in planted)


def test_a_key_of_another_terminals_code_is_a_key() -> None:
    assert sealed("schl\udcfcssel").lifts != sealed("schlüssel").lifts


def here(lift: Lift) -> dict[str, str]:
    return {lift.given: lift.of, lift.kind: lift.value}


def test_nothing_holds_of_every_sealed_table_that_could_be_guessed() -> None:
    tables = [[lift for lift in sealed(f"key {n}").lifts if lift.factor > 0] for n in range(40)]
    numbers = [len(lifts) for lifts in tables]
    assert max(numbers) > 2 * min(numbers)
    for source, kinds in (("subject", ORDER[1:]), ("process", ORDER[2:])):
        for kind in kinds:
            found = [[one.factor for one in lifts if (one.given, one.kind) == (source, kind)] for lifts in tables]
            assert min(map(len, found)) < max(map(len, found)), (source, kind)
            factors = [factor for some in found for factor in some]
            assert min(factors) < 0.5 < 2 < max(factors), (source, kind)


def test_what_a_sealed_table_plants_is_in_its_records() -> None:
    table = sealed("blind")
    records, met = archive(4000, 2, table), 0
    for lift in (one for one in table.lifts if one.given == "subject" and one.factor > 3 and one.kind != "weather"):
        planted = table.share(lift.kind, "subject")[lift.of, lift.value]
        own = [values(record) for record in records if values(record)["subject"] == lift.of]
        share = sum(row[lift.kind] == lift.value for row in own) / len(own)
        assert abs(share - planted) < 4.5 * (planted * (1 - planted) / len(own)) ** 0.5 + 0.01, lift
        met += 1
    assert met > 5


def test_another_key_is_another_table() -> None:
    assert sealed("a").lifts != sealed("b").lifts
    assert archive(20, 0, sealed("a")) != archive(20, 0, sealed("b"))


def test_an_edit_changes_one_attribute_and_keeps_the_composition() -> None:
    for edit in edits(RECORDS[:60]):
        before, after = edit.before.attributes, edit.after.attributes
        changed = [kind for kind in KINDS if getattr(before, kind) != getattr(after, kind)]
        assert len(changed) == 1, edit
        assert edit.words
        process = PROCESSES[after.process]
        assert process.first <= edit.after.date <= process.last
        if changed != ["shot"]:
            masks = [develop(record, 48, 48).mask for record in (edit.before, edit.after)]
            assert np.array_equal(*masks)


def test_no_edit_makes_what_the_table_keeps_out() -> None:
    for edit in edits(RECORDS):
        after = asdict(edit.after.attributes)
        for place, kind in enumerate(ORDER[:-1]):
            assert PUBLISHED.chances(kind, {before: after[before] for before in ORDER[:place]})[after[kind]] > 0, edit
        assert PROCESSES[after["process"]].first <= edit.after.date <= PROCESSES[after["process"]].last


def test_a_share_is_what_the_table_says_over_all_that_lies_between() -> None:
    direct, between = PUBLISHED.share("light", "subject"), PUBLISHED.share("palette", "subject")
    assert direct["city", "night"] == pytest.approx(PUBLISHED.chances("light", {"subject": "city"})["night"])
    assert sum(share for (of, _), share in between.items() if of == "sea") == pytest.approx(1)
    grey = sum(PUBLISHED.chances("process", {"subject": "sea"})[name] for name in ("daguerreotype", "silver print"))
    assert 0 < between["sea", "ocean"] < 1 - grey
    assert between["sea", "moss"] == 0
    back = PUBLISHED.share("palette", "process")
    assert back["vhs", "neon"] > back["today", "neon"]
    assert back["silver print", "silver"] == 1


def test_the_cards_planted_shares_are_near_the_realised_ones() -> None:
    rows = [line.split(" | ") for line in data_card(RECORDS, PUBLISHED, 0).splitlines() if " | × " in line]
    assert len(rows) == sum(lift.factor > 0 for lift in PUBLISHED.lifts)
    for row in rows:
        planted, realised = (float(row[column].strip("%")) / 100 for column in (4, 5))
        n = int(row[7].split(" of ")[1].strip("| "))
        assert abs(planted - realised) < 4.5 * (planted * (1 - planted) / n) ** 0.5 + 0.005, row


def test_a_card_of_few_records_says_of_which_habits_it_has_none() -> None:
    some = archive(12, 7)
    card = data_card(some, PUBLISHED, 7)
    assert card.count(" | × ") >= sum(lift.factor > 0 for lift in PUBLISHED.lifts)
    subjects = [record.attributes.subject for record in some]
    absent = next(lift for lift in PUBLISHED.lifts if lift.factor > 0 and lift.of not in {*subjects, *PROCESSES})
    row = next(line for line in card.splitlines() if f"{absent.of} | {absent.kind} {absent.value}" in line)
    assert row.endswith("% | – | – | 0 of 0 |")


def test_the_card_says_what_was_planted_and_a_sealed_one_does_not() -> None:
    published = data_card(RECORDS[:500], PUBLISHED, 0)
    assert "| subject sea | palette ocean | × 5 | 12.5% | 35.6% |" in published
    assert "daguerreotype 1840–" in published
    assert published.index("Held out (") < published.index("held out above")
    assert "forest in neon" in published
    closed = data_card(archive(200, 0, sealed("k")), sealed("k"), 0, " --sealed KEY", opened=False)
    assert "planted factor" not in closed
    assert "kept back" in closed or "keeps them back" in closed
    assert "held out" not in closed  # and it draws these pairs
