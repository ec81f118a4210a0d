//! Constraints, capabilities and what they admit, said again without any cleverness.

use mandatum::powers::{
    ArgumentRules, Bound, Host, Port, Presence, Range, ToolName, ToolPattern, UrlRule,
};
use mandatum::primitives::{Arguments, Number, Value, Work};
use mandatum::{Action, Capability, Constraint, Effect, Powers};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

/// Rules of named arguments: name, presence, constraint.
pub(crate) type Rules = BTreeMap<String, (Presence, Spec)>;

/// A constraint that can be looked into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spec {
    Any,
    OneOf(Vec<Value>),
    NoneOf(Vec<Value>),
    Range(Option<Bound>, Option<Bound>),
    Pattern(String),
    Path(String),
    Host(String),
    Url {
        schemes: Vec<String>,
        host: String,
        port: Port,
        path: String,
    },
    Network(String),
    Contains(Vec<Value>),
    Each(Box<Spec>),
    Record(Rules, bool),
    AllOf(Vec<Spec>),
    AnyOf(Vec<Spec>),
}

pub(crate) fn number(text: &str) -> Number {
    text.parse().unwrap()
}

/// Enough for every question of these tests that is not about running out.
pub(crate) fn plenty() -> Work {
    Work::new(1 << 24)
}

pub(crate) fn rules(named: &Rules, open: bool) -> ArgumentRules {
    let rules = named.iter().fold(
        ArgumentRules::closed(),
        |rules, (name, (presence, spec))| rules.with_rule(name, *presence, spec.build()).unwrap(),
    );
    if open { rules.allow_others() } else { rules }
}

impl Spec {
    pub(crate) fn build(&self) -> Constraint {
        match self {
            Self::Any => Constraint::any(),
            Self::OneOf(values) => Constraint::one_of(values.clone()).unwrap(),
            Self::NoneOf(values) => Constraint::none_of(values.clone()).unwrap(),
            Self::Range(low, high) => Constraint::range(Range::new(*low, *high).unwrap()),
            Self::Pattern(pattern) => Constraint::pattern(pattern).unwrap(),
            Self::Path(path) => Constraint::path_under(path).unwrap(),
            Self::Host(host) => Constraint::host_under(host).unwrap(),
            Self::Url {
                schemes,
                host,
                port,
                path,
            } => {
                let rule =
                    UrlRule::new(schemes.iter().map(String::as_str), Host::new(host).unwrap())
                        .unwrap();
                Constraint::url(rule.with_port(*port).unwrap().with_path(path).unwrap())
            }
            Self::Network(network) => Constraint::network(network).unwrap(),
            Self::Contains(values) => Constraint::contains(values.clone()).unwrap(),
            Self::Each(inner) => Constraint::each(inner.build()).unwrap(),
            Self::Record(named, open) => Constraint::record(rules(named, *open)).unwrap(),
            Self::AllOf(clauses) => Constraint::all_of(clauses.iter().map(Self::build)).unwrap(),
            Self::AnyOf(clauses) => Constraint::any_of(clauses.iter().map(Self::build)).unwrap(),
        }
    }

