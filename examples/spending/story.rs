//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Grant, Result, Scene, Server, Story, Terms, at, call, clock,
};
use mandatum::chain::{Ceiling, ChainErrorKind};
use mandatum::claims::{Approval, NoticeHeader};
use mandatum::denial::DenialReason;
use mandatum::limits::{ApprovalGate, Source, Unit};
use mandatum::primitives::{Number, Value};
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, Budget, Call, Capability, ChainError, Constraint, DecisionContext, Denial,
    DenialCode, Effect, Life, Limit, Limits, MemoryLedger, Permit, Powers, Register, Seconds,
    ServerContext, SigningKey, Timestamp,
};

const TOOL: &str = "pay.send";
const LEDGER: &str = "eu-1";
/// The people who may approve payments. Two of them must.
const APPROVERS: [(&str, u8); 3] = [("ada", 101), ("ben", 102), ("cleo", 103)];
/// Up to here nobody needs to.
const THRESHOLD: &str = "1000.00";

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    let mut scenes = vec![
        world.the_systems(),
        world.ten_thousand_for_the_first()?,
        world.ten_thousand_for_the_others()?,
    ];
    scenes.extend([world.per_call()?, world.in_all()?, world.two_of_three()?]);
    Ok(Story { scenes })
}

/// A system with its own issuer, its own ceiling, and its own server.
struct System {
    seed: u8,
    company: Company,
    server: Server,
}

impl System {
    fn new(name: &str, seed: u8, ceiling: impl Into<Ceiling>) -> Result<Self> {
        let company = company(&format!("https://{name}.example"), seed, ceiling)?;
        Ok(Self {
            seed,
            server: Server::new(&format!("https://pay.{name}.example"), &company)?,
            company,
        })
    }

    /// A root of the system's own issuer.
    fn grants(
        &self,
        agent: &'static str,
        seed: u8,
        most: &str,
        limits: Vec<Limit>,
    ) -> Result<Agent> {
        grant(&self.company, agent, seed, most, limits)
    }

    /// Decides a call, from bytes to verdict.
    fn asked(
        &self,
        ledger: &MemoryLedger,
        agent: &Agent,
        call: &Call,
        approvals: &[Token<Approval>],
        now: Timestamp,
    ) -> Result<std::result::Result<Permit, Denial>> {
        let (proof, ledgers) = (agent.proof(call, &self.server, now)?, [LEDGER.parse()?]);
        let context = DecisionContext::new(
            ServerContext::new(now, self.server.name.clone()),
            Register::none(),
        )
        .with_ledgers(&ledgers)
        .with_approvals(approvals);
        let decision = self
            .server
            .verifier
            .check(&proof.to_bytes(), &call.action, &context);
        Ok(decision.and_then(|unsettled| ledger.settle(unsettled, now)))
    }
}

struct World {
    petty_cash: System,
    vendors: System,
    treasury: System,
    ledger: MemoryLedger,
    calls: usize,
}

impl World {
    fn new() -> Result<Self> {
        Ok(Self {
            petty_cash: System::new("petty-cash", 210, dollars("5000.00")?)?,
            vendors: System::new("vendors", 211, dollars("50000.00")?)?,
            treasury: System::new("treasury", 212, Ceiling::Unlimited)?,
            ledger: MemoryLedger::new(1000),
            calls: 0,
        })
    }

    fn the_systems(&self) -> Scene {
        let mut scene = Scene::new("Three systems, and what each lets its own issuer grant");
        for system in [&self.petty_cash, &self.vendors, &self.treasury] {
            let ceiling = match system.company.anchor.ceiling() {
                Ceiling::Unlimited => "unlimited".to_owned(),
                Ceiling::Powers(powers) => powers
                    .capabilities()
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            };
            scene.fact(format!(
                "{:<27} {ceiling}",
                system.company.anchor.issuer().to_string()
            ));
        }
        scene
    }

