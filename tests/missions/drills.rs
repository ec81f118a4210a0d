//! Each key of the section "If a key is lost to an attacker" in `.github/SECURITY.md`, played: what
//! the thief gains, what the section says to do, what the thief can't do after that, what continues,
//! and that the replacement works.

use crate::support::*;
use mandatum::chain::Ceiling;
use mandatum::claims::{
    Approval, End, Ending, MandateEnding, NoticeHeader, Outcome, Receipt, TaskEnd, TaskEnding,
};
use mandatum::guard::{GuardError, ReceivedCall};
use mandatum::limits::{ApprovalGate, Barrier, MaxAge, Reporters, Waves};
use mandatum::mission::{NoticeError, Watches, rebind_leaf};
use mandatum::primitives::MandateId;
use mandatum::receipts::{LogHead, ReceiptErrorKind, ReceiptLog, verify_receipts};
use mandatum::sign::Token;
use mandatum::{
    Anchor, Budget, Call, CallClaims, CallId, Capability, Chain, Controller, DecisionContext,
    Delegation, Denial, DenialCode, Effect, ExecutionProof, Guard, Life, Lifetime, Limit, LivesBy,
    MemoryLedger, Mission, Notice, Permit, Powers, Register, Seconds, ServerContext, ToolTable,
    VerifiedChain, Verifier, issue,
};
use std::collections::BTreeSet;

const SIBLING: u8 = 5;
const FRESH: u8 = 40;
const SPARE: u8 = 41;
const ANNA: u8 = 50;
const BEN: u8 = 51;
const SERVER: u8 = 60;
/// Whoever has stolen a key; with this seed also a key of its own.
const THIEF: u8 = 66;

const SECURITY: &str = include_str!("../../.github/SECURITY.md");

/// The keys of the section, and the drill of each.
const DRILLS: [(&str, fn()); 8] = [
    (
        "A holder's key",
        drill_a_holders_key_is_revoked_and_its_mandate_re_bound,
    ),
    (
        "A controller's key",
        drill_a_controllers_missions_are_ended_and_issued_anew_under_another,
    ),
    (
        "An ender's key",
        drill_an_enders_missions_are_issued_anew_without_it,
    ),
    (
        "An approver's key",
        drill_an_approvers_mandates_are_ended_and_issued_anew_without_it,
    ),
    (
        "A receipt key",
        drill_a_receipt_keys_record_is_begun_anew_and_stays_provable_up_to_the_head,
    ),
    (
        "A ledger",
        drill_a_lost_ledgers_mandates_are_ended_and_issued_anew_at_another,
    ),
    (
        "An anchor's key",
        drill_an_anchors_key_is_revoked_and_roots_are_issued_anew,
    ),
    (
        "A verifier's host",
        drill_a_verifiers_host_is_rebuilt_and_mandates_are_not_affected,
    ),
];

#[test]
fn every_key_of_the_section_has_a_drill() {
    let (_, section) = SECURITY
        .split_once("### If a key is lost to an attacker")
        .unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let keys: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("**")?.strip_suffix("**"))
        .collect();
    assert_eq!(keys, DRILLS.map(|(key, _)| key));
}

/// Of an anchor's key there are more drills in `anchors.rs`.
fn anchor_of(keys: &[u8], ceiling: impl Into<Ceiling>) -> Anchor {
    let keys = keys.iter().map(|seed| public(*seed).into());
    Anchor::with_keys(
        "https://acme.example".parse().unwrap(),
        keys,
        ceiling,
        Seconds::new(LIFETIME),
    )
    .unwrap()
}

/// A server that verifies what holders sign, and has its own list of effects.
struct Server {
    verifier: Verifier,
    name: mandatum::Audience,
    register: Register,
    ledger: MemoryLedger,
    attached: Vec<mandatum::Label>,
    calls: u64,
}

impl Server {
    fn new() -> Self {
        Self::of(anchor_of(&[COMPANY, SPARE], Ceiling::Unlimited))
    }

    fn of(anchor: Anchor) -> Self {
        let tools = ToolTable::new([
            ("crm.read", Effect::Read),
            ("pay.send", Effect::Irreversible),
        ])
        .unwrap();
        Self {
            verifier: Verifier::new([anchor]).unwrap().with_tools(tools),
            name: here(),
            register: empty(),
            ledger: MemoryLedger::new(1_000),
            attached: vec![label("eu-1")],
            calls: 0,
        }
    }

    fn verified(&self, chain: &Chain) -> VerifiedChain {
        self.verifier.verify(chain).unwrap()
    }

    /// Receives a notice, watching these chains.
    fn hears(&mut self, notice: &Notice, chains: &[&Chain], now: u64) -> Result<(), NoticeError> {
        let mut watches = Watches::none();
        for chain in chains {
            watches.extend(&Watches::new(&self.verified(chain)));
        }
        self.register.apply(notice, &watches, at(now)).map(drop)
    }

    fn settles(
        &self,
        proof: &[u8],
        call: &Call,
        approvals: &[Token<Approval>],
        now: u64,
    ) -> Result<Permit, Denial> {
        let context = DecisionContext::new(
            ServerContext::new(at(now), self.name.clone()),
            &self.register,
        );
        let context = context
            .with_approvals(approvals)
            .with_ledgers(&self.attached);
        self.ledger
            .settle(self.verifier.check(proof, &call.action, &context)?, at(now))
    }

