//! The story itself. The scenario's test includes this file, with fewer agents, and asserts what
//! the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, MAX_STATUS_AGE, Result, Scene, Story, Terms, at, clock,
};
use mandatum::claims::{Ending, Outcome};
use mandatum::decide::Presentation;
use mandatum::ledger::Balance;
use mandatum::limits::{MaxAge, Source, Unit};
use mandatum::mission::Watches;
use mandatum::primitives::{AccountId, Number, Value};
use mandatum::{
    Action, Audience, Budget, Call, Capability, Chain, DecisionContext, Delegation, Denial,
    DenialCode, Effect, Label, Life, Limit, Limits, LivesBy, MemoryLedger, Permit, Powers,
    Register, Seconds, ServerContext, SigningKey, Timestamp, ToolTable, Unsettled, VerifiedChain,
    Verifier,
};
use std::collections::BTreeMap;
use std::time::Duration;

const MISSION: &str = "claims-after-the-storm";
const LEDGER: &str = "eu-1";
const TOOL: &str = "records.buy";
/// Cost of one record. The budget is for one and a half of them for each agent.
const PRICE: &str = "0.50";
/// One in so many first purchases has no effect, and is given back.
const UNDONE: usize = 10;

/// The story, and its numbers.
pub(crate) struct Told {
    pub(crate) story: Story,
    pub(crate) agents: usize,
    /// How many calls met which verdict, by what was tried; `None` is a permit.
    pub(crate) rounds: Vec<Round>,
    /// The most of the root's budget.
    pub(crate) most: Number,
    /// The part of it that the ledger counts as spent.
    pub(crate) balance: Balance,
    /// The charges of permits that were not given back.
    pub(crate) permitted: Number,
    /// The control: what as many tokens with the tool's scope would have spent.
    pub(crate) token: Number,
}

/// The results of one call that every agent tried.
pub(crate) struct Round {
    pub(crate) what: &'static str,
    pub(crate) verdicts: Verdicts,
    /// Its cost in all if every call had been permitted.
    pub(crate) asked: Number,
}

pub(crate) type Verdicts = BTreeMap<Option<DenialCode>, usize>;

impl Told {
    /// Whether every verdict is as it must be under any interleaving, the budget was spent to the
    /// last cent and not one more, the ledger agrees with the permits, and tokens would have spent
    /// more.
    pub(crate) fn as_expected(&self) -> bool {
        let fifths = |fifths: usize| {
            self.agents
                .saturating_mul(fifths)
                .checked_div(5)
                .unwrap_or_default()
        };
        let all = |code| Verdicts::from([(code, self.agents)]);
        let expected = [
            all(None),
            all(Some(DenialCode::AlreadyDecided)),
            all(Some(DenialCode::WrongUnit)),
            Verdicts::from([
                (None, fifths(3)),
                (Some(DenialCode::BudgetExhausted), fifths(2)),
            ]),
            all(Some(DenialCode::MissionEnded)),
            all(Some(DenialCode::Expired)),
        ];
        self.rounds
            .iter()
            .map(|round| &round.verdicts)
            .eq(&expected)
            && self.balance
                == Balance {
                    spent: self.most,
                    held: Number::ZERO,
                }
            && self.permitted == self.most
            && self.token > self.most
    }
}

