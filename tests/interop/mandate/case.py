"""A case: a decision stated as JSON (see tests/vectors/README.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from . import bounds, digests, jsonform
from .admits import Action
from .cbor import Value
from .chain import read_chain, verify
from .claims import Approval, Notice, read_approval, read_notice, read_signed_call
from .jsonform import Fields, base64url, flag, hex_of, items, key, mapping, name, only_true, text, time, whole
from .ladder import Asserted, Context, Fact, Ladder
from .ledger import Charge, Ledger, Mark
from .number import Number
from .refused import Denied, Malformed, Unreadable
from .register import Register
from .tools import Pattern, is_tool
from .values import size_of_arguments
from .verifier import GRANTS, Anchor, AnchorKey, Floors, Verifier

T = TypeVar("T")

_UNBOUNDED = 2**64 - 1


@dataclass(frozen=True)
class Case:
    now: int
    audience: str
    system: str | None
    verifier: Verifier
    chain: bytes
    call_id: bytes
    tool: str
    arguments: dict[str, Value]
    presenter: bytes | Asserted
    """The bytes of a signed call, or a holder by the host's word."""
    facts: dict[str, Fact]
    notices: list[Notice]
    approvals: list[Approval]
    ledgers: list[str]
    charged: list[tuple[Charge, int]]
    calls: list[tuple[bytes, Mark]]
    """Calls that were decided before, by their keys."""
    before: list[tuple[int, bytes]]

    def decide(self) -> dict[str, Value]:
        """The decision, as a vector expects it."""
        try:
            return self._permit()
        except Denied as denied:
            return _denial(denied)
        except Malformed as malformed:
            return _denial(Denied(malformed.code))

    def _permit(self) -> dict[str, Value]:
        chain = verify(read_chain(self.chain), self.verifier)
        register = Register(chain, self.verifier.leeway)
        for notice in self.notices:
            register.apply(notice, self.now)
        ledger = self._ledger()

        def settle(now: int, presented: bytes | Asserted) -> dict[str, Value]:
            presenter = presented if isinstance(presented, Asserted) else read_signed_call(presented)
            context = Context(
                now, self.audience, self.system, register, self.facts, self.approvals, self.ledgers
            )
            action = Action(self.tool, self.arguments, self.verifier.effect(self.tool))
            decided = Ladder(self.verifier, chain, action, self.call_id, presenter, context).decide()
            ledger.settle(decided.key, decided.request, decided.at, decided.renewable_until, decided.charges, now)
            permit: dict[str, Value] = {"decision": "permit", "valid_until": Number(decided.valid_until)}
            if decided.charges:
                permit["charges"] = [jsonform.charge_form(charge) for charge in decided.charges]
            return permit

        for now, signed in self.before:
            try:
                settle(now, signed)
            except (Denied, Malformed):
                # What became of it is in the ledger.
                pass
        return settle(self.now, self.presenter)

    def _ledger(self) -> Ledger:
        ledger = Ledger(self.verifier.max_call_age, self.verifier.leeway)
        for key, mark in self.calls:
            ledger.marks.setdefault(key, replace(mark))
        for charge, at in self.charged:
            ledger.restore(charge, at)
        return ledger


def _denial(denied: Denied) -> dict[str, Value]:
    denial: dict[str, Value] = {"decision": "deny", "code": denied.code}
    if denied.link is not None:
        denial["link"] = Number(denied.link)
    if denied.outcome is not None:
        denial["outcome"] = denied.outcome
    return denial


def decide(source: str) -> dict[str, Value]:
    """Reads a case and decides it; what states no decision is unreadable."""
    try:
        case, _ = read_case(source)
    except Unreadable:
        return {"decision": "unreadable"}
    return case.decide()