    /// Refused where it would be issued, and where it is shown although it was.
    fn ten_thousand_for_the_first(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("A grant of 10 000.00 for the system that may have 5 000.00");
        let now = at(9, 0, 0);
        let refused = self.petty_cash.grants("buyer", 1, "10000.00", Vec::new());
        let denial = Denial::from(*refused.err().ok_or("a refusal")?.downcast::<ChainError>()?);
        scene.attempt(Attempt::denied(
            now,
            "the issuer grants 10 000.00",
            &denial,
            DenialCode::BeyondCeiling,
            true,
        ));
        let (granted, ceiling) = (dollars("10000.00")?, dollars("5000.00")?);
        scene.fact(shown_by(&denial, &granted, &ceiling)?);

        // The issuer's own key, as if there were no ceiling.
        let issuer = self.petty_cash.company.anchor.issuer().as_str();
        let lawless = company(issuer, self.petty_cash.seed, Ceiling::Unlimited)?;
        let forged = grant(&lawless, "buyer", 1, "10000.00", Vec::new())?;
        for amount in ["10000.00", "1.00"] {
            let call = self.next(pays(amount, "USD")?);
            let outcome = self
                .petty_cash
                .asked(&self.ledger, &forged, &call, &[], now)?;
            let what = format!("buyer shows a forged grant of 10 000.00 and pays {amount}");
            scene.attempt(Attempt::call(
                now,
                what,
                &outcome,
                Some(DenialCode::BeyondCeiling),
                true,
            ));
            scene.fact(shown_by(
                &outcome.err().ok_or("a denial")?,
                &granted,
                &ceiling,
            )?);
        }
        Ok(scene)
    }