    /// Decides and settles a new call that this key signs.
    fn asks(&mut self, chain: &Chain, by: u8, tool: &str, now: u64) -> Option<DenialCode> {
        self.calls += 1;
        let call = call_of(self.calls, tool);
        self.settles(&proof_by(chain, by, &call, now), &call, &[], now)
            .err()
            .map(|denial| denial.code())
    }
}

fn call_of(number: u64, tool: &str) -> Call {
    let id = u128::from(number).to_be_bytes();
    // The server's table says how far it reaches.
    Call {
        id: CallId::from_bytes(id),
        ..call(id, tool, Effect::Read)
    }
}

/// A proof with a call that this key signs, whoever holds the leaf.
fn proof_by(chain: &Chain, by: u8, call: &Call, now: u64) -> Vec<u8> {
    ExecutionProof::new(chain.clone(), signed_by(chain, by, call, now)).to_bytes()
}

fn signed_by(chain: &Chain, by: u8, call: &Call, now: u64) -> Token<CallClaims> {
    let unsigned = CallClaims::new(chain, call, here(), at(now));
    let holder = (1..=u8::MAX)
        .find(|seed| public(*seed) == chain.leaf().holder.key)
        .unwrap();
    let honest = unsigned.sign(&key(holder)).unwrap();
    let unsigned = CallClaims::new(chain, call, here(), at(now));
    resigned(&honest, &unsigned.to_be_signed(), by)
}

/// The same token with the signature of this key.
fn resigned<C: mandatum::codec::Claims>(token: &Token<C>, to_be_signed: &[u8], by: u8) -> Token<C> {
    let bytes = token.as_bytes();
    let head = &bytes[..bytes.len() - 64];
    Token::from_bytes(&[head, key(by).sign(to_be_signed).as_bytes()].concat()).unwrap()
}

fn only(tool: &str) -> Powers {
    Powers::new([Capability::new(tool, Effect::Irreversible)
        .unwrap()
        .allow_delegation()])
    .unwrap()
}

/// A child with these powers that this key signs; whoever's turn it is.
fn below(chain: &Chain, by: u8, to: u8, powers: Powers, id: u8) -> Chain {
    let terms = || {
        let hops = chain.leaf().hops - 1;
        chain
            .delegate(
                Delegation::new([id; 16], public(to), powers.clone(), at(LIFETIME)).with_hops(hops),
                at(0),
            )
            .unwrap()
    };
    let holder = (1..=u8::MAX)
        .find(|seed| public(*seed) == chain.leaf().holder.key)
        .unwrap();
    let honest = terms().sign(&key(holder)).unwrap();
    chain
        .extend(resigned(&honest, &terms().to_be_signed(), by))
        .unwrap()
}

/// A root by this key of the company's, for the orchestrator.
fn root_by(
    by: u8,
    life: Life,
    limits: impl IntoIterator<Item = Limit>,
    issued: u64,
    id: u8,
) -> Chain {
    let mut root = root_with(life, limits, [id; 16])
        .unwrap()
        .root()
        .claims()
        .clone();
    root.signed_by = public(by);
    root.link.lifetime = Lifetime::new(at(issued), at(issued + LIFETIME)).unwrap();
    let own = anchor_of(&[by], Ceiling::Unlimited);
    Chain::from(
        issue(&own, root, at(issued))
            .unwrap()
            .sign(&key(by))
            .unwrap(),
    )
}

fn qbr() -> Mission {
    mission(OFFICE, "qbr")
}

fn life(mission: Mission, enders: &[u8]) -> Life {
    let life = LivesBy::new(mission, MaxAge::uniform(Seconds::new(600)));
    Life::Mission(
        life.with_enders(enders.iter().map(|seed| public(*seed)))
            .unwrap(),
    )
}

fn begun(office: &mut Controller, by: u8, mission: &Mission, now: u64) -> Notice {
    signed(office.begin(mission, [1; 16], at(now)).unwrap(), &key(by))
}

fn ended(by: u8, mandate: MandateId, how: impl Into<MandateEnding>, now: u64) -> Notice {
    signed(
        TaskEnd::by_holder(
            NoticeHeader::new([7; 16], public(by), at(now)),
            mandate,
            how,
            at(LIFETIME),
        ),
        &key(by),
    )
}

fn end_by_ender(by: u8, mission: &Mission, now: u64) -> Notice {
    signed(
        End::by_ender(
            NoticeHeader::new([8; 16], public(by), at(now)),
            mission,
            Ending::Revoked,
        ),
        &key(by),
    )
}