/// Plays the whole story. `elapsed` is the host's stopwatch.
pub(crate) fn tell(agents: usize, threads: usize, elapsed: &dyn Fn() -> Duration) -> Result<Told> {
    let mut world = World::new(agents, threads)?;
    let account = world.account()?;
    let mut scenes = vec![world.the_grant()];

    let begun = elapsed();
    world.mints()?;
    let minted = elapsed();
    let mut permitted = Number::ZERO;
    let mut rounds = Vec::new();
    for purchase in [
        Purchase::First,
        Purchase::Again,
        Purchase::InEuros,
        Purchase::Second,
    ] {
        let (round, spent) = world.all_try(purchase)?;
        permitted = permitted.checked_add(spent)?;
        rounds.push(round);
    }
    let decided = elapsed();
    let times = [minted.saturating_sub(begun), decided.saturating_sub(minted)];
    scenes.push(world.the_work(&rounds, world.balance(&account)?, times));
    scenes.push(world.one_closely()?);

    world.ends()?;
    for purchase in [Purchase::AfterTheEnd, Purchase::AfterAMinute] {
        rounds.push(world.all_try(purchase)?.0);
    }
    scenes.push(world.the_end(rounds.get(4..).unwrap_or_default())?);

    let token = rounds
        .iter()
        .try_fold(Number::ZERO, |sum, round| sum.checked_add(round.asked))?;
    let (most, balance) = (world.most, world.balance(&account)?);
    let mut scene = Scene::new("The sum");
    scene.fact(format!(
        "budget {most} USD, spent {} USD, held {} USD",
        balance.spent, balance.held
    ));
    scene.fact(format!(
        "permits that were not given back come to {permitted} USD"
    ));
    scene.fact(format!(
        "as many tokens with the scope of {TOOL} would have spent {token}, in both currencies"
    ));
    scenes.push(scene);
    Ok(Told {
        story: Story { scenes },
        agents,
        rounds,
        most,
        balance,
        permitted,
        token,
    })
}

/// The calls that every agent tries, in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purchase {
    First,
    /// The first call once more.
    Again,
    InEuros,
    Second,
    AfterTheEnd,
    AfterAMinute,
}

impl Purchase {
    const fn what(self) -> &'static str {
        match self {
            Self::First => "buys a record",
            Self::Again => "sends that call again",
            Self::InEuros => "buys one in EUR",
            Self::Second => "buys a second one",
            Self::AfterTheEnd => "buys one after the end",
            Self::AfterAMinute => "buys one after a minute",
        }
    }

    fn when(self) -> Timestamp {
        match self {
            Self::First | Self::Again => at(9, 0, 10),
            Self::InEuros | Self::Second => at(9, 0, 20),
            Self::AfterTheEnd => ending(),
            Self::AfterAMinute => at(9, 1, 0),
        }
    }

    /// Calls with one number are one call.
    const fn number(self) -> u8 {
        match self {
            Self::First | Self::Again => 1,
            Self::InEuros => 2,
            Self::Second => 3,
            Self::AfterTheEnd => 4,
            Self::AfterAMinute => 5,
        }
    }

    const fn currency(self) -> &'static str {
        if matches!(self, Self::InEuros) {
            "EUR"
        } else {
            "USD"
        }
    }
}

fn ending() -> Timestamp {
    at(9, 0, 40)
}

struct World {
    size: usize,
    threads: usize,
    most: Number,
    desk: Desk,
    lead: Agent,
    /// The server.
    name: Audience,
    verifier: Verifier,
    register: Register,
    watches: Watches,
    ledger: MemoryLedger,
    ledgers: [Label; 1],
    swarm: Vec<VerifiedChain>,
}

