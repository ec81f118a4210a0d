// A root and two branches below it, which the examples in the documentation of `graph` include.

use mandatum::chain::Ceiling;
use mandatum::{
    Anchor, AttestedGrant, Audience, Capability, Chain, Delegation, Digest, Effect, Label, Life,
    Lifetime, Link, Powers, Purpose, Root, Seconds, SigningKey, Timestamp, VerifiedChain, Verifier,
    issue,
};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub struct World {
    pub verifier: Verifier,
    pub lead: SigningKey,
    pub plan: VerifiedChain,
    pub branches: [VerifiedChain; 2],
    pub now: Timestamp,
}

fn powers(tools: &[&str]) -> Result<Powers> {
    let capabilities = tools
        .iter()
        .map(|tool| Ok(Capability::new(tool, Effect::Read)?.allow_delegation()));
    Ok(Powers::new(capabilities.collect::<Result<Vec<_>>>()?)?)
}

pub fn world() -> Result<World> {
    let [company, lead, agent] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let now = Timestamp::from_unix(1_767_225_600)?;
    let end = now.plus(Seconds::hours(1));
    let anchor = Anchor::new(
        "https://acme.example".parse()?,
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let tools = powers(&["crm.read", "files.read", "mail.read"])?;
    let link = Link {
        hops: 2,
        ..Link::new([1; 16], lead.public(), tools, Lifetime::new(now, end)?)
    };
    let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
    let grant = AttestedGrant::direct("alice".parse()?, now, Digest::hash("consent record 17"));
    let root = Root::new(
        &anchor,
        link,
        Label::new("alice")?,
        purpose,
        "acme-qbr".parse()?,
        Audience::new("https://crm.example")?,
        Life::ExpiryOnly,
    );
    let root = issue(&anchor, root.with_grant(grant), now)?.sign(&company)?;
    let (root, verifier) = (Chain::from(root), Verifier::new([anchor])?);
    let branch = |id: u8, tools: &[&str], step: &str| -> Result<VerifiedChain> {
        let terms =
            Delegation::new([id; 16], agent.public(), powers(tools)?, end).with_step(step.parse()?);
        let child = root.delegate(terms, now)?.sign(&lead)?;
        Ok(verifier.verify(&root.extend(child)?)?)
    };
    Ok(World {
        branches: [
            branch(2, &["crm.read", "files.read"], "numbers")?,
            branch(3, &["crm.read", "mail.read"], "letters")?,
        ],
        plan: verifier.verify(&root)?,
        verifier,
        lead,
        now,
    })
}
