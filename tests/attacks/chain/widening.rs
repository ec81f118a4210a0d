//! Rule 13: a child wider than its parent in one dimension, for every dimension there is.

use super::{Row, delegate, row};
use crate::support::forge::chain_of;
use crate::support::story::{
    HELPER, after, anchor_with, child_of, encoded_powers, key, powers, root, verifier_of,
};
use mandatum::chain::{Ceiling, ChainErrorKind};
use mandatum::powers::{Bound, CoverageGap, Host, Port, Range, UrlRule};
use mandatum::{Capability, Constraint, Delegation, Effect, Powers};

/// A dimension: a parent, a child that is wider in it alone, and the gap that is named.
struct Case {
    name: &'static str,
    parent: Powers,
    child: Powers,
    gap: CoverageGap,
}

fn tool(name: &str) -> Capability {
    Capability::new(name, Effect::Write).unwrap()
}

fn case(name: &'static str, parent: Capability, child: Capability, gap: CoverageGap) -> Case {
    Case {
        name,
        parent: powers([parent.allow_delegation()]),
        child: powers([child]),
        gap,
    }
}

/// The same tool with one argument, of which the child admits more.
fn wider(name: &'static str, parent: Constraint, child: Constraint) -> Case {
    let with = |constraint| tool("crm.read").require("x", constraint).unwrap();
    case(
        name,
        with(parent),
        with(child),
        CoverageGap::Argument { name: "x".into() },
    )
}

fn range(low: Option<Bound>, high: Option<Bound>) -> Constraint {
    Constraint::range(Range::new(low, high).unwrap())
}

fn between(low: i64, high: i64) -> Constraint {
    Constraint::between(low.into(), high.into()).unwrap()
}

fn texts(texts: &[&str]) -> Constraint {
    Constraint::one_of(texts.iter().copied()).unwrap()
}

fn url(schemes: &[&str], host: &str, port: Port, path: &str) -> Constraint {
    let rule = UrlRule::new(schemes.iter().copied(), Host::new(host).unwrap()).unwrap();
    Constraint::url(rule.with_port(port).unwrap().with_path(path).unwrap())
}

fn record(rules: mandatum::powers::ArgumentRules) -> Constraint {
    Constraint::record(rules).unwrap()
}

fn closed() -> mandatum::powers::ArgumentRules {
    mandatum::powers::ArgumentRules::closed()
}

fn cases() -> Vec<Case> {
    [capabilities(), sets_and_ranges(), spellings(), nests()]
        .into_iter()
        .flatten()
        .collect()
}

fn capabilities() -> Vec<Case> {
    let any = Constraint::any;
    let acme = || {
        tool("crm.read")
            .require("account", texts(&["acme"]))
            .unwrap()
    };
    let effects = |parent, child| CoverageGap::Effect { parent, child };
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let irreversible = Capability::new("crm.read", Effect::Irreversible).unwrap();
    let named = |name: &str| CoverageGap::ArgumentUnknown { name: name.into() };
    let optional = |name: &str| CoverageGap::ArgumentOptional { name: name.into() };
    vec![
        case(
            "another tool",
            tool("crm.read"),
            tool("crm.export"),
            CoverageGap::Tool,
        ),
        case(
            "a family instead of its member",
            tool("crm.read"),
            tool("crm.*"),
            CoverageGap::Tool,
        ),
        case(
            "a wider family",
            tool("crm.contacts.*"),
            tool("crm.*"),
            CoverageGap::Tool,
        ),
        case(
            "the family's own name",
            tool("crm.*"),
            tool("crm"),
            CoverageGap::Tool,
        ),
        case(
            "a name that begins alike",
            tool("crm.*"),
            tool("crmx.read"),
            CoverageGap::Tool,
        ),
        case(
            "a higher effect",
            read,
            tool("crm.read"),
            effects(Effect::Read, Effect::Write),
        ),
        case(
            "the highest effect",
            tool("crm.read"),
            irreversible,
            effects(Effect::Write, Effect::Irreversible),
        ),
        case(
            "a new argument",
            acme(),
            acme().require("export_to", any()).unwrap(),
            named("export_to"),
        ),
        case(
            "a new argument that may be there",
            acme(),
            acme().allow("export_to", any()).unwrap(),
            named("export_to"),
        ),
        case(
            "unnamed arguments",
            acme(),
            acme().allow_others(),
            CoverageGap::Open,
        ),
        case(
            "an argument left out",
            acme(),
            tool("crm.read"),
            optional("account"),
        ),
        case(
            "an argument made optional",
            acme(),
            tool("crm.read").allow("account", texts(&["acme"])).unwrap(),
            optional("account"),
        ),
        case(
            "an optional argument let in by the open door",
            tool("crm.read")
                .allow("limit", between(0, 9))
                .unwrap()
                .allow_others(),
            tool("crm.read").allow_others(),
            CoverageGap::Argument {
                name: "limit".into(),
            },
        ),
        Case {
            name: "what is not delegable, passed on",
            parent: powers([acme()]),
            child: powers([acme()]),
            gap: CoverageGap::NotDelegable,
        },
        Case {
            name: "a second capability beside a good one",
            parent: powers([acme().allow_delegation()]),
            child: powers([acme(), tool("crm.export")]),
            gap: CoverageGap::Tool,
        },
        Case {
            name: "two halves of the parent in one",
            parent: powers(["acme", "globex"].map(|account| {
                tool("crm.read")
                    .require("account", texts(&[account]))
                    .unwrap()
                    .allow_delegation()
            })),
            child: powers([tool("crm.read")
                .require("account", texts(&["acme", "globex"]))
                .unwrap()]),
            gap: CoverageGap::NoSingleEntry,
        },
    ]
}

