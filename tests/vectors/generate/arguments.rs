//! Step 6: arguments, one table a kind of constraint. Each constraint has a value that it admits
//! and one close by that it does not.

use super::scene::Scene;
use mandatum::DenialCode;
use mandatum::DenialCode::{
    ArgumentMissing, ArgumentNotCanonical, ArgumentRefused, ArgumentUnknown,
};

pub(super) fn cases() -> Vec<Scene> {
    let values = VALUES
        .iter()
        .chain(NUMBERS)
        .chain(TEXTS)
        .chain(NETWORKS)
        .chain(NESTS);
    values.map(Row::scene).chain(presence()).collect()
}

/// A constraint on the argument `x`, a value for it, and what becomes of the call.
struct Row(
    &'static str,
    &'static str,
    &'static str,
    Result<(), DenialCode>,
    &'static str,
);

impl Row {
    fn scene(&self) -> Scene {
        let Self(name, constraint, value, verdict, description) = self;
        let scene = match verdict {
            Ok(()) => Scene::permit(name, description),
            Err(code) => Scene::deny(*code, name, description).link(0),
        };
        scene.argument(constraint, value)
    }
}

const REFUSED: Result<(), DenialCode> = Err(ArgumentRefused);
const MISSPELT: Result<(), DenialCode> = Err(ArgumentNotCanonical);

