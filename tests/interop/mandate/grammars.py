"""Texts of a canonical grammar: patterns, paths, hosts, URLs, networks."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from . import bounds
from .refused import Work

# Patterns.


def is_pattern(text: str) -> bool:
    return len(text.encode()) <= bounds.PATTERN_BYTES and "**" not in text


def pattern_matches(pattern: str, text: str, work: Work) -> bool:
    """Each piece between stars is taken where it comes first."""
    length = len(pattern.encode())
    work.spend((length >> 4) + 2)
    first, *rest = pattern.encode().split(b"*")
    data = text.encode()
    if not data.startswith(first):
        return False
    data = data[len(first) :]
    if not rest:
        return not data
    *pieces, last = rest
    if not data.endswith(last):
        return False
    data = data[: len(data) - len(last)]
    to_search = len(data)
    for piece in pieces:
        work.spend(to_search + len(piece) + 8)
        to_search = 0
        found = data.find(piece)
        if found < 0:
            return False
        data = data[found + len(piece) :]
    return True


def pattern_covers(mine: str, child: str, work: Work) -> bool:
    """A letter that neither has stands for the child's stars: only a star of mine can take it."""
    work.spend(len(mine.encode()) + len(child.encode()) + 16)
    letters = (chr(letter) for letter in range(0xF0000, 0xF0000 + 520))
    letter = next((letter for letter in letters if letter not in mine and letter not in child), None)
    if letter is None:
        return False
    return pattern_matches(mine, child.replace("*", letter), work)


# Paths.


def is_control(character: str) -> bool:
    return ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0


def is_path(text: str) -> bool:
    if not text.startswith("/"):
        return False
    if text == "/":
        return True
    segments = text[1:].split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        return False
    return not any(character == "\\" or is_control(character) for character in text)


def path_holds(base: str, path: str) -> bool:
    return base == "/" or path == base or path.startswith(base + "/")


# Hosts.

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]*|0x[0-9a-fA-F]*")


def is_host(text: str) -> bool:
    labels = text.split(".")
    if len(text.encode()) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return _NUMERIC.fullmatch(labels[-1]) is None


def host_holds(base: str, host: str) -> bool:
    return host == base or host.endswith("." + base)


# URLs.

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,31}")
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21, "ssh": 22, "sftp": 22}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN = _UNRESERVED | frozenset(b"!$&'()*+,;=:@")
_NEVER_ENCODED = _UNRESERVED | frozenset(b"/\\")
_ENCODED = re.compile(rb"%([0-9A-F]{2})")
_DOTS = re.compile(r"\.\.?(;.*|%3B.*)?", re.DOTALL)


@dataclass(frozen=True)
class Url:
    scheme: str
    host: str
    port: int | None
    path: str

    def effective_port(self) -> int | None:
        return self.port if self.port is not None else _PORTS.get(self.scheme)


def is_scheme(text: str) -> bool:
    return _SCHEME.fullmatch(text) is not None


def parse_url(text: str) -> Url | None:
    """The parts of a canonical URL."""
    scheme, found, rest = text.partition("://")
    slash = rest.find("/")
    if not found or not is_scheme(scheme) or slash < 0:
        return None
    authority, rest = rest[:slash], rest[slash:]
    host, colon, digits = authority.partition(":")
    port = None
    if colon:
        if not re.fullmatch(r"[1-9][0-9]{0,4}", digits) or int(digits) > 65535:
            return None
        port = int(digits)
    if not is_host(host) or (port is not None and port == _PORTS.get(scheme)):
        return None
    path, _, query = rest.partition("?")
    directory = path[:-1] if path.endswith("/") and len(path) > 2 else path
    if not is_url_path(directory) or _decode(query, b"/?") is None:
        return None
    return Url(scheme, host, port, path)


