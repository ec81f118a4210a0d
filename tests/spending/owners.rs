//! Whose accounts are whose: no link names an account of another issuer, or of a minter with
//! another key.

use crate::stage::{agent, anchor, root_of};
use crate::support::{COMPANY, LIFETIME, Random, STRANGER, at, label};
use crate::till::{EU, Till, US, action, all, dollars, source};
use mandatum::limits::{LimitRule, PerValue, RateLimit, SeparationOfDuty, ToolSet};
use mandatum::primitives::{AccountId, Period};
use mandatum::{Budget, Call, Chain, Delegation, Effect, Life, Limit, Limits, Seconds, Verifier};
use std::collections::{BTreeMap, BTreeSet};

const ISSUERS: [(&str, u8); 2] = [
    ("https://acme.example", COMPANY),
    ("https://other.example", STRANGER),
];

/// A name that others use too, or that looks as if it were somebody's: the issuers', a holder's
/// key, a renamed account.
fn name(random: &mut Random) -> String {
    let holder = agent(random.below(3)).public();
    let names = [
        "travel".to_owned(),
        ISSUERS[0].0.to_owned(),
        holder.to_string(),
        format!("travel of {holder}"),
        EU.to_owned(),
    ];
    names[random.below(names.len())].clone()
}

/// Of every kind that is counted.
fn limit(random: &mut Random) -> Limit {
    let (account, ledger) = (label(&name(random)), label(random.name(&[EU, US])));
    let order = || PerValue::new("order".parse().unwrap(), Seconds::new(60)).unwrap();
    let calls = || Budget::calls(account.clone(), ledger.clone(), 9);
    let sum = |source| Budget::sum(account.clone(), ledger.clone(), [source], 99.into()).unwrap();
    let budget = match random.below(8) {
        0 => {
            return Limit::rate_limit(
                RateLimit::new(account, ledger, 9, Seconds::new(60)).unwrap(),
            );
        }
        1 => {
            let tools = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
            return Limit::separation_of_duty(
                SeparationOfDuty::new(account, ledger, [tools("pay.*"), tools("crm.*")]).unwrap(),
            );
        }
        2 => calls(),
        3 => sum(source("amount")),
        4 => sum(dollars("amount")),
        5 => calls().with_per_value(order()),
        6 => calls().with_per_value(order().with_any_case()),
        _ => sum(source("amount")).with_per_value(order()),
    };
    // Each of them also anew with each day, week or month.
    let budget = match random.below(5) {
        0 => budget.with_period(Period::Day),
        1 => budget.with_period(Period::Week),
        2 => budget.with_period(Period::Month),
        _ => budget,
    };
    Limit::budget(if random.chance(20) {
        budget.with_askable()
    } else {
        budget
    })
}

/// What a limit counts, without its names.
fn kind(limit: &Limit) -> String {
    match limit.rule() {
        LimitRule::Budget(budget) => {
            format!(
                "{:?} {:?} {:?}",
                budget.meter(),
                budget.period(),
                budget.per_value().map(PerValue::is_any_case)
            )
        }
        LimitRule::RateLimit(_) => "rate".to_owned(),
        LimitRule::SeparationOfDuty(_) => "groups".to_owned(),
        other => panic!("{other:?}"),
    }
}

fn limits(random: &mut Random) -> Vec<Limit> {
    (0..random.below(4)).map(|_| limit(random)).collect()
}

/// A chain of one issuer or the other, through the same few holders.
fn chain(random: &mut Random) -> (usize, Vec<usize>, Chain) {
    let issuer = random.below(2);
    let (name, company) = ISSUERS[issuer];
    let mut holders = vec![random.below(3)];
    let own = limits(random);
    let mut chain = root_of(
        &anchor(name, company),
        company,
        &agent(holders[0]),
        all(),
        Life::ExpiryOnly,
        own,
        [1; 16],
    );
    for _ in 0..random.below(3) {
        let (by, to) = (holders[holders.len() - 1], random.below(3));
        let hops = chain.leaf().hops - 1;
        let terms =
            Delegation::new([2; 16], agent(to).public(), all(), at(LIFETIME)).with_hops(hops);
        let terms = terms.with_limits(Limits::new(limits(random)).unwrap());
        let terms = if holders.contains(&to) {
            terms.with_same_key()
        } else {
            terms
        };
        let child = chain
            .delegate(terms, at(0))
            .unwrap()
            .sign(&agent(by))
            .unwrap();
        chain = chain.extend(child).unwrap();
        holders.push(to);
    }
    (issuer, holders, chain)
}

#[test]
fn no_link_names_an_account_of_another_issuer_or_minter() {
    let anchors = ISSUERS.map(|(name, company)| anchor(name, company));
    let verifier = Verifier::new(anchors)
        .unwrap()
        .dangerous_effects_as_stated();
    let verifier = verifier.dangerous_accept_asserted_up_to(Effect::Irreversible);
    let till = Till {
        verifier,
        ..Till::new().attached_to(&[EU, US])
    };
    // Of every account, the issuer and the minter that named it; `None` is the issuer itself.
    let mut owners: BTreeMap<AccountId, (usize, Option<usize>)> = BTreeMap::new();
    let (mut shared, mut kinds) = (0, BTreeSet::new());
    for seed in 0..3_000 {
        let mut random = Random::new(seed);
        let (issuer, holders, chain) = chain(&mut random);
        let verified = till.verifier.verify(&chain).unwrap();
        kinds.extend(
            verified
                .chain()
                .links()
                .flat_map(|link| link.limits.iter().map(kind)),
        );
        let order = *random.pick(&["A-1", "a-1", "B"]);
        let pays = [
            ("amount", 1.into()),
            ("currency", "USD".into()),
            ("order", order.into()),
        ];
        let pays = action("pay.send", pays);
        let call = Call::new([9; 16], pays);
        for charge in till
            .decides(&verified, &call, at(0))
            .unwrap()
            .charges()
            .charges()
        {
            let owner = (
                issuer,
                charge.link.checked_sub(1).map(|above| holders[above]),
            );
            let known = *owners.entry(charge.account).or_insert(owner);
            assert_eq!(known, owner, "{charge:?}");
            shared += 1;
        }
    }
    assert_eq!(
        kinds.len(),
        2 + 6 * 4,
        "rates, groups, and budgets of six kinds for ever or of three periods: {kinds:?}"
    );
    assert!(
        shared > owners.len() * 2,
        "{shared} charges to {} accounts",
        owners.len()
    );
    assert!(
        owners
            .values()
            .filter(|(_, minter)| minter.is_some())
            .count()
            > 50
    );
}
