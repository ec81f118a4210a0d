//! Powers, and calls at the edges of what they mention, from bytes.

use arbitrary::{Result, Unstructured};
use mandatum::powers::{
    ArgumentRules, Bound, Host, Port, Presence, Range, ToolName, ToolPattern, UrlRule,
};
use mandatum::primitives::{Arguments, Number, Value};
use mandatum::{Action, Capability, Constraint, Effect, Powers};
use std::collections::BTreeMap;

/// The last would break a line of a message that showed it as it is.
const NAMES: [&str; 3] = ["a", "b", "c\n"];
const TOOLS: [&str; 8] = [
    "crm",
    "crm.read",
    "crm.read.all",
    "crm*",
    "crm.*",
    "crm.r*",
    "crm.read.*",
    "pay",
];
const TEXTS: [&str; 8] = ["", "a", "b", "ab", "aba", "abab", "ba*b", "é"];
const PATTERNS: [&str; 10] = [
    "*", "", "a", "a*", "*a", "a*b", "*b*", "a*a*a", "ab*ba", "*a*b*",
];
const PATHS: [&str; 5] = ["/", "/a", "/a/b", "/ab", "/a/b/c"];
const HOSTS: [&str; 5] = ["com", "a.com", "b.a.com", "ba.com", "x.b.a.com"];
const NETWORKS: [&str; 8] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.3/32",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1/128",
    "::ffff:0:0/95",
];
const ADDRESSES: [&str; 6] = [
    "0.0.0.0",
    "10.1.2.3",
    "10.2.0.1",
    "2001:db8::1",
    "::",
    "::fffe:0:1",
];
const URLS: [&str; 9] = [
    "https://a.com/",
    "https://a.com/a",
    "https://b.a.com/a/b?q=1",
    "https://a.com:8443/a",
    "http://a.com/a",
    "http://a.com:443/a/b/",
    "https://ba.com/",
    "wss://a.com/a",
    "https://A.com/",
];

/// A choice, and what was mentioned on the way.
pub(crate) struct Generator<'a, 'b> {
    bytes: &'a mut Unstructured<'b>,
    mentioned: Vec<Value>,
}

impl<'a, 'b> Generator<'a, 'b> {
    pub(crate) fn new(bytes: &'a mut Unstructured<'b>) -> Self {
        Self {
            bytes,
            mentioned: Vec::new(),
        }
    }

    pub(crate) fn powers(&mut self) -> Result<Powers> {
        let count = self.bytes.int_in_range(1..=3)?;
        let capabilities = (0..count)
            .map(|_| self.capability())
            .collect::<Result<Vec<_>>>()?;
        made(Powers::new(capabilities))
    }

    fn capability(&mut self) -> Result<Capability> {
        let tool: ToolPattern = made(self.one(&TOOLS)?.parse())?;
        let effect = self.effect()?;
        Ok(Capability::for_tool(tool, effect)
            .with_arguments(self.rules(2)?)
            .allow_delegation())
    }

    /// Powers that differ from these in a few places, so that coverage hangs on those.
    pub(crate) fn near(&mut self, powers: &Powers) -> Result<Powers> {
        let near = powers
            .capabilities()
            .iter()
            .map(|capability| self.near_capability(capability));
        made(Powers::new(near.collect::<Result<Vec<_>>>()?))
    }

