"""Single faults of a verifier, each of which the vectors or the random cases must notice.

`mutants.py CASES [NAME…]` puts each into a copy of the second implementation and decides the vectors and then the random
cases until one is decided otherwise. A fault that none notices is named; what can't be noticed is in `EQUIVALENT`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2

EQUIVALENT = {
    "of-two-contradicting-snapshots-the-other": "either is kept together with the contradiction, and only that is asked",
    "suspended-by-the-latest-alone": "of two snapshots that differ the contradiction is asked first",
    "words-of-strangers": "what a stranger said is kept, and never asked for",
    "values-forgotten-while-held": "the earlier calls of a case are the call itself, whose mark is looked at first",
}
"""Faults that change no decision, with the reason."""

MUTANTS: list[tuple[str, str, str, str]] = [
    # Bytes.
    ("long-heads", "cbor", "if argument < least:", "if False:"),
    ("unsorted-keys", "cbor", "encoded <= self.previous", "encoded == self.previous"),
    ("keys-twice", "cbor", "encoded <= self.previous", "encoded < self.previous"),
    ("bytes-after-the-end", "cbor", "if self.at != len(self.data):", "if False:"),
    ("false-flags", "cbor", "if head == (SIMPLE, TRUE):", "if head in ((SIMPLE, TRUE), (SIMPLE, FALSE)):"),
    ("fractions-that-are-integers", "cbor", "if Number.new(coefficient, exponent) != Number(coefficient, exponent):", "if False:"),
    ("fractions-divisible-by-ten", "cbor", "if exponent == 0 or coefficient % 10 == 0:", "if exponent == 0:"),
    ("exponents-to-399", "number", "MAX_EXPONENT = 400", "MAX_EXPONENT = 399"),
    ("exponents-to-401", "number", "MAX_EXPONENT = 400", "MAX_EXPONENT = 401"),
    ("small-bignums", "cbor", "if len(magnitude) < 9 or magnitude[0] == 0:", "if magnitude[:1] == b'\\0':"),
    ("any-algorithm", "cose", "if r.integer() not in (_EDDSA, _ED25519):", "if r.integer() == 0:"),
    ("eddsa-alone", "cose", "not in (_EDDSA, _ED25519)", "not in (_EDDSA,)"),
    ("unprotected-parameters", "cose", "if r.map(most).left != 0:", "if r.map(most).left > 99:"),
    ("any-token-type", "cose", "if self.type() != wanted:", "if not self.type():"),
    ("weak-keys", "ed25519", "not is_weak(encoded) and _y(encoded) < _P", "_y(encoded) < _P"),
    ("second-spellings-of-keys", "ed25519", " and _y(encoded) < _P", ""),
    ("keys-off-the-curve", "chain", "if not is_on_curve(child.holder):", "if False:"),
    ("unknown-claims", "claims", "raise malformed(\"UnknownClaim\")\n        parts", "continue\n        parts"),
    ("lifetimes-of-nothing", "claims", "if expires <= issued_at:", "if expires < issued_at:"),
    ("ages-that-increase-for-writes", "limits", "if read < write or write < irreversible:", "if write < irreversible:"),
    ("ages-that-increase-for-good", "limits", "if read < write or write < irreversible:", "if read < write:"),
    ("windows-of-nothing", "limits", "closes <= opens", "closes < opens"),
    ("a-quorum-of-none", "limits", "not 1 <= quorum < len(tasks)", "not 0 <= quorum < len(tasks)"),
    ("shares-of-any-number", "limits", "are_amounts = all(most.units() is not None for most in shares.values())", "are_amounts = True"),
    ("amounts-without-end", "number", "return units if units < AMOUNT_LIMIT else None", "return units"),
    ("amounts-of-19-digits", "number", "self.exponent < -UNIT_DIGITS", "self.exponent < -99"),
    ("sources-out-of-scope", "limits", "if isinstance(rule, Budget) and not rule.counts_all_of(scope):", "if False:"),
    ("delegates-for-some-tools", "limits", "if isinstance(rule, Delegates) and scope is not None:", "if False:"),
    ("values-remembered-for-no-time", "limits", "not 1 <= remember <= bounds.REMEMBER", "not 0 <= remember <= bounds.REMEMBER"),
    ("missions-without-nonces", "digests", "cbor.text(name), cbor.byte_string(nonce)]", "cbor.text(name)]"),
    ("listed-in-any-order", "claims", "not listed or any(first >= second for", "not listed or any(first == second for"),
    ("listed-of-any-length", "claims", "if len(data) % length != 0:", "if False:"),
    ("listed-beyond-the-bound", "claims", "<= bounds.LISTED\n", "<= bounds.LISTED + 1\n"),
    ("names-in-a-status-without-bound", "claims", "names <= bounds.STATUS_NAME_BYTES and", "True and"),
    ("missions-twice-in-a-status", "claims", "len(missions) != len(snapshots) or", ""),
    ("parts-of-calls", "limits", "are_whole = sources or", "are_whole = True or"),
    ("groups-that-overlap", "limits", "if len(groups) < 2 or _overlap(groups):", "if len(groups) < 2:"),
    ("groups-out-of-scope", "limits", "if not all(any(mine.covers(tool) for mine in scope) for tool in group):", "if False:"),
    ("exemptions-without-a-low-end", "limits", "exemption.low is not None and exemption.high", "exemption.high"),
    ("exemptions-of-any-kind", "limits", "return isinstance(exemption, OneOf)", "return True"),
    # Texts.
    ("hosts-in-capitals", "grammars", "_LABEL = re.compile(r\"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\")", "_LABEL = re.compile(r\"[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\")"),
    ("addresses-as-hosts", "grammars", "return _NUMERIC.fullmatch(labels[-1]) is None", "return True"),
    ("hexadecimal-hosts", "grammars", "|0x[0-9a-fA-F]*", ""),
    ("host-suffixes", "grammars", "host.endswith(\".\" + base)", "host.endswith(base)"),
    ("path-prefixes", "grammars", "path.startswith(base + \"/\")", "path.startswith(base)"),
    ("dots-in-paths", "grammars", "segment in (\"\", \".\", \"..\")", "segment in (\"\",)"),
    ("backslashes-in-paths", "grammars", "character == \"\\\\\" or is_control(character)", "is_control(character)"),
    ("c1-controls", "grammars", "0x7F <= ord(character) < 0xA0", "0x7F == ord(character)"),
    ("dots-with-parameters", "grammars", "(;.*|%3B.*)?", "(%3B.*)?"),
    ("dots-with-encoded-parameters", "grammars", "(;.*|%3B.*)?", "(;.*)?"),
    ("encoded-separators", "grammars", "_UNRESERVED | frozenset(b\"/\\\\\")", "_UNRESERVED"),
    ("encoded-unreserved", "grammars", "int(match.group(1), 16) in _NEVER_ENCODED", "int(match.group(1), 16) in b\"/\\\\\""),
    ("own-ports-spelled", "grammars", "(port is not None and port == _PORTS.get(scheme))", "False"),
    ("overlong-utf-8", "grammars", "    except UnicodeDecodeError:\n        return False\n    return True\n\n\ndef _decode", "    except UnicodeDecodeError:\n        return True\n    return True\n\n\ndef _decode"),
    ("mapped-addresses", "grammars", "is_mapped(address) or _spelled", "_spelled"),
    ("addresses-in-other-spellings", "grammars", "_spelled(address) != text", "False"),
    ("host-bits", "grammars", "return None if int(address) & network.host_mask() else network", "return network"),
    ("unseen-characters", "names", "return all(not is_unseen(text[at]) or _shapes(text, at) for at in range(len(text)))", "return True"),
    ("joiners-anywhere", "names", "if joiner not in (_NON_JOINER, _JOINER) or not before:", "if joiner in (_NON_JOINER, _JOINER): return True\n    if not before:"),
    ("spaces-in-a-row", "names", " or \"  \" in text", ""),
    # Powers.
    ("prefixes-without-more", "tools", "tool.startswith(self.name) and tool != self.name", "tool.startswith(self.name)"),
    ("tools-in-any-case", "tools", "else tool == self.name", "else tool.lower() == self.name.lower()"),
    ("prefixes-as-segments", "tools", "tool.startswith(self.name) and tool != self.name", "tool.startswith(self.name.rstrip('.') + '.')"),
    ("longer-prefixes-cover", "tools", "child.name.startswith(self.name)", "self.name.startswith(child.name)"),
    ("the-shortest-family-of-a-table", "tools", "reverse=True", "reverse=False"),
    ("effects-unasked", "admits", "if action.effect > capability.effect:", "if False:"),
    ("unknown-arguments", "admits", "(has_unknown or at < len(arguments)) and not rules.is_open", "at < len(arguments) and not rules.is_open"),
    ("missing-arguments", "admits", "            if is_required:\n", "            if False:\n"),
    ("none-of-other-types", "admits", "values.type == type_of(value) and not values.holds", "not values.holds"),
    ("exclusive-ends-within", "constraints", "number > self.low.number or (self.low.is_inclusive and", "number > self.low.number or ("),
    ("inclusive-end-under-exclusive", "constraints", "return mine.is_inclusive or not child.is_inclusive", "return True"),
    ("open-child-under-closed", "covers", "if child.is_open and not mine.is_open:", "if False:"),
    ("required-made-optional", "covers", "if required_by_mine and not is_required:", "if False:"),
    ("required-left-out", "covers", "        if is_required:\n            return False\n        # An open", "        # An open"),
    ("open-child-with-any-value", "covers", "if child.is_open and not covers(constraint, Asked(Any()), work):", "if False:"),
    ("higher-effects-covered", "covers", " or child.effect > mine.effect", ""),
    ("undelegable-powers-covered", "chain", "lambda mine, _: mine.is_delegable", "lambda mine, _: True"),
    ("delegable-beyond-the-ceiling", "chain", "return parent.is_delegable or not child.is_delegable", "return True"),
    ("any-clause-of-all", "covers", "return all(covers(clause, child, work) for clause in clauses)", "return any(covers(clause, child, work) for clause in clauses)"),
    ("contains-less", "covers", "            return a.is_within(b, work)\n        case Each", "            return b.is_within(a, work)\n        case Each"),
    ("urls-with-other-ports", "grammars", "(mine == ANY_PORT or mine == theirs)", "True"),
    ("steps-of-patterns", "grammars", "work.spend(to_search + len(piece) + 8)", "work.spend(len(piece) + 8)"),
    ("steps-for-arguments", "bounds", "ARGUMENT_BYTE_STEPS = 8", "ARGUMENT_BYTE_STEPS = 80"),
    # Chains.
    ("any-parent", "chain", "(child.parent != parent.id, \"ParentMismatch\")", "(False, \"ParentMismatch\")"),
    ("older-than-the-parent", "chain", "child.issued_at < parent.issued_at", "False"),
    ("outliving-the-parent", "chain", "child.expires > parent.expires", "False"),
    ("as-many-hops", "chain", "child.hops >= parent.hops", "child.hops > parent.hops"),
    ("retired-keys-at-the-second", "verifier", "root_issued_at < before", "root_issued_at <= before"),
    ("revoked-keys-count", "verifier", "return not self.is_revoked and", "return"),
    ("any-key-of-the-issuer", "chain", "if signer is None or not root.envelope.is_signed_by(signer.key):", "signer = next((known for known in anchor.keys if root.envelope.is_signed_by(known.key)), None)\n    if signer is None:"),
    ("facts-unnamed", "chain", "if not _facts(child) <= named:", "if False:"),
    ("facts-named-by-the-parent", "chain", "if not _facts(child) <= named:", "if not _facts(child) <= _facts(chain.links[number - 1]):"),
    ("delegates-unasked", "chain", "and child.holder not in rule.keys for rule in above", "and False for rule in above"),
    ("delegates-of-the-parent-alone", "chain", "above = [limit.rule for _, limit in chain.limits(number - 1)]", "above = [limit.rule for limit in chain.links[number - 1].limits]"),
    ("delegates-of-oneself", "chain", "above = [limit.rule for _, limit in chain.limits(number - 1)]", "above = [limit.rule for _, limit in chain.limits(number)]"),
    ("aliases-anywhere", "chain", "if not set(root.aliases) <= anchor.systems:", "if False:"),
    ("scopes-of-nothing", "chain", "if not limit.meets(link.powers, work) and", "if False and"),
    ("scopes-without-the-parent", "chain", "(parent is None or not limit.meets(parent.powers, work))", "True"),
    ("anchor-keys-held", "chain", "if link.holder in anchor.all_keys():", "if False:"),
    ("own-controllers", "chain", "if any(link.holder in _rule(limit).signers() for _, limit in missions):", "if False:"),
    ("own-enders", "chain", "link.holder in _rule(limit).signers()", "link.holder == _rule(limit).mission.controller"),
    ("approvers-of-upper-gates", "chain", "link.holder in rule.approvers for rule in rules)", "link.holder in rule.approvers for rule in [r for r in rules if isinstance(r, Gate)][-1:])"),
    ("events-told-in-another-scope", "chain", "mission.scope is None or mission.scope == limit.scope", "True"),
    ("keys-used-again", "chain", "if is_reused and not child.same_key:", "if False:"),
    ("pairs-without-replaced", "chain", "(len(link.replaces) + 1) * (over", "1 * (over"),
    # Missions.
    ("barriers-reported-from-below", "register", "return Speakers(issuers + controllers(chain, number)", "return Speakers(issuers + controllers(chain, len(chain.links) - 1)"),
    ("barriers-not-reported-by-controllers", "register", "return Speakers(issuers + controllers(chain, number)", "return Speakers(issuers"),
    ("completed-from-above", "standing", "for ending in called_off if ending != COMPLETED]", "for ending in called_off]"),
    ("the-best-of-two-words", "standing", "worst = max((ending", "worst = min((ending"),
    ("completed-although-listed", "standing", "return None if worst == COMPLETED and self._is_unexplained(task, missions) else worst", "return worst"),
    ("completed-as-listed", "standing", "state.overflows() or (state.lists_ended(task) and states_none)", "state.overflows() or state.lists_ended(task)"),
    ("too-much-completes", "standing", "state.overflows() or (state.lists_ended(task) and states_none)", "state.lists_ended(task) and states_none"),
    ("reported-with-revoked-keys", "standing", "if not is_listed and not register.is_key_revoked(task, reporters + others.call_off):", "if not is_listed:"),
    ("reported-with-listed-keys", "standing", "if not is_listed and not register.is_key_revoked(", "if not register.is_key_revoked("),
    ("completed-by-named-keys-after-one-revoked", "standing", "if not is_revoked or word.ending != COMPLETED]", "]"),
    ("failures-taken-away-by-a-named-key", "standing", "if not is_revoked or word.ending != COMPLETED]", "if not is_revoked]"),
    ("retired-keys-end-nothing-that-was-replaced", "register", "issued_at = chain.root.issued_at if mandate == chain.links[number].id else 0", "issued_at = chain.root.issued_at"),
    ("keys-of-the-issuer-report-where-named", "register", "if key not in self.silenced]", "]"),
    ("keys-revoked-unasked", "standing", "if self.register.is_key_revoked(own, signers) or is_listed:", "if is_listed:"),
    ("keys-listed-unasked", "standing", "if self.register.is_key_revoked(own, signers) or is_listed:", "if self.register.is_key_revoked(own, signers):"),
    ("keys-of-what-was-replaced", "standing", "is_listed = any(state.lists_key_revoked(own) for state in missions)", "is_listed = any(state.lists_key_revoked(each) for state in missions for each in mandates)"),
    ("revoked-keys-are-ends", "claims", "None if ending == _KEY_REVOKED else ending", "3 if ending == _KEY_REVOKED else ending"),
    ("listed-by-the-whole-id", "register", "return mandate[: bounds.LISTED_BYTES] in self.ended", "return mandate in self.ended"),
    ("one-list-for-both", "register", "return mandate[: bounds.LISTED_BYTES] in self.keys_revoked", "return mandate[: bounds.LISTED_BYTES] in self.keys_revoked | self.ended"),
    ("key-lists-of-the-latest-alone", "register", "self.keys_revoked |= snapshot.keys_revoked", "self.keys_revoked = set(snapshot.keys_revoked)"),
    ("enders-tell-of-missions", "register", "return (mission, signer) in self.controllers", "return (mission, signer) in self.enders"),
    ("keys-of-the-issuer-end-for-good", "verifier", "return [known.key for known in self.keys if known.counts_for(root_issued_at)]", "return self.all_keys()"),
    ("steps-of-missions", "standing", "_MISSION = 16", "_MISSION = 15"),
    ("steps-of-withdrawn-tools", "standing", "_spend(bounds.WITHDRAWN * _text(tool), work)", "_spend(bounds.WITHDRAWN, work)"),
    ("steps-of-listed-mandates", "standing", "_spend(mandates * bounds.LISTED_KEPT.bit_length(), work)", "_spend(mandates * 16, work)"),
    ("steps-of-revoked-keys", "standing", "        _spend_words(1, len(signers), work)\n        _spend_listed(len(missions), work)\n", ""),
    ("events-of-missions-below", "standing", "        for _, _, state in self.missions:\n", "        for _, _, state in [each for each in self.missions if each[0] <= link]:\n"),
    ("ends-by-controllers-below", "register", "return holders + chain.anchor.keys_for(issued_at) + controllers(chain, number)", "return holders + chain.anchor.keys_for(issued_at) + controllers(chain, len(chain.links) - 1)"),
    ("ends-by-holders-below", "register", "for link in chain.links[: number + 1]]\n    issued_at", "for link in chain.links]\n    issued_at"),
    ("ends-by-no-anchor", "register", "return holders + chain.anchor.keys_for(issued_at) + controllers", "return holders + controllers"),
    ("replaced-forgotten", "chain", "return [*link.replaces, link.id]", "return [link.id]"),
    ("of-two-contradicting-snapshots-the-other", "register", "min(self.snapshot, other.snapshot)", "max(self.snapshot, other.snapshot)"),
    ("contradictions-unseen", "register", " or self.snapshot != other.snapshot", ""),
    ("suspended-by-the-latest-alone", "register", "self.suspended or other.suspended", "self.suspended and other.suspended"),
    ("the-first-status-stays", "register", "return max(self, other, key=lambda latest: latest.sequence)", "return min(self, other, key=lambda latest: latest.sequence)"),
    ("events-of-the-latest-alone", "register", "self.events |= snapshot.events", "self.events = set(snapshot.events)"),
    ("ended-of-the-latest-alone", "register", "self.ended |= snapshot.ended", "self.ended = set(snapshot.ended)"),
    ("waves-that-begin-later", "register", "since = min(since, as_of)", "since = since"),
    ("the-latest-beginning", "register", "(number, min(since, self.wave[1]))", "(number, max(since, self.wave[1]))"),
    ("notices-of-the-future", "names", "return min(at, now) if at <= plus(now, leeway) else None", "return min(at, now)"),
    ("times-ahead-stay-ahead", "names", "return min(at, now) if", "return at if"),
    ("unsigned-notices", "register", " or not notice.envelope.is_signed_by(signer)", ""),
    ("words-of-strangers", "register", "return (mission, signer) in self.enders", "return any(known == mission for known, _ in self.enders)"),
    ("drained-at-the-second", "standing", "current == waves.last + 1 and now < drained", "current == waves.last + 1 and now <= drained"),
    ("drained-in-any-later-wave", "standing", "current == waves.last + 1 and now", "now"),
    ("too-much-is-forgotten", "standing", "    if state.overflows():\n        raise Denied(\"TooMuchNews\", link)\n", ""),
    # Decisions.
    ("expired-at-the-second", "ladder", "if now >= link.expires:", "if now > link.expires:"),
    ("leeway-for-expiry", "ladder", "if now >= link.expires:", "if now >= link.expires + self.verifier.leeway:"),
    ("windows-close-late", "ladder", "if now >= closes:", "if now > closes:"),
    ("calls-of-any-age", "ladder", "if now - presenter.at > self.verifier.max_call_age:", "if False:"),
    ("other-arguments", "ladder", "if presenter.request != self._request():", "if False:"),
    ("unsigned-calls", "ladder", "if not presenter.envelope.is_signed_by(leaf.holder):", "if False:"),
    ("undelegable-above-the-leaf", "ladder", "is_last=number == leaf", "is_last=True"),
    ("floors-met-by-children", "ladder", "for number, limit in self._in_scope() if number == 0]", "for number, limit in self._in_scope()]"),
    ("floors-on-status-unasked", "ladder", "max_age = min(max_age, floor[self.action.effect])", "pass"),
    ("grants-of-the-future", "ladder", "            grant = None\n", "            pass\n"),
    ("facts-open-to-all", "ladder", " or self.chain.root.issuer not in fact.open_to", ""),
    ("facts-a-second-older", "ladder", "if now - at > condition.max_age:", "if now - at > condition.max_age + 1:"),
    ("gates-for-any-effect", "ladder", "if self.action.effect < gate.effect:", "if False:"),
    ("exempt-without-the-argument", "ladder", "if gate.exempt is None or gate.exempt[0] not in self.action.arguments:\n            return True", "if gate.exempt is None:\n            return True\n        if gate.exempt[0] not in self.action.arguments:\n            return False"),
    ("approved-twice", "ladder", "if by in seen:", "if False:"),
    ("approvals-of-other-calls", "ladder", "(approval.leaf, approval.call, approval.request) != (leaf, self._key(), self._request())", "(approval.leaf, approval.request) != (leaf, self._request())"),
    ("approvals-of-other-requests", "ladder", "(approval.leaf, approval.call, approval.request) != (leaf, self._key(), self._request())", "(approval.leaf, approval.call) != (leaf, self._key())"),
    ("approvals-of-other-leaves", "ladder", "(approval.leaf, approval.call, approval.request) != (leaf, self._key(), self._request())", "(approval.call, approval.request) != (self._key(), self._request())"),
    ("approvals-unsigned", "ladder", "if not approval.envelope.is_signed_by(approval.said.by):", "if False:"),
    ("the-first-approval-to-end", "ladder", "sorted(ends, reverse=True)[gate.needed - 1]", "min(ends)"),
    ("one-approval-fewer", "ladder", "if len(ends) < gate.needed:", "if len(ends) < gate.needed - 1:"),
    # Ledgers.
    ("the-last-ledger", "ledger", "for ledger in sorted(shares) if", "for ledger in sorted(shares, reverse=True) if"),
    ("other-units", "amounts", "        if found != unit:\n            raise Denied(\"WrongUnit\", link)\n", ""),
    ("units-of-no-line", "amounts", "    if not is_stated:\n        raise Denied(\"WrongUnit\", link)\n", ""),
    ("amounts-before-units", "amounts", "        if source.unit is not None:\n            _check_unit(*source.unit, arguments, link, work)\n        for found in _walk(arguments, source.path, work):\n            total += _units(found, source.takes_texts, link, work)\n", "        for found in _walk(arguments, source.path, work):\n            total += _units(found, source.takes_texts, link, work)\n        if source.unit is not None:\n            _check_unit(*source.unit, arguments, link, work)\n"),
    ("sources-of-other-tools", "amounts", "        if not source.matches(tool):\n            continue\n", ""),
    ("the-first-source-alone", "amounts", "            total += _units(found, source.takes_texts, link, work)\n", "            total += _units(found, source.takes_texts, link, work)\n        break\n"),
    ("texts-as-amounts-anywhere", "amounts", "if isinstance(found, str) and takes_texts:", "if isinstance(found, str):"),
    ("amounts-with-exponents", "amounts", "_DECIMAL = re.compile(r\"-?(0|[1-9][0-9]*)(\\.[0-9]+)?\")", "_DECIMAL = re.compile(r\"-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?\")"),
    ("lists-end-paths", "amounts", "    if isinstance(value, list):\n        for item", "    if isinstance(value, list) and names:\n        for item"),
    ("sums-without-end", "number", "    if not 0 <= units < AMOUNT_LIMIT:\n        return None\n", ""),
    ("values-in-lists", "amounts", "        if isinstance(value, list):\n            raise Denied(\"ValueNotScalar\", link)\n", ""),
    ("values-of-any-type", "amounts", "if not isinstance(value, (bool, Number)):", "if False:"),
    ("values-in-any-case", "amounts", "return _lower(value) if is_any_case else value", "return _lower(value)"),
    ("values-by-case", "amounts", "return _lower(value) if is_any_case else value", "return value"),
    ("values-folded-by-unicode", "amounts", "return re.sub(\"[A-Z]\", lambda match: match.group().lower(), text)", "return text.lower()"),
    ("steps-of-amounts", "amounts", "_ADD_STEPS = 16", "_ADD_STEPS = 15"),
    ("steps-of-walks", "amounts", "    work.spend(1)\n    if isinstance(value, list):", "    if isinstance(value, list):"),
    ("periods-of-the-week-from-sunday", "ledger", "return (days + 3) // 7", "return (days + 4) // 7"),
    ("months-of-30-days", "ledger", "return (date.year - 1970) * 12 + date.month - 1", "return days // 30"),
    ("periods-that-go-back", "ledger", "known.period >= begun", "known.period == begun"),
    ("accounts-of-any-period", "ledger", "return amount, [*meter, period, counted]", "return amount, [*meter, cbor.encode(None), counted]"),
    ("periods-never-renew", "ledger", "begun = _ONCE if period is None else (period, period_of(period, now))", "begun = _ONCE"),
    ("charges-of-earlier-periods", "ledger", "if kind < 0 or period_of(kind, at) >= index:", "if True:"),
    ("values-remembered-for-good", "ledger", "if until <= now and not is_held:", "if False:"),
    ("values-remembered-a-second-longer", "ledger", "if until <= now and not is_held:", "if until < now and not is_held:"),
    ("values-forgotten-while-held", "ledger", "if until <= now and not is_held:", "if until <= now:"),
    ("the-first-time-to-remember", "ledger", "remember = max(times, default=None)", "remember = mine.remember"),
    ("conflicts-unseen", "ledger", "if request != mark.request:", "if False:"),
    ("conflicts-told", "ledger", "            raise Denied(\"CallConflict\")\n", "            raise Denied(\"CallConflict\", outcome=mark.recorded)\n"),
    ("outcomes-told-to-anyone", "ledger", "outcome=mark.recorded if is_new else None", "outcome=mark.recorded"),
    ("outcomes-told-to-none", "ledger", "outcome=mark.recorded if is_new else None", "outcome=None"),
    ("outcomes-told-once-more", "ledger", "        mark.latest = max(mark.latest, at)\n", ""),
    ("marks-forget-what-they-answered", "ledger", "        mark.keep_until = max(mark.keep_until, too_old)\n", ""),
    ("requests-in-call-keys", "digests", "cbor.byte_string(call_id), cbor.text(audience)]", "cbor.byte_string(call_id)]"),
    ("negative-amounts", "amounts", "if found < ZERO:", "if False:"),
    ("owners-by-the-root", "ledger", "chain.links[link - 1].holder if link > 0 else", "chain.links[0].holder if link > 0 else"),
    ("the-highest-maximum", "ledger", "most=min(mine.most, other.most)", "most=max(mine.most, other.most)"),
    ("the-link-of-the-first", "ledger", "link = charge.link if other.most < mine.most else known.link", "link = known.link"),
    ("the-holder-alone-owns", "digests", "cbor.text(issuer), cbor.encode(holder)", "cbor.text('' if holder else issuer), cbor.encode(holder)"),
    ("spent-to-the-last", "ledger", "+ _units(amount) > _units(most)", "+ _units(amount) >= _units(most)"),
    ("a-burst-of-one-more", "ledger", "(burst - 1) * per", "burst * per"),
    ("rates-from-the-last-call", "ledger", "max(self.arrival.get(account, 0), now * burst) + per)\n            case Latch", "now * burst + per)\n            case Latch"),
    ("groups-forget", "ledger", "self._become(account, self.latched, self.latched.get(account, group))", "self._become(account, self.latched, group)"),
    ("marks-are-short", "ledger", "max(too_old, expires or 0), holds)", "too_old, holds)"),
    ("marks-of-what-is-held-are-forgotten", "ledger", "if mark.holds or mark.keep_until > now}", "if mark.keep_until > now}"),
    ("marks-of-reads-are-long", "ladder", "expires if is_renewable else None", "expires"),
    ("refused-calls-unmarked", "ledger", "                self.marks[key] = Mark(request, at, \"refused\", too_old)\n", ""),
]

WORKER = """
import sys
from pathlib import Path
import random_cases, vectors
for path in sorted(vectors.FOLDER.glob("*.json")):
    try:
        wrong = vectors.wrong_in(path)
    except Exception:
        wrong = "error"
    if wrong:
        print(path.name)
        sys.exit()
