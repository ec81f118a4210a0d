//! The story itself. The scenario's test includes this file and asserts what the example prints.

#[path = "owners.rs"]
mod owners;

use crate::stage::{
    Agent, Attempt, Company, Desk, Refusal, Result, Scene, Server, Story, Terms, at, call, only,
};
use mandatum::chain::Ceiling;
use mandatum::claims::Ending;
use mandatum::graph::Portfolio;
use mandatum::limits::AudienceSet;
use mandatum::{
    Anchor, Audience, Capability, Constraint, DecisionContext, Denial, DenialCode, Effect, Label,
    Limits, Permit, Powers, RootAudience, Seconds, ServerContext, Timestamp, issue,
};
use owners::{
    ACCOUNT, ASSETS, CAMPAIGN, CODE, FORGOTTEN, MISSION, NAMES, OWNERS, PERSON, TICKETS, Tried,
    action, address, anchor_of, company, granted, root, with_names,
};

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    let scenes = vec![
        world.who_owns_what()?,
        world.each_by_its_own_name()?,
        world.no_name_no_guess()?,
        world.sales_and_hubspot()?,
        world.the_forgotten_bucket()?,
        world.who_stands_behind_it()?,
        world.the_renewal_is_signed()?,
    ];
    Ok(Story { scenes })
}

struct World {
    desk: Desk,
    /// In the order of [`OWNERS`].
    companies: Vec<Company>,
    /// The assistant, under each owner's root.
    assistants: Vec<Agent>,
    /// Under the assistant that Sales granted.
    reader: Agent,
    /// In the order of [`NAMES`].
    servers: Vec<Server>,
    /// Verifier of the assistant's own host: it knows all owners, and decides nothing.
    home: Server,
}

impl World {
    fn new() -> Result<Self> {
        let desk = Desk::new(90);
        let companies: Vec<Company> = OWNERS
            .iter()
            .zip(201..)
            .map(company)
            .collect::<Result<_>>()?;
        let assistants: Vec<Agent> = OWNERS
            .iter()
            .zip(&companies)
            .map(|(owner, company)| granted(owner, company, &desk))
            .collect::<Result<_>>()?;
        let sales = assistants.first().ok_or("Sales granted something")?;
        let reader = sales.delegates(Terms {
            agent: "crm-reader",
            seed: 2,
            powers: Powers::new([Capability::new(ACCOUNT.0, Effect::Read)?
                .require(ACCOUNT.1, Constraint::one_of([ACCOUNT.2])?)?])?,
            limits: Limits::none(),
            hops: 0,
            from: at(9, 0, 0),
            until: at(12, 0, 0),
        })?;
        let servers: Vec<Server> = NAMES
            .iter()
            .map(|(system, _)| {
                let owners = OWNERS.iter().zip(&companies).zip(&assistants);
                let ((_, company), assistant) = owners
                    .into_iter()
                    .find(|((owner, _), _)| owner.systems.contains(system))
                    .ok_or("no owner")?;
                let mut server = Server::new(&address(system), company)?.watches([assistant])?;
                server.system = Some(system.parse()?);
                Ok(server)
            })
            .collect::<Result<_>>()?;
        let home = Server::trusting("https://home.example", &companies)?.watches(&assistants)?;
        let mut world = Self {
            desk,
            companies,
            assistants,
            reader,
            servers,
            home,
        };
        let begins = world
            .desk
            .begins(&world.desk.mission(MISSION)?, at(9, 0, 0))?;
        world.receive(&[begins], at(9, 0, 0));
        Ok(world)
    }

    fn who_owns_what(&self) -> Result<Scene> {
        let mut scene = Scene::new("One person, five systems, three owners");
        let names: Vec<String> = NAMES
            .iter()
            .map(|(system, name)| format!("{name} in {system}"))
            .collect();
        scene.fact(format!("{PERSON} is {}", names.join(", ")));
        for company in &self.companies {
            let anchor = &company.anchor;
            let (owner, policy) = (
                anchor.owner().ok_or("an owner")?,
                anchor.policy().ok_or("a policy")?,
            );
            let systems: Vec<&str> = anchor.systems().map(Label::as_str).collect();
            scene.fact(format!(
                "{owner} owns {}; its roots permit at most, by policy {policy}:",
                systems.join(", ")
            ));
            if let Ceiling::Powers(ceiling) = anchor.ceiling() {
                ceiling
                    .capabilities()
                    .iter()
                    .for_each(|capability| scene.fact(format!("    {capability}")));
            }
        }
        scene.fact(format!(
            "for mission {MISSION}, each granted her assistant what is its own to grant:"
        ));
        for assistant in &self.assistants {
            for capability in assistant.chain.leaf().powers.capabilities() {
                scene.fact(format!("    {capability}"));
            }
        }
        Ok(scene)
    }