    pub(crate) fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _) => true,
            (Self::OneOf(values), _) => values.contains(value),
            (Self::NoneOf(values), _) => {
                values[0].value_type() == value.value_type() && !values.contains(value)
            }
            (Self::AllOf(clauses), _) => clauses.iter().all(|clause| clause.admits(value)),
            (Self::AnyOf(clauses), _) => clauses.iter().any(|clause| clause.admits(value)),
            (Self::Range(low, high), Value::Number(x)) => {
                let above = low.is_none_or(|end| *x > end.number() || end == Bound::Inclusive(*x));
                above && high.is_none_or(|end| *x < end.number() || end == Bound::Inclusive(*x))
            }
            (Self::Pattern(pattern), Value::Text(text)) => {
                let characters = |text: &str| text.chars().collect::<Vec<_>>();
                glob(&characters(pattern), &characters(text))
            }
            (Self::Path(base), Value::Text(text)) => {
                segments(text).is_some_and(|path| path.starts_with(&segments(base).unwrap()))
            }
            (Self::Host(base), Value::Text(text)) => is_host(text) && is_subdomain(text, base),
            (
                Self::Url {
                    schemes,
                    host,
                    port,
                    path,
                },
                Value::Text(text),
            ) => url_parts(text).is_some_and(|(scheme, name, spelled, below)| {
                let port = match port {
                    Port::Any => true,
                    Port::Default => spelled.is_none(),
                    Port::Only(port) => spelled.or(own_port(&scheme)) == Some(*port),
                };
                port && schemes.contains(&scheme)
                    && is_subdomain(&name, host)
                    && below.starts_with(&segments(path).unwrap())
            }),
            (Self::Network(network), Value::Text(text)) => {
                let (first, bits) = network.split_once('/').unwrap();
                let (first, bits) = (address(first).unwrap(), bits.parse::<usize>().unwrap());
                address(text)
                    .is_some_and(|bit| bit.len() == first.len() && bit[..bits] == first[..bits])
            }
            (Self::Contains(required), Value::List(items)) => {
                required.iter().all(|element| items.contains(element))
            }
            (Self::Each(inner), Value::List(items)) => items.iter().all(|item| inner.admits(item)),
            (Self::Record(named, open), Value::Map(entries)) => permitted(named, *open, entries),
            _ => false,
        }
    }

    /// Whether the values are few enough to be listed.
    pub(crate) fn is_listable(&self) -> bool {
        match self {
            Self::OneOf(_) => true,
            Self::NoneOf(values) => matches!(values[0], Value::Bool(_)),
            Self::Range(Some(low), Some(high)) => low.number() == high.number(),
            Self::Pattern(pattern) => !pattern.contains('*'),
            Self::Network(network) => {
                let (first, bits) = network.split_once('/').unwrap();
                address(first).unwrap().len() - bits.parse::<usize>().unwrap() <= 8
            }
            _ => false,
        }
    }

    /// Values at and around everything this mentions, admitted or not.
    pub(crate) fn near(&self) -> Vec<Value> {
        let texts = |texts: &[String]| {
            texts
                .iter()
                .map(|text| Value::from(text.as_str()))
                .collect::<Vec<_>>()
        };
        match self {
            Self::Any => vec![
                Value::Null,
                true.into(),
                7.into(),
                "fresh".into(),
                Value::Bytes(vec![7]),
            ],
            Self::OneOf(values) | Self::NoneOf(values) => values.clone(),
            Self::Range(low, high) => {
                let ends = [low, high].into_iter().flatten().map(|end| end.number());
                let around = ["-0.5", "0", "0.5"].map(number);
                // Beside a number that is very large or very small there is none half a unit away.
                let near = ends.flat_map(|end| {
                    around
                        .map(|step| end.checked_add(step).unwrap_or(step))
                        .into_iter()
                        .chain([end])
                });
                near.map(Value::Number).collect()
            }
            Self::Pattern(pattern) => {
                texts(&["", "z", "ab", "*"].map(|filling| pattern.replace('*', filling)))
            }
            Self::Path(path) => {
                let stem = path.trim_end_matches('/');
                texts(&[
                    path.clone(),
                    format!("{stem}/z"),
                    format!("{stem}z"),
                    format!("{stem}/../a"),
                    format!("{stem}/"),
                ])
            }
            Self::Host(host) => texts(&[
                host.clone(),
                format!("z.{host}"),
                format!("z{host}"),
                format!("{host}."),
            ]),
            Self::Url {
                schemes,
                host,
                path,
                ..
            } => {
                let stem = path.trim_end_matches('/');
                let tails = [
                    path.clone(),
                    format!("{stem}/z"),
                    format!("{stem}z?q=1"),
                    format!("{stem}/%2e"),
                ];
                let hosts = [host.clone(), format!("z.{host}"), format!("z{host}")];
                let mut urls = Vec::new();
                for (scheme, port) in schemes
                    .iter()
                    .flat_map(|scheme| ["", ":8443", ":443"].map(|port| (scheme, port)))
                {
                    for (host, tail) in hosts
                        .iter()
                        .flat_map(|host| tails.iter().map(move |tail| (host, tail)))
                    {
                        urls.push(format!("{scheme}://{host}{port}{tail}"));
                    }
                }
                texts(&urls)
            }
            Self::Network(network) => {
                let (first, bits) = network.split_once('/').unwrap();
                let mut bit = address(first).unwrap();
                let bits = bits.parse::<usize>().unwrap();
                let mut near = vec![first.to_owned()];
                for flipped in [bits.checked_sub(1), Some(bits), Some(bit.len() - 1)]
                    .into_iter()
                    .flatten()
                {
                    if let Some(b) = bit.get_mut(flipped) {
                        *b = !*b;
                        near.push(spell(&bit));
                    }
                }
                texts(&near)
            }
            Self::Contains(values) => {
                let list = |items: &[Value]| Value::List(items.to_vec());
                let more = [values.as_slice(), &[Value::Null]].concat();
                vec![list(values), list(&values[1..]), list(&more), list(&[])]
            }
            Self::Each(inner) => {
                let items = inner.near();
                let singles = items.iter().map(|item| Value::List(vec![item.clone()]));
                let both = Value::List(items.iter().take(2).cloned().collect());
                singles
                    .take(24)
                    .chain([both, Value::List(Vec::new())])
                    .collect()
            }
            Self::Record(named, open) => near_arguments(named, *open)
                .into_iter()
                .map(Value::Map)
                .collect(),
            Self::AllOf(clauses) | Self::AnyOf(clauses) => {
                clauses.iter().flat_map(Self::near).take(96).collect()
            }
        }
    }
}

