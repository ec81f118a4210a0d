//! The content of a token, as a tree for people and as JSON for machines.

use super::news::{news, show_notice};
use super::record::{approval, receipt, show_approval, show_receipt};
use mandatum::claims::{Approval, Child, Receipt};
use mandatum::json::JsonForm;
use mandatum::limits::LimitRule;
use mandatum::primitives::Value;
use mandatum::sign::Token;
use mandatum::{
    CallClaims, Chain, ExecutionProof, Life, Limit, Link, Mission, Notice, Root, RootAudience,
    Timestamp,
};
use std::fmt::{Display, Write};

/// A token that was decoded, and nothing more.
pub(crate) enum Shown {
    Proof(ExecutionProof),
    Chain(Chain),
    Child(Token<Child>),
    Call(Token<CallClaims>),
    Notice(Notice),
    Approval(Token<Approval>),
    Receipt(Token<Receipt>),
}

const UNVERIFIED: &str = "nothing here has been verified: these are claims";

impl Shown {
    /// For people; the token has so many bytes.
    pub(crate) fn to_text(&self, bytes: usize) -> String {
        let mut page = Page::default();
        page.line(0, &format!("{}, {bytes} bytes", self.kind()));
        page.line(0, UNVERIFIED);
        match self {
            Self::Proof(proof) => {
                show_chain(&mut page, proof.chain());
                show_call(&mut page, proof.call().claims());
                for notice in proof.stapled() {
                    page.line(0, "");
                    page.line(0, &format!("stapled: {}", notice_kind(notice)));
                    show_notice(&mut page, notice);
                }
            }
            Self::Chain(chain) => show_chain(&mut page, chain),
            Self::Child(child) => {
                page.line(0, "");
                page.line(0, "link of a chain that is not here");
                let task = child.claims().step.as_ref().map(|step| format!("…/{step}"));
                show_child(
                    &mut page,
                    0,
                    child,
                    &task.unwrap_or_else(|| "that of its parent".to_owned()),
                );
            }
            Self::Call(call) => show_call(&mut page, call.claims()),
            Self::Notice(notice) => {
                page.line(0, "");
                show_notice(&mut page, notice);
            }
            Self::Approval(token) => {
                page.line(0, "");
                show_approval(&mut page, token);
            }
            Self::Receipt(token) => {
                page.line(0, "");
                show_receipt(&mut page, token);
            }
        }
        page.0
    }

    /// For machines; the token has so many bytes.
    pub(crate) fn to_value(&self, bytes: usize) -> Value {
        let content = match self {
            Self::Proof(proof) => {
                let stapled = proof.stapled().iter().map(news).collect();
                let call = call(proof.call().claims());
                vec![
                    ("links", links(proof.chain())),
                    ("call", call),
                    ("stapled", Value::List(stapled)),
                ]
            }
            Self::Chain(chain) => vec![("links", links(chain))],
            Self::Child(token) => vec![("links", Value::List(vec![child(token)]))],
            Self::Call(token) => vec![("call", call(token.claims()))],
            Self::Notice(notice) => vec![("notice", news(notice))],
            Self::Approval(token) => vec![("approval", approval(token))],
            Self::Receipt(token) => vec![("receipt", receipt(token))],
        };
        let about = [
            ("kind", Value::from(self.kind())),
            ("bytes", size(bytes)),
            ("verified", Value::Bool(false)),
        ];
        object(about.into_iter().chain(content))
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Proof(_) => "execution proof",
            Self::Chain(chain) if chain.len() == 1 => "root mandate",
            Self::Chain(_) => "chain of mandates",
            Self::Child(_) => "mandate without its chain",
            Self::Call(_) => "signed call",
            Self::Notice(notice) => notice_kind(notice),
            Self::Approval(_) => "approval",
            Self::Receipt(_) => "receipt",
        }
    }
}

pub(crate) const fn notice_kind(notice: &Notice) -> &'static str {
    match notice {
        Notice::Status(_) => "status",
        Notice::End(_) => "end of a mission",
        Notice::TaskEnd(_) => "end of a task",
        Notice::EventFired(_) => "event that has fired",
        Notice::Withdrawal(_) => "withdrawal of a tool",
    }
}

#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn line(&mut self, indent: usize, text: &str) {
        self.0.extend(std::iter::repeat_n(' ', indent));
        self.0.push_str(text);
        self.0.push('\n');
    }

    pub(crate) fn field(&mut self, indent: usize, name: &str, value: &dyn Display) {
        let mut line = String::new();
        // Writing to a string can't fail.
        let _ = write!(line, "{name:<10}{value}");
        self.line(indent, &line);
    }
}