def is_url_path(text: str) -> bool:
    decoded = _decode(text, b"/")
    if decoded is None or not is_path(text) or any(_DOTS.fullmatch(segment) for segment in text.split("/")):
        return False
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(text: str, extra: bytes) -> bytes | None:
    """The bytes that a text stands for, when its characters and percent-encodings are those that they must be."""
    data = text.encode()
    for encoded in re.finditer(rb"%(..)?", data, re.DOTALL):
        match = _ENCODED.fullmatch(encoded.group())
        if match is None or int(match.group(1), 16) in _NEVER_ENCODED:
            return None
    if not set(_ENCODED.sub(b"", data)) <= _PLAIN | frozenset(extra):
        return None
    decoded = _ENCODED.sub(lambda match: bytes([int(match.group(1), 16)]), data)
    if any(is_control(character) for character in decoded.decode("utf-8", "replace")):
        return None
    return decoded


@dataclass(frozen=True)
class UrlRule:
    """Which URLs are admitted. A port of None is the scheme's own, of 0 any."""

    schemes: tuple[str, ...]
    host: str
    port: int | None
    path: str

    @staticmethod
    def new(schemes: list[str], host: str, port: int | None, path: str) -> UrlRule:
        """A rule from parts of which the host is canonical; ValueError when they make none."""
        names = tuple(sorted(set(schemes)))
        if not 1 <= len(names) <= bounds.SCOPE_MEMBERS or not all(is_scheme(scheme) for scheme in names):
            raise ValueError("schemes")
        if port and all(_PORTS.get(scheme) == port for scheme in names):
            raise ValueError("port")
        if len(path.encode()) > bounds.PATTERN_BYTES or not is_url_path(path):
            raise ValueError("path")
        return UrlRule(names, host, port, path)

    def holds(self, url: Url) -> bool:
        if self.port is None:
            port = url.port is None
        else:
            port = self.port == ANY_PORT or url.effective_port() == self.port
        return port and url.scheme in self.schemes and host_holds(self.host, url.host) and path_holds(self.path, url.path)

    def covers(self, child: UrlRule) -> bool:
        def scheme_covered(scheme: str) -> bool:
            mine, theirs = _ports(scheme, self.port), _ports(scheme, child.port)
            return scheme in self.schemes and (mine == ANY_PORT or mine == theirs)

        in_place = host_holds(self.host, child.host) and path_holds(self.path, child.path)
        return in_place and all(scheme_covered(scheme) for scheme in child.schemes)


ANY_PORT = 0


def _ports(scheme: str, port: int | None) -> int | None:
    """The port of one scheme under a rule, so that a default and its number are the same."""
    return _PORTS.get(scheme) if port is None else port


# Networks.

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_IPV4 = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")


def parse_address(text: str) -> Address | None:
    """The address that a text spells canonically: IPv6 as in RFC 5952, no IPv4 address mapped into IPv6."""
    if "%" in text or "/" in text or not text.isascii():
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if is_mapped(address) or _spelled(address) != text:
        return None
    return address


def _spelled(address: Address) -> str:
    return str(address)


def is_mapped(address: Address) -> bool:
    return address.version == 6 and int(address) >> 32 == 0xFFFF


@dataclass(frozen=True)
class Network:
    first: Address
    bits: int

    @staticmethod
    def parse(text: str) -> Network | None:
        address_text, found, digits = text.partition("/")
        if not found or not re.fullmatch(r"0|[1-9][0-9]{0,2}", digits):
            return None
        address = parse_address(address_text)
        if address is None or int(digits) > address.max_prefixlen:
            return None
        network = Network(address, int(digits))
        return None if int(address) & network.host_mask() else network

    def host_mask(self) -> int:
        return (1 << (self.first.max_prefixlen - self.bits)) - 1

    def last(self) -> int:
        """The last address that it holds, which is not a mapped one."""
        last = int(self.first) | self.host_mask()
        return 0xFFFE_FFFF_FFFF if self.first.version == 6 and last >> 32 == 0xFFFF else last

    def holds(self, address: Address) -> bool:
        same = address.version == self.first.version and not is_mapped(address)
        return same and int(address) & ~self.host_mask() == int(self.first)

    def covers(self, child: Network) -> bool:
        return self.holds(child.first) and self.holds(type(child.first)(child.last()))

    def size(self) -> int:
        return self.last() - int(self.first) + 1

    def addresses(self) -> list[str]:
        kind = type(self.first)
        return [_spelled(kind(number)) for number in range(int(self.first), self.last() + 1)]