    fn ten_thousand_for_the_others(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The same grant for the others: a ceiling gives nothing");
        let now = at(9, 10, 0);
        for name in ["vendors", "treasury"] {
            let buyer = self
                .system(name)
                .grants("buyer", 2, "10000.00", Vec::new())?;
            for (amount, currency, expected) in [
                ("10000.00", "USD", None),
                ("10000.01", "USD", Some(DenialCode::ArgumentRefused)),
                ("10.00", "EUR", Some(DenialCode::ArgumentRefused)),
            ] {
                let call = self.next(pays(amount, currency)?);
                let outcome = self
                    .system(name)
                    .asked(&self.ledger, &buyer, &call, &[], now)?;
                let what = format!("{name}: buyer pays {amount} {currency}");
                scene.attempt(Attempt::call(now, what, &outcome, expected, true));
            }
        }
        let buyer = self.treasury.grants("buyer", 2, "100.00", Vec::new())?;
        let call = self.next(pays("1.00", "USD")?);
        let outcome = self
            .petty_cash
            .asked(&self.ledger, &buyer, &call, &[], now)?;
        let what = "petty-cash: buyer shows the treasury's grant";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::UnknownIssuer),
            false,
        ));
        Ok(scene)
    }

    fn system(&self, name: &str) -> &System {
        if name == "vendors" {
            &self.vendors
        } else {
            &self.treasury
        }
    }

    /// A ceiling on a call says nothing of how many there are.
    fn per_call(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("At most 5 000.00 a call");
        let buyer = self.petty_cash.grants("buyer", 3, "5000.00", Vec::new())?;
        let amounts = [
            ("2600.00", None),
            ("2600.00", None),
            ("5000.01", Some(DenialCode::ArgumentRefused)),
        ];
        self.pays_in_turn(&mut scene, &buyer, at(9, 20, 0), &amounts)?;
        Ok(scene)
    }

    fn in_all(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("At most 5 000.00 a call, and 5 000.00 in all");
        let exhausted = Some(DenialCode::BudgetExhausted);
        let buyer = self
            .petty_cash
            .grants("buyer", 4, "5000.00", vec![budget("5000.00")?])?;
        let limit = buyer.chain.leaf().limits.iter().next().ok_or("a limit")?;
        scene.fact(format!("buyer holds a grant with {limit}"));
        let amounts = [
            ("2600.00", None),
            ("2600.00", exhausted),
            ("2400.00", None),
            ("0.01", exhausted),
        ];
        self.pays_in_turn(&mut scene, &buyer, at(9, 30, 0), &amounts)?;

        let again = self
            .petty_cash
            .grants("buyer", 5, "5000.00", vec![budget("5000.00")?])?;
        scene.fact("the same grant is issued again, with the same account");
        self.pays_in_turn(&mut scene, &again, at(9, 31, 0), &[("0.02", exhausted)])?;
        Ok(scene)
    }

    fn pays_in_turn(
        &mut self,
        scene: &mut Scene,
        buyer: &Agent,
        now: Timestamp,
        amounts: &[(&str, Option<DenialCode>)],
    ) -> Result<()> {
        for (amount, expected) in amounts {
            let call = self.next(pays(amount, "USD")?);
            let outcome = self
                .petty_cash
                .asked(&self.ledger, buyer, &call, &[], now)?;
            scene.attempt(Attempt::call(
                now,
                format!("buyer pays {amount}"),
                &outcome,
                *expected,
                true,
            ));
        }
        Ok(())
    }

    /// People sign a call, not an amount, and not a promise.
    fn two_of_three(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Above 1 000.00, two of three people sign this very call");
        let (now, until) = (at(10, 0, 0), at(10, 5, 0));
        let people = APPROVERS.map(|(_, seed)| person(seed).public());
        let harmless = Constraint::between(0.into(), THRESHOLD.parse()?)?;
        let gate = ApprovalGate::new(2, people, Seconds::minutes(10))?
            .with_exemption("amount", harmless)?;
        let buyer =
            self.vendors
                .grants("buyer", 6, "10000.00", vec![Limit::approval_gate(gate)])?;
        let [call, later, small] = ["2600.00", "2600.00", THRESHOLD]
            .map(|amount| -> Result<Call> { Ok(self.next(pays(amount, "USD")?)) });
        let (call, later, small) = (call?, later?, small?);
        let names = APPROVERS.map(|(name, _)| name).join(", ");
        scene.fact(format!(
            "{names} may; what ada and ben sign counts until {}",
            clock(until)
        ));
        let signs = |call: &Call, seed: u8| -> Result<Token<Approval>> {
            let (leaf, server) = (buyer.chain.leaf_id(), self.vendors.server.name.clone());
            let approval = Approval::new(
                call,
                leaf,
                server,
                NoticeHeader::new([seed; 16], person(seed).public(), now),
                until,
            );
            Ok(approval.sign(&person(seed))?)
        };
        let [ada, ben] = [101, 102].map(|seed| signs(&call, seed));
        let (ada, ben, stranger) = (ada?, ben?, signs(&call, 199)?);
        let more = Call {
            action: pays("2600.01", "USD")?,
            ..call.clone()
        };
        let both = [ada.clone(), ben.clone()];
        type Try<'a> = (
            &'a str,
            &'a Call,
            &'a [Token<Approval>],
            Timestamp,
            Option<DenialCode>,
        );
        let tries: [Try<'_>; 10] = [
            ("1000.00, and nobody signed", &small, &[], now, None),
            (
                "2600.00, and nobody signed",
                &call,
                &[],
                now,
                Some(DenialCode::ApprovalsMissing),
            ),
            (
                "2600.00, and ada signed",
                &call,
                std::slice::from_ref(&ada),
                now,
                Some(DenialCode::ApprovalsMissing),
            ),
            (
                "2600.00, and ada signed twice",
                &call,
                &[ada.clone(), ada.clone()],
                now,
                Some(DenialCode::ApprovedTwice),
            ),
            (
                "2600.00, and ada and a stranger signed",
                &call,
                &[ada.clone(), stranger],
                now,
                Some(DenialCode::ApprovalByStranger),
            ),
            (
                "2600.01 with what both signed",
                &more,
                &both,
                now,
                Some(DenialCode::ApprovalForAnotherCall),
            ),
            ("2600.00 with what both signed", &call, &both, now, None),
            (
                "2600.00 once more, with the same",
                &call,
                &both,
                now,
                Some(DenialCode::AlreadyDecided),
            ),
            (
                "2600.00 a second time, with the same",
                &later,
                &both,
                now,
                Some(DenialCode::ApprovalForAnotherCall),
            ),
            (
                "2600.00 with what both signed, too late",
                &call,
                &both,
                until,
                Some(DenialCode::ApprovalExpired),
            ),
        ];
        for (what, call, approvals, when, expected) in tries {
            let outcome = self
                .vendors
                .asked(&self.ledger, &buyer, call, approvals, when)?;
            scene.attempt(Attempt::call(
                when,
                format!("buyer pays {what}"),
                &outcome,
                expected,
                true,
            ));
        }
        Ok(scene)
    }

    fn next(&mut self, action: Action) -> Call {
        self.calls = self.calls.saturating_add(1);
        call(self.calls, &action)
    }
}

