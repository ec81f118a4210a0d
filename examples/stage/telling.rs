//! A story: scenes of facts and attempts, each attempt with its verdict and the expected one.

use mandatum::graph::{MergeError, MinimalError, PortfolioError};
use mandatum::mission::{ControllerError, RebindError};
use mandatum::{Denial, DenialCode, Permit, Seconds, Timestamp};
use std::fmt::Display;

/// Midnight of the day on which the stories play, 2026-03-12.
const MIDNIGHT: Seconds = Seconds::new(1_773_273_600);

/// A time of that day; hours from 24 on are the next day's.
pub(crate) fn at(hour: u64, minute: u64, second: u64) -> Timestamp {
    Timestamp::EPOCH
        .plus(MIDNIGHT)
        .plus(Seconds::hours(hour))
        .plus(Seconds::minutes(minute))
        .plus(Seconds::new(second))
}

/// The time of day, for people: `14:05:00`.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

/// A story that was played.
pub(crate) struct Story {
    pub(crate) scenes: Vec<Scene>,
}

/// A part of it.
pub(crate) struct Scene {
    pub(crate) title: &'static str,
    pub(crate) events: Vec<Event>,
}

pub(crate) enum Event {
    Fact(String),
    Attempt(Attempt),
}

/// Something that someone tried.
pub(crate) struct Attempt {
    pub(crate) when: Timestamp,
    pub(crate) what: String,
    verdict: Verdict,
    expected: Option<Refusal>,
    /// Whether an ordinary access token, in its lifetime and with the tool's scope, would have let
    /// the same through.
    pub(crate) token_permits: bool,
}

enum Verdict {
    Permitted {
        until: Timestamp,
        trace: String,
    },
    Refused {
        refusal: Refusal,
        sentence: String,
    },
    /// Something other than a call, that went well.
    Done(String),
}

/// How something was refused, without the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A call or a chain, by a verifier.
    Denied(DenialCode),
    /// A new key, by the register.
    NotRebound,
    /// A statement, by the controller: it would not be true.
    NotSigned,
    /// A merge point, by the rules of merging.
    NotMerged,
    /// The least powers for a plan, by what the parent has to pass on.
    NotPlanned,
    /// A call, by the agent's own portfolio.
    NoChain,
}

impl Attempt {
    /// A call, or a mandate, that a verifier judges.
    pub(crate) fn call(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<Permit, Denial>,
        expected: Option<DenialCode>,
        token_permits: bool,
    ) -> Self {
        let verdict = match outcome {
            Ok(permit) => Verdict::Permitted {
                until: permit.valid_until(),
                trace: permit.trace().to_string(),
            },
            Err(denial) => denied(denial),
        };
        Self {
            when,
            what: what.into(),
            verdict,
            expected: expected.map(Refusal::Denied),
            token_permits,
        }
    }

    /// A mandate that a verifier or its would-be issuer refuses.
    pub(crate) fn denied(
        when: Timestamp,
        what: impl Into<String>,
        denial: &Denial,
        expected: DenialCode,
        token_permits: bool,
    ) -> Self {
        let expected = Some(Refusal::Denied(expected));
        Self {
            when,
            what: what.into(),
            verdict: denied(denial),
            expected,
            token_permits,
        }
    }