    fn each_by_its_own_name(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Each system sees its own name of her, and no other");
        let now = at(9, 1, 0);
        let calls = [
            ("salesforce", 0, ACCOUNT),
            ("hubspot", 1, CAMPAIGN),
            ("github", 2, CODE),
            ("jira", 2, TICKETS),
        ];
        for (system, owner, tried) in calls {
            let outcome = self.asks(system, owner, tried, now)?;
            let name = outcome
                .as_ref()
                .ok()
                .and_then(Permit::local_name)
                .map(ToString::to_string);
            scene.attempt(told(system, tried, now, &outcome, None));
            scene.fact(format!(
                "                {system} acts for {}",
                name.unwrap_or_else(|| "nobody".to_owned())
            ));
        }
        for (owner, assistant) in OWNERS.iter().zip(&self.assistants) {
            let bytes = assistant.chain.to_bytes();
            let is_there = |name: &&str| {
                bytes
                    .windows(name.len())
                    .any(|part| part == name.as_bytes())
            };
            let there: Vec<&str> = NAMES
                .iter()
                .map(|(_, name)| *name)
                .filter(is_there)
                .collect();
            scene.fact(format!(
                "whoever sees the bytes of the root from {} reads {}",
                owner.name,
                there.join(", ")
            ));
        }
        Ok(scene)
    }