/// A holder's key is revoked by its issuer, by the company or by the controller; its mandate is
/// re-bound to a fresh key, and what was below it is delegated anew.
#[test]
fn drill_a_holders_key_is_revoked_and_its_mandate_re_bound() {
    for revoker in [ORCHESTRATOR, COMPANY, OFFICE] {
        let mut server = Server::new();
        let lead = root_by(COMPANY, life(qbr(), &[]), [], 0, 1);
        let helper = below(&lead, ORCHESTRATOR, HELPER, only("crm.read"), 2);
        let intern = below(&helper, HELPER, INTERN, only("crm.read"), 3);
        let sibling = below(&lead, ORCHESTRATOR, SIBLING, only("pay.send"), 4);
        let mut office = Controller::new(public(OFFICE), LEEWAY);
        let status = begun(&mut office, OFFICE, &qbr(), 0);
        server.hears(&status, &[&lead], 0).unwrap();

        // Lost: the mandate and all that it can delegate, which is no more than the mandate has.
        let thiefs = below(&helper, HELPER, THIEF, only("crm.read"), 66);
        assert_eq!(
            [(&helper, HELPER), (&thiefs, THIEF)]
                .map(|(it, by)| server.asks(it, by, "crm.read", 1)),
            [None; 2]
        );
        assert_eq!(
            server.asks(&helper, HELPER, "pay.send", 1),
            Some(DenialCode::ToolNotPermitted)
        );
        let more = Delegation::new([67; 16], public(THIEF), only("pay.send"), at(LIFETIME));
        assert!(helper.delegate(more, at(1)).is_err(), "nor is it delegated");
        for others in [&lead, &sibling] {
            assert_eq!(
                server.asks(others, HELPER, "pay.send", 1),
                Some(DenialCode::NotTheHolder)
            );
            assert_eq!(
                server.hears(
                    &ended(HELPER, others.leaf_id(), TaskEnding::Revoked, 1),
                    &[others],
                    1
                ),
                REFUSED
            );
        }

        // To do. Once the thief also ends the task first: that does not keep it from being
        // re-bound.
        let spoils = revoker == COMPANY;
        if spoils {
            server
                .hears(
                    &ended(HELPER, helper.leaf_id(), TaskEnding::Failed, 2),
                    &[&helper],
                    2,
                )
                .unwrap();
        }
        let revoked = if revoker == OFFICE {
            let end = office
                .revoke_key(&qbr(), helper.leaf_id(), at(LIFETIME), [9; 16], at(3))
                .unwrap();
            signed(end.notice, &key(OFFICE))
        } else {
            ended(revoker, helper.leaf_id(), MandateEnding::KeyRevoked, 3)
        };
        server.hears(&revoked, &[&helper], 3).unwrap();
        let fresh = rebind_leaf(
            &server.verified(&helper),
            public(FRESH),
            [40; 16],
            &server.register,
            at(3),
        )
        .unwrap();
        let fresh = lead
            .extend(fresh.sign(&key(ORCHESTRATOR)).unwrap())
            .unwrap();
        let anew = below(&fresh, FRESH, INTERN, only("crm.read"), 5);

        // The thief: nothing under its mandate, and nothing under the fresh one.
        let dead = if spoils {
            DenialCode::TaskEnded
        } else {
            DenialCode::KeyRevoked
        };
        for (chain, by) in [(&helper, HELPER), (&thiefs, THIEF), (&intern, INTERN)] {
            assert_eq!(server.asks(chain, by, "crm.read", 4), Some(dead));
        }
        assert_eq!(
            server.asks(&fresh, HELPER, "crm.read", 4),
            Some(DenialCode::NotTheHolder)
        );
        let forged = below(&fresh, HELPER, THIEF, only("crm.read"), 66);
        assert_eq!(
            server.asks(&forged, THIEF, "crm.read", 4),
            Some(DenialCode::BadSignature)
        );
        let of_fresh = ended(HELPER, fresh.leaf_id(), TaskEnding::Revoked, 4);
        assert_eq!(server.hears(&of_fresh, &[&fresh], 4), REFUSED);

        // What was not lost goes on, the replacement works, and so does what is delegated anew.
        assert_eq!(server.asks(&lead, ORCHESTRATOR, "pay.send", 5), None);
        assert_eq!(server.asks(&sibling, SIBLING, "pay.send", 5), None);
        assert_eq!(
            [(&fresh, FRESH), (&anew, INTERN)].map(|(it, by)| server.asks(it, by, "crm.read", 5)),
            [None; 2]
        );
    }
}

const REFUSED: Result<(), NoticeError> = Err(NoticeError::NotWatched);