def read_case(source: str) -> tuple[Case, Value]:
    """A case, and what is expected of it where that is said."""
    fields = Fields(jsonform.read(source))
    expect = fields.optional("expect", lambda expect: expect, None)
    fields.optional("description", text, "")
    now = fields.required("now", time)
    call = Fields(fields.required("call", lambda call: call))
    tool = call.required("tool", text)
    arguments = call.required("args", mapping)
    stated = call.optional("effect", jsonform.effect, None)
    call_id = call.required("id", lambda call_id: hex_of(text(call_id), 16))
    call.end()
    if not is_tool(tool):
        raise Unreadable("tool")
    size_of_arguments(arguments)
    verifier = _verifier(fields.required("verifier", lambda verifier: verifier))
    if stated is not None:
        own = Pattern(False, tool)
        if own in verifier.tools:
            raise Unreadable("a tool twice")
        verifier = replace(verifier, tools={**verifier.tools, own: stated})
    ledgers = fields.optional("ledgers", mapping, {})
    audience = fields.required("audience", name)
    charged, calls = _ledgers(ledgers, now, audience)
    case = Case(
        now=now,
        audience=audience,
        system=fields.optional("system", _or_null(name), None),
        verifier=verifier,
        chain=fields.required("chain", lambda chain: base64url(text(chain))),
        call_id=call_id,
        tool=tool,
        arguments=arguments,
        presenter=_presenter(fields.required("presenter", lambda presenter: presenter)),
        facts=_facts(fields.optional("facts", mapping, {}), verifier),
        notices=[_token(each, read_notice, bounds.STATUS_BYTES) for each in fields.optional("notices", items, [])],
        approvals=[_token(each, read_approval) for each in fields.optional("approvals", items, [])],
        ledgers=[name(each) for each in ledgers],
        charged=charged,
        calls=calls,
        before=[_before(each) for each in fields.optional("before", items, [])],
    )
    fields.end()
    return case, expect


def _or_null(read: Callable[[Value], T]) -> Callable[[Value], T | None]:
    return lambda value: None if value is None else read(value)


def _token(value: Value, read: Callable[[bytes], T], most: int = bounds.TOKEN_BYTES) -> T:
    try:
        return read(base64url(text(value), most))
    except Malformed as malformed:
        raise Unreadable(malformed.code) from None


def _verifier(value: Value) -> Verifier:
    fields = Fields(value)
    anchors = [_anchor(each) for each in fields.required("anchors", items)]
    by_issuer = {anchor.issuer: anchor for anchor in anchors}
    if not anchors or len(by_issuer) != len(anchors):
        raise Unreadable("anchors")
    grants, takes_no_grant = fields.optional("grants", _grants, (Verifier.grants, False))
    verifier = Verifier(
        anchors=by_issuer,
        grants=grants,
        takes_no_grant=takes_no_grant,
        leeway=fields.optional("leeway", whole, Verifier.leeway),
        max_call_age=fields.optional("max_call_age", whole, Verifier.max_call_age),
        asserted_up_to=fields.optional("asserted_up_to", jsonform.effect, None),
        tools=fields.optional("tools", _tools, {}),
        floors=fields.optional("floors", _floors, Floors()),
    )
    fields.end()
    return verifier


def _grants(value: Value) -> tuple[frozenset[int], bool]:
    if value == "any":
        return frozenset(GRANTS.values()), True
    kinds = list(map(text, items(value)))
    if not set(kinds) <= set(GRANTS):
        raise Unreadable("grants")
    return frozenset(GRANTS[kind] for kind in kinds), False


def _tools(value: Value) -> dict[Pattern, int]:
    table: dict[Pattern, int] = {}
    for pattern, effect in mapping(value).items():
        try:
            table[Pattern.parse(pattern)] = jsonform.effect(effect)
        except ValueError:
            raise Unreadable(pattern) from None
    return table


def _anchor(value: Value) -> Anchor:
    fields = Fields(value)
    anchor = Anchor(
        issuer=fields.required("issuer", name),
        keys=tuple(_anchor_key(each) for each in fields.required("keys", items)),
        ceiling=fields.required("ceiling", lambda form: None if form == "unlimited" else jsonform.powers(form)),
        max_lifetime=fields.required("max_lifetime", whole),
        systems=frozenset(name(each) for each in fields.optional("systems", items, [])),
    )
    fields.end()
    keys = anchor.all_keys()
    if not 1 <= len(keys) <= bounds.ISSUER_KEYS or len(set(keys)) != len(keys) or anchor.max_lifetime == 0:
        raise Unreadable("anchor")
    return anchor