fn show_chain(page: &mut Page, chain: &Chain) {
    page.line(0, "");
    show_root(page, chain.root());
    for (number, token) in (1_usize..).zip(chain.children()) {
        let indent = number.saturating_mul(3);
        let above = indent.saturating_sub(3);
        page.line(above, "│");
        page.line(above, &format!("└─ link {number}"));
        let task = chain
            .tasks()
            .ok()
            .and_then(|tasks| tasks.get(number).map(ToString::to_string));
        show_child(
            page,
            indent,
            token,
            &task.unwrap_or_else(|| "out of bounds".to_owned()),
        );
    }
}

fn show_root(page: &mut Page, token: &Token<Root>) {
    let root = token.claims();
    page.line(0, "root");
    page.field(0, "issuer", &root.issuer);
    page.field(0, "signed by", &root.signed_by);
    page.field(0, "principal", &root.principal.name);
    for (system, alias) in root.principal.aliases.iter() {
        page.field(0, "", &format!("known to {system} as {alias}"));
    }
    page.field(
        0,
        "purpose",
        &format!(
            "{} about {}, text {}",
            root.purpose.code, root.purpose.subject, root.purpose.text
        ),
    );
    match &root.grant {
        Some(grant) => {
            let words = format!(
                "{} by {} at {}, evidence {}",
                grant.kind, grant.by, grant.at, grant.evidence
            );
            page.field(0, "grant", &words);
        }
        None => page.field(0, "grant", &"none: no person's consent is stated"),
    }
    page.field(0, "audience", &audience(&root.audience));
    page.field(0, "life", &life(&root.life).1);
    if let Life::Mission(lives_by) = &root.life {
        mission_lines(lives_by.mission())
            .iter()
            .for_each(|line| page.field(0, "", &format!("· {line}")));
    }
    page.field(0, "id", &token.digest());
    show_link(page, 0, &root.link, root.task.as_str());
}

fn show_child(page: &mut Page, indent: usize, token: &Token<Child>, task: &str) {
    page.field(indent, "id", &token.digest());
    page.field(indent, "parent", &token.claims().parent);
    show_link(page, indent, &token.claims().link, task);
    if token.claims().same_key {
        page.field(
            indent,
            "key",
            &"an ancestor's, on purpose: this narrows but does not contain",
        );
    }
}

fn show_link(page: &mut Page, indent: usize, link: &Link, task: &str) {
    if let Some(name) = &link.holder.name {
        page.field(indent, "holder", name);
    }
    page.field(indent, "key", &link.holder.key);
    page.field(indent, "task", &task);
    let (issued, expires) = (link.lifetime.issued_at(), link.lifetime.expires());
    page.field(
        indent,
        "lives",
        &format!("{issued} to {expires} ({})", link.lifetime.length()),
    );
    page.field(
        indent,
        "delegates",
        &match link.hops {
            0 => "no further".to_owned(),
            1 => "once more".to_owned(),
            hops => format!("up to {hops} times more"),
        },
    );
    list(page, indent, "powers", "none", link.powers.capabilities());
    list(
        page,
        indent,
        "limits",
        "none of its own",
        link.limits.iter().flat_map(limit_lines),
    );
    if link.replaces.iter().len() > 0 {
        list(page, indent, "replaces", "none", link.replaces.iter());
    }
}

/// A limit, and below it what its one line has no room for.
fn limit_lines(limit: &Limit) -> Vec<String> {
    let details = match limit.rule() {
        LimitRule::LivesBy(lives_by) => mission_lines(lives_by.mission()),
        LimitRule::Waves(waves) => mission_lines(waves.mission()),
        LimitRule::Barrier(barrier) => barrier
            .tasks()
            .map(|(task, reporters)| {
                let keys: Vec<String> = reporters.iter().map(ToString::to_string).collect();
                format!("{task} by the word of {}", keys.join(" or "))
            })
            .collect(),
        LimitRule::Budget(budget) => budget
            .shares()
            .map(|(ledger, max)| format!("{max} of it counted by ledger {ledger}"))
            .collect(),
        LimitRule::RateLimit(rate) => vec![format!("counted by ledger {}", rate.ledger())],
        LimitRule::SeparationOfDuty(exclusive) => {
            vec![format!("kept by ledger {}", exclusive.ledger())]
        }
        LimitRule::ApprovalGate(gate) => gate
            .approvers()
            .map(|key| format!("{key} may approve"))
            .collect(),
        LimitRule::Delegates(keys) => keys
            .iter()
            .map(|key| format!("{key} may hold what is delegated"))
            .collect(),
        _ => Vec::new(),
    };
    [limit.to_string()]
        .into_iter()
        .chain(details.into_iter().map(|detail| format!("· {detail}")))
        .collect()
}

