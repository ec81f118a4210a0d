"""Chains: taking them apart, and the numbered rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import bounds
from .cbor import Reader, malformed
from .claims import Child, Grant, Link, Root, read_child, read_root
from .constraints import Capability
from .cose import read_envelope
from .covers import powers_cover
from .ed25519 import is_on_curve
from .limits import METERS, Barrier, Condition, Delegates, EndsOn, Gate, Limit, LivesBy, Waves
from .names import is_task
from .refused import CEILING, Denied, OutOfWork, Work
from .verifier import Anchor, AnchorKey, Verifier


@dataclass(frozen=True)
class Chain:
    """A root and the links below it, and once it is verified the anchor of its issuer."""

    links: list[Link]
    anchor: Anchor | None = None

    @property
    def root(self) -> Root:
        root = self.links[0]
        assert isinstance(root, Root)
        return root

    @property
    def leaf(self) -> Link:
        return self.links[-1]

    def children(self) -> Iterator[tuple[int, Child, Link]]:
        """Each child with its number and its parent."""
        for number, (parent, child) in enumerate(zip(self.links, self.links[1:], strict=False), start=1):
            assert isinstance(child, Child)
            yield number, child, parent

    def lives_by(self, down_to: int | None = None) -> list[tuple[int, Limit]]:
        """The limits that a mission lives, with the link of each; the root's own life is one for all calls."""
        own = self.root.lives_by
        found = [(0, Limit(own, None))] if own is not None else []
        for number, limit in self.limits(down_to):
            if isinstance(limit.rule, LivesBy):
                found.append((number, limit))
        return found

    def limits(self, down_to: int | None = None) -> list[tuple[int, Limit]]:
        """Every limit with its link, root first."""
        last = len(self.links) if down_to is None else down_to + 1
        return [(number, limit) for number, link in enumerate(self.links[:last]) for limit in link.limits]

    def mandates(self, number: int) -> list[bytes]:
        """The mandates whose end is a link's: those that it replaces, and itself."""
        link = self.links[number]
        return [*link.replaces, link.id]


def read_chain(data: bytes) -> Chain:
    """Takes a chain apart and decodes it; nothing is verified."""
    if len(data) > bounds.CHAIN_BYTES:
        raise malformed("OutOfBounds")
    r = Reader(data)
    envelopes = r.items(r.array(1, bounds.CHAIN_LINKS), read_envelope)
    links: list[Link] = [read_root(envelopes[0])]
    links += [read_child(envelope) for envelope in envelopes[1:]]
    r.end()
    return Chain(links)


def verify(chain: Chain, verifier: Verifier) -> Chain:
    """Checks the rules in their order, and returns the chain with its anchor."""
    _check_relations(chain)
    _check_tasks(chain)
    anchor, signer = _check_root_signature(chain.root, verifier)
    _check_signatures(chain)
    try:
        _check_terms(chain.root, anchor, signer, verifier)
    except OutOfWork:
        raise Denied("OutOfWork", CEILING) from None
    _check_powers(chain)
    for number in range(len(chain.links)):
        _check_roles(chain, number, anchor)
    _check_children(chain)
    _check_watched(chain)
    return Chain(chain.links, anchor)


def _check_relations(chain: Chain) -> None:
    for number, child, parent in chain.children():
        for broken, code in (
            (child.parent != parent.id, "ParentMismatch"),
            (child.issued_at < parent.issued_at, "IssuedBeforeParent"),
            (child.expires > parent.expires, "OutlivesParent"),
            (child.hops >= parent.hops, "TooManyHops"),
        ):
            if broken:
                raise Denied(code, number)


def _check_tasks(chain: Chain) -> None:
    task = chain.root.task
    for number, child, _ in chain.children():
        if child.step is not None:
            task = f"{task}/{child.step}"
            if not is_task(task):
                raise Denied("TaskOutOfBounds", number)


def _check_root_signature(root: Root, verifier: Verifier) -> tuple[Anchor, AnchorKey]:
    """The anchor, and the key that signed."""
    anchor = verifier.anchors.get(root.issuer)
    if anchor is None:
        raise Denied("UnknownIssuer", 0)
    signer = next((known for known in anchor.keys if known.key == root.signed_by), None)
    if signer is None or not root.envelope.is_signed_by(signer.key):
        raise Denied("BadSignature", 0)
    if not is_on_curve(root.holder):
        raise Denied("BadHolderKey", 0)
    return anchor, signer


def _check_signatures(chain: Chain) -> None:
    for number, child, parent in chain.children():
        if not child.envelope.is_signed_by(parent.holder):
            raise Denied("BadSignature", number)
        if not is_on_curve(child.holder):
            raise Denied("BadHolderKey", number)