def _anchor_key(value: Value) -> AnchorKey:
    if isinstance(value, str):
        return AnchorKey(key(value))
    fields = Fields(value)
    known = fields.required("key", key)
    kind, content = fields.kind()
    if kind == "roots_issued_before":
        return AnchorKey(known, roots_issued_before=time(content))
    if kind == "revoked":
        return AnchorKey(known, is_revoked=only_true(content))
    raise Unreadable(kind)


def _floors(value: Value) -> Floors:
    fields = Fields(value)
    floors = Floors(
        mission=fields.optional("mission", flag, False),
        audience=fields.optional("audience", flag, False),
        max_links=fields.optional("max_links", whole, None),
        grant_age=fields.optional("grant_age", whole, None),
        status_age=fields.optional("status_age", _ages, None),
        root_age=fields.optional("root_age", _ages, None),
    )
    fields.end()
    return floors


def _ages(value: Value) -> tuple[int, int, int]:
    fields = Fields(value)
    ages = tuple(fields.optional(effect, whole, _UNBOUNDED) for effect in ("read", "write", "irreversible"))
    fields.end()
    read, write, irreversible = ages
    if read < write or write < irreversible:
        raise Unreadable("ages")
    return read, write, irreversible


def _presenter(value: Value) -> bytes | Asserted:
    fields = Fields(value)
    signed = fields.optional("signed", text, None)
    holder = fields.optional("asserted", text, None)
    leaf = fields.optional("leaf", text, None)
    fields.end()
    if signed is not None and holder is None and leaf is None:
        return base64url(signed)
    if signed is None and holder is not None and leaf is not None:
        return Asserted(key(holder), hex_of(leaf, 32))
    raise Unreadable("presenter")


def _facts(value: dict[str, Value], verifier: Verifier) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for fact, form in value.items():
        fields = Fields(form)
        observed = fields.required("value", lambda value: value)
        at = fields.required("at", time)
        open_to = fields.optional("open_to", lambda issuers: list(map(name, items(issuers))), list(verifier.anchors))
        fields.end()
        facts[name(fact)] = Fact(observed, at, frozenset(open_to))
    return facts


def _ledgers(
    value: dict[str, Value], now: int, audience: str
) -> tuple[list[tuple[Charge, int]], list[tuple[bytes, Mark]]]:
    charged: list[tuple[Charge, int]] = []
    calls: list[tuple[bytes, Mark]] = []
    for ledger in sorted(value):
        fields = Fields(value[ledger])
        for form in fields.optional("charges", items, []):
            charge, at = jsonform.charge(form, now)
            if charge.ledger != ledger:
                raise Unreadable("a charge of another ledger")
            charged.append((charge, at))
        calls += [_decided(each, audience) for each in fields.optional("calls", items, [])]
        fields.end()
    return charged, calls


_OUTCOMES = ("open", "done", "failed", "undone", "refused")


def _decided(value: Value, audience: str) -> tuple[bytes, Mark]:
    """A call that was decided before, signed long before the one at hand, and is remembered for good."""
    fields = Fields(value)
    leaf = fields.required("leaf", lambda leaf: hex_of(text(leaf), 32))
    call_id = fields.required("id", lambda call_id: hex_of(text(call_id), 16))
    request = fields.required("request", lambda request: hex_of(text(request), 32))
    outcome = fields.required("outcome", text)
    fields.end()
    if outcome not in _OUTCOMES:
        raise Unreadable(outcome)
    return digests.call_key(leaf, call_id, audience), Mark(request, 0, outcome, bounds.TIMESTAMP)


def _before(value: Value) -> tuple[int, bytes]:
    fields = Fields(value)
    before = fields.required("now", time), fields.required("signed", lambda signed: base64url(text(signed)))
    fields.end()
    return before
