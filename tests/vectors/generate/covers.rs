//! Rule 13, one table: what a child may take at most of an argument, by what its parent has. Each
//! kind of constraint has a child that takes just as much or less, and one that takes a little
//! more.

use super::scene::Scene;
use mandatum::DenialCode;

pub(super) fn cases() -> Vec<Scene> {
    RULES.iter().chain(CONSTRAINTS).map(Row::scene).collect()
}

/// A parent's rules, a child's, the arguments of the call, and whether the child is within.
struct Row(
    &'static str,
    [&'static str; 2],
    &'static str,
    Child,
    &'static str,
);

enum Child {
    Within,
    Beyond,
}

use Child::{Beyond, Within};

impl Row {
    fn scene(&self) -> Scene {
        let Self(name, [parent, child], args, verdict, description) = self;
        let powers =
            |rules| format!(r#"[{{"tool":"crm.read","effect":"read",{rules},"delegable":true}}]"#);
        let scene = match verdict {
            Within => Scene::permit(&format!("child-{name}"), description),
            Beyond => Scene::deny(DenialCode::BeyondParent, name, description).link(1),
        };
        let scene = scene
            .ceiling("\"unlimited\"")
            .powers(&powers(parent))
            .args(args)
            .child()
            .with_powers(&powers(child));
        if matches!(verdict, Beyond) {
            scene.forged()
        } else {
            scene
        }
    }
}

const X_REQUIRED: &str = r#""args":{"x":{"one_of":["a"]}}"#;
const X_OPTIONAL: &str = r#""args":{},"optional":{"x":{"one_of":["a"]}}"#;
const OPEN: &str = r#""args":{},"open":true"#;

#[rustfmt::skip]
const RULES: &[Row] = &[
    Row("optional-made-required", [X_OPTIONAL, X_REQUIRED], r#"{"x":"a"}"#, Within, "What may be there must be there."),
    Row("required-made-optional", [X_REQUIRED, X_OPTIONAL], r#"{"x":"a"}"#, Beyond, "What must be there may be missing."),
    Row("required-left-out", [X_REQUIRED, r#""args":{}"#], "{}", Beyond, "What must be there is not named."),
    Row("optional-left-out", [X_OPTIONAL, r#""args":{}"#], "{}", Within, "What may be there may not."),
    Row("open-names-less", [r#""args":{},"optional":{"x":{"any":true}},"open":true"#, OPEN], "{}", Within, "The parent admits any value of an argument that the child does not name."),
    Row("open-names-nothing", [r#""args":{},"optional":{"x":{"one_of":["a"]}},"open":true"#, OPEN], "{}", Beyond, "The child does not name an argument of which the parent admits one value."),
    Row("open-required-left-out", [r#""args":{"x":{"any":true}},"open":true"#, OPEN], r#"{"x":"a"}"#, Beyond, "The child does not name an argument that must be there."),
    Row("names-under-open", [OPEN, r#""args":{"x":{"one_of":["a"]}},"open":true"#], r#"{"x":"a"}"#, Within, "The child names an argument that its parent leaves open."),
];

const LISTED: &str = r#""args":{"x":{"one_of":["a","b"]}}"#;
const LISTS: &str = r#""args":{"x":{"contains":["a","b"]}}"#;
const URLS: &str =
    r#""args":{"x":{"url":{"schemes":["http","https"],"host":"example.com","path_under":"/v1"}}}"#;
const BOTH: &str = r#""args":{"x":{"all_of":[{"pattern":"a*"},{"pattern":"*z"}]}}"#;
const EITHER: &str = r#""args":{"x":{"any_of":[{"pattern":"a*"},{"range":{"max":10}}]}}"#;
const NAMED: &str = r#""args":{"x":{"record":{"args":{"a":{"range":{"max":10}}}}}}"#;
const SMALL: &str = r#""args":{"x":{"each":{"range":{"max":10}}}}"#;

#[rustfmt::skip]
const CONSTRAINTS: &[Row] = &[
    Row("fewer-values", [LISTED, r#""args":{"x":{"one_of":["b"]}}"#], r#"{"x":"b"}"#, Within, "One of two values."),
    Row("excludes-more", [r#""args":{"x":{"none_of":["a"]}}"#, r#""args":{"x":{"none_of":["a","b"]}}"#], r#"{"x":"c"}"#, Within, "The child excludes one value more."),
    Row("excludes-less", [r#""args":{"x":{"none_of":["a","b"]}}"#, r#""args":{"x":{"none_of":["a"]}}"#], r#"{"x":"c"}"#, Beyond, "The child excludes one value less."),
    Row("excludes-another-type", [r#""args":{"x":{"none_of":["a"]}}"#, r#""args":{"x":{"none_of":[1]}}"#], r#"{"x":2}"#, Beyond, "What excludes a number admits numbers."),
    Row("range-apart-from-excluded", [r#""args":{"x":{"none_of":[0]}}"#, r#""args":{"x":{"range":{"above":0}}}"#], r#"{"x":1}"#, Within, "The child's range leaves out the one number that is excluded."),
    Row("range-with-excluded", [r#""args":{"x":{"none_of":[0]}}"#, r#""args":{"x":{"range":{"min":0}}}"#], r#"{"x":1}"#, Beyond, "The child's range has the one number that is excluded."),
    Row("any-of-all-numbers", [r#""args":{"x":{"range":{}}}"#, r#""args":{"x":{"any":true}}"#], r#"{"x":1}"#, Beyond, "Any value is not any number."),
    Row("contains-more", [LISTS, r#""args":{"x":{"contains":["a","b","c"]}}"#], r#"{"x":["c","b","a"]}"#, Within, "The child's lists have one element more."),
    Row("contains-less", [LISTS, r#""args":{"x":{"contains":["a"]}}"#], r#"{"x":["a","b"]}"#, Beyond, "The child's lists may lack an element."),
    Row("path-below", [r#""args":{"x":{"path_under":"/a"}}"#, r#""args":{"x":{"path_under":"/a/b"}}"#], r#"{"x":"/a/b"}"#, Within, "A path below."),
    Row("path-beside", [r#""args":{"x":{"path_under":"/a"}}"#, r#""args":{"x":{"path_under":"/ab"}}"#], r#"{"x":"/ab"}"#, Beyond, "A path whose name begins the same."),
    Row("host-below", [r#""args":{"x":{"host_under":"example.com"}}"#, r#""args":{"x":{"host_under":"a.example.com"}}"#], r#"{"x":"a.example.com"}"#, Within, "A host below."),
    Row("host-beside", [r#""args":{"x":{"host_under":"example.com"}}"#, r#""args":{"x":{"host_under":"anexample.com"}}"#], r#"{"x":"anexample.com"}"#, Beyond, "A host that only ends the same."),
    Row("url-of-one-scheme", [URLS, r#""args":{"x":{"url":{"schemes":["https"],"host":"a.example.com","path_under":"/v1/b"}}}"#], r#"{"x":"https://a.example.com/v1/b"}"#, Within, "One of two schemes, a host and a path below."),
    Row("url-own-port-listed", [URLS, r#""args":{"x":{"url":{"schemes":["http","https"],"host":"example.com","port":443,"path_under":"/v1"}}}"#], r#"{"x":"https://example.com/v1"}"#, Beyond, "The listed port is the own one of one scheme, and another one of the other."),
    Row("url-other-port", [URLS, r#""args":{"x":{"url":{"schemes":["https"],"host":"example.com","port":8443,"path_under":"/v1"}}}"#], r#"{"x":"https://example.com:8443/v1"}"#, Beyond, "A port that is not the scheme's own."),
    Row("url-any-port", [URLS, r#""args":{"x":{"url":{"schemes":["https"],"host":"example.com","port":"any","path_under":"/v1"}}}"#], r#"{"x":"https://example.com/v1"}"#, Beyond, "Any port."),
    Row("url-other-scheme", [URLS, r#""args":{"x":{"url":{"schemes":["ftp"],"host":"example.com","path_under":"/v1"}}}"#], r#"{"x":"ftp://example.com/v1"}"#, Beyond, "A scheme that the parent has not."),
    Row("url-shorter-path", [URLS, r#""args":{"x":{"url":{"schemes":["https"],"host":"example.com"}}}"#], r#"{"x":"https://example.com/v1"}"#, Beyond, "Every path."),
    Row("network-below", [r#""args":{"x":{"network":"10.0.0.0/8"}}"#, r#""args":{"x":{"network":"10.1.0.0/16"}}"#], r#"{"x":"10.1.0.0"}"#, Within, "A network within."),
    Row("network-above", [r#""args":{"x":{"network":"10.0.0.0/8"}}"#, r#""args":{"x":{"network":"10.0.0.0/7"}}"#], r#"{"x":"10.1.0.0"}"#, Beyond, "Twice the network."),
    Row("addresses-one-by-one", [r#""args":{"x":{"one_of":["10.0.0.0","10.0.0.1"]}}"#, r#""args":{"x":{"network":"10.0.0.0/31"}}"#], r#"{"x":"10.0.0.1"}"#, Within, "A network whose addresses the parent lists."),
    Row("pattern-longer", [r#""args":{"x":{"pattern":"a*z"}}"#, r#""args":{"x":{"pattern":"ab*yz"}}"#], r#"{"x":"abyz"}"#, Within, "A pattern with more letters at both ends."),
    Row("pattern-star-for-letter", [r#""args":{"x":{"pattern":"a*b*c"}}"#, r#""args":{"x":{"pattern":"a*c"}}"#], r#"{"x":"abc"}"#, Beyond, "The child's star may take what the parent's letter must."),
    Row("clauses-of-all", [BOTH, r#""args":{"x":{"all_of":[{"pattern":"*z"},{"pattern":"ab*"}]}}"#], r#"{"x":"abz"}"#, Within, "Each of the parent's demands is one of the child's, or less."),
    Row("one-clause-of-all", [BOTH, r#""args":{"x":{"pattern":"a*"}}"#], r#"{"x":"az"}"#, Beyond, "One of two demands."),
    Row("one-clause-of-any", [EITHER, r#""args":{"x":{"range":{"max":9}}}"#], r#"{"x":9}"#, Within, "Within one of two that are enough."),
    Row("another-clause-of-any", [EITHER, r#""args":{"x":{"any_of":[{"pattern":"a*"},{"pattern":"b*"}]}}"#], r#"{"x":"a"}"#, Beyond, "One of the child's two is within, the other is not."),
    Row("record-of-less", [NAMED, r#""args":{"x":{"record":{"args":{"a":{"range":{"max":9}}}}}}"#], r#"{"x":{"a":9}}"#, Within, "A smaller range in a record."),
    Row("record-opened", [NAMED, r#""args":{"x":{"record":{"args":{"a":{"range":{"max":9}}},"open":true}}}"#], r#"{"x":{"a":9}}"#, Beyond, "A record with more entries."),
    Row("each-of-less", [SMALL, r#""args":{"x":{"each":{"range":{"max":9}}}}"#], r#"{"x":[9]}"#, Within, "Every element within a smaller range."),
    Row("each-of-more", [SMALL, r#""args":{"x":{"each":{"range":{"max":11}}}}"#], r#"{"x":[10]}"#, Beyond, "Every element within a larger range."),
];
