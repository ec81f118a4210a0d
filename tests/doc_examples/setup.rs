// The setting of the documentation's examples, which include this file in a module of their own.
//
// Alice's company issues a root to a lead agent, which delegates to a helper. Both may read the
// accounts under `eu/` of the CRM at one server, for an hour.

use mandatum::*;
use std::error::Error;

pub struct Sample {
    pub now: Timestamp,
    pub audience: Audience,
    pub here: ServerContext,
    pub verifier: Verifier,
    pub chain: Chain,
    pub helper: SigningKey,
    pub server: SigningKey,
}

pub fn sample() -> Result<Sample, Box<dyn Error>> {
    sample_with([])
}

/// The same, with these limits on the root.
pub fn sample_with(limits: impl IntoIterator<Item = Limit>) -> Result<Sample, Box<dyn Error>> {
    let [company, lead, helper, server] = [1, 2, 3, 4].map(|n| SigningKey::from_seed(&[n; 32]));
    let now = Timestamp::from_unix(1_767_225_600)?;
    let audience = Audience::new("https://crm.example")?;
    let read = |accounts: &str| -> Result<Powers, Box<dyn Error>> {
        let read = Capability::new("crm.read", Effect::Read)?.allow_delegation();
        Ok(Powers::new([read.require("account", Constraint::pattern(accounts)?)?])?)
    };
    let issuer = "https://acme.example".parse()?;
    let anchor = Anchor::new(issuer, company.public(), read("*")?, Seconds::hours(8))?;
    let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
    let link = Link::new([0; 16], lead.public(), read("eu/*")?, hour)
        .with_hops(1)
        .with_limits(Limits::new(limits)?);
    let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare Acme's review.");
    let grant = AttestedGrant::direct("alice".parse()?, now, Digest::hash("consent record 17"));
    let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
    let root = Root::new(&anchor, link, alice, purpose, task, audience.clone(), life);
    let chain = Chain::from(issue(&anchor, root.with_grant(grant), now)?.sign(&company)?);
    let terms = Delegation::new([1; 16], helper.public(), read("eu/*")?, hour.expires());
    let chain = chain.extend(chain.delegate(terms, now)?.sign(&lead)?)?;
    let tools = ToolTable::new([("crm.read", Effect::Read)])?;
    let verifier = Verifier::new([anchor])?.with_tools(tools);
    let here = ServerContext::new(now, audience.clone());
    Ok(Sample { now, audience, here, verifier, chain, helper, server })
}

impl Sample {
    /// For each account a call that reads it, signed by the helper, with its proof.
    pub fn prove<const N: usize>(
        &self,
        accounts: [&str; N],
    ) -> Result<[(Vec<u8>, Call); N], Box<dyn Error>> {
        let mut proofs = Vec::new();
        for (id, account) in (1..).zip(accounts) {
            let action = Action::new("crm.read", [("account", account)], Effect::Read)?;
            let call = Call::new([id; 16], action);
            let signed = CallClaims::new(&self.chain, &call, self.audience.clone(), self.now);
            let signed = signed.sign(&self.helper)?;
            proofs.push((ExecutionProof::new(self.chain.clone(), signed).to_bytes(), call));
        }
        Ok(proofs.try_into().expect("one for each account"))
    }
}