def _check_terms(root: Root, anchor: Anchor, signer: AnchorKey, verifier: Verifier) -> None:
    if not signer.counts_for(root.issued_at):
        raise Denied("RevokedKey" if signer.is_revoked else "RetiredKey", 0)
    if root.expires - root.issued_at > anchor.max_lifetime:
        raise Denied("LivesTooLong", 0)
    check_grant(root.grant, verifier)
    if not set(root.aliases) <= anchor.systems:
        raise Denied("AliasOfAnother", 0)
    if anchor.ceiling is None:
        return
    if not powers_cover(anchor.ceiling, root.powers, _passes_on, Work(bounds.VERIFY_STEPS)):
        raise Denied("BeyondCeiling", CEILING)


def check_grant(grant: Grant | None, verifier: Verifier) -> None:
    if grant is None:
        if not verifier.takes_no_grant:
            raise Denied("NoAttestedGrant", 0)
    elif grant.kind not in verifier.grants:
        raise Denied("GrantNotAccepted", 0)


def _passes_on(parent: Capability, child: Capability) -> bool:
    return parent.is_delegable or not child.is_delegable


def _check_powers(chain: Chain) -> None:
    """Rules 13 and 20: one budget of steps for all links."""
    work = Work(bounds.VERIFY_STEPS)
    number = 0
    try:
        _check_scopes(chain.root, None, 0, work)
        for number, child, parent in chain.children():
            if not powers_cover(parent.powers, child.powers, lambda mine, _: mine.is_delegable, work):
                raise Denied("BeyondParent", number)
            _check_scopes(child, parent, number, work)
    except OutOfWork:
        raise Denied("OutOfWork", number if number > 0 else CEILING) from None


def _check_scopes(link: Link, parent: Link | None, number: int, work: Work) -> None:
    for limit in link.limits:
        if not limit.meets(link.powers, work) and (parent is None or not limit.meets(parent.powers, work)):
            raise Denied("ScopeMeetsNothing", number)


def _check_roles(chain: Chain, number: int, anchor: Anchor) -> None:
    """Rules 14 and 16 to 18 for a link."""
    link, missions = chain.links[number], chain.lives_by(number)
    rules = [limit.rule for _, limit in chain.limits(number)]
    if link.holder in anchor.all_keys():
        raise Denied("AnchorKeyHeld", number)
    if len(missions) > bounds.CHAIN_MISSIONS:
        raise Denied("TooManyMissions", number)
    if any(link.holder in _rule(limit).signers() for _, limit in missions):
        raise Denied("OwnController", number)
    _check_told(link, [limit for _, limit in missions], number)
    if sum(isinstance(rule, METERS) for rule in rules) > bounds.CHAIN_METERS:
        raise Denied("TooManyMeters", number)
    if any(isinstance(rule, Gate) and link.holder in rule.approvers for rule in rules):
        raise Denied("OwnApprover", number)


def _rule(limit: Limit) -> LivesBy:
    assert isinstance(limit.rule, LivesBy)
    return limit.rule


def _check_told(link: Link, missions: list[Limit], number: int) -> None:
    """Rule 17: what hangs on an event or a wave lives by a mission that can tell of it, for all that does."""
    for limit in link.limits:
        telling = [_rule(mission) for mission in missions if mission.scope is None or mission.scope == limit.scope]
        if isinstance(limit.rule, EndsOn) and not telling:
            raise Denied("EventUntold", number)
        if isinstance(limit.rule, Waves) and not any(by.mission == limit.rule.mission for by in telling):
            raise Denied("WaveUntold", number)


def _check_children(chain: Chain) -> None:
    """Rules 15, 21 and 22 for each child."""
    named = _facts(chain.root)
    for number, child, _ in chain.children():
        is_reused = any(child.holder == above.holder for above in chain.links[:number])
        if is_reused and not child.same_key:
            raise Denied("KeyReused", number)
        if child.same_key and not is_reused:
            raise Denied("KeyNotReused", number)
        if not _facts(child) <= named:
            raise Denied("FactUnnamed", number)
        above = [limit.rule for _, limit in chain.limits(number - 1)]
        if any(isinstance(rule, Delegates) and child.holder not in rule.keys for rule in above):
            raise Denied("NotADelegate", number)


def _facts(link: Link) -> set[str]:
    """The facts that a link's conditions name."""
    return {limit.rule.fact for limit in link.limits if isinstance(limit.rule, Condition)}


def _check_watched(chain: Chain) -> None:
    """Rule 18: pairs of a subject and a signer, counted as if the issuer had four keys and no pair came twice."""
    pairs = missions = 0
    for number, link in enumerate(chain.links):
        for at, limit in chain.lives_by(number):
            if at == number:
                missions += 1
                pairs += len(_rule(limit).signers())
        over = number + bounds.ISSUER_KEYS
        pairs += (len(link.replaces) + 1) * (over + 1 + missions)
        issuers = bounds.ISSUER_KEYS if number == 0 else 1
        for limit in link.limits:
            if isinstance(limit.rule, Barrier):
                for reporters in limit.rule.tasks.values():
                    pairs += len(reporters) + issuers + missions + over
        if pairs > bounds.WATCHED_PAIRS:
            raise Denied("TooManyWatched", number)
