//! The owners of the systems, the powers that each grants, and Sarah's names there.

use crate::stage::{Agent, Company, Desk, Grant, Result, Terms, at, only};
use mandatum::claims::{Aliases, Principal};
use mandatum::limits::{AudienceSet, MaxAge};
use mandatum::{
    Action, Anchor, Audience, Capability, Constraint, Effect, Label, Life, Limits, LivesBy, Powers,
    Root, RootAudience, Seconds, SigningKey, issue,
};
use std::collections::BTreeMap;

pub(crate) const PERSON: &str = "sarah@northwind.example";
pub(crate) const MISSION: &str = "acme-renewal";

/// The systems, and who Sarah is in each.
pub(crate) const NAMES: [(&str, &str); 5] = [
    ("salesforce", "0055g-SLIND"),
    ("hubspot", "contact-88213"),
    ("github", "sarah-codes"),
    ("jira", "slind2"),
    ("aws", "nw-prod/sarah.l"),
];

/// A tool, the one argument of it, and which of that.
pub(crate) type Tried = (&'static str, &'static str, &'static str);

pub(crate) const ACCOUNT: Tried = ("salesforce.read", "account", "acme");
pub(crate) const CAMPAIGN: Tried = ("hubspot.read", "campaign", "acme-spring");
pub(crate) const CODE: Tried = ("github.read", "repo", "acme-connector");
pub(crate) const TICKETS: Tried = ("jira.read", "project", "ACME");
pub(crate) const ASSETS: Tried = ("s3.get", "bucket", "acme-quotes");
/// Nobody remembers this one.
pub(crate) const FORGOTTEN: Tried = ("s3.get", "bucket", "crm-dump-2019");

/// An owner of systems.
pub(crate) struct Owner {
    pub(crate) issuer: &'static str,
    pub(crate) name: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) systems: &'static [&'static str],
    /// Powers of its root for Sarah; its ceiling permits the same for every value of each kind.
    pub(crate) grants: &'static [Tried],
    /// The systems whose names of Sarah its root carries.
    pub(crate) names: &'static [&'static str],
}

pub(crate) const OWNERS: [Owner; 3] = [
    Owner {
        issuer: "https://sales.northwind.example",
        name: "Sales",
        policy: "CRM-4",
        systems: &["salesforce"],
        grants: &[ACCOUNT],
        names: &["salesforce"],
    },
    Owner {
        issuer: "https://marketing.northwind.example",
        name: "Marketing",
        policy: "MKT-2",
        systems: &["hubspot"],
        grants: &[CAMPAIGN],
        names: &["hubspot"],
    },
    Owner {
        issuer: "https://it.northwind.example",
        name: "IT",
        policy: "SEC-11",
        systems: &["github", "jira", "aws"],
        grants: &[CODE, TICKETS, ASSETS],
        names: &["github", "jira"],
    },
];

/// An owner with its anchor.
pub(crate) fn company((owner, seed): (&Owner, u8)) -> Result<Company> {
    let company = Company::with_key(
        SigningKey::from_seed(&[seed; 32]),
        owner.issuer,
        ceiling(owner)?,
    )?;
    let anchor = anchor_of(owner, &company)?;
    Ok(Company { anchor, ..company })
}

/// The public part of an owner.
pub(crate) fn anchor_of(owner: &Owner, company: &Company) -> Result<Anchor> {
    let systems: Vec<Label> = owner
        .systems
        .iter()
        .map(|system| Ok(system.parse()?))
        .collect::<Result<_>>()?;
    Ok(company
        .anchor
        .clone()
        .with_systems(systems)
        .with_owner(owner.name.parse()?)
        .with_policy(owner.policy.parse()?))
}

/// All of each kind that the owner grants anything of.
pub(crate) fn ceiling(owner: &Owner) -> Result<Powers> {
    let all = |(tool, argument, _): &Tried| -> Result<Capability> {
        Ok(Capability::new(tool, Effect::Read)?
            .require(argument, Constraint::any())?
            .allow_delegation())
    };
    let one_each: BTreeMap<&str, Capability> = owner
        .grants
        .iter()
        .map(|tried| Ok((tried.0, all(tried)?)))
        .collect::<Result<_>>()?;
    Ok(Powers::new(one_each.into_values())?)
}

/// An owner's root for the assistant.
pub(crate) fn granted(owner: &Owner, company: &Company, desk: &Desk) -> Result<Agent> {
    let root = with_names(root(owner, company, desk)?, owner.names)?;
    company.signs(issue(&company.anchor, root, at(9, 0, 0))?, "assistant", 1)
}

pub(crate) fn root(owner: &Owner, company: &Company, desk: &Desk) -> Result<Root> {
    let powers: Vec<Capability> = owner
        .grants
        .iter()
        .map(|(tool, argument, which)| only(tool, Effect::Read, argument, which))
        .collect::<Result<_>>()?;
    let grant = Grant {
        person: PERSON,
        purpose: ["renewal", "acme", "Prepare the renewal of Acme's contract."],
        task: MISSION,
        life: Life::Mission(LivesBy::new(
            desk.mission(MISSION)?,
            MaxAge::uniform(Seconds::minutes(15)),
        )),
    };
    let terms = Terms {
        agent: "assistant",
        seed: 1,
        powers: Powers::new(powers)?,
        limits: Limits::none(),
        hops: 1,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    };
    let servers = owner
        .systems
        .iter()
        .map(|system| Ok(Audience::new(&address(system))?));
    let audience = RootAudience::Only(AudienceSet::new(servers.collect::<Result<Vec<_>>>()?)?);
    Ok(Root {
        audience,
        ..company.root(grant, terms)?
    })
}

/// The root with Sarah's names in these systems.
pub(crate) fn with_names(root: Root, systems: &[&str]) -> Result<Root> {
    let names = NAMES.iter().filter(|(system, _)| systems.contains(system));
    let names = names.map(|(system, name)| Ok((Label::new(system)?, Label::new(name)?)));
    let aliases = Aliases::new(names.collect::<Result<BTreeMap<_, _>>>()?)?;
    Ok(Root {
        principal: Principal {
            aliases,
            ..root.principal
        },
        ..root
    })
}

pub(crate) fn address(system: &str) -> String {
    format!("https://{system}.example")
}

pub(crate) fn action((tool, argument, which): Tried) -> Result<Action> {
    Ok(Action::new(tool, [(argument, which)], Effect::Read)?)
}
