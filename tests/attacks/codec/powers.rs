//! Powers: capabilities and constraints that are not ones.

use super::{
    Row, capability, constraint, row, with_capability, with_constraint, with_powers, with_values,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::powers::{
    ConstraintError, HostError, NetworkError, PathError, PatternError, PowersError, RangeError,
    ToolError, UrlError, ValueSetError,
};
use mandatum::primitives::ValueType;

fn wrong(error: impl Into<ConstraintError>) -> InvalidValue {
    InvalidValue::Powers(PowersError::Constraint(error.into()))
}

fn tool(error: ToolError) -> InvalidValue {
    InvalidValue::Powers(PowersError::Tool(error))
}

fn any() -> Vec<u8> {
    cbor::array([cbor::int(0)])
}

/// Constraints one in another, so deep.
fn nest(depth: usize, wrap: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    (1..depth).fold(any(), |inner, _| wrap(inner))
}

fn url(change: impl FnOnce(Map) -> Map) -> Vec<u8> {
    let rule = Map::of([
        (0, cbor::array([cbor::text("https")])),
        (1, cbor::text("example.com")),
    ]);
    with_constraint(&constraint(7, change(rule).bytes()))
}

fn range(ends: Map) -> Vec<u8> {
    with_constraint(&constraint(3, ends.bytes()))
}

fn of_tool(name: &str) -> Vec<u8> {
    with_capability(&capability().set(0, cbor::text(name)))
}

pub(super) fn rows() -> Vec<Row> {
    [capabilities(), constraints(), nests(), sets(), urls()]
        .into_iter()
        .flatten()
        .collect()
}

fn capabilities() -> Vec<Row> {
    let named = |names: Map| with_capability(&capability().set(2, names.bytes()));
    vec![
        row(
            "no tool",
            with_capability(&capability().without(0)),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "no effect",
            with_capability(&capability().without(1)),
            CodecErrorKind::MissingKey { key: 1 },
        ),
        row(
            "an effect above all",
            with_capability(&capability().set(1, cbor::int(3))),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        row(
            "an effect by name",
            with_capability(&capability().set(1, cbor::text("read"))),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "not delegable, spelled out",
            with_capability(&capability().set(5, cbor::bool(false))),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "closed, spelled out",
            with_capability(&capability().set(4, cbor::bool(false))),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "open, by null",
            with_capability(&capability().set(4, cbor::null())),
            CodecErrorKind::Expected(Expected::True),
        ),
        row(
            "no argument, spelled out",
            named(Map::default()),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no optional argument, spelled out",
            with_capability(&capability().set(3, Map::default().bytes())),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "an argument that must and may be there",
            with_capability(
                &capability()
                    .set(2, Map::of_texts([("a", any())]).bytes())
                    .set(3, Map::of_texts([("a", any())]).bytes()),
            ),
            wrong(ConstraintError::NamedTwice),
        ),
        row(
            "an argument without a rule",
            named(Map::of_texts([("a", cbor::null())])),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "an argument by number",
            named(Map::of([(1, any())])),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "an argument's name that is too long",
            named(Map::of_texts([(&"a".repeat(129), any())])),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "more arguments than there may be",
            named(Map((10..75)
                .map(|n| (cbor::text(&format!("a{n}")), any()))
                .collect())),
            CodecErrorKind::TooMany { max: 64 },
        ),
        row(
            "more arguments in two parts than there may be",
            with_capability(
                &capability()
                    .set(
                        2,
                        Map((10..50)
                            .map(|n| (cbor::text(&format!("a{n}")), any()))
                            .collect())
                        .bytes(),
                    )
                    .set(
                        3,
                        Map((10..35)
                            .map(|n| (cbor::text(&format!("b{n}")), any()))
                            .collect())
                        .bytes(),
                    ),
            ),
            wrong(ConstraintError::TooManyArguments),
        ),
        row("every tool", of_tool("*"), tool(ToolError::EveryTool)),
        row(
            "every tool, by two stars",
            of_tool("**"),
            tool(ToolError::Star { at: 0 }),
        ),
        row(
            "two stars at the end of a tool",
            of_tool("crm.**"),
            tool(ToolError::Star { at: 4 }),
        ),
        row(
            "a star within a tool",
            of_tool("crm.*.read"),
            tool(ToolError::Star { at: 4 }),
        ),
        row(
            "a star before a tool",
            of_tool("*_user"),
            tool(ToolError::Star { at: 0 }),
        ),
        row("an empty tool", of_tool(""), tool(ToolError::Empty)),
        row(
            "a tool with a space",
            of_tool("get user"),
            tool(ToolError::Character { found: ' ', at: 3 }),
        ),
        row(
            "a family with a space",
            of_tool("get *"),
            tool(ToolError::Character { found: ' ', at: 3 }),
        ),
        row(
            "a tool with a zero byte",
            of_tool("crm\0"),
            tool(ToolError::Character { found: '\0', at: 3 }),
        ),
        row(
            "a tool that looks like another",
            of_tool("crm.re\u{0430}d"),
            tool(ToolError::Character {
                found: '\u{0430}',
                at: 6,
            }),
        ),
        row(
            "a tool that is too long",
            of_tool(&"a".repeat(129)),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "a family that is too long",
            of_tool(&format!("{}*", "a".repeat(128))),
            CodecErrorKind::TooLarge { max: 128 },
        ),
        row(
            "more capabilities than there may be",
            with_powers(&vec![capability().bytes(); 257]),
            CodecErrorKind::TooMany { max: 256 },
        ),
        row(
            "a capability that is a list",
            with_powers(&[cbor::array([cbor::text("crm.read")])]),
            CodecErrorKind::Expected(Expected::Map),
        ),
    ]
}

fn constraints() -> Vec<Row> {
    let of = |kind, content| with_constraint(&constraint(kind, content));
    let text = |kind, text| of(kind, cbor::text(text));
    let two = CodecErrorKind::Expected(Expected::ArrayOfLength(2));
    vec![
        row(
            "a kind that is not known",
            of(14, cbor::null()),
            CodecErrorKind::UnknownKind { kind: 14 },
        ),
        row(
            "a kind by name",
            with_constraint(&cbor::array([cbor::text("any")])),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "nothing",
            with_constraint(&cbor::array::<Vec<u8>>([])),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "anything, with more",
            of(0, cbor::null()),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "one of, without what",
            with_constraint(&cbor::array([cbor::int(1)])),
            two,
        ),
        row(
            "a constraint with three parts",
            with_constraint(&cbor::array([cbor::int(1), any(), any()])),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row("two stars", text(4, "a**"), wrong(PatternError::DoubleStar)),
        row(
            "a pattern that is too long",
            text(4, &"a".repeat(1025)),
            CodecErrorKind::TooLarge { max: 1024 },
        ),
        row(
            "a path that is not absolute",
            text(5, "etc"),
            wrong(PathError::NotAbsolute),
        ),
        row(
            "a path that climbs",
            text(5, "/a/../b"),
            wrong(PathError::DotSegment),
        ),
        row(
            "a path that ends in a slash",
            text(5, "/a/"),
            wrong(PathError::EmptySegment),
        ),
        row(
            "a host in capitals",
            text(6, "Example.com"),
            wrong(HostError::Label),
        ),
        row(
            "an address for a host",
            text(6, "10.0.0.1"),
            wrong(HostError::Address),
        ),
        row(
            "a network with host bits",
            text(8, "10.0.0.1/8"),
            wrong(NetworkError::HostBits),
        ),
        row(
            "a network without a prefix",
            text(8, "10.0.0.0"),
            wrong(NetworkError::Prefix),
        ),
        row(
            "a mapped network",
            text(8, "::ffff:10.0.0.0/104"),
            wrong(NetworkError::Mapped),
        ),
        row(
            "nothing left to be",
            of(2, cbor::array([cbor::bool(false), cbor::bool(true)])),
            wrong(ConstraintError::NothingLeft(ValueType::Bool)),
        ),
        row(
            "an upper end twice",
            range(Map::of([(2, cbor::int(1)), (3, cbor::int(1))])),
            CodecErrorKind::Duplicate,
        ),
        row(
            "a lower end twice",
            range(Map::of([(0, cbor::int(1)), (1, cbor::int(1))])),
            CodecErrorKind::Duplicate,
        ),
        row(
            "crossed ends",
            range(Map::of([(0, cbor::int(2)), (2, cbor::int(1))])),
            wrong(RangeError::Empty {
                low: 2.into(),
                high: 1.into(),
            }),
        ),
        row(
            "an end by null",
            range(Map::of([(2, cbor::null())])),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "an end by text",
            range(Map::of([(2, cbor::text("1000"))])),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "a range with another end",
            range(Map::of([(4, cbor::int(1))])),
            CodecErrorKind::UnknownKey { key: 4 },
        ),
        row(
            "no clause",
            of(13, cbor::array::<Vec<u8>>([])),
            wrong(ConstraintError::NoClause),
        ),
        row(
            "more clauses than there may be",
            of(12, cbor::array(vec![any(); 257])),
            CodecErrorKind::TooMany { max: 256 },
        ),
        row(
            "a record with an effect",
            of(11, Map::of([(1, cbor::int(0))]).bytes()),
            CodecErrorKind::UnknownKey { key: 1 },
        ),
        row(
            "a record that is delegable",
            of(11, Map::of([(5, cbor::bool(true))]).bytes()),
            CodecErrorKind::UnknownKey { key: 5 },
        ),
        row(
            "a record, closed, spelled out",
            of(11, Map::of([(4, cbor::bool(false))]).bytes()),
            CodecErrorKind::DefaultSpelled,
        ),
    ]
}

fn nests() -> Vec<Row> {
    let each = |inner| constraint(10, inner);
    let all_of = |inner| constraint(12, cbor::array([inner]));
    let record = |inner| {
        constraint(
            11,
            Map::of([(2, Map::of_texts([("a", inner)]).bytes())]).bytes(),
        )
    };
    let list = |depth| (1..depth).fold(cbor::null(), |inner, _| cbor::array([inner]));
    let map = |depth| {
        (1..depth).fold(cbor::null(), |inner, _| {
            Map::of_texts([("a", inner)]).bytes()
        })
    };
    vec![
        row(
            "lists of lists, one too deep",
            with_constraint(&nest(9, each)),
            CodecErrorKind::TooDeep,
        ),
        row(
            "all of all of, one too deep",
            with_constraint(&nest(9, all_of)),
            CodecErrorKind::TooDeep,
        ),
        row(
            "records of records, one too deep",
            with_constraint(&nest(9, record)),
            CodecErrorKind::TooDeep,
        ),
        row(
            "a nest to exhaust the stack",
            with_constraint(&nest(4_000, each)),
            CodecErrorKind::TooDeep,
        ),
        row(
            "a list of lists, one too deep",
            with_values(&[list(17)]),
            CodecErrorKind::TooDeep,
        ),
        row(
            "a map of maps, one too deep",
            with_values(&[map(17)]),
            CodecErrorKind::TooDeep,
        ),
        row(
            "a value to exhaust the stack",
            with_values(&[list(12_000)]),
            CodecErrorKind::TooDeep,
        ),
        row(
            "more items than a value may have",
            with_values(&[cbor::array(vec![cbor::null(); 4097])]),
            CodecErrorKind::TooMany { max: 4096 },
        ),
        row(
            "more nodes than a value may have",
            with_values(&[cbor::array([
                cbor::array(vec![cbor::null(); 4000]),
                cbor::array(vec![cbor::null(); 100]),
            ])]),
            InvalidValue::Value(mandatum::primitives::ValueError::TooManyNodes),
        ),
        row(
            "tags one in another",
            with_values(&[cbor::tag(2, cbor::tag(2, cbor::bytes([1; 9])))]),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
    ]
}

fn sets() -> Vec<Row> {
    let mixed = ValueSetError::MixedTypes {
        first: ValueType::Number,
        other: ValueType::Text,
    };
    vec![
        row("no value", with_values(&[]), wrong(ValueSetError::Empty)),
        row(
            "values of two types",
            with_values(&[cbor::int(1), cbor::text("1")]),
            wrong(mixed),
        ),
        row(
            "more members than there may be",
            with_values(&(0..257).map(cbor::int).collect::<Vec<_>>()),
            CodecErrorKind::TooMany { max: 256 },
        ),
        row(
            "a value with a key that is no text",
            with_values(&[Map::of([(1, cbor::null())]).bytes()]),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "a value with a long key",
            with_values(&[Map::of_texts([(&"k".repeat(129), cbor::null())]).bytes()]),
            CodecErrorKind::TooLarge { max: 128 },
        ),
    ]
}

fn urls() -> Vec<Row> {
    vec![
        row(
            "a URL without schemes",
            url(|rule| rule.without(0)),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "a URL without a host",
            url(|rule| rule.without(1)),
            CodecErrorKind::MissingKey { key: 1 },
        ),
        row(
            "a URL with no scheme",
            url(|rule| rule.set(0, cbor::array::<Vec<u8>>([]))),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "a URL with a scheme in capitals",
            url(|rule| rule.set(0, cbor::array([cbor::text("HTTPS")]))),
            wrong(UrlError::Scheme),
        ),
        row(
            "a URL with its scheme's port",
            url(|rule| rule.set(2, cbor::int(443))),
            wrong(UrlError::Port),
        ),
        row(
            "a URL with port zero",
            url(|rule| rule.set(2, cbor::int(0))),
            wrong(UrlError::Port),
        ),
        row(
            "a URL with a port too high",
            url(|rule| rule.set(2, cbor::int(65_536))),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a URL with every path, spelled out",
            url(|rule| rule.set(3, cbor::text("/"))),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "a URL with an encoded slash",
            url(|rule| rule.set(3, cbor::text("/a%2Fb"))),
            wrong(UrlError::PercentEncoding),
        ),
        row(
            "a URL with a query",
            url(|rule| rule.set(4, cbor::text("q"))),
            CodecErrorKind::UnknownKey { key: 4 },
        ),
    ]
}
