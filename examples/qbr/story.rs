//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Attempt, Desk, Event, MAX_STATUS_AGE, Result, Scene, Story, clock, exchange, resign, tools,
};
use Agent::{Orchestrator, SlideMaker};
use mandatum::claims::{Child, Ending, Holder};
use mandatum::decide::{Presentation, Presenter, Step, Verdict};
use mandatum::denial::DenialPlace;
use mandatum::limits::{MaxAge, Window};
use mandatum::mission::Watches;
use mandatum::powers::UrlRule;
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, Constraint,
    DecisionContext, Delegation, Denial, DenialCode, Digest, Effect, ExecutionProof, Label,
    Lifetime, Limit, Limits, Link, LivesBy, MemoryLedger, Permit, Powers, Purpose, Register, Root,
    Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};

const CRM: &str = "https://crm.example";
const TICKETS: &str = "https://tickets.example";
const SLIDES: &str = "https://slides.example";
const FINANCE: &str = "https://finance.example";

const MISSION: &str = "acme-qbr-2026q1";

/// The scopes that an ordinary access token for this work would have: the first segments of the
/// tools it needs.
const BEARER_SCOPES: [&str; 5] = ["crm", "tickets", "slides", "revenue", "http"];

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    Ok(Story {
        scenes: vec![
            world.the_grant(),
            world.honest_work()?,
            world.the_injected_order()?,
            world.the_orchestrator_strays()?,
            world.borrowed_and_forged_paper()?,
            world.time_passes()?,
            world.the_review_is_delivered()?,
        ],
    })
}

/// The two agents.
enum Agent {
    Orchestrator,
    SlideMaker,
}

/// Everyone's keys, mandates and servers.
struct World {
    start: Timestamp,
    orchestrator: SigningKey,
    presenter: SigningKey,
    root: Chain,
    slides: Chain,
    verifier: Verifier,
    desk: Desk,
    /// The notices that the servers received, and whose statements count for them.
    register: Register,
    watches: Watches,
    replay: MemoryLedger,
    calls: u8,
}

impl World {
    fn new() -> Result<Self> {
        let [company, orchestrator, presenter] =
            [11, 12, 13].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let start = Timestamp::from_unix(1_767_258_000)?;
        let mut desk = Desk::new(14);
        let mission = desk.mission(MISSION)?;
        desk.begins(&mission, start)?;
        let anchor = Anchor::new(
            "https://northwind.example".parse()?,
            company.public(),
            ceiling()?,
            Seconds::hours(8),
        )?
        .with_owner("revenue operations".parse()?);
        let link = Link::new(
            [1; 16],
            Holder::new(orchestrator.public()).with_name("orchestrator".parse()?),
            root_powers()?,
            Lifetime::new(start, start.plus(Seconds::hours(2)))?,
        );
        let purpose = Purpose::new(
            "qbr".parse()?,
            "acme".parse()?,
            "Prepare the quarterly business review for Acme.",
        );
        let servers = [CRM, TICKETS, SLIDES, FINANCE].map(Audience::new);
        let servers = servers
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let root = Root::new(
            &anchor,
            link.with_limits(root_limits(start)?).with_hops(1),
            Label::new("dana@northwind.example")?,
            purpose,
            "acme-qbr".parse()?,
            mandatum::limits::AudienceSet::new(servers)?,
            LivesBy::new(mission, max_age()?),
        )
        .with_grant(AttestedGrant::direct(
            "dana@northwind.example".parse()?,
            start,
            Digest::hash("consent record 2026-0117"),
        ));
        let root = Chain::from(issue(&anchor, root, start)?.sign(&company)?);
        let terms = Delegation::new(
            [2; 16],
            Holder::new(presenter.public()).with_name("presentation-agent".parse()?),
            slides_powers()?,
            start.plus(Seconds::minutes(90)),
        )
        .with_step("slides".parse()?);
        let slides = root.extend(root.delegate(terms, start)?.sign(&orchestrator)?)?;
        let verifier = Verifier::new([anchor])?.with_tools(tools()?);
        let watches = Watches::new(&verifier.verify(&slides)?);
        Ok(Self {
            start,
            orchestrator,
            presenter,
            root,
            slides,
            register: Register::new(verifier.retention(MAX_STATUS_AGE)),
            verifier,
            desk,
            watches,
            replay: MemoryLedger::new(1000),
            calls: 0,
        })
    }