fn sets_and_ranges() -> Vec<Case> {
    let at = |number: i64| number.into();
    vec![
        wider("anything", texts(&["acme"]), Constraint::any()),
        wider(
            "one value more",
            texts(&["acme"]),
            texts(&["acme", "globex"]),
        ),
        wider("another value", texts(&["acme"]), texts(&["Acme"])),
        wider(
            "a value of another type",
            texts(&["1"]),
            Constraint::one_of([1_i64]).unwrap(),
        ),
        wider(
            "one exclusion fewer",
            Constraint::none_of(["a", "b"]).unwrap(),
            Constraint::none_of(["a"]).unwrap(),
        ),
        wider(
            "other exclusions",
            Constraint::none_of(["a"]).unwrap(),
            Constraint::none_of(["b"]).unwrap(),
        ),
        wider("a higher end", between(0, 100), between(0, 101)),
        wider(
            "a higher end by the smallest fraction",
            between(0, 100),
            range(
                Some(Bound::Inclusive(at(0))),
                Some(Bound::Inclusive("100.000000000000000001".parse().unwrap())),
            ),
        ),
        wider("a lower end", between(0, 100), between(-1, 100)),
        wider(
            "no lower end",
            between(0, 100),
            Constraint::at_most(at(100)),
        ),
        wider(
            "no upper end",
            between(0, 100),
            range(Some(Bound::Inclusive(at(0))), None),
        ),
        wider(
            "an end that is within",
            range(None, Some(Bound::Exclusive(at(100)))),
            Constraint::at_most(at(100)),
        ),
        wider(
            "numbers for texts",
            Constraint::pattern("*").unwrap(),
            Constraint::at_most(at(100)),
        ),
    ]
}

fn spellings() -> Vec<Case> {
    let pattern = |text| Constraint::pattern(text).unwrap();
    let path = |text| Constraint::path_under(text).unwrap();
    let host = |text| Constraint::host_under(text).unwrap();
    let network = |text| Constraint::network(text).unwrap();
    let https = |host, port, path| url(&["https"], host, port, path);
    vec![
        wider("a shorter pattern", pattern("acme-*"), pattern("acme*")),
        wider("another pattern", pattern("acme-*"), pattern("globex-*")),
        wider("any text", pattern("acme-*"), pattern("*")),
        wider(
            "a pattern with a second star",
            pattern("a*z"),
            pattern("a*z*"),
        ),
        wider("the directory above", path("/decks/acme"), path("/decks")),
        wider(
            "a directory beside",
            path("/decks/acme"),
            path("/decks/acme2"),
        ),
        wider("every directory", path("/decks/acme"), path("/")),
        wider(
            "the domain above",
            host("api.example.com"),
            host("example.com"),
        ),
        wider(
            "a domain that ends alike",
            host("example.com"),
            host("badexample.com"),
        ),
        wider(
            "a wider network",
            network("10.1.0.0/16"),
            network("10.0.0.0/8"),
        ),
        wider(
            "the network beside",
            network("10.1.0.0/16"),
            network("10.2.0.0/16"),
        ),
        wider(
            "every address of the other family",
            network("10.0.0.0/8"),
            network("::/0"),
        ),
        wider("v4 through v6", network("::/0"), network("10.0.0.0/8")),
        wider(
            "another scheme",
            https("example.com", Port::Default, "/v1"),
            url(&["http", "https"], "example.com", Port::Default, "/v1"),
        ),
        wider(
            "the URL's domain above",
            https("api.example.com", Port::Default, "/v1"),
            https("example.com", Port::Default, "/v1"),
        ),
        wider(
            "another port",
            https("example.com", Port::Default, "/v1"),
            https("example.com", Port::Only(8443), "/v1"),
        ),
        wider(
            "any port",
            https("example.com", Port::Only(8443), "/v1"),
            https("example.com", Port::Any, "/v1"),
        ),
        wider(
            "the URL's path above",
            https("example.com", Port::Default, "/v1"),
            https("example.com", Port::Default, "/"),
        ),
        wider("a text for a path", path("/decks"), pattern("/decks/*")),
        wider(
            "a text for a host",
            host("example.com"),
            pattern("*.example.com"),
        ),
    ]
}