/// A controller's key keeps its missions alive and lets their work begin; it neither calls nor
/// issues. An ender's key ends them, or, where a mission has no ender, the issuer ends its roots.
#[test]
fn drill_a_controllers_missions_are_ended_and_issued_anew_under_another() {
    let mut server = Server::new();
    let with_ender = root_by(COMPANY, life(qbr(), &[ENDER]), [], 0, 1);
    let lonely = mission(OFFICE, "lonely");
    let without = root_by(COMPANY, life(lonely.clone(), &[]), [], 0, 2);
    let later = root_by(
        COMPANY,
        life(qbr(), &[ENDER]),
        [Limit::waves(Waves::only(qbr(), 3))],
        0,
        3,
    );
    let task = MandateId::from_bytes([77; 32]);
    let barrier = Barrier::new([(task, Reporters::new([public(INTERN)]).unwrap())]).unwrap();
    let waiting = root_by(
        COMPANY,
        life(qbr(), &[ENDER]),
        [Limit::barrier(barrier)],
        0,
        4,
    );
    let expiry_only = root_by(COMPANY, Life::ExpiryOnly, [], 0, 5);
    let all = [&with_ender, &without, &later, &waiting];

    // Lost: the thief keeps them alive when the office is silent, begins waves, opens barriers. All
    // that with its own writer.
    let mut thief = Controller::new(public(OFFICE), LEEWAY);
    for mission in [qbr(), lonely.clone()] {
        server
            .hears(&begun(&mut thief, OFFICE, &mission, 0), &all, 0)
            .unwrap();
    }
    let codes = |server: &mut Server, now| {
        all.map(|chain| server.asks(chain, ORCHESTRATOR, "pay.send", now))
    };
    assert_eq!(
        codes(&mut server, 1),
        [
            None,
            None,
            Some(DenialCode::NotYet),
            Some(DenialCode::BarrierClosed)
        ]
    );
    for second in 2..5 {
        let wave = signed(
            thief.advance_wave(&qbr(), [2; 16], at(second)).unwrap(),
            &key(OFFICE),
        );
        server.hears(&wave, &all, second).unwrap();
    }
    server
        .hears(&ended(OFFICE, task, TaskEnding::Completed, 5), &all, 5)
        .unwrap();
    server
        .hears(
            &heartbeat(&mut thief, &key(OFFICE), [3; 16], at(3_000)),
            &all,
            3_000,
        )
        .unwrap();
    assert_eq!(codes(&mut server, 3_001), [None; 4]);
    // It makes no call and issues nothing.
    assert_eq!(
        server.asks(&with_ender, OFFICE, "crm.read", 3_001),
        Some(DenialCode::NotTheHolder)
    );
    let forged = below(&with_ender, OFFICE, THIEF, powers(), 66);
    assert_eq!(
        server.asks(&forged, THIEF, "crm.read", 3_001),
        Some(DenialCode::BadSignature)
    );

    // To do: an ender ends it; the issuer ends the root whose mission has none.
    server
        .hears(&end_by_ender(ENDER, &qbr(), 3_002), &all, 3_002)
        .unwrap();
    server
        .hears(
            &ended(COMPANY, without.leaf_id(), TaskEnding::Revoked, 3_002),
            &all,
            3_002,
        )
        .unwrap();
    let new_mission = mission(DESK, "qbr");
    let anew = root_by(COMPANY, life(new_mission.clone(), &[ENDER]), [], 3_003, 6);
    let mut desk = Controller::new(public(DESK), LEEWAY);
    server
        .hears(
            &begun(&mut desk, DESK, &new_mission, 3_003),
            &[&anew],
            3_003,
        )
        .unwrap();

    // The thief revives nothing, whatever it signs, and has no say in the new mission.
    server
        .hears(
            &heartbeat(&mut thief, &key(OFFICE), [4; 16], at(3_004)),
            &all,
            3_004,
        )
        .unwrap();
    let dead = Some(DenialCode::MissionEnded);
    assert_eq!(
        codes(&mut server, 3_005),
        [dead, Some(DenialCode::TaskEnded), dead, dead]
    );
    let own = |mission: &Mission| {
        signed(
            thief
                .clone()
                .end(mission, Ending::Revoked, [5; 16], at(3_004))
                .unwrap(),
            &key(OFFICE),
        )
    };
    assert_eq!(server.hears(&own(&qbr()), &[&anew], 3_005), REFUSED);
    let imposed = End::by_ender(
        NoticeHeader::new([5; 16], public(OFFICE), at(3_004)),
        &new_mission,
        Ending::Revoked,
    );
    assert_eq!(
        server.hears(&signed(imposed, &key(OFFICE)), &[&anew], 3_005),
        REFUSED
    );
    assert_eq!(
        server.hears(
            &ended(OFFICE, anew.leaf_id(), TaskEnding::Revoked, 3_004),
            &[&anew],
            3_005
        ),
        REFUSED
    );

    // What lives by no mission of its goes on, and so does what was issued anew.
    assert_eq!(
        [&expiry_only, &anew].map(|it| server.asks(it, ORCHESTRATOR, "pay.send", 3_006)),
        [None; 2]
    );
}

/// What the office would say, said and signed by another key.
fn in_its_own_name<C: mandatum::codec::Claims>(
    by: u8,
    unsigned: mandatum::sign::Unsigned<C>,
) -> Notice
where
    Notice: From<Token<C>>,
{
    let instead = |bytes: &[u8]| {
        let place = bytes
            .windows(32)
            .position(|window| window == public(OFFICE).as_bytes())
            .unwrap();
        [&bytes[..place], public(by).as_bytes(), &bytes[place + 32..]].concat()
    };
    let to_be_signed = instead(&unsigned.to_be_signed());
    let token =
        Token::<C>::from_bytes(&instead(unsigned.sign(&key(OFFICE)).unwrap().as_bytes())).unwrap();
    resigned(&token, &to_be_signed, by).into()
}