    /// A new key that someone asks for; `token_permits`, because tokens are refreshed to whoever
    /// shows the credentials.
    pub(crate) fn rebind<T>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, RebindError>,
        expected: Option<Refusal>,
    ) -> Self {
        Self::other(
            when,
            what,
            outcome,
            "the mandate is re-bound to the new key",
            Refusal::NotRebound,
            expected,
        )
    }

    /// A statement that someone wants of the controller, as a client wants its token refreshed.
    pub(crate) fn word<T>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, ControllerError>,
        expected: Option<Refusal>,
    ) -> Self {
        Self::other(
            when,
            what,
            outcome,
            "it is signed",
            Refusal::NotSigned,
            expected,
        )
    }

    /// A merge point that someone asks for, as a client asks for a token with the scopes of
    /// several.
    pub(crate) fn merge<T>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, MergeError>,
        expected: Option<Refusal>,
    ) -> Self {
        Self::other(
            when,
            what,
            outcome,
            "it is minted",
            Refusal::NotMerged,
            expected,
        )
    }

    /// The least powers for planned calls, as a client asks for a token with the scopes of the
    /// tools.
    pub(crate) fn plan<T>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, MinimalError>,
        expected: Option<Refusal>,
    ) -> Self {
        Self::other(
            when,
            what,
            outcome,
            "there are powers for it",
            Refusal::NotPlanned,
            expected,
        )
    }

    /// A call that an agent looks for a chain for, as a client sends all the tokens it has.
    pub(crate) fn choice<T>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, PortfolioError>,
        expected: Option<Refusal>,
    ) -> Self {
        // Mandates are known by digests, which tell a person less than which chain it is.
        let outcome = outcome.as_ref().map_err(|none| {
            let reasons = none
                .denials
                .iter()
                .zip(1..)
                .map(|((_, denial), chain)| format!("not chain {chain}: {}", denial.details()));
            if none.denials.is_empty() {
                none.to_string()
            } else {
                reasons.collect::<Vec<_>>().join("; ")
            }
        });
        Self::other(
            when,
            what,
            &outcome,
            "a chain suffices",
            Refusal::NoChain,
            expected,
        )
    }

    /// Something other than a call, which is refused in one way only.
    fn other<T, E: Display>(
        when: Timestamp,
        what: impl Into<String>,
        outcome: &Result<T, E>,
        done: &str,
        refusal: Refusal,
        expected: Option<Refusal>,
    ) -> Self {
        let verdict = match outcome {
            Ok(_) => Verdict::Done(done.to_owned()),
            Err(error) => Verdict::Refused {
                refusal,
                sentence: error.to_string(),
            },
        };
        Self {
            when,
            what: what.into(),
            verdict,
            expected,
            token_permits: true,
        }
    }

    pub(crate) const fn is_permitted(&self) -> bool {
        !matches!(self.verdict, Verdict::Refused { .. })
    }

    /// How it was refused.
    pub(crate) const fn refusal(&self) -> Option<Refusal> {
        match self.verdict {
            Verdict::Refused { refusal, .. } => Some(refusal),
            Verdict::Permitted { .. } | Verdict::Done(_) => None,
        }
    }

    /// The code of the denial.
    pub(crate) const fn code(&self) -> Option<DenialCode> {
        match self.refusal() {
            Some(Refusal::Denied(code)) => Some(code),
            _ => None,
        }
    }

    /// Until when it is permitted.
    pub(crate) const fn until(&self) -> Option<Timestamp> {
        match self.verdict {
            Verdict::Permitted { until, .. } => Some(until),
            Verdict::Refused { .. } | Verdict::Done(_) => None,
        }
    }

    pub(crate) fn as_expected(&self) -> bool {
        self.refusal() == self.expected
    }

    pub(crate) fn why(&self) -> String {
        match &self.verdict {
            Verdict::Permitted { until, trace } => format!("until {}: {trace}", clock(*until)),
            Verdict::Refused {
                refusal: Refusal::Denied(code),
                sentence,
            } => format!("{code}: {sentence}"),
            Verdict::Refused { sentence, .. } | Verdict::Done(sentence) => sentence.clone(),
        }
    }
}

fn denied(denial: &Denial) -> Verdict {
    Verdict::Refused {
        refusal: Refusal::Denied(denial.code()),
        sentence: denial.details().to_string(),
    }
}

type Result<T, E> = std::result::Result<T, E>;

impl Scene {
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            events: Vec::new(),
        }
    }

    pub(crate) fn fact(&mut self, fact: impl Into<String>) {
        self.events.push(Event::Fact(fact.into()));
    }

    pub(crate) fn attempt(&mut self, attempt: Attempt) {
        self.events.push(Event::Attempt(attempt));
    }

    /// The attempts in it.
    pub(crate) fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.events.iter().filter_map(|event| match event {
            Event::Attempt(attempt) => Some(attempt),
            Event::Fact(_) => None,
        })
    }

    /// The facts in it.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(|event| match event {
            Event::Fact(fact) => Some(fact.trim()),
            Event::Attempt(_) => None,
        })
    }
}

impl Story {
    pub(crate) fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.scenes.iter().flat_map(Scene::attempts)
    }

    /// The one attempt whose text begins so.
    pub(crate) fn attempt(&self, what: &str) -> Option<&Attempt> {
        let mut found = self
            .attempts()
            .filter(|attempt| attempt.what.starts_with(what));
        found.next().filter(|_| found.next().is_none())
    }

    /// The scene whose title begins so.
    pub(crate) fn scene(&self, title: &str) -> Option<&Scene> {
        self.scenes
            .iter()
            .find(|scene| scene.title.starts_with(title))
    }
}
