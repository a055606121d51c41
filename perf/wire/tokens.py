"""Where a parser stands in a row of tokens: what the project's three small languages have in common."""

from collections.abc import Sequence


class Tokens:
    """A text's tokens, taken one after the other. `_text` is what errors show."""

    def __init__(self, text: str, tokens: Sequence[str]) -> None:
        self._text, self._tokens = text, tokens
        self._next = 0

    @property
    def token(self) -> str:
        """The token that comes next, "" at the end."""
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        token = self.token
        self._next += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise ValueError(f"{self._text[:60]!r} lacks a {token!r}")