/// An ender's key ends the missions of the mandates that name it, and nothing else.
#[test]
fn drill_an_enders_missions_are_issued_anew_without_it() {
    let mut server = Server::new();
    let names_it = root_by(COMPANY, life(qbr(), &[ENDER]), [], 0, 1);
    let does_not = root_by(COMPANY, life(qbr(), &[]), [], 0, 2);
    let others = root_by(COMPANY, life(mission(DESK, "slides"), &[]), [], 0, 3);
    let all = [&names_it, &does_not, &others];
    let (mut office, mut desk) = (
        Controller::new(public(OFFICE), LEEWAY),
        Controller::new(public(DESK), LEEWAY),
    );
    server
        .hears(&begun(&mut office, OFFICE, &qbr(), 0), &all, 0)
        .unwrap();
    server
        .hears(
            &begun(&mut desk, DESK, &mission(DESK, "slides"), 0),
            &all,
            0,
        )
        .unwrap();
    let codes = |server: &mut Server, now| {
        all.map(|chain| server.asks(chain, ORCHESTRATOR, "pay.send", now))
    };

    // It says nothing else about the mission, nor anything of a mandate or of another's mission.
    let mut fork = office.clone();
    let said = [
        in_its_own_name(ENDER, fork.suspend(&qbr(), [2; 16], at(1)).unwrap()),
        in_its_own_name(
            ENDER,
            fork.fire(&qbr(), label("over"), [2; 16], at(1)).unwrap(),
        ),
        in_its_own_name(
            ENDER,
            fork.withdraw(&qbr(), "pay.*".parse().unwrap(), [2; 16], at(1))
                .unwrap(),
        ),
        ended(ENDER, names_it.leaf_id(), TaskEnding::Revoked, 1),
        ended(ENDER, names_it.leaf_id(), MandateEnding::KeyRevoked, 1),
        end_by_ender(ENDER, &mission(DESK, "slides"), 1),
    ];
    for notice in &said {
        assert_eq!(server.hears(notice, &all, 1), REFUSED, "{notice:?}");
    }
    assert_eq!(codes(&mut server, 2), [None; 3]);

    // Lost: the mission of the mandate that names it.
    server
        .hears(&end_by_ender(ENDER, &qbr(), 3), &all, 3)
        .unwrap();
    assert_eq!(
        codes(&mut server, 4),
        [Some(DenialCode::MissionEnded), None, None]
    );

    // To do: issue anew without it. On the same mission, as long as its controller did not end it
    // as well; else on a new one.
    let anew = root_by(COMPANY, life(qbr(), &[SPARE]), [], 5, 4);
    assert_eq!(server.asks(&anew, ORCHESTRATOR, "pay.send", 5), None);
    assert_eq!(
        server.hears(&end_by_ender(ENDER, &qbr(), 6), &[&anew], 6),
        REFUSED
    );
    let relayed = signed(
        office.end(&qbr(), Ending::Revoked, [5; 16], at(7)).unwrap(),
        &key(OFFICE),
    );
    server.hears(&relayed, &[&anew], 7).unwrap();
    assert_eq!(
        server.asks(&anew, ORCHESTRATOR, "pay.send", 7),
        Some(DenialCode::MissionEnded)
    );
    let second = Mission::new(public(OFFICE), label("qbr"), [8; 16]);
    let anew = root_by(COMPANY, life(second.clone(), &[SPARE]), [], 8, 5);
    server
        .hears(&begun(&mut office, OFFICE, &second, 8), &[&anew], 8)
        .unwrap();
    assert_eq!(
        server.hears(&end_by_ender(ENDER, &second, 9), &[&anew], 9),
        REFUSED
    );
    assert_eq!(server.asks(&anew, ORCHESTRATOR, "pay.send", 9), None);
    server
        .hears(&end_by_ender(SPARE, &second, 10), &[&anew], 10)
        .unwrap();
    assert_eq!(
        server.asks(&anew, ORCHESTRATOR, "pay.send", 10),
        Some(DenialCode::MissionEnded),
        "the new ender works"
    );
}