fn nests() -> Vec<Case> {
    let contains = |elements: &[&str]| Constraint::contains(elements.iter().copied()).unwrap();
    let each = |inner| Constraint::each(inner).unwrap();
    let small = || between(0, 9);
    let all_of = |clauses: Vec<Constraint>| Constraint::all_of(clauses).unwrap();
    let any_of = |clauses: Vec<Constraint>| Constraint::any_of(clauses).unwrap();
    let one = || closed().require("to", texts(&["alice"])).unwrap();
    vec![
        wider("one element fewer", contains(&["a", "b"]), contains(&["a"])),
        wider("wider elements", each(small()), each(between(0, 10))),
        wider("elements unbound", each(small()), each(Constraint::any())),
        wider(
            "a record with a wider entry",
            record(one()),
            record(closed().require("to", texts(&["alice", "bob"])).unwrap()),
        ),
        wider(
            "a record with an entry more",
            record(one()),
            record(one().require("cc", Constraint::any()).unwrap()),
        ),
        wider(
            "a record with an entry optional",
            record(one()),
            record(closed().allow("to", texts(&["alice"])).unwrap()),
        ),
        wider(
            "a record opened",
            record(one()),
            record(one().allow_others()),
        ),
        wider(
            "a clause dropped",
            all_of(vec![small(), between(5, 20)]),
            all_of(vec![small()]),
        ),
        wider(
            "an alternative more",
            any_of(vec![small()]),
            any_of(vec![small(), between(20, 30)]),
        ),
        wider(
            "a wider element deep below",
            each(each(record(one()))),
            each(each(record(one().allow_others()))),
        ),
    ]
}

/// The root with the parent's powers and a child with the child's.
fn tokens(case: &Case) -> [Vec<u8>; 2] {
    let root = root().term(0, encoded_powers(case.parent.clone())).token();
    let child = child_of(&root)
        .term(0, encoded_powers(case.child.clone()))
        .token();
    [root, child]
}

pub(super) fn rows() -> Vec<Row> {
    let row_of = |case: Case| {
        let tokens = tokens(&case);
        let by = verifier_of(anchor_with(Ceiling::Unlimited));
        let refused = by.verify(&chain_of(&tokens)).expect_err(case.name);
        let ChainErrorKind::BeyondParent(beyond) = refused.kind else {
            panic!("{}: {refused:?}", case.name)
        };
        assert_eq!(beyond.gap, case.gap, "{}", case.name);
        let terms =
            Delegation::new([1; 16], key(HELPER).public(), case.child, after(3600)).with_hops(2);
        let minted = delegate(&tokens[..1], terms);
        row(case.name, tokens, 1, ChainErrorKind::BeyondParent(beyond))
            .by(by)
            .minted(minted)
    };
    cases().into_iter().map(row_of).collect()
}

#[test]
fn the_witness_is_a_call_that_only_the_child_permits() {
    let mut without = Vec::new();
    for case in cases()
        .into_iter()
        .filter(|case| case.gap != CoverageGap::NotDelegable)
    {
        match case
            .parent
            .covers(&case.child)
            .expect_err(case.name)
            .witness
        {
            Some(call) => {
                assert!(
                    case.child.permits(&call).is_ok() && case.parent.permits(&call).is_err(),
                    "{}",
                    case.name
                );
            }
            None => without.push(case.name),
        }
    }
    assert_eq!(without, ["two halves of the parent in one"]);
}

#[test]
fn in_every_dimension_the_other_way_round_is_a_narrowing_or_no_relation() {
    let verifier = verifier_of(anchor_with(Ceiling::Unlimited));
    let mut narrower = 0;
    for case in cases() {
        let delegable = powers(
            case.child
                .capabilities()
                .iter()
                .cloned()
                .map(Capability::allow_delegation),
        );
        let turned = Case {
            parent: delegable,
            child: case.parent,
            ..case
        };
        narrower += usize::from(verifier.verify(&chain_of(&tokens(&turned))).is_ok());
    }
    assert!(narrower > 35, "{narrower}");
}
