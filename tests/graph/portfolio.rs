//! An agent that works for two owners holds a chain of each, and each call is made under one of
//! them.

use crate::stage::*;
use crate::support::{COMPANY, OFFICE, STRANGER, at, here, key, mission, public, signed};
use mandatum::claims::Ending;
use mandatum::graph::Portfolio;
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::{
    Capability, Constraint, Controller, DecisionContext, Denial, DenialCode, Effect, Life, Limit,
    LivesBy, Notice, Powers, Register, Seconds, ServerContext, VerifiedChain, Verifier,
};

const PARTNER: u8 = 30;
const PARTNERS: &str = "https://partner.example";

fn verifier() -> Verifier {
    Verifier::new([anchor(ISSUER, COMPANY), anchor(PARTNERS, PARTNER)])
        .unwrap()
        .dangerous_effects_as_stated()
}

fn lives_by(name: &str) -> LivesBy {
    LivesBy::new(mission(OFFICE, name), MaxAge::uniform(Seconds::new(600)))
}

fn of_company(powers: Powers) -> VerifiedChain {
    verifier()
        .verify(&root(
            &agent(1),
            powers,
            Life::Mission(lives_by("qbr")),
            vec![],
            [1; 16],
        ))
        .unwrap()
}

fn of_partner(powers: Powers, life: Life, limits: Vec<Limit>) -> VerifiedChain {
    let chain = root_of(
        &anchor(PARTNERS, PARTNER),
        PARTNER,
        &agent(1),
        powers,
        life,
        limits,
        [2; 16],
    );
    verifier().verify(&chain).unwrap()
}

fn portfolio(chains: impl IntoIterator<Item = VerifiedChain>) -> Portfolio {
    let mut portfolio = Portfolio::new(qbr());
    chains
        .into_iter()
        .for_each(|chain| portfolio.add(chain).unwrap());
    portfolio
}

/// What is known of the mission, active or ended.
fn register(portfolio: &Portfolio, ended: bool) -> Register {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let office = key(OFFICE);
    let mut notices: Vec<Notice> = vec![signed(
        controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
        &office,
    )];
    if ended {
        notices.push(signed(
            controller
                .end(&qbr(), Ending::Revoked, [2; 16], at(0))
                .unwrap(),
            &office,
        ));
    }
    let (mut register, mut watches) = (empty_register(), Watches::none());
    portfolio
        .chains()
        .iter()
        .for_each(|chain| watches.extend(&Watches::new(chain)));
    for notice in notices {
        register.apply(&notice, &watches, at(0)).unwrap();
    }
    register
}

fn codes<'d>(denials: impl IntoIterator<Item = &'d Denial>) -> Vec<DenialCode> {
    denials.into_iter().map(Denial::code).collect()
}

#[test]
fn the_chain_that_covers_a_call_is_chosen() {
    let (ours, theirs) = (
        of_company(tools(&["crm.*"])),
        of_partner(
            tools(&["files.*", "crm.read"]),
            Life::Mission(lives_by("qbr")),
            vec![],
        ),
    );
    let portfolio = portfolio([ours.clone(), theirs.clone()]);
    let (verifier, register) = (verifier(), register(&portfolio, false));
    let context = DecisionContext::new(ServerContext::new(at(1), here()), &register);
    let choose = |tool| {
        portfolio.choose(
            &verifier,
            &asked(&action(tool, "acme", Effect::Read)),
            &context,
        )
    };
    let leaf = |chain: &VerifiedChain| chain.chain().leaf_id();
    for (tool, chosen) in [
        ("crm.write", &ours),
        ("files.read", &theirs),
        ("crm.read", &ours),
    ] {
        assert_eq!(choose(tool).map(leaf), Ok(leaf(chosen)), "{tool}");
    }
    let none = choose("pay.send").unwrap_err();
    let mandates: Vec<_> = none.denials.iter().map(|(mandate, _)| *mandate).collect();
    assert_eq!(mandates, [leaf(&ours), leaf(&theirs)]);
    assert_eq!(
        codes(none.denials.iter().map(|(_, denial)| denial)),
        [DenialCode::ToolNotPermitted; 2]
    );
    let text = none.to_string();
    assert!(
        text.starts_with("none of 2 chains suffices; ")
            && text.contains(&leaf(&theirs).to_string()),
        "{text}"
    );

    let empty = Portfolio::new(qbr());
    let none = empty
        .choose(
            &verifier,
            &asked(&action("crm.read", "acme", Effect::Read)),
            &context,
        )
        .unwrap_err();
    assert_eq!(
        (none.denials.len(), none.to_string().as_str()),
        (0, "there is no chain")
    );
}