    fn near_capability(&mut self, capability: &Capability) -> Result<Capability> {
        let tool = if self.bytes.ratio(1, 8)? {
            made(self.one(&TOOLS)?.parse())?
        } else {
            capability.tool().clone()
        };
        let effect = if self.bytes.ratio(1, 8)? {
            self.effect()?
        } else {
            capability.effect()
        };
        let mut rules = ArgumentRules::closed();
        for (name, presence, constraint) in capability.arguments().iter() {
            let (presence, constraint) = match self.bytes.int_in_range(0..=7)? {
                0 => continue,
                1 => (Presence::Optional, constraint.clone()),
                2 => (Presence::Required, constraint.clone()),
                3 => (presence, self.constraint(1)?),
                4 => (
                    presence,
                    made(Constraint::all_of([
                        constraint.clone(),
                        self.constraint(1)?,
                    ]))?,
                ),
                5 => (
                    presence,
                    made(Constraint::any_of([
                        constraint.clone(),
                        self.constraint(1)?,
                    ]))?,
                ),
                _ => (presence, constraint.clone()),
            };
            rules = made(rules.with_rule(name, presence, constraint))?;
        }
        let open = capability.arguments().is_open() != self.bytes.ratio(1, 8)?;
        Ok(Capability::for_tool(tool, effect)
            .with_arguments(if open { rules.allow_others() } else { rules })
            .allow_delegation())
    }

    fn effect(&mut self) -> Result<Effect> {
        self.one(&[Effect::Read, Effect::Write, Effect::Irreversible])
    }

    fn rules(&mut self, depth: usize) -> Result<ArgumentRules> {
        let mut rules = ArgumentRules::closed();
        for name in NAMES {
            let presence = match self.bytes.int_in_range(0..=3)? {
                0 => Presence::Required,
                1 => Presence::Optional,
                _ => continue,
            };
            rules = made(rules.with_rule(name, presence, self.constraint(depth)?))?;
        }
        Ok(if self.bytes.ratio(1, 4)? {
            rules.allow_others()
        } else {
            rules
        })
    }

    fn constraint(&mut self, depth: usize) -> Result<Constraint> {
        let last = if depth == 0 { 9 } else { 13 };
        match self.bytes.int_in_range(0..=last)? {
            0 => Ok(Constraint::any()),
            1 => made(Constraint::one_of(self.set()?)),
            2 => made(Constraint::none_of(self.set()?)),
            3 => self.range(),
            4 => self.mentioning(&PATTERNS, |pattern| made(Constraint::pattern(pattern))),
            5 => self.mentioning(&PATHS, |path| made(Constraint::path_under(path))),
            6 => self.mentioning(&HOSTS, |host| made(Constraint::host_under(host))),
            7 => self.url(),
            8 => {
                let network = self.one(&NETWORKS)?;
                made(Constraint::network(network))
            }
            9 => made(Constraint::contains(self.set()?)),
            10 => made(Constraint::each(self.constraint(depth - 1)?)),
            11 => made(Constraint::record(self.rules(depth - 1)?)),
            12 => made(Constraint::all_of(self.clauses(depth - 1)?)),
            _ => made(Constraint::any_of(self.clauses(depth - 1)?)),
        }
    }

    fn clauses(&mut self, depth: usize) -> Result<Vec<Constraint>> {
        let count = self.bytes.int_in_range(1..=3)?;
        (0..count).map(|_| self.constraint(depth)).collect()
    }

