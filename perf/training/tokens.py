"""A CLIP tokenizer whose vocabulary is the archive's: each known word one token, any other text its letters.

Byte-pair merges are learnt as in Sennrich, Haddow & Birch (2016), until every known word is one symbol. No torch.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from transformers import CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"
LENGTH = 32
Pair = tuple[str, str]


def write(folder: Path, words: Iterable[str]) -> CLIPTokenizer:
    """Saves the tokenizer's ordinary files into the folder and gives the tokenizer."""
    merges = learn(words)
    letters = alphabet()
    symbols = [*letters, *(f"{letter}</w>" for letter in letters), *("".join(pair) for pair in merges), START, END]
    vocabulary = {symbol: index for index, symbol in enumerate(symbols)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tokenizer = CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        unk_token=END,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=LENGTH,
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def learn(words: Iterable[str]) -> list[Pair]:
    """Merges until every word is one symbol; the most frequent pair first, ties by the alphabet."""
    split = [[*word[:-1], f"{word[-1]}</w>"] for word in sorted(set(words))]
    merges: list[Pair] = []
    while any(len(symbols) > 1 for symbols in split):
        pairs = Counter(pair for symbols in split for pair in pairwise(symbols))
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        split = [_merge(symbols, best) for symbols in split]
    return merges


def alphabet() -> list[str]:
    """One visible letter for each byte, as GPT-2 and CLIP write them: unprintable bytes are moved up to 256 and on."""
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    return [chr(byte) for byte in sorted(shown)] + [chr(256 + index) for index in range(256 - len(shown))]


def _merge(symbols: list[str], pair: Pair) -> list[str]:
    merged: list[str] = []
    for symbol in symbols:
        if merged and (merged[-1], symbol) == pair:
            merged[-1] += symbol
        else:
            merged.append(symbol)
    return merged
