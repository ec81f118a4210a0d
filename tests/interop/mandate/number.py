"""Exact decimal numbers: a coefficient of 128 bits, signed, and a power of ten from −400 to 400."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

MAX_EXPONENT = 400
LEAST, GREATEST = -(2**127), 2**127 - 1
_JSON = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")

UNIT_DIGITS = 18
"""Digits after the point that an amount may have."""
AMOUNT_LIMIT = 10 ** (50 + UNIT_DIGITS)
"""The least that is too large for an amount, in units of 10^−18."""


class NotANumber(ValueError):
    """Not what JSON writes as a number."""


class OutOfRange(NotANumber):
    """More digits than the coefficient holds, or an exponent that is out of bounds."""


@total_ordering
@dataclass(frozen=True)
class Number:
    """coefficient × 10^exponent. An integer of 128 bits has the exponent 0; of all else the coefficient is not divisible by ten."""

    coefficient: int
    exponent: int = 0

    @staticmethod
    def new(coefficient: int, exponent: int) -> Number:
        """The one form of a number, or OutOfRange. The coefficient may be any integer."""
        if coefficient == 0:
            return Number(0)
        while coefficient % 10 == 0:
            coefficient //= 10
            exponent += 1
        if 0 <= exponent <= MAX_EXPONENT and LEAST <= coefficient * 10**exponent <= GREATEST:
            return Number(coefficient * 10**exponent)
        if not LEAST <= coefficient <= GREATEST or abs(exponent) > MAX_EXPONENT:
            raise OutOfRange
        return Number(coefficient, exponent)

    @staticmethod
    def parse(text: str) -> Number:
        """Reads a number as JSON writes it."""
        match = _JSON.fullmatch(text)
        if match is None:
            raise NotANumber
        sign, whole, fraction, exponent = match.groups()
        fraction = fraction or ""
        significant = (whole + fraction).rstrip("0")
        zeros = len(whole + fraction) - len(significant)
        digits = significant.lstrip("0")
        if len(digits) > 39:
            raise OutOfRange
        coefficient = int(digits or "0") * (-1 if sign else 1)
        if not LEAST <= coefficient <= GREATEST:
            raise OutOfRange
        return Number.new(coefficient, zeros - len(fraction) + max(min(_integer(exponent or "0"), 2**40), -(2**40)))

    def units(self) -> int | None:
        """How many units of 10^−18 an amount is; None of a number that is no amount."""
        if self.coefficient < 0 or self.exponent < -UNIT_DIGITS:
            return None
        units = self.coefficient * 10 ** (UNIT_DIGITS + self.exponent)
        return units if units < AMOUNT_LIMIT else None

    def __lt__(self, other: Number) -> bool:
        least = min(self.exponent, other.exponent)
        return self.coefficient * 10 ** (self.exponent - least) < other.coefficient * 10 ** (other.exponent - least)

    def is_whole(self) -> bool:
        return self.exponent >= 0

    def to_integer(self) -> int | None:
        """The number as an integer of 128 bits, if it is one."""
        return self.coefficient if self.exponent == 0 else None


def _integer(digits: str) -> int:
    """An exponent. Python reads no more than 4,300 digits at once, and no more than these decide."""
    sign = -1 if digits.startswith("-") else 1
    significant = digits.lstrip("+-").lstrip("0")
    return sign * (int(significant or "0") if len(significant) < 20 else 2**40)


ZERO = Number(0)


def number_of_units(units: int) -> Number | None:
    """The number that so many units of 10^−18 are, where that is an amount and a number."""
    if not 0 <= units < AMOUNT_LIMIT:
        return None
    try:
        return Number.new(units, -UNIT_DIGITS)
    except OutOfRange:
        return None