    /// The constraint of a text, which is mentioned.
    fn mentioning(
        &mut self,
        texts: &[&'static str],
        make: impl FnOnce(&str) -> Result<Constraint>,
    ) -> Result<Constraint> {
        let text = self.one(texts)?;
        self.mentioned.push(text.into());
        make(text)
    }

    fn url(&mut self) -> Result<Constraint> {
        let schemes = self.one(&[
            &["https"][..],
            &["http"],
            &["http", "https"],
            &["wss", "https"],
        ])?;
        let host = made(Host::new(self.one(&HOSTS)?))?;
        let port = self.one(&[Port::Default, Port::Only(443), Port::Only(8443), Port::Any])?;
        let rule = made(
            UrlRule::new(schemes.iter().copied(), host).and_then(|rule| rule.with_port(port)),
        )?;
        made(rule.with_path(self.one(&PATHS)?).map(Constraint::url))
    }

    fn range(&mut self) -> Result<Constraint> {
        let (low, high) = (self.end()?, self.end()?);
        made(Range::new(low, high).map(Constraint::range))
    }

    fn end(&mut self) -> Result<Option<Bound>> {
        let number = self.number()?;
        self.mentioned.push(number.into());
        self.one(&[
            None,
            Some(Bound::Inclusive(number)),
            Some(Bound::Exclusive(number)),
        ])
    }

    fn number(&mut self) -> Result<Number> {
        let coefficient = match self.bytes.int_in_range(0..=9)? {
            0 => i128::MAX,
            1 => i128::MIN,
            _ => self.bytes.int_in_range(-12..=12)?,
        };
        made(Number::scientific(
            coefficient,
            self.one(&[0, 0, -1, -18, -400, 39, 400])?,
        ))
    }

    /// Values of one type.
    fn set(&mut self) -> Result<Vec<Value>> {
        let count = self.bytes.int_in_range(1..=3)?;
        let first = self.value(1)?;
        let more = (1..count)
            .map(|_| self.value(1))
            .collect::<Result<Vec<_>>>()?;
        let alike = more
            .into_iter()
            .filter(|value| value.value_type() == first.value_type());
        let set: Vec<Value> = [first.clone()].into_iter().chain(alike).collect();
        self.mentioned.extend(set.iter().cloned());
        Ok(set)
    }

    /// Any value, with a liking for those that were mentioned.
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value> {
        let last = if depth == 0 { 10 } else { 12 };
        Ok(match self.bytes.int_in_range(0..=last)? {
            0 => Value::Null,
            1 => self.bytes.arbitrary::<bool>()?.into(),
            2 => self.number()?.into(),
            3 => self.one(&TEXTS)?.into(),
            4 => self.one(&PATHS)?.into(),
            5 => self.one(&HOSTS)?.into(),
            6 => self.one(&URLS)?.into(),
            7 => self.one(&ADDRESSES)?.into(),
            8 => Value::Bytes(vec![1; self.bytes.int_in_range(0..=2)?]),
            9 | 10 if !self.mentioned.is_empty() => {
                let mentioned = self.bytes.choose(&self.mentioned)?.clone();
                self.nearby(mentioned)?
            }
            9 | 10 => self.number()?.into(),
            11 => {
                let count = self.bytes.int_in_range(0..=3)?;
                Value::List(
                    (0..count)
                        .map(|_| self.value(depth - 1))
                        .collect::<Result<_>>()?,
                )
            }
            _ => Value::Map(self.named(depth - 1)?),
        })
    }

    /// The value itself, or one close to it.
    fn nearby(&mut self, value: Value) -> Result<Value> {
        let one = Number::from(1);
        Ok(match (value, self.bytes.int_in_range(0..=3)?) {
            (Value::Number(number), 1) => number.checked_add(one).unwrap_or(number).into(),
            (Value::Number(number), 2) => number.checked_sub(one).unwrap_or(number).into(),
            (Value::Text(text), 1) => format!("{text}/a").into(),
            (Value::Text(text), 2) => format!("a.{text}").into(),
            (Value::Text(text), 3) => text.replace('*', "ab").into(),
            (value, _) => value,
        })
    }

    fn named(&mut self, depth: usize) -> Result<BTreeMap<String, Value>> {
        let mut named = BTreeMap::new();
        for name in NAMES {
            if self.bytes.ratio(1, 2)? {
                named.insert(name.to_owned(), self.value(depth)?);
            }
        }
        Ok(named)
    }

    pub(crate) fn action(&mut self) -> Result<Action> {
        let tool = made(ToolName::new(self.one(&[
            "crm",
            "crm.",
            "crmx",
            "crm.read",
            "crm.ready",
            "crm.read.all",
            "crm.x",
            "pay",
        ])?))?;
        let arguments = made(Arguments::new(self.named(2)?))?;
        Ok(Action {
            tool,
            arguments,
            effect: self.effect()?,
        })
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Result<T> {
        self.bytes.choose(of).copied()
    }
}

/// What a constructor refuses is not the fuzzer's to find.
fn made<T, E>(made: std::result::Result<T, E>) -> Result<T> {
    made.map_err(|_| arbitrary::Error::IncorrectFormat)
}
