"""OSC addresses and patterns (OSC 1.0, "OSC Message Dispatching and Pattern Matching"; `//` of 1.1).

Matching is by part, without regular expressions, and linear in the address but for the last star: a hostile pattern
costs microseconds. Nothing here knows what an address means.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

SPECIAL = frozenset("*?[]{}")
FORBIDDEN = frozenset(" #*,/?[]{}")  # never in a name (OSC 1.0)
PATTERN_LIMIT = 256  # characters
ALTERNATIVES = 64  # most alternatives that braces may spell out

Token = str | frozenset[str] | tuple[str, frozenset[str]]  # a letter, a set, ("not", a set)


def is_pattern(address: str) -> bool:
    """Whether an address reaches more than itself."""
    return "//" in address or not SPECIAL.isdisjoint(address)


def name_of(text: str) -> str:
    """`text` as an OSC name: forbidden characters become `_`."""
    return "".join("_" if c in FORBIDDEN or not c.isprintable() else c for c in text) or "_"


def expand(pattern: str, addresses: Iterable[str]) -> list[str]:
    """The addresses that `pattern` matches, in their order. A malformed pattern matches nothing."""
    return [address for address in addresses if matches(pattern, address)]


def matches(pattern: str, address: str) -> bool:
    """Whether `pattern` matches the whole `address`."""
    parsed = _parse(pattern)
    return any(_path(parts, tuple(address.split("/")[1:])) for parts in parsed)


def _path(parts: tuple[tuple[Token, ...] | None, ...], names: tuple[str, ...]) -> bool:
    """Match parts against names; None (from `//`) stands for any number of levels."""
    if not parts:
        return not names
    if parts[0] is None:
        return any(_path(parts[1:], names[i:]) for i in range(len(names) + 1))
    return bool(names) and _part(parts[0], names[0]) and _path(parts[1:], names[1:])


def _part(tokens: tuple[Token, ...], name: str) -> bool:
    """Match one part, going back to the last star only (which is enough, since tokens are one letter long)."""
    i = j = 0
    star, mark = -1, 0
    while j < len(name):
        if i < len(tokens) and tokens[i] == "*":
            star, mark, i = i, j, i + 1
        elif i < len(tokens) and _letter(tokens[i], name[j]):
            i, j = i + 1, j + 1
        elif star >= 0:
            mark += 1
            i, j = star + 1, mark
        else:
            return False
    return all(token == "*" for token in tokens[i:])


def _letter(token: Token, letter: str) -> bool:
    if isinstance(token, str):
        return token == "?" or token == "\\" + letter
    if isinstance(token, tuple):
        return letter not in token[1]
    return letter in token


@lru_cache(maxsize=512)
def _parse(pattern: str) -> tuple[tuple[tuple[Token, ...] | None, ...], ...]:
    """Every alternative of a pattern as parts of tokens; () when it is malformed or too long."""
    if not pattern.startswith("/") or len(pattern) > PATTERN_LIMIT:
        return ()
    try:
        every = (_parts(plain) for plain in _alternatives(pattern))
        return tuple(parts for parts in every if not parts or parts[-1] is not None)  # none ends in /
    except ValueError:
        return ()


def _alternatives(pattern: str) -> list[str]:
    """Spell out `{a,b}`; braces do not nest in OSC 1.0."""
    done, open_ = [""], pattern
    while "{" in open_:
        head, _, rest = open_.partition("{")
        body, closed, open_ = rest.partition("}")
        if not closed or "{" in body or "}" in head:
            raise ValueError("unbalanced braces")
        done = [d + head + choice for d in done for choice in body.split(",")]
        if len(done) > ALTERNATIVES:
            raise ValueError("too many alternatives")
    if "}" in open_:
        raise ValueError("unbalanced braces")
    return [d + open_ for d in done]


def _parts(plain: str) -> tuple[tuple[Token, ...] | None, ...]:
    parts: list[tuple[Token, ...] | None] = []
    for part in plain.split("/")[1:]:
        if part or not parts or parts[-1] is not None:  # `////` says no more than `//`
            parts.append(tuple(_tokens(part)) if part else None)
    return tuple(parts)


def _tokens(part: str) -> Iterator[Token]:
    i = 0
    while i < len(part):
        if part[i] == "[":
            end = part.index("]", i + 1)
            yield _set(part[i + 1 : end])
            i = end + 1
        elif part[i] == "]":
            raise ValueError("unbalanced brackets")
        else:
            yield part[i] if part[i] in "*?" else "\\" + part[i]
            i += 1


def _set(body: str) -> Token:
    """`a-z`, `!a-z`; a `-` last or first, and a `!` not first, stand for themselves."""
    negated, body = body.startswith("!"), body.removeprefix("!")
    letters: set[str] = set()
    i = 0
    while i < len(body):
        if i + 2 < len(body) and body[i + 1] == "-":
            letters.update(chr(c) for c in range(ord(body[i]), min(ord(body[i + 2]), ord(body[i]) + 256) + 1))
            i += 3
        else:
            letters.add(body[i])
            i += 1
    return ("not", frozenset(letters)) if negated else frozenset(letters)