/// Returns lines with the controller of a mission and the id that notices have for it.
fn mission_lines(mission: &Mission) -> Vec<String> {
    vec![
        format!("controlled by {}", mission.controller),
        format!("in notices {}", mission.id()),
    ]
}

pub(crate) fn list(
    page: &mut Page,
    indent: usize,
    name: &str,
    none: &str,
    items: impl IntoIterator<Item = impl Display>,
) {
    let mut name = name;
    for item in items {
        page.field(indent, name, &item);
        name = "";
    }
    if !name.is_empty() {
        page.field(indent, name, &none);
    }
}

fn show_call(page: &mut Page, call: &CallClaims) {
    page.line(0, "");
    page.line(0, "call");
    page.field(0, "id", &call.id);
    page.field(0, "leaf", &call.leaf);
    page.field(0, "request", &call.request);
    page.field(0, "audience", &call.audience);
    page.field(0, "signed", &call.at);
}

fn audience(audience: &RootAudience) -> String {
    match audience {
        RootAudience::Anywhere => "anywhere that trusts the issuer".to_owned(),
        RootAudience::Only(set) => set
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The life of a root, for machines and for people.
fn life(life: &Life) -> (Value, String) {
    match life {
        Life::ExpiryOnly => (
            "expiry_only".into(),
            "expiry only: nothing can end it early".to_owned(),
        ),
        Life::Mission(lives_by) => (lives_by.to_value(), lives_by.to_string()),
    }
}

pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(
        fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

fn size(bytes: usize) -> Value {
    Value::Number(u64::try_from(bytes).unwrap_or(u64::MAX).into())
}

pub(crate) fn time(at: Timestamp) -> Value {
    Value::Number(at.as_unix().into())
}

pub(crate) fn shown(value: &impl ToString) -> Value {
    value.to_string().into()
}

fn links(chain: &Chain) -> Value {
    let children = chain.children().map(child);
    Value::List([root(chain.root())].into_iter().chain(children).collect())
}

fn link(id: &impl ToString, link: &Link) -> Vec<(&'static str, Value)> {
    let name = link
        .holder
        .name
        .as_ref()
        .map(|name| ("holder", shown(name)));
    let fields = [
        ("id", shown(id)),
        ("token_id", shown(&link.id)),
        ("key", shown(&link.holder.key)),
        ("issued_at", time(link.lifetime.issued_at())),
        ("expires", time(link.lifetime.expires())),
        ("hops", Value::Number(link.hops.into())),
        ("powers", link.powers.to_value()),
        ("limits", link.limits.to_value()),
    ];
    let replaced = Value::List(link.replaces.iter().map(shown).collect());
    let replaces = (link.replaces.iter().len() > 0).then_some(("replaces", replaced));
    fields.into_iter().chain(name).chain(replaces).collect()
}

fn root(token: &Token<Root>) -> Value {
    let root = token.claims();
    let aliases = root
        .principal
        .aliases
        .iter()
        .map(|(system, alias)| (system.to_string(), shown(alias)))
        .collect();
    let grant = root.grant.as_ref().map(|grant| {
        let fields = [
            ("kind", Value::from(grant.kind.as_str())),
            ("by", shown(&grant.by)),
            ("at", time(grant.at)),
            ("evidence", shown(&grant.evidence)),
        ];
        ("grant", object(fields))
    });
    let purpose = [
        ("code", shown(&root.purpose.code)),
        ("subject", shown(&root.purpose.subject)),
        ("text", shown(&root.purpose.text)),
    ];
    let audience = match &root.audience {
        RootAudience::Anywhere => "anywhere".into(),
        RootAudience::Only(set) => Value::List(set.iter().map(shown).collect()),
    };
    let own = [
        ("issuer", shown(&root.issuer)),
        ("signed_by", shown(&root.signed_by)),
        ("principal", shown(&root.principal.name)),
        ("aliases", Value::Map(aliases)),
        ("purpose", object(purpose)),
        ("task", shown(&root.task)),
        ("audience", audience),
        ("life", life(&root.life).0),
    ];
    object(
        link(&token.digest(), &root.link)
            .into_iter()
            .chain(own)
            .chain(grant),
    )
}

fn child(token: &Token<Child>) -> Value {
    let claims = token.claims();
    let step = claims.step.as_ref().map(|step| ("task_step", shown(step)));
    let own = [
        ("parent", shown(&claims.parent)),
        ("same_key", Value::Bool(claims.same_key)),
    ];
    object(
        link(&token.digest(), &claims.link)
            .into_iter()
            .chain(own)
            .chain(step),
    )
}

fn call(call: &CallClaims) -> Value {
    object([
        ("id", shown(&call.id)),
        ("leaf", shown(&call.leaf)),
        ("request", shown(&call.request)),
        ("audience", shown(&call.audience)),
        ("at", time(call.at)),
    ])
}