/// Each chain's reason is its own.
#[test]
fn why_none_suffices_is_told_of_each() {
    let slides = Life::Mission(lives_by("slides"));
    let also = |name| Limit::lives_by(lives_by(name));
    let ours = of_company(tools(&["crm.read"]));
    let theirs = of_partner(tools(&["files.*"]), slides, vec![also("qbr")]);
    let portfolio = portfolio([ours, theirs]);
    let (verifier, register) = (verifier(), register(&portfolio, false));
    let context = DecisionContext::new(ServerContext::new(at(1), here()), &register);
    let none = portfolio
        .choose(
            &verifier,
            &asked(&action("files.read", "acme", Effect::Read)),
            &context,
        )
        .unwrap_err();
    assert_eq!(
        codes(none.denials.iter().map(|(_, denial)| denial)),
        [DenialCode::ToolNotPermitted, DenialCode::StatusMissing]
    );
}

#[test]
fn chains_that_the_mission_does_not_end_are_refused() {
    let mission_of = |name| Life::Mission(lives_by(name));
    let scoped = Limit::lives_by(lives_by("qbr"))
        .with_tools(["crm.*"])
        .unwrap();
    let others = LivesBy::new(mission(STRANGER, "qbr"), MaxAge::uniform(Seconds::new(600)));
    let powers = || tools(&["crm.read"]);
    let cases = [
        ("no mission", of_partner(powers(), Life::ExpiryOnly, vec![])),
        (
            "another",
            of_partner(powers(), mission_of("slides"), vec![]),
        ),
        (
            "another controller's of that name",
            of_partner(powers(), Life::Mission(others), vec![]),
        ),
        (
            "in some calls only",
            of_partner(powers(), mission_of("slides"), vec![scoped]),
        ),
    ];
    let mut portfolio = Portfolio::new(qbr());
    for (case, chain) in cases {
        let leaf = chain.chain().leaf_id();
        let refused = portfolio.add(chain).unwrap_err();
        assert_eq!((refused.mandate, refused.mission), (leaf, qbr()), "{case}");
    }
    assert!(portfolio.chains().is_empty());
    // By a limit of any link, the mission keeps it alive as well.
    portfolio
        .add(of_partner(
            powers(),
            mission_of("slides"),
            vec![Limit::lives_by(lives_by("qbr"))],
        ))
        .unwrap();
    assert_eq!(portfolio.chains().len(), 1);
}

#[test]
fn two_halves_are_not_a_whole() {
    let writes = |effect, account: &str| {
        let account = Constraint::one_of([account]).unwrap();
        let write = Capability::new("crm.write", effect)
            .unwrap()
            .require("account", account)
            .unwrap();
        Powers::new([write]).unwrap()
    };
    let ours = of_company(writes(Effect::Irreversible, "beta"));
    let theirs = of_partner(
        writes(Effect::Read, "acme"),
        Life::Mission(lives_by("qbr")),
        vec![],
    );
    let portfolio = portfolio([ours, theirs]);
    let (verifier, register, universe) = (verifier(), register(&portfolio, false), universe());
    let context = DecisionContext::new(ServerContext::new(at(1), here()), &register);
    let refused = portfolio
        .choose(
            &verifier,
            &asked(&action("crm.write", "acme", Effect::Irreversible)),
            &context,
        )
        .unwrap_err();
    assert_eq!(
        codes(refused.denials.iter().map(|(_, denial)| denial)),
        [DenialCode::ArgumentRefused, DenialCode::EffectTooHigh]
    );
    let held: Calls = portfolio
        .chains()
        .iter()
        .flat_map(|chain| permitted(&chain.chain().leaf().powers, &universe))
        .collect();
    let chosen: Calls = (0..universe.len())
        .filter(|call| {
            portfolio
                .choose(&verifier, &asked(&universe[*call]), &context)
                .is_ok()
        })
        .collect();
    assert_eq!(
        chosen, held,
        "what is chosen is what one of them permits alone"
    );
}

#[test]
fn the_end_of_the_mission_is_the_end_of_all() {
    let theirs = of_partner(tools(&["files.*"]), Life::Mission(lives_by("qbr")), vec![]);
    let portfolio = portfolio([of_company(tools(&["crm.*", "files.*"])), theirs]);
    let (verifier, active, ended) = (
        verifier(),
        register(&portfolio, false),
        register(&portfolio, true),
    );
    for call in universe()
        .iter()
        .filter(|call| call.tool.as_str().starts_with("files."))
    {
        let at_once = DecisionContext::new(ServerContext::new(at(1), here()), Register::none());
        assert!(
            portfolio
                .choose(
                    &verifier,
                    &asked(call),
                    &at_once.clone().with_register(&active)
                )
                .is_ok()
        );
        let none = portfolio
            .choose(&verifier, &asked(call), &at_once.with_register(&ended))
            .unwrap_err();
        assert_eq!(
            codes(none.denials.iter().map(|(_, denial)| denial)),
            [DenialCode::MissionEnded; 2]
        );
    }
}