/// An issuer's key and anchor.
fn company(issuer: &str, seed: u8, ceiling: impl Into<Ceiling>) -> Result<Company> {
    let key = SigningKey::from_seed(&[seed; 32]);
    let anchor = Anchor::new(issuer.parse()?, key.public(), ceiling, Seconds::hours(24))?;
    Ok(Company { key, anchor })
}

/// A person agrees to payments of so much.
fn grant(
    company: &Company,
    agent: &'static str,
    seed: u8,
    most: &str,
    limits: Vec<Limit>,
) -> Result<Agent> {
    let grant = Grant {
        person: "head-of-purchasing",
        purpose: ["purchasing", "offices", "Buy what the offices need."],
        task: "purchasing",
        life: Life::ExpiryOnly,
    };
    let limits = Limits::new(limits)?;
    let (from, until) = (at(9, 0, 0), at(17, 0, 0));
    company.grants(
        grant,
        Terms {
            agent,
            seed,
            powers: dollars(most)?,
            limits,
            hops: 0,
            from,
            until,
        },
    )
}

/// Payments of up to so many dollars each.
fn dollars(most: &str) -> Result<Powers> {
    let pay = Capability::new(TOOL, Effect::Irreversible)?
        .require("amount", Constraint::between(Number::ZERO, most.parse()?)?)?
        .require("currency", Constraint::one_of(["USD"])?)?;
    Ok(Powers::new([pay])?)
}

fn budget(most: &str) -> Result<Limit> {
    let dollars = Source::new("amount".parse()?).with_unit(Unit::new("currency".parse()?, "USD")?);
    Ok(Limit::budget(Budget::sum(
        "offices".parse()?,
        LEDGER.parse()?,
        [dollars],
        most.parse()?,
    )?))
}

fn pays(amount: &str, currency: &str) -> Result<Action> {
    let amount: Number = amount.parse()?;
    let arguments: [(&str, Value); 2] = [("amount", amount.into()), ("currency", currency.into())];
    Ok(Action::new(TOOL, arguments, Effect::Irreversible)?)
}

fn person(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// The call that shows that a grant is wider than its ceiling, and what each says of it.
fn shown_by(denial: &Denial, granted: &Powers, ceiling: &Powers) -> Result<String> {
    let DenialReason::Chain(ChainErrorKind::BeyondCeiling(beyond)) = denial.reason() else {
        return Err("beyond the ceiling".into());
    };
    let witness = beyond.witness.as_ref().ok_or("a witness")?;
    let said = |powers: &Powers| {
        if powers.permits(witness).is_ok() {
            "permits"
        } else {
            "refuses"
        }
    };
    Ok(format!(
        "         the grant {} {}, the ceiling {} it",
        said(granted),
        witness.arguments,
        said(ceiling)
    ))
}