impl World {
    fn new(size: usize, threads: usize) -> Result<Self> {
        let (mut desk, nine) = (Desk::new(110), at(9, 0, 0));
        let company = Company::new("https://insurer.example", powers()?)?;
        // Three quarters of a dollar each.
        let most = Number::new(i128::try_from(size)?.saturating_mul(75), 2)?;
        let dollars =
            Source::new("amount".parse()?).with_unit(Unit::new("currency".parse()?, "USD")?);
        let budget = Budget::sum("records".parse()?, LEDGER.parse()?, [dollars], most)?;
        let mission = desk.mission(MISSION)?;
        let life = LivesBy::new(mission.clone(), MaxAge::uniform(Seconds::minutes(2)));
        let lead = company.grants(
            Grant {
                person: "claims-manager@insurer.example",
                purpose: ["claims", MISSION, "Look at every claim after the storm."],
                task: "storm",
                life: Life::Mission(life),
            },
            Terms {
                agent: "lead",
                seed: 1,
                powers: powers()?,
                limits: Limits::new([Limit::budget(budget)])?,
                hops: 1,
                from: nine,
                until: at(17, 0, 0),
            },
        )?;
        // All in one process, in which the host knows who calls.
        let verifier = Verifier::new([company.anchor.clone()])?
            .with_tools(ToolTable::new([("records.*", Effect::Write)])?)
            .dangerous_accept_asserted_up_to(Effect::Write);
        let watches = Watches::new(&verifier.verify(&lead.chain)?);
        let mut register = Register::new(verifier.retention(MAX_STATUS_AGE));
        register.apply(&desk.begins(&mission, nine)?, &watches, nine)?;
        // Four calls of each agent and two of the lead are marked, all under one root, which takes
        // a quarter of the room.
        let ledger = MemoryLedger::new(size.saturating_add(2).saturating_mul(4 * 4));
        let ledgers = [LEDGER.parse()?];
        let (name, swarm) = (Audience::new("https://records.example")?, Vec::new());
        Ok(Self {
            size,
            threads,
            most,
            desk,
            lead,
            name,
            verifier,
            register,
            watches,
            ledger,
            ledgers,
            swarm,
        })
    }

    fn the_grant(&self) -> Scene {
        let mut scene = Scene::new("One root, one budget");
        let root = self.lead.chain.root().claims();
        let link = &root.link;
        scene.fact(format!(
            "{} agreed; {} holds:",
            root.principal.name, self.lead.name
        ));
        for limit in link.limits.iter() {
            scene.fact(format!("    {limit}"));
        }
        scene.fact(format!(
            "{} agents of a minute each, minted and asked by {} threads; a record costs {PRICE} USD",
            self.size, self.threads
        ));
        scene
    }

    /// Mints and verifies all agents, by all threads.
    fn mints(&mut self) -> Result<()> {
        let (lead, verifier) = (&self.lead, &self.verifier);
        let mint = |number: usize| -> Result<VerifiedChain> {
            Ok(verifier.verify(&minted(lead, number)?)?)
        };
        self.swarm = in_parallel(self.size, self.threads, &mint)?;
        Ok(())
    }

    /// Every agent tries something, all threads at once; what came of it, and what it cost.
    fn all_try(&self, purchase: Purchase) -> Result<(Round, Number)> {
        let price: Number = PRICE.parse()?;
        let tries = |number: usize| -> Result<(Option<DenialCode>, Number)> {
            let chain = self.swarm.get(number).ok_or("an agent of this number")?;
            let permit = match self.asks(chain, &call(number, purchase)?, purchase.when()) {
                Ok(permit) => permit,
                Err(denial) => return Ok((Some(denial.code()), Number::ZERO)),
            };
            let is_undone = purchase == Purchase::First && number.checked_rem(UNDONE) == Some(0);
            let (outcome, spent) = if is_undone {
                (Outcome::Undone, Number::ZERO)
            } else {
                (Outcome::Done, price)
            };
            let record = permit
                .start(purchase.when())
                .map_err(|late| late.denial)?
                .finish(outcome);
            self.ledger.close(record.reservation(), record.outcome);
            Ok((None, spent))
        };
        let (mut verdicts, mut spent, mut asked) = (Verdicts::new(), Number::ZERO, Number::ZERO);
        for (verdict, amount) in in_parallel(self.size, self.threads, &tries)? {
            let calls = verdicts.entry(verdict).or_default();
            *calls = calls.saturating_add(1);
            spent = spent.checked_add(amount)?;
            // A token of a minute is refused after it, too.
            if purchase != Purchase::AfterAMinute {
                asked = asked.checked_add(price)?;
            }
        }
        Ok((
            Round {
                what: purchase.what(),
                verdicts,
                asked,
            },
            spent,
        ))
    }

    fn decides(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        now: Timestamp,
    ) -> std::result::Result<Unsettled, Denial> {
        let (holder, leaf) = (chain.chain().leaf().holder.key, chain.chain().leaf_id());
        let presentation = Presentation::asserted(call, holder, leaf);
        let context =
            DecisionContext::new(ServerContext::new(now, self.name.clone()), &self.register)
                .with_ledgers(&self.ledgers);
        self.verifier.decide(chain, &presentation, &context)
    }