#[rustfmt::skip]
const VALUES: &[Row] = &[
    Row("any-null", r#"{"any":true}"#, "null", Ok(()), "Anything, even null."),
    Row("any-map", r#"{"any":true}"#, r#"{"deep":[{"er":null}]}"#, Ok(()), "Anything, even a map."),
    Row("one-of", r#"{"one_of":["acme","globex"]}"#, r#""globex""#, Ok(()), "One of two texts."),
    Row("one-of-other", r#"{"one_of":["acme","globex"]}"#, r#""initech""#, REFUSED, "None of the two texts."),
    Row("one-of-case", r#"{"one_of":["acme"]}"#, r#""Acme""#, REFUSED, "Texts are compared by code point: case counts."),
    Row("one-of-composed", r#"{"one_of":["Zürich"]}"#, r#""Zürich""#, Ok(()), "A text that is not ASCII."),
    Row("one-of-decomposed", r#"{"one_of":["Zürich"]}"#, r#""Zu\u0308rich""#, REFUSED, "The same to the eye, other code points."),
    Row("one-of-astral", r#"{"one_of":["\ud83d\ude80"]}"#, r#""🚀""#, Ok(()), "Two spellings of JSON, one code point."),
    Row("one-of-number-as-text", r#"{"one_of":[1]}"#, r#""1""#, REFUSED, "A text is not the number it spells."),
    Row("one-of-true-as-text", r#"{"one_of":[true]}"#, r#""true""#, REFUSED, "A text is not the boolean it spells."),
    Row("one-of-null", r#"{"one_of":[null]}"#, "null", Ok(()), "Null, where null is asked for."),
    Row("one-of-list", r#"{"one_of":[[1,2]]}"#, "[1,2]", Ok(()), "A whole list."),
    Row("one-of-list-order", r#"{"one_of":[[1,2]]}"#, "[2,1]", REFUSED, "The order of a list counts."),
    Row("one-of-map", r#"{"one_of":[{"a":1,"b":2}]}"#, r#"{"b":2,"a":1}"#, Ok(()), "The order of a map does not count."),
    Row("bytes", r#"{"one_of":[{"$bytes":"AAEC"}]}"#, r#"{"$bytes":"AAEC"}"#, Ok(()), "A byte string."),
    Row("bytes-as-text", r#"{"one_of":[{"$bytes":"AAEC"}]}"#, r#""AAEC""#, REFUSED, "A text is not the bytes it spells."),
    Row("none-of", r#"{"none_of":["root","admin"]}"#, r#""guest""#, Ok(()), "A text that is not excluded."),
    Row("none-of-excluded", r#"{"none_of":["root","admin"]}"#, r#""admin""#, REFUSED, "A text that is excluded."),
    Row("none-of-other-type", r#"{"none_of":["root"]}"#, "0", REFUSED, "What excludes texts admits texts only."),
];

#[rustfmt::skip]
const NUMBERS: &[Row] = &[
    Row("range-max", r#"{"range":{"min":0,"max":5000}}"#, "5000", Ok(()), "An inclusive end is within."),
    Row("range-over-max", r#"{"range":{"min":0,"max":5000}}"#, "5000.000000000000000001", REFUSED, "The last of 18 digits is over the end."),
    Row("range-min", r#"{"range":{"min":-0.5}}"#, "-0.5", Ok(()), "A negative inclusive end is within."),
    Row("range-under-min", r#"{"range":{"min":-0.5}}"#, "-0.51", REFUSED, "A hundredth under the end."),
    Row("range-below", r#"{"range":{"above":0,"below":1}}"#, "0.999999999999999999", Ok(()), "18 digits under an exclusive end."),
    Row("range-at-below", r#"{"range":{"above":0,"below":1}}"#, "1", REFUSED, "An exclusive end is not within."),
    Row("range-above", r#"{"range":{"above":0,"below":1}}"#, "0.000000000000000001", Ok(()), "18 digits over an exclusive end."),
    Row("range-at-above", r#"{"range":{"above":0,"below":1}}"#, "0", REFUSED, "An exclusive lower end is not within."),
    Row("range-minus-zero", r#"{"range":{"above":0,"below":1}}"#, "-0", REFUSED, "Minus zero is zero."),
    Row("range-text", r#"{"range":{"max":10}}"#, r#""5""#, REFUSED, "A text is no number."),
    Row("range-all", r#"{"range":{}}"#, "-170141183460469231731687303715884105728", Ok(()), "The smallest integer of 128 bits, and a range without ends."),
    Row("range-largest", r#"{"range":{"min":170141183460469231731687303715884105727}}"#, "170141183460469231731687303715884105727", Ok(()), "The largest integer of 128 bits."),
    Row("range-beyond-integers", r#"{"range":{"max":1e39}}"#, "1E+39", Ok(()), "An end beyond 128 bits, and the number at it."),
    Row("range-over-integers", r#"{"range":{"max":170141183460469231731687303715884105727}}"#, "170141183460469231731687303715884105730", REFUSED, "Three over the largest integer of 128 bits: a number, because it ends in a zero."),
    Row("range-order-of-magnitude", r#"{"range":{"max":9e299}}"#, "1e300", REFUSED, "Fewer digits, and a higher order of magnitude."),
    Row("range-same-order", r#"{"range":{"max":1.23e300}}"#, "1.2299999999999999999999999999999999999e300", Ok(()), "Of one order of magnitude the digits decide, however many."),
    Row("range-same-order-over", r#"{"range":{"max":1.23e300}}"#, "1.2300000000000000000000000000000000001e300", REFUSED, "Over the end in the last of 38 digits."),
    Row("range-tiny", r#"{"range":{"above":0,"max":5e-324}}"#, "5e-324", Ok(()), "The least double, and a range up to it."),
    Row("range-tinier", r#"{"range":{"min":5e-324}}"#, "4.9e-324", REFUSED, "Less than the least double."),
    Row("range-negative-wide", r#"{"range":{"min":-1e300,"max":0}}"#, "-9.99e299", Ok(()), "Of two negative numbers the one of lower magnitude is greater."),
    Row("range-negative-wider", r#"{"range":{"min":-1e300,"max":0}}"#, "-1e301", REFUSED, "A negative number of higher magnitude is less."),
    Row("range-beyond-floats", r#"{"range":{"max":9007199254740992}}"#, "9007199254740993", REFUSED, "One more than a float can tell."),
    Row("number-exponent", r#"{"one_of":[100]}"#, "1e2", Ok(()), "1e2 is 100."),
    Row("number-trailing-zeros", r#"{"one_of":[1]}"#, "1.000", Ok(()), "1.000 is 1."),
    Row("number-negative-exponent", r#"{"one_of":[0.000000000000000001]}"#, "1E-18", Ok(()), "1E-18 has 18 digits after the point."),
    Row("number-highest-exponent", r#"{"one_of":[1e400]}"#, "10e399", Ok(()), "The highest exponent there is, spelled otherwise."),
    Row("number-lowest-exponent", r#"{"one_of":[1e-400]}"#, "0.1E-399", Ok(()), "The lowest exponent there is, spelled otherwise."),
    Row("number-greatest-double", r#"{"one_of":[1.7976931348623157e308]}"#, "1.7976931348623157e+308", Ok(()), "The greatest double, by its shortest text."),
    Row("number-of-embedding", r#"{"each":{"range":{"min":-1,"max":1}}}"#, "[-4.547132266452536e-05,0.0033333333333333335,1.6e-19,6.1e-17]", Ok(()), "Components of an embedding."),
    Row("number-38-digits", r#"{"one_of":[0.12345678901234567890123456789012345678]}"#, "0.123456789012345678901234567890123456780", Ok(()), "As many digits as any coefficient has, and a zero."),
    Row("number-beyond-integers-is-not", r#"{"one_of":[1e39]}"#, "1e40", REFUSED, "Another exponent is another number."),
    Row("number-tenth", r#"{"one_of":[0.1]}"#, "0.1", Ok(()), "0.1 is a tenth, exactly."),
    Row("number-float-tenth", r#"{"one_of":[0.3]}"#, "0.30000000000000004", REFUSED, "What floats make of 0.1 + 0.2 is not 0.3."),
];

#[rustfmt::skip]
const TEXTS: &[Row] = &[
    Row("pattern", r#"{"pattern":"INC-*"}"#, r#""INC-42""#, Ok(()), "A text that begins so."),
    Row("pattern-empty-star", r#"{"pattern":"INC-*"}"#, r#""INC-""#, Ok(()), "A star also stands for nothing."),
    Row("pattern-prefix", r#"{"pattern":"INC-*"}"#, r#""xINC-42""#, REFUSED, "A pattern is about the whole text."),
    Row("pattern-no-star", r#"{"pattern":"INC-42"}"#, r#""INC-421""#, REFUSED, "A pattern without a star is one text."),
    Row("pattern-many-stars", r#"{"pattern":"*a*b*a"}"#, r#""abba-aba""#, Ok(()), "Stars that have to try again."),
    Row("pattern-any-character", r#"{"pattern":"a*c"}"#, r#""a\n/\u0000é🚀c""#, Ok(()), "A star stands for any character at all."),
    Row("pattern-not-a-regex", r#"{"pattern":"a.c"}"#, r#""abc""#, REFUSED, "A point is a point."),
    Row("pattern-literal-question", r#"{"pattern":"a?"}"#, r#""ab""#, REFUSED, "A question mark is a question mark."),
    Row("pattern-number", r#"{"pattern":"*"}"#, "1", REFUSED, "A pattern admits texts only."),
    Row("pattern-empty", r#"{"pattern":""}"#, r#""""#, Ok(()), "A pattern of nothing matches the empty text."),
    Row("path-unicode", r#"{"path_under":"/décks"}"#, r#""/décks/愛""#, Ok(()), "A path that is not ASCII."),
    Row("path-itself", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme""#, Ok(()), "The path itself."),
    Row("path-below", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/q1.pdf""#, Ok(()), "A path below."),
    Row("path-sibling", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme-secret""#, REFUSED, "A sibling whose name begins the same."),
    Row("path-root", r#"{"path_under":"/"}"#, r#""/etc/passwd""#, Ok(()), "Everything is below the root."),
    Row("path-percent", r#"{"path_under":"/decks"}"#, r#""/decks/%2e%2e""#, Ok(()), "In a file path a percent sign is a character."),
    Row("path-dots", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/../globex""#, MISSPELT, "Up and down again."),
    Row("path-dot", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/./q1.pdf""#, MISSPELT, "A step that goes nowhere."),
    Row("path-double-slash", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme//q1.pdf""#, MISSPELT, "An empty segment."),
    Row("path-trailing-slash", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/""#, MISSPELT, "A slash at the end."),
    Row("path-relative", r#"{"path_under":"/decks/acme"}"#, r#""decks/acme""#, MISSPELT, "No slash at the beginning."),
    Row("path-backslash", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme\\..\\globex""#, MISSPELT, "What some systems read as a slash."),
    Row("path-nul", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/q1\u0000.pdf""#, MISSPELT, "What some systems read as the end."),
    Row("path-c1-control", r#"{"path_under":"/decks/acme"}"#, r#""/decks/acme/q1\u0085.pdf""#, MISSPELT, "A control character beyond ASCII."),
    Row("host-itself", r#"{"host_under":"example.com"}"#, r#""example.com""#, Ok(()), "The host itself."),
    Row("host-below", r#"{"host_under":"example.com"}"#, r#""api.example.com""#, Ok(()), "A host below."),
    Row("host-suffix", r#"{"host_under":"example.com"}"#, r#""evilexample.com""#, REFUSED, "A host that only ends the same."),
    Row("host-above", r#"{"host_under":"example.com"}"#, r#""example.com.evil.test""#, REFUSED, "A host that only begins the same."),
    Row("host-case", r#"{"host_under":"example.com"}"#, r#""API.example.com""#, MISSPELT, "Upper case."),
    Row("host-dot", r#"{"host_under":"example.com"}"#, r#""example.com.""#, MISSPELT, "A dot at the end."),
    Row("host-unicode", r#"{"host_under":"example.com"}"#, r#""bücher.example.com""#, MISSPELT, "A name that is not in its xn-- form."),
    Row("host-address", r#"{"host_under":"example.com"}"#, r#""10.0.0.1""#, MISSPELT, "An address is no host name."),
    Row("host-hex-address", r#"{"host_under":"example.com"}"#, r#""0x7f""#, MISSPELT, "Something could read it as an address."),
    Row("url", URL, r#""https://api.example.com/v1/items?page=2""#, Ok(()), "A URL with a query, below host and path."),
    Row("url-path-itself", URL, r#""https://example.com/v1""#, Ok(()), "The path itself."),
    Row("url-trailing-slash", URL, r#""https://example.com/v1/""#, Ok(()), "In a URL one slash may end the path."),
    Row("url-encoded", URL, r#""https://example.com/v1/a%20b""#, Ok(()), "A percent-encoding of what needs one."),
    Row("url-scheme", URL, r#""http://example.com/v1""#, REFUSED, "Another scheme."),
    Row("url-host", URL, r#""https://example.com.evil.test/v1""#, REFUSED, "Another host."),
    Row("url-path", URL, r#""https://example.com/v10""#, REFUSED, "A path whose name begins the same."),
    Row("url-port", URL, r#""https://example.com:8443/v1""#, REFUSED, "Another port."),
    Row("url-user", URL, r#""https://example.com@evil.test/v1""#, MISSPELT, "A user that looks like a host."),
    Row("url-default-port", URL, r#""https://example.com:443/v1""#, MISSPELT, "The scheme's own port, spelled."),
    Row("url-no-path", URL, r#""https://example.com""#, MISSPELT, "No path at all."),
    Row("url-dots", URL, r#""https://example.com/v1/../admin""#, MISSPELT, "Up and down again."),
    Row("url-dots-with-parameters", URL, r#""https://example.com/v1/..;x/admin""#, MISSPELT, "Up and down again, with a parameter, which some cut off before they go up."),
    Row("url-dot-with-parameters", URL, r#""https://example.com/v1/.;x=1/admin""#, MISSPELT, "A dot with a parameter."),
    Row("url-parameters", URL, r#""https://example.com/v1/a;x=1""#, Ok(()), "A parameter of a name that is no dots."),
    Row("url-encoded-dots", URL, r#""https://example.com/v1/%2e%2e/admin""#, MISSPELT, "Up and down again, encoded."),
    Row("url-encoded-dots-in-capitals", URL, r#""https://example.com/v1/%2E%2E/admin""#, MISSPELT, "The same in the digits that an encoding has."),
    Row("url-encoded-letter", URL, r#""https://example.com/v1/%41""#, MISSPELT, "A percent-encoding of what needs none."),
    Row("url-dots-with-encoded-parameters", URL, r#""https://example.com/v1/..%3Bx/admin""#, MISSPELT, "Up and down again, with a parameter behind an encoded semicolon."),
    Row("url-overlong", URL, r#""https://example.com/v1/%C0%AF""#, MISSPELT, "A slash spelled too long, in bytes that are no UTF-8."),
    Row("url-query-of-bytes", URL, r#""https://example.com/v1?q=%C0%AF""#, Ok(()), "In a query bytes that are no UTF-8."),
    Row("url-encoded-slash", URL, r#""https://example.com/v1/..%2Fadmin""#, MISSPELT, "An encoded slash."),
    Row("url-lower-encoding", URL, r#""https://example.com/v1/caf%c3%a9""#, MISSPELT, "A percent-encoding in lower case."),
    Row("url-c1-control", URL, r#""https://example.com/v1/a%C2%85b""#, MISSPELT, "A control character beyond ASCII, encoded."),
    Row("url-c1-control-in-query", URL, r#""https://example.com/v1?q=%C2%9B2J""#, MISSPELT, "A control character beyond ASCII in a query, encoded."),
    Row("url-fragment", URL, r##""https://example.com/v1#x""##, MISSPELT, "A fragment."),
    Row("url-scheme-case", URL, r#""HTTPS://example.com/v1""#, MISSPELT, "A scheme in upper case."),
    Row("url-space", URL, r#""https://example.com/v1/a b""#, MISSPELT, "A character that no URL has."),
    Row("url-backslash", URL, r#""https://evil.test\\@example.com/v1""#, MISSPELT, "A backslash, which browsers read as a slash."),
    Row("url-listed-port", r#"{"url":{"schemes":["https"],"host":"example.com","port":8443}}"#, r#""https://example.com:8443/""#, Ok(()), "The port that is listed."),
    Row("url-listed-port-unspelled", r#"{"url":{"schemes":["https"],"host":"example.com","port":8443}}"#, r#""https://example.com/""#, REFUSED, "The scheme's own port where another is listed."),
    Row("url-any-port", r#"{"url":{"schemes":["https"],"host":"example.com","port":"any"}}"#, r#""https://example.com:1/""#, Ok(()), "Any port."),
    Row("url-two-schemes", r#"{"url":{"schemes":["http","https"],"host":"example.com","port":443}}"#, r#""http://example.com:443/""#, Ok(()), "One scheme's own port spelled for another."),
];

const URL: &str = r#"{"url":{"schemes":["https"],"host":"example.com","path_under":"/v1"}}"#;

#[rustfmt::skip]
const NETWORKS: &[Row] = &[
    Row("network-v4-first", r#"{"network":"10.1.0.0/16"}"#, r#""10.1.0.0""#, Ok(()), "The first address."),
    Row("network-v4-last", r#"{"network":"10.1.0.0/16"}"#, r#""10.1.255.255""#, Ok(()), "The last address."),
    Row("network-v4-after", r#"{"network":"10.1.0.0/16"}"#, r#""10.2.0.0""#, REFUSED, "One after the last address."),
    Row("network-v4-single", r#"{"network":"192.0.2.7/32"}"#, r#""192.0.2.7""#, Ok(()), "A network of one address."),
    Row("network-v4-all", r#"{"network":"0.0.0.0/0"}"#, r#""255.255.255.255""#, Ok(()), "All of IPv4."),
    Row("network-v4-not-v6", r#"{"network":"0.0.0.0/0"}"#, r#""::1""#, REFUSED, "All of IPv4 has no IPv6 address."),
    Row("network-v6-not-v4", r#"{"network":"::/0"}"#, r#""10.0.0.1""#, REFUSED, "All of IPv6 has no IPv4 address."),
    Row("network-v6", r#"{"network":"2001:db8::/32"}"#, r#""2001:db8:ffff::1""#, Ok(()), "An IPv6 address."),
    Row("network-v6-other", r#"{"network":"2001:db8::/32"}"#, r#""2001:db9::1""#, REFUSED, "An address of another network."),
    Row("network-v4-leading-zero", r#"{"network":"10.0.0.0/8"}"#, r#""10.0.0.010""#, MISSPELT, "A zero in front, which some read as octal."),
    Row("network-v4-short", r#"{"network":"127.0.0.0/8"}"#, r#""127.1""#, MISSPELT, "Two parts instead of four."),
    Row("network-v4-number", r#"{"network":"127.0.0.0/8"}"#, r#""2130706433""#, MISSPELT, "The address as one number."),
    Row("network-v6-case", r#"{"network":"2001:db8::/32"}"#, r#""2001:DB8::1""#, MISSPELT, "Upper case (RFC 5952)."),
    Row("network-v6-long", r#"{"network":"2001:db8::/32"}"#, r#""2001:db8:0:0:0:0:0:1""#, MISSPELT, "Zeros that are not shortened (RFC 5952)."),
    Row("network-v4-mapped", r#"{"network":"::/0"}"#, r#""::ffff:10.0.0.1""#, MISSPELT, "An IPv4 address mapped into IPv6."),
    Row("network-zone", r#"{"network":"fe80::/10"}"#, r#""fe80::1%eth0""#, MISSPELT, "An address with a zone."),
];

#[rustfmt::skip]
const NESTS: &[Row] = &[
    Row("contains", r#"{"contains":["a","b"]}"#, r#"["b","c","a"]"#, Ok(()), "All the elements and one more, in another order."),
    Row("contains-missing", r#"{"contains":["a","b"]}"#, r#"["a","c"]"#, REFUSED, "One of the elements is not there."),
    Row("contains-text", r#"{"contains":["a"]}"#, r#""a""#, REFUSED, "A text is no list."),
    Row("each", r#"{"each":{"range":{"max":3}}}"#, "[1,2,3]", Ok(()), "Every element is within."),
    Row("each-one-out", r#"{"each":{"range":{"max":3}}}"#, "[1,4,3]", REFUSED, "One element is not within."),
    Row("each-empty", r#"{"each":{"range":{"max":3}}}"#, "[]", Ok(()), "The empty list has no element that is out."),
    Row("record", RECORD, r#"{"amount":5,"currency":"EUR","memo":"x"}"#, Ok(()), "What is required and what is optional."),
    Row("record-optional-absent", RECORD, r#"{"amount":5,"currency":"EUR"}"#, Ok(()), "What is required alone."),
    Row("record-required-absent", RECORD, r#"{"amount":5}"#, REFUSED, "Something required is missing."),
    Row("record-extra", RECORD, r#"{"amount":5,"currency":"EUR","to":"me"}"#, REFUSED, "Something that is not named."),
    Row("record-other-value", RECORD, r#"{"amount":5,"currency":"USD"}"#, REFUSED, "A currency that is not permitted."),
    Row("record-open", r#"{"record":{"args":{"a":{"any":true}},"open":true}}"#, r#"{"a":1,"b":2}"#, Ok(()), "An open record lets more through."),
    Row("all-of", r#"{"all_of":[{"pattern":"a*"},{"pattern":"*z"}]}"#, r#""a-z""#, Ok(()), "What both clauses admit."),
    Row("all-of-one", r#"{"all_of":[{"pattern":"a*"},{"pattern":"*z"}]}"#, r#""a-y""#, REFUSED, "What only one clause admits."),
    Row("any-of", r#"{"any_of":[{"range":{"max":3}},{"one_of":["all"]}]}"#, r#""all""#, Ok(()), "What one clause admits, of another type."),
    Row("any-of-none", r#"{"any_of":[{"range":{"max":3}},{"one_of":["all"]}]}"#, "4", REFUSED, "What no clause admits."),
    Row("eight-deep", EIGHT_DEEP, "[[[[[[[1]]]]]]]", Ok(()), "Constraints nested eight deep."),
    Row("eight-deep-inside", EIGHT_DEEP, "[[[[[[[2]]]]]]]", REFUSED, "The innermost of eight is not within."),
];

const RECORD: &str = r#"{"record":{"args":{"amount":{"range":{"max":10}},"currency":{"one_of":["EUR"]}},"optional":{"memo":{"any":true}}}}"#;
const EIGHT_DEEP: &str =
    r#"{"each":{"each":{"each":{"each":{"each":{"each":{"each":{"one_of":[1]}}}}}}}}"#;

/// Which arguments there are.
fn presence() -> Vec<Scene> {
    let optional = |scene: Scene| {
        scene.powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}},"optional":{"limit":{"range":{"max":100}}}}]"#)
    };
    let open = |scene: Scene| {
        scene.powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}},"open":true}]"#)
    };
    let two = |scene: Scene| {
        scene.powers(r#"[{"tool":"crm.read","effect":"read"},{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#)
    };
    vec![
        optional(Scene::permit("optional-absent", "An optional argument that is not there.")),
        optional(Scene::permit("optional-within", "An optional argument within its range."))
            .args(r#"{"account":"acme","limit":100}"#),
        optional(Scene::deny(ArgumentRefused, "optional-out", "An optional argument out of its range.").link(0))
            .args(r#"{"account":"acme","limit":101}"#),
        optional(Scene::deny(ArgumentMissing, "required", "A required argument that is not there.").link(0))
            .args(r#"{"limit":1}"#),
        Scene::deny(ArgumentMissing, "no-argument", "No argument at all where one is required.").link(0).args("{}"),
        optional(Scene::deny(ArgumentRefused, "null", "Null is a value, not absence.").link(0))
            .args(r#"{"account":"acme","limit":null}"#),
        Scene::deny(ArgumentUnknown, "unnamed", "An argument that nobody named: the world is closed.")
            .link(0)
            .args(r#"{"account":"acme","all":true}"#),
        Scene::deny(ArgumentUnknown, "unnamed-by-case", "Names of arguments are compared by code point.")
            .link(0)
            .args(r#"{"account":"acme","Account":"globex"}"#),
        Scene::deny(ArgumentUnknown, "no-arguments-named", "A capability that names no argument takes none.")
            .link(0)
            .powers(r#"[{"tool":"crm.read","effect":"read"}]"#),
        open(Scene::permit("open", "An open capability lets unnamed arguments through."))
            .args(r#"{"account":"acme","all":true}"#),
        open(Scene::deny(ArgumentRefused, "open-named", "Open is about unnamed arguments only.").link(0))
            .args(r#"{"account":"globex","all":true}"#),
        two(Scene::deny(
            ArgumentRefused,
            "closest-entry",
            "Of two entries that refuse, the one that came closest tells why.",
        )
        .link(0))
        .args(r#"{"account":"globex"}"#),
        Scene::permit("no-arguments", "A capability without arguments, and a call without any.")
            .powers(r#"[{"tool":"crm.read","effect":"read"}]"#)
            .args("{}"),
        Scene::deny(ArgumentRefused, "in-the-child", "The child narrowed to another account.")
            .link(1)
            .powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"any":true}},"delegable":true}]"#)
            .child()
            .with_powers(r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["globex"]}}}]"#),
    ]
}
