"""Should it still be running, and is it its turn? With the steps that look-ups take, whatever is found."""

from __future__ import annotations

from . import bounds
from .chain import Chain
from .limits import Barrier, LivesBy, Mission, Waves
from .names import plus
from .refused import Denied, Work
from .register import COMPLETED, MissionState, Register, lived_by, may_end, speakers

# The register, and what is stapled to a proof.
_SIDES = 2
_MISSION = 16
_AMONG_SIGNERS = 16
_AMONG_MANDATES = 32


def _text(text: str) -> int:
    return (len(text.encode()) >> 3) + 1


def _spend(steps: int, work: Work) -> None:
    work.spend(steps * _SIDES)


def _spend_words(mandates: int, signers: int, work: Work) -> None:
    _spend(mandates * (signers * _AMONG_SIGNERS + _AMONG_MANDATES), work)


def _spend_listed(mandates: int, work: Work) -> None:
    _spend(mandates * bounds.LISTED_KEPT.bit_length(), work)


def _find(register: Register, mission: Mission, work: Work) -> MissionState:
    _spend(_MISSION, work)
    return register.missions.get(mission.id, MissionState())


def mission_alive(by: LivesBy, tool: str, max_age: int, register: Register, now: int, link: int, work: Work) -> int:
    """Checks that a mission keeps a call alive; returns the first second in which its status is too old."""
    state = _find(register, by.mission, work)
    _spend(len(by.signers()) * _AMONG_SIGNERS, work)
    _spend(bounds.WITHDRAWN * _text(tool), work)
    if any(signer in state.ends for signer in by.signers()):
        raise Denied("MissionEnded", link)
    if state.overflows():
        raise Denied("TooMuchNews", link)
    if any(pattern.matches(tool) for pattern in state.withdrawn):
        raise Denied("ToolWithdrawn", link)
    if state.latest is None:
        raise Denied("StatusMissing", link)
    if state.latest.equivocated:
        raise Denied("ControllerEquivocated", link)
    as_of = register.by_our_clock(state.latest.as_of, now)
    if as_of is None:
        raise Denied("StatusMissing", link)
    if max(now - as_of, 0) > max_age:
        raise Denied("StatusStale", link)
    if state.latest.suspended:
        raise Denied("MissionSuspended", link)
    return plus(plus(as_of, max_age), 1)


def in_wave(waves: Waves, register: Register, now: int, link: int, work: Work) -> int | None:
    """Checks that a mission is in one of the waves; returns the end of the drain where only that is left."""
    state = _find(register, waves.mission, work)
    if state.wave is None:
        raise Denied("WaveUnknown", link)
    current, since = state.wave
    if current < waves.first:
        raise Denied("NotYet", link)
    if waves.last is None or current <= waves.last:
        return None
    began = register.by_our_clock(since, now)
    drained = now if began is None else plus(began, waves.drain)
    if current == waves.last + 1 and now < drained:
        return drained
    raise Denied("WaveClosed", link)


class Standing:
    """The state of the missions that a chain lives by, each looked up once for a decision."""

    def __init__(self, chain: Chain, register: Register, work: Work) -> None:
        self.chain = chain
        self.register = register
        self.missions = [(number, by, _find(register, by.mission, work)) for number, by in lived_by(chain)]

    def _down_to(self, link: int) -> list[tuple[LivesBy, MissionState]]:
        return [(by, state) for at, by, state in self.missions if at <= link]

    def check_link(self, number: int, work: Work) -> None:
        """Checks that nobody entitled has ended a link's task, or that of a mandate it replaces, or revoked its holder's key."""
        mandates = self.chain.mandates(number)
        missions = [state for _, state in self._down_to(number)]
        by_mandate = [(mandate, may_end(self.chain, number, mandate)) for mandate in mandates]
        for _, signers in by_mandate:
            _spend_words(1, len(signers), work)
        _spend_listed(len(mandates) * len(missions), work)
        if any(self.register.ending(mandate, signers) is not None for mandate, signers in by_mandate):
            raise Denied("TaskEnded", number)
        for state in missions:
            if state.overflows():
                raise Denied("TooMuchNews", number)
            if any(state.lists_ended(mandate) for mandate in mandates):
                raise Denied("TaskEnded", number)
        own = self.chain.links[number].id
        signers = may_end(self.chain, number, own)
        _spend_words(1, len(signers), work)
        _spend_listed(len(missions), work)
        is_listed = any(state.lists_key_revoked(own) for state in missions)
        if self.register.is_key_revoked(own, signers) or is_listed:
            raise Denied("KeyRevoked", number)

    def check_event(self, event: str, link: int, work: Work) -> None:
        """Checks that no mission of the chain has fired an event, whichever link lives by it."""
        for _, _, state in self.missions:
            _spend(bounds.EVENTS.bit_length() * _text(event), work)
            if state.overflows() or event in state.events:
                raise Denied("EventFired", link)

    def check_barrier(self, barrier: Barrier, link: int, now: int, work: Work) -> None:
        others, missions = speakers(self.chain, link), self._down_to(link)
        done = lost = 0
        for task, named in barrier.tasks.items():
            _spend_words(1, len(others.reporters(named)) + len(others.call_off) + len(missions), work)
            _spend_listed(2 * len(missions), work)
            ending = self._reported(task, named, link)
            done += ending == COMPLETED
            lost += ending is not None and ending != COMPLETED
        is_quorum_enough = barrier.deadline is None or now >= barrier.deadline
        if done == len(barrier.tasks) or (done >= barrier.needed and is_quorum_enough):
            return
        is_broken = len(barrier.tasks) - lost < barrier.needed
        raise Denied("BarrierBroken" if is_broken else "BarrierClosed", link)

    def _reported(self, task: bytes, named: tuple[bytes, ...], link: int) -> int | None:
        """How a task ended, by the worst that was said."""
        others, missions, register = speakers(self.chain, link), self._down_to(link), self.register
        reporters = others.reporters(())
        by_named = [register.said(task, key) for key in others.named(named)]
        is_listed = any(state.overflows() or state.lists_key_revoked(task) for _, state in missions)
        # The keys that are named are the holder's and its issuers', and nothing says which one was revoked.
        is_revoked = any(word.is_key_revoked for word in by_named)
        if not is_listed and not register.is_key_revoked(task, reporters + others.call_off):
            endings = [word.ending for word in by_named if not is_revoked or word.ending != COMPLETED]
        else:
            endings, is_revoked = [], True
        for key in reporters:
            ending = register.said(task, key).ending
            if ending != COMPLETED or key not in named or not is_revoked:
                endings.append(ending)
        called_off = [register.said(task, key).ending for key in others.call_off]
        endings += [ending for ending in called_off if ending != COMPLETED]
        worst = max((ending for ending in endings if ending is not None), default=None)
        return None if worst == COMPLETED and self._is_unexplained(task, missions) else worst

    def _is_unexplained(self, task: bytes, missions: list[tuple[LivesBy, MissionState]]) -> bool:
        """Whether a status lists a task as ended, of which its controller has not said how."""

        def is_by(by: LivesBy, state: MissionState) -> bool:
            states_none = self.register.said(task, by.mission.controller).ending is None
            return state.overflows() or (state.lists_ended(task) and states_none)

        return any(is_by(by, state) for by, state in missions)