    fn the_grant(&self) -> Scene {
        let root = self.root.root().claims();
        let mut events = vec![Event::Fact(format!(
            "{} approved it; {} issued the root for task {}.",
            root.principal.name, root.issuer, root.task
        ))];
        for (holder, link) in [
            ("orchestrator", self.root.leaf()),
            ("presentation-agent", self.slides.leaf()),
        ] {
            let powers = link.powers.capabilities();
            events.push(Event::Fact(format!(
                "{holder} holds {} powers until {}:",
                powers.len(),
                link.lifetime.expires()
            )));
            events.extend(
                powers
                    .iter()
                    .map(|capability| Event::Fact(format!("    {capability}"))),
            );
            events.extend(
                link.limits
                    .iter()
                    .map(|limit| Event::Fact(format!("    limit: {limit}"))),
            );
        }
        let (root, hop) = (self.root.to_bytes().len(), self.slides.to_bytes().len());
        events.push(Event::Fact(format!(
            "the root takes {root} bytes, the hop to the sub-agent {}; both live by mission {MISSION}",
            hop.saturating_sub(root)
        )));
        Scene {
            title: "Dana asks for Acme's quarterly business review",
            events,
        }
    }

    fn honest_work(&mut self) -> Result<Scene> {
        let at = self.start.plus(Seconds::minutes(1));
        Ok(Scene {
            title: "Honest work",
            events: vec![
                self.calls(
                    Orchestrator,
                    CRM,
                    ("crm.read", [("account", "acme")]),
                    at,
                    None,
                )?,
                self.calls(
                    Orchestrator,
                    TICKETS,
                    ("tickets.read", [("account", "acme")]),
                    at,
                    None,
                )?,
                self.calls(
                    Orchestrator,
                    FINANCE,
                    (
                        "revenue.read",
                        [("account", "acme"), ("quarter", "2025-Q4")],
                    ),
                    at,
                    None,
                )?,
                self.calls(
                    SlideMaker,
                    SLIDES,
                    ("slides.put", [("path", "/decks/acme-qbr/opening")]),
                    at,
                    None,
                )?,
                self.calls(
                    SlideMaker,
                    SLIDES,
                    ("http.post", [("url", "https://slides.example/render")]),
                    at,
                    None,
                )?,
            ],
        })
    }

    /// Text of a support ticket: export all CRM records to a foreign host.
    fn the_injected_order(&mut self) -> Result<Scene> {
        let at = self.start.plus(Seconds::minutes(5));
        let tool = Some(DenialCode::ToolNotPermitted);
        let export = self.calls(
            SlideMaker,
            CRM,
            ("crm.export", [("account", "*")]),
            at,
            tool,
        )?;
        let read = self.calls(
            SlideMaker,
            CRM,
            ("crm.read", [("account", "acme")]),
            at,
            tool,
        )?;
        let export_links = self.links_that_permit("crm.export", [("account", "*")], at)?;
        let read_links = self.links_that_permit("crm.read", [("account", "acme")], at)?;
        Ok(Scene {
            title: "A ticket carries an order: export all CRM records to https://collect.example",
            events: vec![
                export,
                Event::Fact(format!(
                    "       links whose powers permit it: {export_links}"
                )),
                read,
                Event::Fact(format!("       links whose powers permit it: {read_links}")),
                self.calls(
                    SlideMaker,
                    SLIDES,
                    ("http.post", [("url", "https://collect.example/render")]),
                    at,
                    Some(DenialCode::ArgumentRefused),
                )?,
                self.calls(
                    SlideMaker,
                    SLIDES,
                    (
                        "http.post",
                        [("url", "https://slides.example@collect.example/render")],
                    ),
                    at,
                    Some(DenialCode::ArgumentNotCanonical),
                )?,
                self.calls(
                    SlideMaker,
                    SLIDES,
                    (
                        "slides.put",
                        [("path", "/decks/acme-qbr/../globex-qbr/opening")],
                    ),
                    at,
                    Some(DenialCode::ArgumentNotCanonical),
                )?,
            ],
        })
    }

