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
}
"""Faults that change no decision, with the reason."""

MUTANTS: list[tuple[str, str, str, str]] = [
    # Bytes.
    ("long-heads", "cbor", "if argument < least:", "if False:"),
    ("unsorted-keys", "cbor", "encoded <= self.previous", "encoded == self.previous"),
    ("keys-twice", "cbor", "encoded <= self.previous", "encoded < self.previous"),
    ("bytes-after-the-end", "cbor", "if self.at != len(self.data):", "if False:"),
    ("false-flags", "cbor", "if head == (SIMPLE, TRUE):", "if head in ((SIMPLE, TRUE), (SIMPLE, FALSE)):"),
    ("fractions-that-are-integers", "cbor", "if scale == 0 or left != scale:", "if scale == 0:"),
    ("small-bignums", "cbor", "if len(magnitude) < 9 or magnitude[0] == 0:", "if magnitude[:1] == b'\\0':"),
    ("any-algorithm", "cose", "if r.integer() not in (_EDDSA, _ED25519):", "if r.integer() == 0:"),
    ("eddsa-alone", "cose", "not in (_EDDSA, _ED25519)", "not in (_EDDSA,)"),
    ("unprotected-parameters", "cose", "if r.map(bounds.TOKEN_BYTES).left != 0:", "if r.map(bounds.TOKEN_BYTES).left > 99:"),
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
    ("negative-budgets", "limits", "all(most >= ZERO for most in shares.values())", "True"),
    ("parts-of-calls", "limits", "are_whole = counted is not None or", "are_whole = True or"),
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
    ("tools-below-as-the-family", "tools", "tool.startswith(self.name + \".\")", "tool.startswith(self.name)"),
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
    ("retired-keys-at-the-second", "chain", "root.issued_at >= signer_retired", "root.issued_at > signer_retired"),
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
    ("completed-from-above", "standing", "if called_off == COMPLETED:", "if False:"),
    ("the-best-of-two-words", "standing", "if max(endings) == COMPLETED", "if min(endings) == COMPLETED"),
    ("events-of-missions-below", "standing", "        for _, state in self.missions:\n", "        for _, state in [each for each in self.missions if each[0] <= link]:\n"),
    ("ends-by-controllers-below", "register", "return holders + _anchor_keys(chain) + controllers(chain, number)", "return holders + _anchor_keys(chain) + controllers(chain, len(chain.links) - 1)"),
    ("ends-by-holders-below", "register", "for link in chain.links[: number + 1]]\n    return holders", "for link in chain.links]\n    return holders"),
    ("ends-by-no-anchor", "register", "return holders + _anchor_keys(chain) + controllers", "return holders + controllers"),
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
    ("words-of-strangers", "register", "return (mission, signer) in self.missions", "return any(known == mission for known, _ in self.missions)"),
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
    ("approvals-of-other-calls", "ladder", "if approval.leaf != leaf or approval.call != self._key():", "if approval.leaf != leaf:"),
    ("approvals-unsigned", "ladder", "if not approval.envelope.is_signed_by(approval.said.by):", "if False:"),
    ("the-first-approval-to-end", "ladder", "sorted(ends, reverse=True)[gate.needed - 1]", "min(ends)"),
    ("one-approval-fewer", "ladder", "if len(ends) < gate.needed:", "if len(ends) < gate.needed - 1:"),
    # Ledgers.
    ("the-last-ledger", "ledger", "for ledger in sorted(shares) if", "for ledger in sorted(shares, reverse=True) if"),
    ("other-units", "ledger", "if arguments.get(argument) != unit:", "if argument not in arguments:"),
    ("negative-amounts", "ledger", "if amount < ZERO:", "if False:"),
    ("owners-by-the-root", "ledger", "chain.links[link - 1].holder if link > 0 else", "chain.links[0].holder if link > 0 else"),
    ("the-highest-maximum", "ledger", "charge.demand.most < known.demand.most", "charge.demand.most > known.demand.most"),
    ("spent-to-the-last", "ledger", "+ amount.units() > most.units()", "+ amount.units() >= most.units()"),
    ("a-burst-of-one-more", "ledger", "(burst - 1) * per", "burst * per"),
    ("rates-from-the-last-call", "ledger", "max(self.arrival.get(account, 0), now * burst) + per)\n            case Latch", "now * burst + per)\n            case Latch"),
    ("groups-forget", "ledger", "self._become(account, self.latched, self.latched.get(account, group))", "self._become(account, self.latched, group)"),
    ("marks-are-short", "ledger", "None if holds else max(too_old, expires or 0)", "None if holds else too_old"),
    ("marks-of-reads-are-long", "ladder", "expires if is_renewable else None", "expires"),
    ("refused-calls-unmarked", "ledger", "                self.marks[key] = too_old\n", ""),
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