/// An approver's key approves calls that holders make, as one of as many as the gate wants.
#[test]
fn drill_an_approvers_mandates_are_ended_and_issued_anew_without_it() {
    let mut server = Server::new();
    let gated = |needed, approvers: &[u8], issued, id| {
        let gate = ApprovalGate::new(
            needed,
            approvers.iter().map(|seed| public(*seed)),
            Seconds::new(600),
        )
        .unwrap();
        let gate = Limit::approval_gate(gate.with_effect(Effect::Irreversible))
            .with_tools(["pay.send"])
            .unwrap();
        root_by(COMPANY, Life::ExpiryOnly, [gate], issued, id)
    };
    let asks = |server: &mut Server, chain: &Chain, by: u8, approvers: &[u8], now: u64| {
        server.calls += 1;
        let call = call_of(server.calls, "pay.send");
        let approve = |approver: &u8| {
            let approval = Approval::new(
                &call,
                chain.leaf_id(),
                here(),
                NoticeHeader::new([9; 16], public(*approver), at(now)),
                at(now + 60),
            );
            approval.sign(&key(*approver)).unwrap()
        };
        let approvals: Vec<Token<Approval>> = approvers.iter().map(approve).collect();
        server
            .settles(&proof_by(chain, by, &call, now), &call, &approvals, now)
            .err()
            .map(|denial| denial.code())
    };
    // Anna's key is stolen.
    let (one, two) = (gated(1, &[ANNA, BEN], 0, 1), gated(2, &[ANNA, BEN], 0, 2));
    // Lost: what takes one approval. Two take another key; and a call takes its holder, within its
    // powers.
    assert_eq!(asks(&mut server, &one, ORCHESTRATOR, &[ANNA], 1), None);
    assert_eq!(
        asks(&mut server, &two, ORCHESTRATOR, &[ANNA], 1),
        Some(DenialCode::ApprovalsMissing)
    );
    assert_eq!(
        asks(&mut server, &two, ORCHESTRATOR, &[ANNA, ANNA], 1),
        Some(DenialCode::ApprovedTwice)
    );
    assert_eq!(
        asks(&mut server, &one, ANNA, &[ANNA], 1),
        Some(DenialCode::NotTheHolder)
    );
    let narrow = below(&one, ORCHESTRATOR, HELPER, only("crm.read"), 3);
    assert_eq!(
        asks(&mut server, &narrow, HELPER, &[ANNA], 1),
        Some(DenialCode::ToolNotPermitted)
    );

    // To do: end what names it, and issue anew without it.
    for chain in [&one, &two] {
        server
            .hears(
                &ended(COMPANY, chain.leaf_id(), TaskEnding::Revoked, 2),
                &[chain],
                2,
            )
            .unwrap();
        assert_eq!(
            asks(&mut server, chain, ORCHESTRATOR, &[ANNA, BEN], 2),
            Some(DenialCode::TaskEnded)
        );
    }
    let (one, two) = (gated(1, &[BEN, SPARE], 3, 4), gated(2, &[BEN, SPARE], 3, 5));
    assert_eq!(
        asks(&mut server, &one, ORCHESTRATOR, &[ANNA], 3),
        Some(DenialCode::ApprovalByStranger)
    );
    assert_eq!(
        asks(&mut server, &two, ORCHESTRATOR, &[ANNA, BEN], 3),
        Some(DenialCode::ApprovalByStranger)
    );
    assert_eq!(asks(&mut server, &one, ORCHESTRATOR, &[BEN], 3), None);
    assert_eq!(
        asks(&mut server, &two, ORCHESTRATOR, &[BEN, SPARE], 3),
        None
    );
}

/// A server's record of so many calls, signed with this key.
fn record(log: &mut ReceiptLog, by: u8, calls: std::ops::Range<u64>) -> Vec<Token<Receipt>> {
    let server = Server::new();
    let chain = root_by(COMPANY, Life::ExpiryOnly, [], 0, 1);
    let started = |number: u64| {
        let call = call_of(number, "pay.send");
        let permit = server
            .settles(&proof_by(&chain, ORCHESTRATOR, &call, 1), &call, &[], 1)
            .unwrap();
        log.started(
            &permit,
            [u8::try_from(number).unwrap(); 16],
            at(1),
            &key(by),
        )
        .unwrap()
    };
    calls.map(started).collect()
}

/// A receipt key rewrites what came after the last head that was kept elsewhere, and nothing before
/// it.
#[test]
fn drill_a_receipt_keys_record_is_begun_anew_and_stays_provable_up_to_the_head() {
    let mut log = ReceiptLog::new(public(SERVER));
    let covered = record(&mut log, SERVER, 1..4);
    let head: LogHead = log.head();
    let tail = record(&mut log.clone(), SERVER, 4..6);

    // Lost: what follows the head. Another end is as sound as the true one.
    let rewritten = record(&mut log.clone(), SERVER, 7..9);
    for end in [&tail, &rewritten, &vec![]] {
        let whole = [&covered[..], end].concat();
        assert!(verify_receipts(public(SERVER), &whole, None).is_ok());
    }

    // Not lost: what the head covers. Any other record of that length ends elsewhere, and a shorter
    // one too.
    assert_eq!(
        verify_receipts(public(SERVER), &covered, Some(head))
            .unwrap()
            .head,
        head
    );
    let other = record(&mut ReceiptLog::new(public(SERVER)), SERVER, 10..13);
    for forged in [
        &other[..],
        &covered[..2],
        &[&covered[..2], &other[..1]].concat(),
    ] {
        let error = verify_receipts(public(SERVER), forged, Some(head)).unwrap_err();
        assert!(
            matches!(
                error.kind,
                ReceiptErrorKind::OtherEnd | ReceiptErrorKind::OutOfPlace { .. }
            ),
            "{error}"
        );
    }

    // To do: begin a record under another key. The thief adds nothing to it.
    let mut log = ReceiptLog::new(public(FRESH));
    let anew = record(&mut log, FRESH, 1..3);
    assert_eq!(
        verify_receipts(public(FRESH), &anew, Some(log.head()))
            .unwrap()
            .started,
        2
    );
    let mut thief = ReceiptLog::new(public(SERVER));
    let _ = record(&mut thief, SERVER, 1..3);
    let added = [&anew[..], &record(&mut thief, SERVER, 3..4)].concat();
    assert_eq!(
        verify_receipts(public(FRESH), &added, None)
            .unwrap_err()
            .kind,
        ReceiptErrorKind::OtherSigner
    );
    assert!(
        verify_receipts(public(SERVER), &covered, Some(head)).is_ok(),
        "and what it covers stays provable"
    );
}

