"""The three ways in which a question ends without a yes."""

from __future__ import annotations

CEILING = -1
"""The place of what the anchor's ceiling refuses; links count from 0."""


class Denied(Exception):
    """A denial: its code, the link where it arose, if it arose at one, and what became of a call that was decided before."""

    def __init__(self, code: str, link: int | None = None, outcome: str | None = None) -> None:
        super().__init__(code, link, outcome)
        self.code = code
        self.link = link
        self.outcome = outcome


class Malformed(Exception):
    """Bytes that are not in the format. The code says which kind of fault comes first."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreadable(Exception):
    """A case that states no decision at all."""


class OutOfWork(Exception):
    """The steps that are granted for a question are spent."""


class Work:
    """The steps that are left for a question."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        if steps > self.left:
            self.left = 0
            raise OutOfWork
        self.left -= steps
