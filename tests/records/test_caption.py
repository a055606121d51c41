"""Captions can be read back, leave things unsaid, and use few words."""

from dataclasses import asdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perf.diffusion.architecture import Ability
from perf.records.caption import TABLES, compose, parse, plain, vocabulary, words
from perf.records.catalogue import archive
from perf.records.record import KINDS

ATTRIBUTES = st.fixed_dictionaries({kind: st.sampled_from(names) for kind, names in KINDS.items()})


@given(ATTRIBUTES, st.integers(1840, 2025), st.integers(0, 10_000))
def test_what_a_caption_says_can_be_read_back(of: dict[str, str], date: int, seed: int) -> None:
    said = parse(compose(of, date, np.random.default_rng(seed)))
    assert said.subject == of["subject"]
    for kind, value in asdict(said).items():
        if kind == "decade":
            assert value in (None, date // 10 * 10)
        else:
            assert value in (None, of[kind]), kind


def test_some_captions_leave_attributes_unsaid() -> None:
    said = [parse(record.caption) for record in archive(400)]
    for kind in ("palette", "light", "process", "decade"):
        assert 0.2 < np.mean([getattr(one, kind) is None for one in said]) < 0.8


@given(ATTRIBUTES, st.sets(st.sampled_from(sorted(KINDS))))
def test_a_plain_caption_says_what_is_known_and_no_more(of: dict[str, str], known: set[str]) -> None:
    some = {kind: of[kind] for kind in known}
    said = asdict(parse(plain(some)))
    silent = {"decade"} if "subject" in known else {"decade", "shot"}  # a shot is a shot of something
    for kind, value in said.items():
        tables = TABLES.get(kind, {})
        assert value == (some.get(kind) if kind not in silent and some.get(kind) in tables else None), kind


def test_no_phrase_means_two_things() -> None:
    phrases = [phrase for table in TABLES.values() for phrases in table.values() for phrase in phrases]
    assert len(phrases) == len(set(phrases))


@given(st.text(max_size=60))
def test_any_text_may_be_parsed(text: str) -> None:
    parse(text)


def test_the_vocabulary_is_small_and_covers_the_archive() -> None:
    known = set(words())
    assert len(known) <= 500
    for record in archive(300):
        said = {word for word in record.caption.replace(",", " ,").split() if not word[0].isdigit()}
        assert said <= known
        assert Ability("", words=frozenset(vocabulary())).strange(record.caption) == []