    fn asks(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        now: Timestamp,
    ) -> std::result::Result<Permit, Denial> {
        self.ledger.settle(self.decides(chain, call, now)?, now)
    }

    fn the_work(
        &self,
        rounds: &[Round],
        balance: Balance,
        [minting, deciding]: [Duration; 2],
    ) -> Scene {
        let mut scene = Scene::new("All of them, at once");
        for round in rounds {
            scene.fact(format!(
                "every agent {:<22} {}",
                round.what,
                told(&round.verdicts)
            ));
        }
        let one_undone = self.size.checked_div(UNDONE).unwrap_or_default();
        scene.fact(format!(
            "{one_undone} first purchases had no effect, and were given back"
        ));
        scene.fact(format!(
            "spent {} of {} USD, held {}",
            balance.spent, self.most, balance.held
        ));
        let per_second = |number: usize, time: Duration| {
            let number = u128::try_from(number).unwrap_or_default();
            number.saturating_mul(1000).checked_div(time.as_millis())
        };
        if let Some(speed) = per_second(self.size, minting) {
            scene.fact(format!(
                "minted and verified: {speed} agents a second, here"
            ));
        }
        if let Some(speed) = per_second(self.size.saturating_mul(rounds.len()), deciding) {
            scene.fact(format!("decided and settled: {speed} calls a second, here"));
        }
        scene
    }

    /// One agent more, as the others are, while the swarm still lives.
    fn one_closely(&self) -> Result<Scene> {
        let mut scene = Scene::new("One more of them, closely");
        let chain = self.verifier.verify(&minted(&self.lead, self.size)?)?;
        let link = chain.chain().leaf();
        scene.fact(format!(
            "task {}, until {}",
            chain.tasks().last().ok_or("a task")?,
            clock(link.lifetime.expires())
        ));
        let tries = |scene: &mut Scene,
                     purchase: Purchase,
                     tool: &str,
                     when: Timestamp,
                     expected: DenialCode|
         -> Result<()> {
            let mut call = call(self.size, purchase)?;
            call.action.tool = tool.parse()?;
            let outcome = self.asks(&chain, &call, when);
            let is_in_scope = tool == TOOL && when < link.lifetime.expires();
            scene.attempt(Attempt::call(
                when,
                call.action.to_string(),
                &outcome,
                Some(expected),
                is_in_scope,
            ));
            Ok(())
        };
        let now = at(9, 0, 30);
        tries(
            &mut scene,
            Purchase::First,
            TOOL,
            now,
            DenialCode::BudgetExhausted,
        )?;
        tries(
            &mut scene,
            Purchase::First,
            TOOL,
            now,
            DenialCode::AlreadyDecided,
        )?;
        tries(
            &mut scene,
            Purchase::InEuros,
            TOOL,
            now,
            DenialCode::WrongUnit,
        )?;
        tries(
            &mut scene,
            Purchase::Second,
            "records.sell",
            now,
            DenialCode::ToolNotPermitted,
        )?;
        tries(
            &mut scene,
            Purchase::AfterAMinute,
            TOOL,
            at(9, 1, 0),
            DenialCode::Expired,
        )?;
        Ok(scene)
    }

    /// One notice.
    fn ends(&mut self) -> Result<()> {
        let (mission, now) = (self.desk.mission(MISSION)?, ending());
        let end = self
            .desk
            .signs(|controller, id| controller.end(&mission, Ending::Revoked, id, now))??;
        self.register.apply(&end, &self.watches, now)?;
        Ok(())
    }