/// A ledger that lost what it counted lets budgets be spent again, and young calls be repeated,
/// until what it counts for is ended.
#[test]
fn drill_a_lost_ledgers_mandates_are_ended_and_issued_anew_at_another() {
    let budget = |ledger: &str| Limit::budget(Budget::calls(label("jobs"), label(ledger), 2));
    let mut server = Server::new();
    let counted = root_by(COMPANY, Life::ExpiryOnly, [budget("eu-1")], 0, 1);
    let call = call_of(1_000, "pay.send");
    let proof = proof_by(&counted, ORCHESTRATOR, &call, 1);
    let again = |server: &Server, now| {
        server
            .settles(&proof, &call, &[], now)
            .err()
            .map(|denial| denial.code())
    };
    assert_eq!(
        (again(&server, 1), again(&server, 2)),
        (None, Some(DenialCode::AlreadyDecided))
    );
    assert_eq!(
        [2, 3].map(|now| server.asks(&counted, ORCHESTRATOR, "pay.send", now)),
        [None, Some(DenialCode::BudgetExhausted)]
    );

    // Lost: all of it. A signed call is repeated while it is young, and not after; no call is made
    // by anybody else.
    server.ledger = MemoryLedger::new(1_000);
    assert_eq!(again(&server, 4), None);
    assert_eq!(server.asks(&counted, ORCHESTRATOR, "pay.send", 5), None);
    assert_eq!(
        server.asks(&counted, ORCHESTRATOR, "pay.send", 5),
        Some(DenialCode::BudgetExhausted)
    );
    server.ledger = MemoryLedger::new(1_000);
    let old = 1 + server.verifier.max_call_age().get();
    assert_eq!(
        (again(&server, old + 1), again(&server, old)),
        (Some(DenialCode::CallTooOld), None)
    );
    assert_eq!(
        server.asks(&counted, THIEF, "pay.send", old),
        Some(DenialCode::NotTheHolder)
    );

    // To do: end what it counts for, and issue anew with accounts at another.
    let now = old + 2;
    server
        .hears(
            &ended(COMPANY, counted.leaf_id(), TaskEnding::Revoked, now),
            &[&counted],
            now,
        )
        .unwrap();
    assert_eq!(
        server.asks(&counted, ORCHESTRATOR, "pay.send", now),
        Some(DenialCode::TaskEnded)
    );
    let anew = root_by(COMPANY, Life::ExpiryOnly, [budget("eu-2")], now, 2);
    assert_eq!(
        server.asks(&anew, ORCHESTRATOR, "pay.send", now),
        Some(DenialCode::LedgerUnknown),
        "not yet attached"
    );
    (server.ledger, server.attached) = (MemoryLedger::new(1_000), vec![label("eu-2")]);
    assert_eq!(
        server.asks(&counted, ORCHESTRATOR, "pay.send", now),
        Some(DenialCode::LedgerUnknown),
        "no longer attached"
    );
    let spent =
        [now, now + 1, now + 2].map(|now| server.asks(&anew, ORCHESTRATOR, "pay.send", now));
    assert_eq!(spent, [None, None, Some(DenialCode::BudgetExhausted)]);
}

/// An anchor's key issues whatever its ceiling permits, until verifiers drop it.
#[test]
fn drill_an_anchors_key_is_revoked_and_roots_are_issued_anew() {
    let anchor = anchor_of(&[COMPANY, SPARE], powers());
    let mut server = Server::of(anchor.clone());
    let honest = root_by(COMPANY, Life::ExpiryOnly, [], 0, 1);
    let spares = root_by(SPARE, Life::ExpiryOnly, [], 0, 2);
    // Lost: everything within the ceiling.
    let thiefs = |powers: Powers| {
        let mut root = root_by(COMPANY, Life::ExpiryOnly, [], 0, 66)
            .root()
            .claims()
            .clone();
        (root.link.holder, root.link.powers) = (public(THIEF).into(), powers);
        Chain::from(
            issue(&anchor_of(&[COMPANY], Ceiling::Unlimited), root, at(0))
                .unwrap()
                .sign(&key(COMPANY))
                .unwrap(),
        )
    };
    let (within, beyond) = (thiefs(powers()), thiefs(only("files.read")));
    assert_eq!(server.asks(&within, THIEF, "pay.send", 1), None);
    assert_eq!(
        server.asks(&beyond, THIEF, "files.read", 1),
        Some(DenialCode::BeyondCeiling)
    );
    assert_eq!(
        server.asks(&honest, COMPANY, "pay.send", 1),
        Some(DenialCode::NotTheHolder)
    );

    // To do: revoke it at every verifier. Its ends are signed again by the spare, as in
    // `anchors.rs`.
    server
        .hears(
            &ended(COMPANY, spares.leaf_id(), TaskEnding::Revoked, 1),
            &[&spares],
            1,
        )
        .unwrap();
    assert_eq!(
        server.asks(&spares, ORCHESTRATOR, "pay.send", 1),
        Some(DenialCode::TaskEnded)
    );
    let signed = server.register.ends_signed_by(public(COMPANY));
    assert_eq!(
        signed
            .mandates
            .iter()
            .map(|end| end.mandate)
            .collect::<Vec<_>>(),
        [spares.leaf_id()]
    );
    let register = server.register.clone();
    server = Server::of(anchor.revoke(public(COMPANY)).unwrap());
    server.register = register;
    for end in &signed.mandates {
        let again = TaskEnd::by_holder(
            NoticeHeader::new([9; 16], public(SPARE), at(2)),
            end.mandate,
            end.ending,
            end.root_expires,
        );
        server
            .hears(&crate::support::signed(again, &key(SPARE)), &[&spares], 2)
            .unwrap();
    }
    for (chain, by) in [
        (&within, THIEF),
        (&thiefs(only("crm.read")), THIEF),
        (&honest, ORCHESTRATOR),
    ] {
        assert_eq!(
            server.asks(chain, by, "crm.read", 3),
            Some(DenialCode::RevokedKey)
        );
    }
    assert_eq!(
        server.asks(&spares, ORCHESTRATOR, "pay.send", 3),
        Some(DenialCode::TaskEnded),
        "what it ended stays ended"
    );
    let anew = root_by(SPARE, Life::ExpiryOnly, [], 3, 3);
    assert_eq!(server.asks(&anew, ORCHESTRATOR, "pay.send", 3), None);
    let late = ended(COMPANY, anew.leaf_id(), TaskEnding::Revoked, 4);
    assert_eq!(server.hears(&late, &[&anew], 4), REFUSED);
}