/// Argument sets that differ from an admitted one in one place, as far as one is found.
pub(crate) fn near_arguments(named: &Rules, open: bool) -> Vec<BTreeMap<String, Value>> {
    let mut base = BTreeMap::new();
    for (name, (_, spec)) in named {
        let near = spec.near();
        let admitted = near
            .iter()
            .find(|value| spec.admits(value))
            .or(near.first());
        base.extend(admitted.map(|value| (name.clone(), value.clone())));
    }
    let mut all = vec![base.clone(), BTreeMap::new()];
    for (name, (_, spec)) in named {
        let mut without = base.clone();
        without.remove(name);
        all.push(without);
        for value in spec.near().into_iter().take(24) {
            let mut varied = base.clone();
            varied.insert(name.clone(), value);
            all.push(varied);
        }
    }
    for extra in ["a", "b", if open { "c" } else { "d" }] {
        let mut more = base.clone();
        more.entry(extra.to_owned()).or_insert(Value::Null);
        all.push(more);
    }
    all
}

pub(crate) fn permitted(named: &Rules, open: bool, given: &BTreeMap<String, Value>) -> bool {
    let rules_hold = named
        .iter()
        .all(|(name, (presence, spec))| match given.get(name) {
            Some(value) => spec.admits(value),
            None => *presence == Presence::Optional,
        });
    rules_hold && (open || given.keys().all(|name| named.contains_key(name)))
}

/// Tries everything that each star could take.
pub(crate) fn glob(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| glob(rest, &text[taken..])),
        Some((literal, rest)) => text.first() == Some(literal) && glob(rest, &text[1..]),
    }
}

pub(crate) fn segments(path: &str) -> Option<Vec<&str>> {
    let rest = path.strip_prefix('/')?;
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let segments: Vec<&str> = rest.split('/').collect();
    let wrong = |segment: &&str| {
        matches!(*segment, "" | "." | "..") || segment.contains(['\\', '\0', '\n'])
    };
    (!segments.iter().any(wrong)).then_some(segments)
}

pub(crate) fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.len() <= 253
        && text.split('.').all(label)
        && !text
            .rsplit('.')
            .next()
            .unwrap()
            .starts_with(|c: char| c.is_ascii_digit())
}

fn is_subdomain(host: &str, base: &str) -> bool {
    let labels = |name: &str| name.rsplit('.').map(str::to_owned).collect::<Vec<_>>();
    labels(host).starts_with(&labels(base))
}

