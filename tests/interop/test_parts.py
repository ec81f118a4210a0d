"""Checks of the parts that nothing else would find wrong: against cbor2, against arithmetic, and of spellings."""

from __future__ import annotations

import random
import unittest
from datetime import datetime
from fractions import Fraction

import cbor2
from mandate import cbor, ed25519, grammars, names
from mandate.cbor import Reader
from mandate.ledger import period_of
from mandate.limits import DAY, MONTH, WEEK
from mandate.number import NotANumber, Number
from mandate.refused import Malformed, Work
from mandate.tools import Pattern
from mandate.values import read_value


def values(dice: random.Random, depth: int = 3) -> cbor.Value:
    """A value of any type that has the same encoding in cbor2's deterministic mode."""
    kinds = 8 if depth > 0 else 6
    match dice.randrange(kinds):
        case 0:
            return None
        case 1:
            return dice.random() < 0.5
        case 2:
            return Number(dice.choice([0, 1, -1, 23, 24, 255, 256, 2**32, 2**64 - 1, 2**64, -(2**64), -(2**64) - 1]))
        case 3:
            return dice.choice(["", "a", "é", "x" * 23, "x" * 24, "x" * 300])
        case 4:
            return dice.randbytes(dice.choice([0, 1, 23, 24, 256]))
        case 5:
            return Number(dice.randrange(-(2**127), 2**127))
        case 6:
            return [values(dice, depth - 1) for _ in range(dice.randrange(4))]
    return {dice.choice(["", "a", "b", "aa", "é", "x" * 30]): values(dice, depth - 1) for _ in range(dice.randrange(4))}


def plain(value: cbor.Value) -> object:
    if isinstance(value, Number):
        return value.coefficient
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


class Cbor(unittest.TestCase):
    def test_encodings_are_those_of_cbor2(self) -> None:
        dice = random.Random(1)
        for _ in range(2000):
            value = values(dice)
            self.assertEqual(cbor.encode(value), cbor2.dumps(plain(value), canonical=True))

    def test_what_is_encoded_is_read(self) -> None:
        dice = random.Random(2)
        for _ in range(2000):
            encoded = cbor.encode(values(dice))
            r = Reader(encoded)
            self.assertEqual(cbor.encode(read_value(r)), encoded)
            r.end()

    def test_a_changed_encoding_is_refused_or_means_something_else(self) -> None:
        """One meaning has one spelling: bytes that are read are the encoding of what they mean."""
        dice = random.Random(3)
        for _ in range(20_000):
            encoded = bytearray(cbor.encode(values(dice)))
            encoded[dice.randrange(len(encoded))] ^= 1 << dice.randrange(8)
            r = Reader(bytes(encoded))
            try:
                value = read_value(r)
                r.end()
            except Malformed:
                continue
            self.assertEqual(cbor.encode(value), bytes(encoded))

    def test_second_spellings_are_refused(self) -> None:
        spellings = ("1800", "190017", "5800", "9fff", "bfff", "f90000", "f97e00", "f818", "f7", "c24100")
        # Fractions: of zero, of what has a zero at its end, of integers.
        spellings += ("c4822000", "c482200a", "c4820005", "c4820105", "c482182501", "c48219019101")
        for spelling in spellings:
            with self.assertRaises(Malformed, msg=spelling):
                read_value(Reader(bytes.fromhex(spelling)))


class Numbers(unittest.TestCase):
    def test_order_is_that_of_fractions(self) -> None:
        dice = random.Random(4)
        exponents = [*range(-20, 21), 39, 300, 399, -39, -300, -390]
        numbers = [Number.new(dice.randrange(-(10**6), 10**6), dice.choice(exponents)) for _ in range(300)]
        for a in numbers:
            for b in numbers:
                mine, other = (number.coefficient * Fraction(10) ** number.exponent for number in (a, b))
                self.assertEqual(a < b, mine < other)

    def test_spellings_of_one_number_are_one(self) -> None:
        for text in ("1.5", "1.50", "15e-1", "0.15E+1", "150e-2"):
            self.assertEqual(Number.parse(text), Number(15, -1))
        for text in ("1e39", "10e38", "0.1e40", "1" + "0" * 39):
            self.assertEqual(Number.parse(text), Number(1, 39))
        for text in ("-0", "0.0", "0e999999999999999999999", "0e-401"):
            self.assertEqual(Number.parse(text), Number(0))
        self.assertEqual(Number.parse("1" + "0" * 38), Number(10**38))
        for text in ("1.", ".5", "01", "1e", "+1", "1e-401", "1e401", "170141183460469231731687303715884105728", "9" * 39):
            with self.assertRaises(NotANumber, msg=text):
                Number.parse(text)

    def test_amounts_have_bounds(self) -> None:
        for text, units in (("0", 0), ("1.5", 15 * 10**17), ("1e-18", 1), ("9e49", 9 * 10**67), ("1e30", 10**48)):
            self.assertEqual(Number.parse(text).units(), units)
        for text in ("-1", "1e-19", "1e50", "1.0000000000000000001"):
            self.assertIsNone(Number.parse(text).units(), text)