/// A server's host that was taken over decides what it likes there. It has no holder's key, so it
/// calls no other server; and when it is rebuilt from what was stored, mandates are what they were.
#[test]
fn drill_a_verifiers_host_is_rebuilt_and_mandates_are_not_affected() {
    let lead = root_by(COMPANY, life(qbr(), &[]), [], 0, 1);
    let [gone, other] =
        [(HELPER, 2), (INTERN, 3)].map(|(to, id)| below(&lead, ORCHESTRATOR, to, powers(), id));
    let mut office = Controller::new(public(OFFICE), LEEWAY);
    let status = begun(&mut office, OFFICE, &qbr(), 0);
    let end = ended(ORCHESTRATOR, gone.leaf_id(), TaskEnding::Revoked, 1);
    let stored = [status, end];

    // All that its owner has seen: chains, signed calls, notices. Elsewhere none of it is of use.
    let call = call_of(1, "pay.send");
    let seen = proof_by(&other, INTERN, &call, 2);
    let mut elsewhere = Server::new();
    for notice in &stored {
        elsewhere.hears(notice, &[&gone, &other], 2).unwrap();
    }
    elsewhere.name = "https://bank.example".parse().unwrap();
    let code = |denial: Denial| denial.code();
    assert_eq!(
        elsewhere
            .settles(&seen, &call, &[], 2)
            .map(drop)
            .map_err(code),
        Err(DenialCode::CallForAnotherAudience)
    );
    elsewhere.name = here();
    assert_eq!(
        elsewhere.asks(&other, THIEF, "pay.send", 2),
        Some(DenialCode::NotTheHolder)
    );
    let forged = below(&other, THIEF, THIEF, powers(), 66);
    assert_eq!(
        elsewhere.asks(&forged, THIEF, "pay.send", 2),
        Some(DenialCode::BadSignature)
    );

    // To do: rebuild it, with a receipt key and a ledger of its own, and with the notices from
    // their store.
    let kept = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (store, fetched) = (kept.clone(), stored.clone());
    let (verifier, register) = (elsewhere.verifier.clone(), empty());
    let guard = Guard::new(
        verifier,
        here(),
        register,
        MemoryLedger::new(1_000),
        key(FRESH),
        move |receipt: &Token<Receipt>| {
            store.lock().unwrap().push(receipt.clone());
            Ok(())
        },
    );
    let guard = guard.with_source(move |_| {
        fetched
            .iter()
            .map(|notice| (notice.clone(), at(3)))
            .collect()
    });
    let run = |chain: &Chain, by: u8, number: u64| {
        let call = call_of(number, "pay.send");
        let proof = proof_by(chain, by, &call, 3);
        match guard.run(
            &ReceivedCall::new(&proof, &call.action),
            || at(3),
            |_| Ok::<_, ()>(Outcome::Done),
        ) {
            Ok(_) => None,
            Err(GuardError::Denied(denial)) => Some(denial.code()),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(run(&lead, ORCHESTRATOR, 2), None);
    assert_eq!(
        run(&other, INTERN, 3),
        None,
        "the mandate is as good as before"
    );
    assert_eq!(
        run(&gone, HELPER, 4),
        Some(DenialCode::TaskEnded),
        "and what had ended is not"
    );
    assert_eq!(run(&other, THIEF, 5), Some(DenialCode::NotTheHolder));
    let receipts = kept.lock().unwrap();
    let summary = verify_receipts(public(FRESH), receipts.iter(), Some(guard.head())).unwrap();
    assert_eq!((summary.started, summary.denied), (2, 0));
    let leaves: BTreeSet<MandateId> = receipts.iter().filter_map(leaf).collect();
    assert_eq!(leaves, BTreeSet::from([lead.leaf_id(), other.leaf_id()]));
}

fn leaf(receipt: &Token<Receipt>) -> Option<MandateId> {
    match &receipt.claims().event {
        mandatum::claims::ReceiptEvent::Started(started) => Some(started.leaf),
        _ => None,
    }
}