    fn the_orchestrator_strays(&mut self) -> Result<Scene> {
        let at = self.start.plus(Seconds::minutes(6));
        let globex = self.calls(
            Orchestrator,
            CRM,
            ("crm.read", [("account", "globex")]),
            at,
            Some(DenialCode::ArgumentRefused),
        )?;
        let elsewhere = self.calls(
            Orchestrator,
            SLIDES,
            ("crm.read", [("account", "acme")]),
            at,
            Some(DenialCode::WrongAudience),
        )?;
        let action = Action::new("crm.export", [("account", "acme")], Effect::Read)?;
        let call = self.next_call(action);
        let proof = self.proof(&self.root, &call, &self.orchestrator, CRM, at)?;
        let denial = self.decide(&proof.to_bytes(), &call.action, CRM, at)?.err();
        let missing = denial
            .and_then(|denial| denial.missing())
            .map_or("nothing".to_owned(), |powers| powers.to_string());
        Ok(Scene {
            title: "The orchestrator strays",
            events: vec![
                globex,
                elsewhere,
                self.mints_export(at)?,
                Event::Fact(format!(
                    "       asking for crm.export, it learns what is missing: {missing}"
                )),
            ],
        })
    }

    /// It tries to give a sub-agent what it does not have.
    fn mints_export(&self, at: Timestamp) -> Result<Event> {
        let powers = Powers::new([Capability::new("crm.export", Effect::Read)?.allow_others()])?;
        let terms = Delegation::new(
            [3; 16],
            self.presenter.public(),
            powers,
            at.plus(Seconds::minutes(5)),
        );
        let outcome = match self.root.delegate(terms, at) {
            Ok(_) => Err("it was minted".into()),
            Err(error) => Ok(Denial::from(error)),
        };
        let denial = outcome.map_err(|surprise: Box<dyn std::error::Error>| surprise)?;
        let what = "orchestrator mints a child with crm.export";
        Ok(Event::Attempt(Attempt::denied(
            at,
            what,
            &denial,
            DenialCode::BeyondParent,
            token_permits("crm.export"),
        )))
    }

