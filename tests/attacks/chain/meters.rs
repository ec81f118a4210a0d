//! Rules 16 and 18 on what ledgers and people stand behind, rules 19 and 20.

use super::links::terms;
use super::{Row, delegate, row};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, chain_of};
use crate::support::spending::{LEDGER, budget, calls, exclusive, gate, group, needing, rate};
use crate::support::story::{
    HELPER, INTERN, ORCHESTRATOR, THIEF, anchor, child_of, grandchild_of, key, now, powers,
    read_crm, root, root_claims, verifier, verifier_of,
};
use mandatum::chain::ChainErrorKind;
use mandatum::claims::Aliases;
use mandatum::limits::{ApprovalGate, RateLimit, SeparationOfDuty, ToolSet};
use mandatum::sign::Unsigned;
use mandatum::{Anchor, Budget, ChainError, Label, Limit, Limits, Root, Seconds, issue};
use std::collections::BTreeMap;

pub(super) fn rows() -> Vec<Row> {
    [approvers(), many(), aliases(), scopes()]
        .into_iter()
        .flatten()
        .collect()
}

fn limited(forge: Forge, limits: &[Vec<u8>]) -> Forge {
    if limits.is_empty() {
        forge
    } else {
        forge.term(1, cbor::array(limits))
    }
}

/// The root and the child with these limits.
fn two(at_root: &[Vec<u8>], at_child: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let root = limited(root(), at_root).token();
    let child = limited(child_of(&root), at_child).token();
    vec![root, child]
}

/// And a grandchild, for the intern.
fn three(at_root: &[Vec<u8>], at_child: &[Vec<u8>], at_grandchild: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut tokens = two(at_root, at_child);
    tokens.push(limited(grandchild_of(&tokens[1]), at_grandchild).token());
    tokens
}

fn issuing(set: impl FnOnce(&mut Root), anchor: &Anchor) -> Result<Unsigned<Root>, ChainError> {
    let mut root = root_claims(powers([read_crm(&["acme", "globex"])]));
    set(&mut root);
    issue(anchor, root, now())
}

fn limiting(limits: Vec<Limit>) -> impl FnOnce(&mut Root) {
    move |root| root.link.limits = Limits::new(limits).unwrap()
}

fn delegating(
    at_root: &[Vec<u8>],
    own: Vec<Limit>,
) -> Result<Unsigned<mandatum::claims::Child>, ChainError> {
    delegate(
        &two(at_root, &[])[..1],
        terms().with_limits(Limits::new(own).unwrap()),
    )
}

fn approved_by(seeds: &[u8]) -> Limit {
    let keys = seeds.iter().map(|seed| key(*seed).public());
    Limit::approval_gate(ApprovalGate::new(1, keys, Seconds::new(300)).unwrap())
}

/// Rule 20.
fn scopes() -> Vec<Row> {
    let nothing = |limit| ChainErrorKind::ScopeMeetsNothing { limit };
    let by_hand = |tools: &[&str]| {
        let tools = cbor::array(
            tools
                .iter()
                .map(|tool| cbor::text(tool))
                .collect::<Vec<_>>(),
        );
        cbor::array([cbor::int(2), cbor::null(), tools])
    };
    let signed = |tools: &[&'static str]| {
        Limit::signed_calls()
            .with_tools(tools.iter().copied())
            .unwrap()
    };
    let at_root = |name, tools: &[&'static str]| {
        row(name, two(&[by_hand(tools)], &[]), 0, nothing(0))
            .minted(issuing(limiting(vec![signed(tools)]), &anchor()))
    };
    let at_child = |name, tools: &[&'static str]| {
        row(name, two(&[], &[by_hand(tools)]), 1, nothing(0))
            .minted(delegating(&[], vec![signed(tools)]))
    };
    vec![
        at_root("a limit for a tool that is spelled wrong", &["crm.raed"]),
        at_root("a limit for a family below the tool", &["crm.read.*"]),
        at_root("a limit for a name that begins alike", &["crm"]),
        at_root(
            "a limit for several tools, none of them the root's",
            &["crm", "paid.*"],
        ),
        at_child(
            "a limit for a tool that neither has, nor the parent",
            &["crm", "paid.*"],
        ),
        row(
            "the second limit is for no tool",
            two(&[], &[by_hand(&["crm.*"]), by_hand(&["crm.raed"])]),
            1,
            nothing(1),
        )
        .minted(delegating(
            &[],
            vec![signed(&["crm.*"]), signed(&["crm.raed"])],
        )),
    ]
}

