"""The decision: every check in the order of the steps."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import bounds, digests, ledger
from .admits import Action, admits, permits
from .cbor import Value
from .chain import Chain, check_grant
from .claims import Approval, Call
from .constraints import IRREVERSIBLE, Capability, Powers
from .ledger import Charge, charge_of, one_an_account
from .limits import (
    Audience,
    Barrier,
    Budget,
    Condition,
    Delegates,
    EndsOn,
    Exclusive,
    Gate,
    Limit,
    LivesBy,
    Rate,
    SignedCalls,
    Waves,
    Window,
)
from .names import plus, received
from .refused import CEILING, Denied, OutOfWork, Work
from .register import Register
from .standing import Standing, in_wave, mission_alive
from .values import size_of_arguments
from .verifier import Verifier

_PUBLIC = (Window, Audience, SignedCalls, Delegates)


@dataclass(frozen=True)
class Fact:
    value: Value
    at: int
    open_to: frozenset[str]


@dataclass(frozen=True)
class Asserted:
    """A holder and a leaf by the host's word."""

    holder: bytes
    leaf: bytes


@dataclass(frozen=True)
class Context:
    """When and where it is decided, and what the host knows."""

    now: int
    audience: str
    system: str | None
    register: Register
    facts: dict[str, Fact]
    approvals: list[Approval]
    ledgers: list[str]


@dataclass(frozen=True)
class Decided:
    """A decision in favour, before the ledger is asked."""

    key: bytes
    request: bytes
    at: int
    renewable_until: int | None
    """When the chain expires, for a call that could be presented anew until then."""
    valid_until: int
    charges: list[Charge]