    fn no_name_no_guess(&mut self) -> Result<Scene> {
        let mut scene =
            Scene::new("Where she has no name there is no guess, and nobody names her for another");
        let now = at(9, 2, 0);
        let outcome = self.asks("aws", 2, ASSETS, now)?;
        scene.attempt(told(
            "aws",
            ASSETS,
            now,
            &outcome,
            Some(DenialCode::AliasMissing),
        ));

        let (owner, company) = (
            OWNERS.get(2).ok_or("IT")?,
            self.companies.get(2).ok_or("IT")?,
        );
        let root = with_names(root(owner, company, &self.desk)?, &["github", "salesforce"])?;
        let refused = issue(&company.anchor, root.clone(), now)
            .err()
            .ok_or("IT names her in salesforce")?;
        let what = "IT issues a root with her name in salesforce";
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(refused),
            DenialCode::AliasOfAnother,
            true,
        ));
        // Whoever signs for IT claims salesforce as its own.
        let careless =
            anchor_of(owner, company)?.with_systems(["github".parse()?, "salesforce".parse()?]);
        let agent = company.signs(issue(&careless, root, now)?, "assistant", 1)?;
        let outcome = server(&mut self.servers, "github")?.asked(&agent, &action(CODE)?, now)?;
        let what = "assistant: shows github such a root, issued all the same";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::AliasOfAnother),
            true,
        ));
        Ok(scene)
    }

    fn sales_and_hubspot(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Sales grants what is not Sales's");
        let now = at(9, 3, 0);
        let (owner, company) = (
            OWNERS.first().ok_or("Sales")?,
            self.companies.first().ok_or("Sales")?,
        );
        let mut root = root(owner, company, &self.desk)?;
        root.link.powers = Powers::new([only(CAMPAIGN.0, Effect::Read, CAMPAIGN.1, CAMPAIGN.2)?])?;
        root.audience = RootAudience::Only(AudienceSet::new([
            Audience::new(&address("hubspot"))?,
            self.home.name.clone(),
        ])?);
        let refused = issue(&company.anchor, root.clone(), now)
            .err()
            .ok_or("Sales may grant hubspot")?;
        let what = "Sales issues a root for hubspot";
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(refused),
            DenialCode::BeyondCeiling,
            true,
        ));
        // Whoever signs for Sales leaves its ceiling out of account.
        let careless = Anchor::new(
            company.anchor.issuer().clone(),
            company.key.public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )?
        .with_systems(["salesforce".parse()?]);
        let agent = company.signs(issue(&careless, root, now)?, "assistant", 1)?;
        let outcome =
            server(&mut self.servers, "hubspot")?.asked(&agent, &action(CAMPAIGN)?, now)?;
        let what = "assistant: shows hubspot such a root, issued all the same";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::UnknownIssuer),
            true,
        ));
        let outcome = self.home.asked(&agent, &action(CAMPAIGN)?, now)?;
        let what = "assistant: shows it to a server that trusts all three owners";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::BeyondCeiling),
            true,
        ));
        let outcome = self.asks("hubspot", 0, CAMPAIGN, now)?;
        let what = "assistant: shows hubspot what Sales did grant";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::UnknownIssuer),
            true,
        ));
        Ok(scene)
    }

    /// Which of the assistant's chains is for which call, asked at home.
    fn the_forgotten_bucket(&mut self) -> Result<Scene> {
        let mut scene =
            Scene::new("An old bucket with a copy of everything lies around: nobody granted it");
        let now = at(9, 4, 0);
        let mut portfolio = Portfolio::new(self.desk.mission(MISSION)?);
        for assistant in &self.assistants {
            portfolio.add(self.home.verifier.verify(&assistant.chain)?)?;
        }
        let calls = [
            ("salesforce", ACCOUNT, None),
            ("jira", TICKETS, None),
            ("aws", FORGOTTEN, Some(Refusal::NoChain)),
        ];
        for (system, tried, expected) in calls {
            let context = DecisionContext::new(
                ServerContext::new(now, Audience::new(&address(system))?),
                &self.home.register,
            );
            let chosen = portfolio.choose(&self.home.verifier, &call(0, &action(tried)?), &context);
            let what = format!("assistant looks for a chain for {} on {}", tried.0, tried.2);
            scene.attempt(Attempt::choice(now, what, &chosen, expected));
            if let Ok(chain) = &chosen {
                scene.fact(format!(
                    "                the one of {}",
                    chain.anchor().owner().ok_or("an owner")?
                ));
            }
        }
        Ok(scene)
    }

    fn who_stands_behind_it(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Who stands behind a call, and what each of them received");
        let now = at(9, 5, 0);
        let outcome =
            server(&mut self.servers, "salesforce")?.asked(&self.reader, &action(ACCOUNT)?, now)?;
        let what = format!("{}: {} on {}", self.reader.name, ACCOUNT.0, ACCOUNT.2);
        scene.attempt(Attempt::call(now, what, &outcome, None, true));
        let permit = outcome.map_err(|denial| denial.to_string())?;
        format!("{:#}", permit.trace())
            .lines()
            .for_each(|line| scene.fact(format!("    {line}")));
        Ok(scene)
    }

    fn the_renewal_is_signed(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The renewal is signed: one notice ends it at every owner's");
        let now = at(9, 6, 0);
        let mission = self.desk.mission(MISSION)?;
        let end = self
            .desk
            .signs(|controller, id| controller.end(&mission, Ending::Completed, id, now))??;
        self.receive(&[end], now);
        for (system, owner, tried) in [
            ("salesforce", 0, ACCOUNT),
            ("hubspot", 1, CAMPAIGN),
            ("jira", 2, TICKETS),
        ] {
            let outcome = self.asks(system, owner, tried, now)?;
            scene.attempt(told(
                system,
                tried,
                now,
                &outcome,
                Some(DenialCode::MissionEnded),
            ));
        }
        Ok(scene)
    }

    /// The assistant makes a call under this owner's root.
    fn asks(
        &mut self,
        system: &str,
        owner: usize,
        tried: Tried,
        now: Timestamp,
    ) -> Result<std::result::Result<Permit, Denial>> {
        let assistant = self.assistants.get(owner).ok_or("an owner")?;
        server(&mut self.servers, system)?.asked(assistant, &action(tried)?, now)
    }

    fn receive(&mut self, notices: &[mandatum::Notice], now: Timestamp) {
        self.servers
            .iter_mut()
            .chain([&mut self.home])
            .for_each(|server| server.receives(notices, now));
    }
}

/// The server of a system, of all five.
fn server<'s>(servers: &'s mut [Server], system: &str) -> Result<&'s mut Server> {
    let mut servers = NAMES.iter().zip(servers);
    let found = servers
        .find(|((name, _), _)| *name == system)
        .map(|(_, server)| server);
    Ok(found.ok_or("no such system")?)
}

/// The control: the session that Sarah is signed in with, everywhere, as all of her agents are.
fn told(
    system: &str,
    tried: Tried,
    now: Timestamp,
    outcome: &std::result::Result<Permit, Denial>,
    expected: Option<DenialCode>,
) -> Attempt {
    let what = format!("assistant at {system}: {} on {}", tried.0, tried.2);
    Attempt::call(
        now,
        what,
        outcome,
        expected,
        NAMES.iter().any(|(name, _)| *name == system),
    )
}