#[test]
fn a_scope_is_about_any_power_of_its_own_link_or_of_its_parent() {
    let of_parent = Limit::signed_calls().with_tools(["pay"]).unwrap();
    assert_eq!(
        delegating(&[], vec![of_parent]).map(drop),
        Ok(()),
        "it goes along, for a later answer"
    );
    for tools in [&["crm.read"][..], &["crm.*"], &["crm.raed", "crm.read"]] {
        let limit = Limit::signed_calls()
            .with_tools(tools.iter().copied())
            .unwrap();
        assert_eq!(
            issuing(limiting(vec![limit.clone()]), &anchor()).map(drop),
            Ok(()),
            "{tools:?}"
        );
        assert_eq!(delegating(&[], vec![limit]).map(drop), Ok(()), "{tools:?}");
    }
}

/// Rule 16.
fn approvers() -> Vec<Row> {
    let by = |seeds: &[u8]| gate(&needing(1, seeds));
    let own = || ChainErrorKind::OwnApprover;
    let scoped = |gate: Vec<u8>| {
        [
            &cbor::head(4, 3)[..],
            &gate[1..],
            &cbor::array([cbor::text("crm.read")]),
        ]
        .concat()
    };
    vec![
        row(
            "the root's holder approves",
            two(&[by(&[ORCHESTRATOR])], &[]),
            0,
            own(),
        )
        .minted(issuing(
            limiting(vec![approved_by(&[ORCHESTRATOR])]),
            &anchor(),
        )),
        row(
            "the root's holder is one of several",
            two(&[by(&[THIEF, ORCHESTRATOR])], &[]),
            0,
            own(),
        )
        .minted(issuing(
            limiting(vec![approved_by(&[THIEF, ORCHESTRATOR])]),
            &anchor(),
        )),
        row(
            "a child's holder approves for the root",
            two(&[by(&[HELPER])], &[]),
            1,
            own(),
        )
        .minted(delegating(&[by(&[HELPER])], Vec::new())),
        row(
            "a child's holder approves its own",
            two(&[], &[by(&[HELPER])]),
            1,
            own(),
        )
        .minted(delegating(&[], vec![approved_by(&[HELPER])])),
        row(
            "a grandchild's holder approves for the root",
            three(&[by(&[INTERN])], &[], &[]),
            2,
            own(),
        ),
        row(
            "for some calls",
            two(&[], &[scoped(by(&[HELPER]))]),
            1,
            own(),
        )
        .minted(delegating(
            &[],
            vec![approved_by(&[HELPER]).with_tools(["crm.read"]).unwrap()],
        )),
        row(
            "at the second gate",
            two(&[by(&[THIEF]), by(&[HELPER])], &[]),
            1,
            own(),
        )
        .minted(delegating(&[by(&[THIEF]), by(&[HELPER])], Vec::new())),
    ]
}

/// One limit of each of the four kinds, again and again.
fn metered(count: usize) -> Vec<Vec<u8>> {
    let kinds = [
        budget(&calls(9)),
        rate(1, 60),
        exclusive(&[group(&["a"]), group(&["b"])]),
        gate(&needing(1, &[THIEF])),
    ];
    kinds.into_iter().cycle().take(count).collect()
}

fn metering(count: usize) -> Vec<Limit> {
    let label = |text: &str| text.parse::<Label>().unwrap();
    let tools = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let kinds = [
        Limit::budget(Budget::calls(label("calls"), label(LEDGER), 9)),
        Limit::rate_limit(
            RateLimit::new(label("pace"), label(LEDGER), 1, Seconds::new(60)).unwrap(),
        ),
        Limit::separation_of_duty(
            SeparationOfDuty::new(label("duty"), label(LEDGER), [tools("a"), tools("b")]).unwrap(),
        ),
        approved_by(&[THIEF]),
    ];
    kinds.into_iter().cycle().take(count).collect()
}

/// Rule 18. A link has room for half of them.
fn many() -> Vec<Row> {
    let minted = |at_child: usize, at_grandchild: usize| {
        let tokens = two(&metered(32), &metered(at_child));
        let terms = mandatum::Delegation::new(
            [2; 16],
            key(INTERN).public(),
            powers([read_crm(&["acme"])]),
            crate::support::story::after(3600),
        );
        delegate(
            &tokens,
            terms.with_limits(Limits::new(metering(at_grandchild)).unwrap()),
        )
    };
    let too_many = || ChainErrorKind::TooManyMeters;
    vec![
        row(
            "one too many",
            three(&metered(32), &metered(32), &metered(1)),
            2,
            too_many(),
        )
        .minted(minted(32, 1)),
        row(
            "one too many in the last",
            three(&metered(32), &metered(31), &metered(2)),
            2,
            too_many(),
        )
        .minted(minted(31, 2)),
        row(
            "far too many",
            three(&metered(32), &metered(32), &metered(32)),
            2,
            too_many(),
        )
        .minted(minted(32, 32)),
    ]
}