    fn borrowed_and_forged_paper(&mut self) -> Result<Scene> {
        let at = self.start.plus(Seconds::minutes(7));
        let put = self.next_call(Action::new(
            "slides.put",
            [("path", "/decks/acme-qbr/opening")],
            Effect::Write,
        )?);
        let proof = self.proof(&self.slides, &put, &self.presenter, SLIDES, at)?;

        // A child of the same shape whose tool is another, signed by the true parent's holder.
        let honest = self
            .slides
            .children()
            .next()
            .ok_or("the sub-agent has a mandate")?;
        let forged = Token::<Child>::from_bytes(&resign(
            &exchange(honest.as_bytes(), b"slides.put", b"crm.export"),
            &self.orchestrator,
        ))?;
        let forged = self.root.extend(forged)?;
        let export = self.next_call(Action::new(
            "crm.export",
            [("path", "/decks/acme-qbr")],
            Effect::Write,
        )?);
        let export = self.proof(&forged, &export, &self.presenter, CRM, at)?;

        // The parent's mandate, which everyone below has seen, with a call that the sub-agent
        // signs.
        let read = self.next_call(Action::new(
            "crm.read",
            [("account", "acme")],
            Effect::Read,
        )?);
        let borrowed = self.proof(&self.root, &read, &self.orchestrator, CRM, at)?;
        let stolen =
            Token::<CallClaims>::from_bytes(&resign(borrowed.call().as_bytes(), &self.presenter))?;
        let borrowed = ExecutionProof::new(self.root.clone(), stolen);

        let first = self.presents(
            "presentation-agent writes a slide",
            &proof,
            &put.action,
            SLIDES,
            at,
            None,
        )?;
        let replayed = self.presents(
            "someone repeats that very call",
            &proof,
            &put.action,
            SLIDES,
            at.plus(Seconds::new(10)),
            Some(DenialCode::AlreadyDecided),
        )?;
        let export_action =
            Action::new("crm.export", [("path", "/decks/acme-qbr")], Effect::Write)?;
        let forged = self.presents(
            "presentation-agent shows a child forged with crm.export",
            &export,
            &export_action,
            CRM,
            at,
            Some(DenialCode::BeyondParent),
        )?;
        let borrowed = self.presents(
            "presentation-agent shows its parent's mandate without its parent's key",
            &borrowed,
            &read.action,
            CRM,
            at,
            Some(DenialCode::NotTheHolder),
        )?;
        Ok(Scene {
            title: "Borrowed and forged mandates",
            events: vec![first, replayed, forged, borrowed],
        })
    }

    fn time_passes(&mut self) -> Result<Scene> {
        let (later, much_later) = (
            self.start.plus(Seconds::minutes(31)),
            self.start.plus(Seconds::minutes(61)),
        );
        let quarter = [("account", "acme"), ("quarter", "2025-Q4")];
        Ok(Scene {
            title: "Time passes: revenue for thirty minutes, tickets for an hour, the root for two",
            events: vec![
                self.calls(
                    Orchestrator,
                    FINANCE,
                    ("revenue.read", quarter),
                    later,
                    Some(DenialCode::WindowClosed),
                )?,
                self.calls(
                    Orchestrator,
                    TICKETS,
                    ("tickets.read", [("account", "acme")]),
                    later,
                    None,
                )?,
                self.calls(
                    Orchestrator,
                    TICKETS,
                    ("tickets.read", [("account", "acme")]),
                    much_later,
                    Some(DenialCode::WindowClosed),
                )?,
                self.calls(
                    Orchestrator,
                    CRM,
                    ("crm.read", [("account", "acme")]),
                    much_later,
                    None,
                )?,
            ],
        })
    }

    /// The last act: the controller ends the mission. Every agent has valid mandates, and every
    /// server a fresh status.
    fn the_review_is_delivered(&mut self) -> Result<Scene> {
        let (end, at) = (
            self.start.plus(Seconds::minutes(65)),
            self.start.plus(Seconds::minutes(66)),
        );
        let mut scene = Scene::new("The review is delivered: its mission ends, and everyone in it");
        let before = self.calls(
            Orchestrator,
            CRM,
            ("crm.read", [("account", "acme")]),
            end,
            None,
        )?;
        scene.events.push(before);
        let mission = self.desk.mission(MISSION)?;
        let word = self
            .desk
            .signs(|controller, id| controller.end(&mission, Ending::Completed, id, end))??;
        self.register.apply(&word, &self.watches, end)?;
        scene.fact(format!(
            "{} the controller states: mission {mission} is completed",
            clock(end)
        ));
        let received = self
            .register
            .as_of(&mission)
            .ok_or("the servers have a status")?;
        let both = self
            .slides
            .leaf()
            .lifetime
            .expires()
            .min(self.root.leaf().lifetime.expires());
        scene.fact(format!(
            "         the servers' last status is {} old; both mandates would live until {} or longer",
            at.since(received),
            clock(both)
        ));
        let ended = Some(DenialCode::MissionEnded);
        scene.events.extend([
            self.calls(
                Orchestrator,
                CRM,
                ("crm.read", [("account", "acme")]),
                at,
                ended,
            )?,
            self.calls(
                SlideMaker,
                SLIDES,
                ("slides.put", [("path", "/decks/acme-qbr/opening")]),
                at,
                ended,
            )?,
            self.calls(
                SlideMaker,
                SLIDES,
                ("http.post", [("url", "https://slides.example/render")]),
                at,
                ended,
            )?,
        ]);
        Ok(scene)
    }