for line in Path(sys.argv[1]).read_text().rstrip("\\n").split("\\n"):
    if random_cases.wrong_in(line):
        print("random cases")
        sys.exit()
"""


def noticed_by(mutant: tuple[str, str, str, str], cases: Path) -> str:
    """What notices a fault: a vector, the random cases, or nothing."""
    name, module, before, after = mutant
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "tests").mkdir()
        (root / "src").symlink_to(ROOT / "src")
        (root / "tests" / "vectors").symlink_to(ROOT / "tests" / "vectors")
        copy = root / "tests" / "interop"
        ignored = shutil.ignore_patterns("cases", "__pycache__")
        shutil.copytree(ROOT / "tests" / "interop", copy, ignore=ignored)
        source = copy / "mandate" / f"{module}.py"
        text = source.read_text()
        if before not in text:
            raise SystemExit(f"{name}: not found in {module}.py")
        source.write_text(text.replace(before, after))
        ran = subprocess.run([sys.executable, "-c", WORKER, str(cases)], cwd=copy, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise SystemExit(f"{name}: {ran.stderr}")
        return ran.stdout.strip()


def main() -> int:
    cases, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    mutants = [mutant for mutant in MUTANTS if not wanted or mutant[0] in wanted]
    survivors, by_cases = [], 0
    with ThreadPoolExecutor(PROCESSES) as pool:
        for (name, *_), by in zip(mutants, pool.map(lambda mutant: noticed_by(mutant, cases), mutants), strict=True):
            if by == "":
                survivors.append(name)
            by_cases += by == "random cases"
            print(f"{name}: {by or 'nothing'}", flush=True)
    unexpected = [name for name in survivors if name not in EQUIVALENT]
    print(f"{len(mutants)} faults: {len(mutants) - len(survivors) - by_cases} noticed by vectors, {by_cases} by random cases")
    for name in survivors:
        print(f"not noticed: {name}{': ' + EQUIVALENT[name] if name in EQUIVALENT else ''}")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