@dataclass
class Ladder:
    verifier: Verifier
    chain: Chain
    action: Action
    call_id: bytes
    presenter: Call | Asserted
    context: Context
    ends: list[int] = field(default_factory=list)
    """First seconds in which something that the decision rests on no longer holds."""
    charges: list[Charge] = field(default_factory=list)
    condition_work: Work = field(default_factory=lambda: Work(bounds.CONDITION_STEPS))
    mission_work: Work = field(default_factory=lambda: Work(bounds.MISSION_STEPS))
    amount_work: Work = field(init=False)
    _standing: Standing | None = None

    def __post_init__(self) -> None:
        self.amount_work = Work(self._granted())

    def _granted(self) -> int:
        """The steps for what depends on the size of the arguments."""
        return bounds.DECIDE_STEPS + bounds.ARGUMENT_BYTE_STEPS * size_of_arguments(self.action.arguments)

    def decide(self) -> Decided:
        self._check_times()
        self._check_limits(public=True)
        self._check_presenter()
        self._check_powers()
        self._check_floors()
        self._check_grant()
        self._check_local_name()
        self._check_life()
        self._check_limits(public=False)
        self._check_not_ended()
        is_gated = self._check_gates()
        return self._decided(is_gated)

    # Steps 1 to 4.

    def _check_times(self) -> None:
        now = self.context.now
        for number, link in enumerate(self.chain.links):
            if link.issued_at > plus(now, self.verifier.leeway):
                raise Denied("IssuedInFuture", number)
        for number, link in enumerate(self.chain.links):
            if now >= link.expires:
                raise Denied("Expired", number)
            self.ends.append(link.expires)
        audiences = self.chain.root.audiences
        if audiences is not None and self.context.audience not in audiences:
            raise Denied("WrongAudience", 0)

    # Steps 5 and 17.

    def _check_limits(self, *, public: bool) -> None:
        for number, limit in self._in_scope():
            if isinstance(limit.rule, _PUBLIC) == public and not isinstance(limit.rule, Gate):
                with _out_of_work_at(number):
                    self._check_limit(number, limit)

    def _in_scope(self) -> list[tuple[int, Limit]]:
        return [(number, limit) for number, limit in self.chain.limits() if limit.includes(self.action.tool)]

    def _check_limit(self, number: int, limit: Limit) -> None:
        context, work = self.context, self.mission_work
        match limit.rule:
            case Window(opens, closes):
                self._check_window(opens, closes, number)
            case Audience(names):
                if context.audience not in names:
                    raise Denied("WrongAudience", number)
            case SignedCalls():
                if isinstance(self.presenter, Asserted):
                    raise Denied("SignedCallRequired", number)
            case LivesBy():
                self._check_alive(limit.rule, number)
            case Condition():
                self._check_condition(limit.rule, number)
            case EndsOn(event):
                self._known_standing().check_event(event, number, work)
            case Waves():
                drained = in_wave(limit.rule, context.register, context.now, number, work)
                if drained is not None:
                    self.ends.append(drained)
            case Barrier():
                self._known_standing().check_barrier(limit.rule, number, context.now, work)
            case Budget() | Rate() | Exclusive():
                call = ledger.Call(self.action.tool, self.action.arguments, context.ledgers, self.amount_work)
                charge = charge_of(self.chain, number, limit.rule, call)
                if charge is not None:
                    self.charges.append(charge)

    def _known_standing(self) -> Standing:
        if self._standing is None:
            self._standing = Standing(self.chain, self.context.register, self.mission_work)
        return self._standing

    def _check_window(self, opens: int | None, closes: int | None, number: int) -> None:
        now = self.context.now
        if opens is not None and plus(now, self.verifier.leeway) < opens:
            raise Denied("NotYet", number)
        if closes is not None:
            if now >= closes:
                raise Denied("WindowClosed", number)
            self.ends.append(closes)

    def _check_alive(self, by: LivesBy, number: int) -> None:
        max_age = by.max_age[self.action.effect]
        floor = self.verifier.floors.status_age
        if floor is not None:
            max_age = min(max_age, floor[self.action.effect])
        context = self.context
        end = mission_alive(by, self.action.tool, max_age, context.register, context.now, number, self.mission_work)
        self.ends.append(end)

    def _check_condition(self, condition: Condition, number: int) -> None:
        now = self.context.now
        fact = self.context.facts.get(condition.fact)
        at = None if fact is None else received(fact.at, now, self.verifier.leeway)
        if fact is None or at is None or self.chain.root.issuer not in fact.open_to:
            raise Denied("FactUnknown", number)
        if now - at > condition.max_age:
            raise Denied("FactTooOld", number)
        if not admits(condition.holds, fact.value, self.condition_work):
            raise Denied("ConditionFails", number)
        self.ends.append(plus(plus(at, condition.max_age), 1))

    # Steps 6 to 11.

    def _check_presenter(self) -> None:
        presenter, leaf = self.presenter, self.chain.leaf
        if presenter.leaf != leaf.id:
            raise Denied("WrongLeaf")
        if isinstance(presenter, Asserted):
            if presenter.holder != leaf.holder:
                raise Denied("NotTheHolder")
            up_to = self.verifier.asserted_up_to
            if up_to is None or self.action.effect > up_to:
                raise Denied("AssertionNotAccepted")
            return
        now = self.context.now
        if presenter.audience != self.context.audience:
            raise Denied("CallForAnotherAudience")
        if presenter.at > plus(now, self.verifier.leeway):
            raise Denied("CallFromFuture")
        if now - presenter.at > self.verifier.max_call_age:
            raise Denied("CallTooOld")
        if presenter.id != self.call_id:
            raise Denied("CallIdMismatch")
        if presenter.request != self._request():
            raise Denied("RequestMismatch")
        if not presenter.envelope.is_signed_by(leaf.holder):
            raise Denied("NotTheHolder")

    def _request(self) -> bytes:
        return digests.request(self.action.tool, self.action.arguments)

    # Steps 12 and 13.

    def _check_powers(self) -> None:
        """Leaf first; of links above the leaf, and of the ceiling below the root, only what is delegable counts."""
        work, leaf = Work(self._granted()), len(self.chain.links) - 1
        for number in range(leaf, -1, -1):
            with _out_of_work_at(number):
                code = self._refusal(self.chain.links[number].powers, is_last=number == leaf, work=work)
            if code is not None:
                raise Denied(code, number)
        assert self.chain.anchor is not None
        ceiling = self.chain.anchor.ceiling
        if ceiling is not None:
            with _out_of_work_at(CEILING):
                code = self._refusal(ceiling, is_last=leaf == 0, work=Work(self._granted()))
            if code is not None:
                raise Denied("CeilingRefuses", CEILING)

    def _refusal(self, powers: Powers, *, is_last: bool, work: Work) -> str | None:
        def counts(capability: Capability) -> bool:
            return is_last or capability.is_delegable

        return permits(powers, self.action, counts, work)

    # Steps 14 to 16.

    def _check_floors(self) -> None:
        floors, root, now = self.verifier.floors, self.chain.root, self.context.now
        if floors.max_links is not None and len(self.chain.links) > floors.max_links:
            raise Denied("ChainTooLong")
        by_issuer = [limit.rule for number, limit in self._in_scope() if number == 0]
        if floors.mission and root.lives_by is None and not any(isinstance(rule, LivesBy) for rule in by_issuer):
            raise Denied("MissionRequired")
        if floors.audience and root.audiences is None and not any(isinstance(rule, Audience) for rule in by_issuer):
            raise Denied("AudienceRequired")
        if floors.root_age is not None:
            self._check_age(min(root.issued_at, now), floors.root_age[self.action.effect], "RootTooOld")
        if floors.grant_age is not None:
            at = None if root.grant is None else received(root.grant.at, now, self.verifier.leeway)
            if at is None:
                raise Denied("NoAttestedGrant")
            self._check_age(at, floors.grant_age, "GrantTooOld")

    def _check_age(self, at: int, max_age: int, code: str) -> None:
        if self.context.now - at > max_age:
            raise Denied(code)
        self.ends.append(plus(plus(at, max_age), 1))

    def _check_grant(self) -> None:
        grant = self.chain.root.grant
        if grant is not None and received(grant.at, self.context.now, self.verifier.leeway) is None:
            grant = None
        check_grant(grant, self.verifier)

    def _check_local_name(self) -> None:
        if self.context.system is not None and self.context.system not in self.chain.root.aliases:
            raise Denied("AliasMissing", 0)

    # Steps 17 and 18.

    def _check_life(self) -> None:
        by = self.chain.root.lives_by
        if by is not None:
            with _out_of_work_at(0):
                self._check_alive(by, 0)

    def _check_not_ended(self) -> None:
        for number in range(len(self.chain.links)):
            with _out_of_work_at(number):
                self._known_standing().check_link(number, self.mission_work)

    # Steps 19 and 20.

    def _check_gates(self) -> bool:
        gates = [
            (number, limit.rule)
            for number, limit in self._in_scope()
            if isinstance(limit.rule, Gate) and self._stands_before(limit.rule)
        ]
        if gates:
            self._check_approvals([gate for _, gate in gates])
        for number, gate in gates:
            self._check_gate(gate, number)
        return bool(gates)

    def _stands_before(self, gate: Gate) -> bool:
        if self.action.effect < gate.effect:
            return False
        if gate.exempt is None or gate.exempt[0] not in self.action.arguments:
            return True
        name, constraint = gate.exempt
        try:
            return not admits(constraint, self.action.arguments[name], Work(bounds.EXEMPTION_STEPS))
        except OutOfWork:
            return True

    def _check_approvals(self, gates: list[Gate]) -> None:
        context, now = self.context, self.context.now
        if len(context.approvals) > bounds.APPROVALS:
            raise Denied("TooManyApprovals")
        leaf, seen = self.chain.leaf.id, set()
        for approval in context.approvals:
            by = approval.said.by
            if not any(by in gate.approvers for gate in gates):
                raise Denied("ApprovalByStranger")
            if by in seen:
                raise Denied("ApprovedTwice")
            if approval.audience != context.audience:
                raise Denied("ApprovalForAnotherAudience")
            if (approval.leaf, approval.call, approval.request) != (leaf, self._key(), self._request()):
                raise Denied("ApprovalForAnotherCall")
            if approval.said.at > plus(now, self.verifier.leeway):
                raise Denied("ApprovalFromFuture")
            if now >= approval.expires:
                raise Denied("ApprovalExpired")
            seen.add(by)
        for approval in context.approvals:
            if not approval.envelope.is_signed_by(approval.said.by):
                raise Denied("ApprovalSignature")

    def _check_gate(self, gate: Gate, number: int) -> None:
        now = self.context.now
        given = [approval for approval in self.context.approvals if approval.said.by in gate.approvers]
        recent = [approval for approval in given if now - approval.said.at <= gate.max_age]
        ends = [min(each.expires, plus(plus(min(each.said.at, now), gate.max_age), 1)) for each in recent]
        if len(ends) < gate.needed:
            raise Denied("ApprovalTooOld" if len(given) > len(recent) else "ApprovalsMissing", number)
        self.ends.append(sorted(ends, reverse=True)[gate.needed - 1])

    # The decision.

    def _key(self) -> bytes:
        return digests.call_key(self.chain.leaf.id, self.call_id, self.context.audience)

    def _decided(self, is_gated: bool) -> Decided:
        is_signed = isinstance(self.presenter, Call)
        is_renewable = not is_signed or is_gated or self.action.effect == IRREVERSIBLE
        at = self.presenter.at if isinstance(self.presenter, Call) else self.context.now
        expires = min(link.expires for link in self.chain.links)
        charges = one_an_account(self.charges)
        return Decided(self._key(), self._request(), at, expires if is_renewable else None, min(self.ends), charges)


class _out_of_work_at:  # noqa: N801
    """Places what runs out of work at a link."""

    def __init__(self, link: int) -> None:
        self.link = link

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is OutOfWork:
            raise Denied("OutOfWork", self.link) from None