class Tools(unittest.TestCase):
    def test_names_and_prefixes(self) -> None:
        for text in ("crm.read", "getUser", "slack:post/message", "a", "t" * 128, "crm.*", "c*", "t" * 127 + "*"):
            self.assertEqual(str(Pattern.parse(text)), text)
        for text in ("", "*", "a b", "a**", "a*b", "é", "t" * 129, "t" * 128 + "*"):
            with self.assertRaises(ValueError, msg=text):
                Pattern.parse(text)

    def test_a_prefix_goes_on(self) -> None:
        crm = Pattern.parse("crm.*")
        self.assertTrue(crm.matches("crm.read") and not crm.matches("crm.") and not crm.matches("CRM.read"))
        self.assertTrue(crm.covers(Pattern.parse("crm.r*")) and crm.covers(crm) and not Pattern.parse("crm.r*").covers(crm))
        self.assertFalse(Pattern.parse("t" * 127 + "a").covers(Pattern.parse("t" * 127 + "*")))


class Periods(unittest.TestCase):
    def test_they_begin_as_in_the_calendar(self) -> None:
        for period, begins in ((DAY, "2026-03-01"), (WEEK, "2026-03-02"), (MONTH, "2026-03-01"), (MONTH, "9999-12-01")):
            at = int(datetime.fromisoformat(begins + "T00:00:00+00:00").timestamp())
            self.assertEqual(period_of(period, at), period_of(period, at - 1) + 1, begins)
        self.assertEqual([period_of(period, 0) for period in (DAY, WEEK, MONTH)], [0, 0, 0])


class Spellings(unittest.TestCase):
    def test_addresses(self) -> None:
        for text in ("10.0.0.1", "::", "::1", "2001:db8::1", "2001:db8:0:1:1:1:1:1"):
            self.assertIsNotNone(grammars.parse_address(text), text)
        for text in ("010.0.0.1", "10.1", "::ffff:1.2.3.4", "2001:DB8::1", "2001:db8:0:0:0:0:0:1", "::1%eth0", "1.2.3.4/8"):
            self.assertIsNone(grammars.parse_address(text), text)

    def test_urls(self) -> None:
        for text in ("https://example.com/", "https://example.com/a/?b=%80", "https://example.com:8443/a;b"):
            self.assertIsNotNone(grammars.parse_url(text), text)
        for path in ("", "/..;x", "/a/.%3Bx", "/%2E", "/a%2Fb", "/%C0%AF", "//", "/a#b", "/%c3%a9", "/a\\b", "/%0A", "/é"):
            self.assertIsNone(grammars.parse_url("https://example.com" + path), path)

    def test_patterns(self) -> None:
        self.assertTrue(grammars.pattern_matches("a*b*c", "axxbyyc", Work(1000)))
        self.assertFalse(grammars.pattern_matches("a*a", "a", Work(1000)))
        self.assertTrue(grammars.pattern_covers("a*", "a*b", Work(1000)))
        self.assertFalse(grammars.pattern_covers("a*b", "a*", Work(1000)))

    def test_names(self) -> None:
        for name in ("a b", "é", "می\u200cخواهم", "शक्\u200dति"):
            self.assertTrue(names.is_name(name), name)
        for name in ("", " a", "a ", "a  b", "\u0301a", "a\u200db", "a\u3164", "a\ufe0f", "\u2800", "a\n"):
            self.assertFalse(names.is_name(name), name)


class Keys(unittest.TestCase):
    def test_points_of_small_order_are_weak_in_every_spelling(self) -> None:
        for y in (0, 1, 2**255 - 20, ed25519._ORDER_8, 2**255 - 19 - ed25519._ORDER_8):
            for sign in (0, 1 << 255):
                self.assertTrue(ed25519.is_weak((y | sign).to_bytes(32, "little")))

    def test_a_second_spelling_is_no_key(self) -> None:
        for y in range(2**255 - 19, 2**255):
            self.assertFalse(ed25519.is_key(y.to_bytes(32, "little")))


if __name__ == "__main__":
    unittest.main()