    /// The controller signs every minute that the mission is active, and the servers receive it.
    fn receive(&mut self, now: Timestamp) -> Result<()> {
        let minute = Seconds::minutes(1);
        let mut next = self
            .register
            .as_of(&self.desk.mission(MISSION)?)
            .map_or(self.start, |at| at.plus(minute));
        while next <= now {
            for notice in self.desk.heartbeat(next)? {
                self.register.apply(&notice, &self.watches, next)?;
            }
            next = next.plus(minute);
        }
        Ok(())
    }

    /// An agent calls a tool at a server, under its own mandate and signed with its own key.
    fn calls<const N: usize>(
        &mut self,
        agent: Agent,
        server: &'static str,
        (tool, arguments): (&str, [(&str, &str); N]),
        at: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Event> {
        let call = self.next_call(Action::new(tool, arguments, effect_of(tool))?);
        let (name, chain, key) = match agent {
            Orchestrator => ("orchestrator", &self.root, &self.orchestrator),
            SlideMaker => ("presentation-agent", &self.slides, &self.presenter),
        };
        let proof = self.proof(chain, &call, key, server, at)?;
        let what = format!("{name}: {}({})", call.action.tool, call.action.arguments);
        self.presents(&what, &proof, &call.action, server, at, expected)
    }

    fn proof(
        &self,
        chain: &Chain,
        call: &Call,
        key: &SigningKey,
        server: &str,
        at: Timestamp,
    ) -> Result<ExecutionProof> {
        let signed = CallClaims::new(chain, call, Audience::new(server)?, at).sign(key)?;
        Ok(ExecutionProof::new(chain.clone(), signed))
    }

    /// The server's side: bytes in, verdict out.
    fn presents(
        &mut self,
        what: &str,
        proof: &ExecutionProof,
        action: &Action,
        server: &str,
        at: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Event> {
        let outcome = self.decide(&proof.to_bytes(), action, server, at)?;
        let permits = token_permits(action.tool.as_str());
        Ok(Event::Attempt(Attempt::call(
            at, what, &outcome, expected, permits,
        )))
    }

    fn decide(
        &mut self,
        proof: &[u8],
        action: &Action,
        server: &str,
        at: Timestamp,
    ) -> Result<std::result::Result<Permit, Denial>> {
        self.receive(at)?;
        let context = DecisionContext::new(
            ServerContext::new(at, Audience::new(server)?),
            &self.register,
        );
        let decision = self.verifier.check(proof, action, &context);
        Ok(decision.and_then(|unsettled| self.replay.settle(unsettled, at)))
    }

    /// Which links of the sub-agent's chain would permit an action, as `explain` shows it.
    fn links_that_permit<const N: usize>(
        &mut self,
        tool: &str,
        arguments: [(&str, &str); N],
        at: Timestamp,
    ) -> Result<String> {
        let call = self.next_call(Action::new(tool, arguments, Effect::Read)?);
        let verified = self.verifier.verify(&self.slides)?;
        let presenter = Presenter::Asserted {
            holder: self.presenter.public(),
            leaf: self.slides.leaf_id(),
        };
        let context =
            DecisionContext::new(ServerContext::new(at, Audience::new(CRM)?), &self.register);
        let explanation = self.verifier.explain(
            &verified,
            &Presentation {
                call: &call,
                presenter,
            },
            &context,
        );
        let permitting = explanation
            .checks()
            .iter()
            .filter(|check| check.step == Step::Powers && check.verdict == Verdict::Held);
        let names: Vec<&str> = permitting
            .filter_map(|check| match check.place {
                DenialPlace::Link(0) => Some("the orchestrator's"),
                DenialPlace::Link(1) => Some("the sub-agent's"),
                _ => None,
            })
            .collect();
        Ok(if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        })
    }

    fn next_call(&mut self, action: Action) -> Call {
        self.calls = self.calls.wrapping_add(1);
        Call::new([self.calls; 16], action)
    }
}

/// The control: an access token that is valid, not expired, and has the tool's scope.
fn token_permits(tool: &str) -> bool {
    tool.split('.')
        .next()
        .is_some_and(|scope| BEARER_SCOPES.contains(&scope))
}

/// The effects that the servers list for their tools.
fn effect_of(tool: &str) -> Effect {
    match tool {
        "slides.put" | "http.post" => Effect::Write,
        _ => Effect::Read,
    }
}

fn only(value: &str) -> std::result::Result<Constraint, mandatum::powers::ConstraintError> {
    Constraint::one_of([value])
}

fn ceiling() -> Result<Powers> {
    let any_account =
        |tool| Capability::new(tool, Effect::Read)?.require("account", Constraint::pattern("*")?);
    let powers = [
        any_account("crm.read")?,
        any_account("tickets.read")?,
        any_account("revenue.read")?.require("quarter", Constraint::pattern("202*-Q*")?)?,
        Capability::new("slides.put", Effect::Write)?
            .require("path", Constraint::path_under("/decks")?)?,
        Capability::new("http.post", Effect::Write)?
            .require("url", Constraint::url(UrlRule::https("slides.example")?))?,
    ];
    // A root may mark as delegable only what the ceiling marks so.
    Ok(Powers::new(powers.map(Capability::allow_delegation))?)
}

fn root_powers() -> Result<Powers> {
    let read = |tool| Capability::new(tool, Effect::Read)?.require("account", only("acme")?);
    let [put, post] = slide_making()?;
    Ok(Powers::new([
        read("crm.read")?.allow_delegation(),
        read("tickets.read")?,
        read("revenue.read")?.require("quarter", only("2025-Q4")?)?,
        put.allow_delegation(),
        post.allow_delegation(),
    ])?)
}

fn slides_powers() -> Result<Powers> {
    Ok(Powers::new(slide_making()?)?)
}

fn slide_making() -> Result<[Capability; 2]> {
    let render = UrlRule::https("slides.example")?.with_path("/render")?;
    Ok([
        Capability::new("slides.put", Effect::Write)?
            .require("path", Constraint::path_under("/decks/acme-qbr")?)?,
        Capability::new("http.post", Effect::Write)?.require("url", Constraint::url(render))?,
    ])
}

/// Greatest age of the mission's status for a read, a write and an irreversible call.
fn max_age() -> Result<MaxAge> {
    Ok(MaxAge::new(
        Seconds::minutes(5),
        Seconds::minutes(2),
        Seconds::minutes(1),
    )?)
}

fn root_limits(start: Timestamp) -> Result<Limits> {
    let at = |server, tools: [&'static str; 1]| {
        Ok::<_, Box<dyn std::error::Error>>(
            Limit::audience(Audience::new(server)?).with_tools(tools)?,
        )
    };
    Ok(Limits::new([
        Limit::window(Window::closing(start.plus(Seconds::minutes(30))))
            .with_tools(["revenue.*"])?,
        Limit::window(Window::closing(start.plus(Seconds::minutes(60))))
            .with_tools(["tickets.*"])?,
        at(CRM, ["crm.*"])?,
        at(TICKETS, ["tickets.*"])?,
        at(FINANCE, ["revenue.*"])?,
    ])?)
}