fn named(systems: &[&str]) -> Forge {
    let names = systems
        .iter()
        .map(|system| (cbor::text(system), cbor::text("a-17")))
        .collect();
    root().term(8, Map(names).bytes())
}

fn naming(systems: &[&str]) -> impl FnOnce(&mut Root) {
    let names = systems
        .iter()
        .map(|system| (system.parse().unwrap(), "a-17".parse().unwrap()));
    let names = Aliases::new(names.collect::<BTreeMap<Label, Label>>()).unwrap();
    move |root| root.principal.aliases = names
}

fn anchor_of(systems: &[&str]) -> Anchor {
    anchor().with_systems(systems.iter().map(|system| system.parse().unwrap()))
}

/// Rule 19.
fn aliases() -> Vec<Row> {
    let of_another = |name: &'static str, systems: &[&str], of: &[&str], other: &str| {
        let root = named(systems).token();
        let child = child_of(&root).token();
        row(
            name,
            [root, child],
            0,
            ChainErrorKind::AliasOfAnother {
                system: other.parse().unwrap(),
            },
        )
        .by(verifier_of(anchor_of(of)))
        .minted(issuing(naming(systems), &anchor_of(of)))
    };
    vec![
        of_another(
            "a name in a system, and the issuer has none",
            &["crm"],
            &[],
            "crm",
        ),
        of_another("a name in another system", &["crm"], &["erp"], "crm"),
        of_another(
            "a name in a system too many",
            &["crm", "erp"],
            &["crm"],
            "erp",
        ),
        of_another(
            "a name in a system spelled otherwise",
            &["CRM"],
            &["crm"],
            "CRM",
        ),
        of_another(
            "a name in a system that begins alike",
            &["crm.eu"],
            &["crm"],
            "crm.eu",
        ),
    ]
}

#[test]
fn who_delegates_may_approve_and_so_may_strangers() {
    for approver in [ORCHESTRATOR, THIEF, INTERN] {
        let tokens = two(&[], &[gate(&needing(1, &[approver]))]);
        assert_eq!(
            verifier().verify(&chain_of(&tokens)).map(drop),
            Ok(()),
            "{approver}"
        );
        assert_eq!(
            delegating(&[], vec![approved_by(&[approver])]).map(drop),
            Ok(()),
            "{approver}"
        );
    }
}

#[test]
fn a_chain_has_as_many_meters_as_it_may() {
    for (at_root, at_child) in [(32, 32), (1, 0), (0, 1)] {
        let tokens = two(&metered(at_root), &metered(at_child));
        assert_eq!(
            verifier().verify(&chain_of(&tokens)).map(drop),
            Ok(()),
            "{at_root} and {at_child}"
        );
        assert_eq!(
            delegating(&metered(at_root), metering(at_child)).map(drop),
            Ok(()),
            "{at_root} and {at_child}"
        );
    }
    // Limits that nobody counts don't.
    let signed = vec![crate::support::order::limit(2, cbor::null()); 32];
    let tokens = three(&metered(32), &metered(32), &signed);
    assert_eq!(verifier().verify(&chain_of(&tokens)).map(drop), Ok(()));
}

#[test]
fn a_root_has_names_in_its_issuers_systems() {
    let systems = ["crm", "erp"];
    for named_in in [&systems[..1], &systems[1..], &systems, &[]] {
        let root = if named_in.is_empty() {
            root()
        } else {
            named(named_in)
        };
        let verified = verifier_of(anchor_of(&systems)).verify(&chain_of(&[root.token()]));
        assert_eq!(verified.map(drop), Ok(()), "{named_in:?}");
        assert_eq!(
            issuing(naming(named_in), &anchor_of(&systems)).map(drop),
            Ok(()),
            "{named_in:?}"
        );
    }
}

#[test]
fn the_rules_have_their_numbers() {
    assert_eq!(ChainErrorKind::OwnApprover.rule(), 16);
    assert_eq!(ChainErrorKind::TooManyMeters.rule(), 18);
    assert_eq!(
        ChainErrorKind::AliasOfAnother {
            system: "crm".parse().unwrap()
        }
        .rule(),
        19
    );
    assert_eq!(ChainErrorKind::ScopeMeetsNothing { limit: 0 }.rule(), 20);
}