fn own_port(scheme: &str) -> Option<u16> {
    [("http", 80), ("https", 443)]
        .into_iter()
        .find(|(own, _)| *own == scheme)
        .map(|(_, port)| port)
}

/// Scheme, host, spelled port and path segments of the URLs these tests use.
pub(crate) fn url_parts(text: &str) -> Option<(String, String, Option<u16>, Vec<&str>)> {
    let (scheme, rest) = text.split_once("://")?;
    let (authority, _) = rest.split_once('/')?;
    let path = rest[authority.len()..].split('?').next()?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (authority, None),
    };
    let plain =
        scheme.chars().all(|c| c.is_ascii_lowercase()) && is_host(host) && !text.contains('%');
    let stem = if path.len() > 2 {
        path.strip_suffix('/').unwrap_or(path)
    } else {
        path
    };
    let spelled_default = port.is_some() && port == own_port(scheme);
    (plain && !spelled_default).then_some((
        scheme.to_owned(),
        host.to_owned(),
        port,
        segments(stem)?,
    ))
}

/// The bits of an address in canonical spelling that is not a mapped one.
pub(crate) fn address(text: &str) -> Option<Vec<bool>> {
    let (number, width) = match text.parse().ok()? {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    };
    let bits: Vec<bool> = (0..width).rev().map(|bit| number >> bit & 1 == 1).collect();
    let is_mapped = width == 128 && number >> 32 == 0xffff;
    (!is_mapped && spell(&bits) == text).then_some(bits)
}

fn spell(bits: &[bool]) -> String {
    let number = bits
        .iter()
        .fold(0_u128, |number, bit| number << 1 | u128::from(*bit));
    if bits.len() == 32 {
        number.to_be_bytes()[12..]
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(".")
    } else {
        Ipv6Addr::from(number).to_string()
    }
}

/// A capability that can be looked into.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) tool: &'static str,
    pub(crate) effect: Effect,
    pub(crate) named: Rules,
    pub(crate) open: bool,
}

pub(crate) const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Write, Effect::Irreversible];

impl Entry {
    pub(crate) fn build(&self) -> Capability {
        Capability::for_tool(ToolPattern::new(self.tool).unwrap(), self.effect)
            .with_arguments(rules(&self.named, self.open))
    }

    pub(crate) fn permits(&self, action: &Action) -> bool {
        let tool = action.tool.as_str();
        let meant = match self.tool.strip_suffix('*') {
            Some(prefix) => tool.starts_with(prefix) && tool.len() > prefix.len(),
            None => tool == self.tool,
        };
        meant
            && action.effect <= self.effect
            && permitted(&self.named, self.open, action.arguments.as_map())
    }
}

pub(crate) fn powers(entries: &[Entry]) -> Powers {
    Powers::new(entries.iter().map(Entry::build)).unwrap()
}

/// Powers that permit one tool with one required argument.
pub(crate) fn wrapped(constraint: &Constraint) -> Powers {
    Powers::new([Capability::new("t", Effect::Read)
        .unwrap()
        .require("x", constraint.clone())
        .unwrap()])
    .unwrap()
}

/// Calls around everything that the entries mention.
pub(crate) fn near_actions(entries: &[Entry]) -> Vec<Action> {
    let tools: BTreeSet<&str> = [
        "crm",
        "crm.",
        "crmx",
        "crm.read",
        "crm.read.x",
        "crm.readx",
        "crm.zz",
        "mail",
    ]
    .into();
    let arguments: Vec<Arguments> = entries
        .iter()
        .flat_map(|entry| near_arguments(&entry.named, entry.open))
        .map(|named| Arguments::new(named).unwrap())
        .collect();
    let mut actions = Vec::new();
    for (index, arguments) in arguments.into_iter().enumerate() {
        for (tool, effect) in tools
            .iter()
            .flat_map(|tool| EFFECTS.map(|effect| (tool, effect)))
        {
            // Every argument set with every tool, and each effect in turn.
            if EFFECTS[index % 3] == effect {
                actions.push(Action {
                    tool: ToolName::new(tool).unwrap(),
                    arguments: arguments.clone(),
                    effect,
                });
            }
        }
    }
    actions
}
