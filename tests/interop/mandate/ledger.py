"""Charges, and the ledger that marks calls and makes charges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from . import cbor, digests
from .amounts import amount_of, counted_value
from .cbor import Value
from .chain import Chain
from .limits import DAY, WEEK, Budget, Exclusive, Rate
from .names import plus
from .number import Number
from .refused import Denied, Work


@dataclass(frozen=True)
class Spend:
    amount: Number
    most: Number
    period: int | None = None
    remember: int | None = None


@dataclass(frozen=True)
class Pace:
    burst: int
    per: int


@dataclass(frozen=True)
class Latch:
    group: int


Demand = Spend | Pace | Latch


@dataclass(frozen=True)
class Charge:
    link: int
    ledger: str
    account: bytes
    name: str
    demand: Demand


@dataclass(frozen=True)
class Call:
    """What a limit is asked about."""

    tool: str
    arguments: dict[str, Value]
    attached: list[str]
    work: Work
    """For finding what all budgets count in the arguments."""


def charge_of(chain: Chain, link: int, rule: Budget | Rate | Exclusive, call: Call) -> Charge | None:
    """What a limit charges for a call in its scope."""

    def account(ledger: str, name: str, counts: list[bytes]) -> bytes:
        holder = chain.links[link - 1].holder if link > 0 else None
        return digests.account(ledger, chain.root.issuer, holder, name, counts)

    def check_attached(ledger: str) -> None:
        if ledger not in call.attached:
            raise Denied("LedgerUnknown", link)

    match rule:
        case Budget(name, shares):
            ledger = next((ledger for ledger in sorted(shares) if ledger in call.attached), None)
            if ledger is None:
                raise Denied("LedgerUnknown", link)
            amount, counts = _spending(rule, call, link)
            remember = None if rule.per_value is None else rule.per_value.remember
            spend = Spend(amount, shares[ledger], rule.period, remember)
            return Charge(link, ledger, account(ledger, name, counts), name, spend)
        case Rate(name, ledger, burst, per):
            check_attached(ledger)
            counts = [cbor.integer(2), cbor.integer(burst), cbor.integer(per)]
            return Charge(link, ledger, account(ledger, name, counts), name, Pace(burst, per))
        case Exclusive(name, ledger, groups):
            group = next((at for at, tools in enumerate(groups) if any(each.matches(call.tool) for each in tools)), None)
            if group is None:
                return None
            check_attached(ledger)
            encoded = [cbor.array(sorted(cbor.text(str(each)) for each in tools)) for tools in groups]
            counts = [cbor.integer(3), cbor.array(encoded)]
            return Charge(link, ledger, account(ledger, name, counts), name, Latch(group))


def _spending(budget: Budget, call: Call, link: int) -> tuple[Number, list[bytes]]:
    """What a call comes to, and what the budget counts."""
    amount = amount_of(budget.sources, call.tool, call.arguments, link, call.work)
    meter = [cbor.integer(0)]
    if budget.sources:
        meter = [cbor.integer(1), cbor.array([source.encoded for source in budget.sources])]
    period = cbor.encode(None if budget.period is None else Number(budget.period))
    counted = cbor.encode(None)
    if budget.per_value is not None:
        path, is_any_case = budget.per_value.path, budget.per_value.is_any_case
        value = counted_value(path, is_any_case, call.arguments, link, call.work)
        counted = cbor.array([cbor.encode(list(path)), cbor.encode(is_any_case), cbor.encode(value)])
    return amount, [*meter, period, counted]


def one_an_account(charges: list[Charge]) -> list[Charge]:
    """Of limits of one account the lowest maximum and the longest time to remember, at the place of the first."""
    kept: dict[bytes, Charge] = {}
    for charge in charges:
        known = kept.setdefault(charge.account, charge)
        mine, other = known.demand, charge.demand
        if known is charge or not isinstance(mine, Spend) or not isinstance(other, Spend):
            continue
        times = [time for time in (mine.remember, other.remember) if time is not None]
        remember = max(times, default=None)
        link = charge.link if other.most < mine.most else known.link
        demand = replace(mine, most=min(mine.most, other.most), remember=remember)
        kept[charge.account] = replace(known, link=link, demand=demand)
    return list(kept.values())


def period_of(period: int, at: int) -> int:
    """The number of the period that a time lies in, from that of the first second of 1970 on."""
    days = at // 86_400
    if period == DAY:
        return days
    if period == WEEK:
        # 1970 began on a Thursday, three days after a Monday.
        return (days + 3) // 7
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
    return (date.year - 1970) * 12 + date.month - 1


Period = tuple[int, int]
_ONCE: Period = (-1, 0)
"""The period of what never renews."""


@dataclass
class Spent:
    """What an account of a budget has spent, in a period: the latest that was asked for."""

    period: Period
    spent: int = 0
    """In units of 10^−18."""
    held: int = 0


@dataclass
class Mark:
    request: bytes
    latest: int
    """When the latest call under this key was signed."""
    recorded: str
    keep_until: int
    holds: bool = False


@dataclass
class Ledger:
    """The ledgers of a case in one: accounts are apart by their digests."""

    max_call_age: int
    leeway: int
    clock: int = 0
    marks: dict[bytes, Mark] = field(default_factory=dict)
    """By call key."""
    spent: dict[bytes, Spent] = field(default_factory=dict)
    arrival: dict[bytes, int] = field(default_factory=dict)
    latched: dict[bytes, int] = field(default_factory=dict)
    keep_until: dict[bytes, int] = field(default_factory=dict)
    """When an account is forgotten of which no call is open."""

    def restore(self, charge: Charge, at: int) -> None:
        """Counts a charge that was made before, whether or not it fits."""
        account = charge.account
        match charge.demand:
            case Spend(amount, _, period, remember):
                state = self._at(account, period, at)
                kind, index = state.period
                if kind < 0 or period_of(kind, at) >= index:
                    state.spent += _units(amount)
                self._become(account, self.spent, state)
                self._keep(account, remember, at)
            case Pace(burst, per):
                self._become(account, self.arrival, max(self.arrival.get(account, 0), at * burst) + per)
            case Latch(group):
                self._become(account, self.latched, self.latched.get(account, group))

    def _at(self, account: bytes, period: int | None, now: int) -> Spent:
        """An account as it is at a time: as it was, or begun anew with a later period."""
        begun = _ONCE if period is None else (period, period_of(period, now))
        known = self.spent.get(account)
        if known is not None and known.period >= begun:
            return replace(known)
        return Spent(begun)

    def _keep(self, account: bytes, remember: int | None, at: int) -> None:
        if remember is not None:
            self.keep_until[account] = max(self.keep_until.get(account, 0), plus(at, remember))

    def _become(self, account: bytes, states: dict, state: object) -> None:  # type: ignore[type-arg]
        """An account has one state, of the kind of its latest demand."""
        for others in (self.spent, self.arrival, self.latched):
            others.pop(account, None)  # type: ignore[attr-defined]
        states[account] = state

    def _forget(self) -> None:
        now = self.clock
        self.marks = {key: mark for key, mark in self.marks.items() if mark.holds or mark.keep_until > now}
        for account, until in list(self.keep_until.items()):
            is_held = account in self.spent and self.spent[account].held > 0
            if until <= now and not is_held:
                for states in (self.spent, self.arrival, self.latched, self.keep_until):
                    states.pop(account, None)  # type: ignore[attr-defined]

    def settle(self, key: bytes, request: bytes, at: int, expires: int | None, charges: list[Charge], now: int) -> None:
        """Marks a call and makes its charges, all or none."""
        self.clock = max(self.clock, now)
        now = self.clock
        self._forget()
        too_old = plus(plus(plus(at, self.max_call_age), self.leeway), 1)
        if key in self.marks:
            self._answer(self.marks[key], request, at, too_old)
        if now >= too_old or (expires is not None and now >= expires):
            raise Denied("LedgerFull")
        for charge in charges:
            code = self._refusal(charge, now)
            if code is not None:
                self.marks[key] = Mark(request, at, "refused", too_old)
                raise Denied(code, charge.link)
        for charge in charges:
            self._make(charge, now)
        holds = any(isinstance(charge.demand, Spend) and charge.demand.amount > Number(0) for charge in charges)
        self.marks[key] = Mark(request, at, "open", max(too_old, expires or 0), holds)

    @staticmethod
    def _answer(mark: Mark, request: bytes, at: int, too_old: int) -> None:
        """Answers a call that is marked. Who signed it anew is told what became of it."""
        mark.keep_until = max(mark.keep_until, too_old)
        if request != mark.request:
            raise Denied("CallConflict")
        is_new = at > mark.latest
        mark.latest = max(mark.latest, at)
        raise Denied("AlreadyDecided", outcome=mark.recorded if is_new else None)

    def _refusal(self, charge: Charge, now: int) -> str | None:
        account = charge.account
        match charge.demand:
            case Spend(amount, most, period):
                state = self._at(account, period, now)
                return "BudgetExhausted" if state.spent + state.held + _units(amount) > _units(most) else None
            case Pace(burst, per):
                earliest = self.arrival.get(account, 0) - (burst - 1) * per
                return "RateExceeded" if now * burst < earliest else None
            case Latch(group):
                return "GroupClosed" if self.latched.get(account, group) != group else None

    def _make(self, charge: Charge, now: int) -> None:
        account = charge.account
        match charge.demand:
            case Spend(amount, _, period, remember):
                state = self._at(account, period, now)
                state.held += _units(amount)
                self._become(account, self.spent, state)
                self._keep(account, remember, now)
            case Pace(burst, per):
                self._become(account, self.arrival, max(self.arrival.get(account, 0), now * burst) + per)
            case Latch(group):
                self._become(account, self.latched, group)


def _units(amount: Number) -> int:
    units = amount.units()
    assert units is not None
    return units