    fn the_end(&self, rounds: &[Round]) -> Result<Scene> {
        let mut scene = Scene::new("One notice ends them all");
        scene.fact(format!("{} the mission is revoked", clock(ending())));
        for round in rounds {
            scene.fact(format!(
                "every agent {:<22} {}",
                round.what,
                told(&round.verdicts)
            ));
        }
        let call = call(self.size, Purchase::AfterTheEnd)?;
        let lead = self.verifier.verify(&self.lead.chain)?;
        let outcome = self.asks(&lead, &call, ending());
        let what = format!("the lead itself: {}", call.action);
        scene.attempt(Attempt::call(
            ending(),
            what,
            &outcome,
            Some(DenialCode::MissionEnded),
            true,
        ));
        Ok(scene)
    }

    /// The account of the root's budget. A decision names it; this one is never settled.
    fn account(&self) -> Result<AccountId> {
        let lead = self.verifier.verify(&self.lead.chain)?;
        let unsettled = self.decides(&lead, &call(self.size, Purchase::First)?, at(9, 0, 0))?;
        Ok(unsettled
            .charges()
            .charges()
            .first()
            .ok_or("a charge")?
            .account)
    }

    fn balance(&self, account: &AccountId) -> Result<Balance> {
        Ok(self
            .ledger
            .balance(account)
            .ok_or("an account that was charged")?)
    }
}

/// The `number`th agent: a key, a task and a minute.
fn minted(lead: &Agent, number: usize) -> Result<Chain> {
    let [key, id] = [b'k', b'i'].map(|kind| bytes_of(number, kind));
    let powers = Powers::new([Capability::new(TOOL, Effect::Write)?.allow_others()])?;
    let id: [u8; 16] = id.first_chunk().copied().unwrap_or_default();
    let terms = Delegation::new(
        id,
        SigningKey::from_seed(&key).public(),
        powers,
        at(9, 1, 0),
    )
    .with_step(format!("claim-{number:05}").parse()?);
    let child = lead.chain.delegate(terms, at(9, 0, 0))?.sign(&lead.key)?;
    Ok(lead.chain.extend(child)?)
}

/// 32 bytes that no other agent has.
fn bytes_of(number: usize, kind: u8) -> [u8; 32] {
    let mut bytes = [kind; 32];
    bytes
        .iter_mut()
        .zip(number.to_be_bytes())
        .for_each(|(room, byte)| *room = byte);
    bytes
}

/// The `number`th agent's call.
fn call(number: usize, purchase: Purchase) -> Result<Call> {
    let id: [u8; 16] = bytes_of(number, purchase.number())
        .first_chunk()
        .copied()
        .unwrap_or_default();
    let price: Number = PRICE.parse()?;
    let arguments: [(&str, Value); 2] = [
        ("amount", price.into()),
        ("currency", purchase.currency().into()),
    ];
    Ok(Call::new(id, Action::new(TOOL, arguments, Effect::Write)?))
}

fn powers() -> Result<Powers> {
    Ok(Powers::new([Capability::new(TOOL, Effect::Write)?
        .allow_others()
        .allow_delegation()])?)
}

/// Does it for every number below `size`, in so many threads, each with every so manieth; what came
/// of it, in any order.
fn in_parallel<T: Send>(
    size: usize,
    threads: usize,
    each: &(dyn Fn(usize) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let share = |thread: usize| -> std::result::Result<Vec<T>, String> {
        let numbers = (thread..size).step_by(threads.max(1));
        numbers
            .map(|number| each(number).map_err(|error| error.to_string()))
            .collect()
    };
    let shares: Vec<std::result::Result<Vec<T>, String>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1))
            .map(|thread| scope.spawn(move || share(thread)))
            .collect();
        running
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("a thread panicked".into()))
            })
            .collect()
    });
    let mut all = Vec::with_capacity(size);
    for share in shares {
        all.extend(share?);
    }
    Ok(all)
}

fn told(verdicts: &Verdicts) -> String {
    let told = |(code, calls): (&Option<DenialCode>, &usize)| match code {
        None => format!("{calls} permitted"),
        Some(code) => format!("{calls} {code}"),
    };
    verdicts.iter().map(told).collect::<Vec<_>>().join(", ")
}
