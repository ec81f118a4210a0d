//! What is wrong before anything is said: bytes that are no chain or no signed call.

use super::forge::{Entries, cose_key, encode, entries, get, items, put, remove, replaced};
use super::scene::{NOW, Scene};
use ciborium::Value;
use mandatum::DenialCode;
use mandatum::DenialCode::{
    HeaderNotAccepted, InvalidValue, MissingClaim, NotDeterministic, OutOfBounds, Truncated,
    UnexpectedItem, UnknownClaim, WrongTokenType,
};

pub(super) fn cases() -> Vec<Scene> {
    [
        whole(),
        encoding(),
        envelope(),
        claims(),
        values(),
        bounds(),
        calls(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A root whose own claims are edited.
fn terms(
    code: DenialCode,
    name: &str,
    description: &str,
    edit: impl Fn(&mut Entries) + 'static,
) -> Scene {
    Scene::deny(code, name, description).edit(move |root| root.terms(&edit))
}

/// A root whose capability is for another tool, or for what is none.
fn tool(code: DenialCode, name: &str, description: &str, tool: &str) -> Scene {
    let tool = tool.to_owned();
    terms(code, name, description, move |terms| {
        put(entries(&mut items(get(terms, 0))[0]), 0, tool.clone());
    })
}

/// A root whose registered claims are edited.
fn registered(
    code: DenialCode,
    name: &str,
    description: &str,
    edit: impl Fn(&mut Entries) + 'static,
) -> Scene {
    Scene::deny(code, name, description).edit(move |root| root.claims(&edit))
}

/// The chain as a whole.
fn whole() -> Vec<Scene> {
    vec![
        Scene::deny(Truncated, "empty", "No byte at all.").chain(|_| Vec::new()),
        Scene::deny(Truncated, "last-byte", "The last byte is missing.").chain(|mut bytes| {
            bytes.pop();
            bytes
        }),
        Scene::deny(
            Truncated,
            "second-link",
            "Two links are announced and one is there.",
        )
        .chain(|mut bytes| {
            bytes[0] = 0x82;
            bytes
        }),
        Scene::deny(NotDeterministic, "trailing-byte", "A byte follows the end.")
            .chain(|bytes| [bytes, vec![0]].concat()),
        Scene::deny(
            NotDeterministic,
            "indefinite-chain",
            "The chain is an array of indefinite length.",
        )
        .chain(|bytes| [vec![0x9f], bytes[1..].to_vec(), vec![0xff]].concat()),
        Scene::deny(UnexpectedItem, "no-link", "A chain without a link.").chain(|_| vec![0x80]),
        Scene::deny(UnexpectedItem, "map", "A map instead of a chain.").chain(|_| vec![0xa0]),
        Scene::deny(UnexpectedItem, "token-alone", "A root that is in no chain.")
            .chain(|bytes| bytes[1..].to_vec()),
    ]
}

/// The one deterministic encoding (RFC 8949 section 4.2.1).
fn encoding() -> Vec<Scene> {
    let payload = |name: &str, description: &str, from: &'static [u8], to: &'static [u8]| {
        Scene::deny(NotDeterministic, name, description).edit(move |root| root.replace(from, to))
    };
    vec![
        payload(
            "long-length",
            "The length of a text in two bytes where one would do.",
            b"\x65alice\x09",
            b"\x78\x05alice\x09",
        ),
        payload(
            "indefinite-text",
            "A text of indefinite length.",
            b"\x65alice\x09",
            b"\x7f\x65alice\xff\x09",
        ),
        payload(
            "not-utf8",
            "A text that is not UTF-8.",
            b"\x65alice\x09",
            b"\x65alic\xff\x09",
        ),
        payload(
            "tagged-differently",
            "A reserved simple value (undefined) where null belongs.",
            b"\x06\xf6\x07",
            b"\x06\xf7\x07",
        ),
        terms(
            NotDeterministic,
            "float",
            "A floating-point number in a constraint.",
            |terms| {
                put(
                    terms,
                    0,
                    powers_with(Value::Array(vec![
                        1.into(),
                        Value::Array(vec![Value::Float(1.5)]),
                    ])),
                );
            },
        ),
        registered(
            NotDeterministic,
            "unsorted-keys",
            "Two claims in the wrong order.",
            |claims| claims.swap(0, 1),
        ),
        registered(
            NotDeterministic,
            "duplicate-key",
            "A claim that appears twice.",
            |claims| {
                claims.insert(0, claims[0].clone());
            },
        ),
        terms(
            NotDeterministic,
            "unsorted-set",
            "The members of a set in the wrong order.",
            |terms| {
                put(
                    terms,
                    0,
                    powers_with(Value::Array(vec![
                        1.into(),
                        Value::Array(vec!["b".into(), "a".into()]),
                    ])),
                );
            },
        ),
        terms(
            NotDeterministic,
            "duplicate-member",
            "A member of a set that appears twice.",
            |terms| {
                put(
                    terms,
                    0,
                    powers_with(Value::Array(vec![
                        1.into(),
                        Value::Array(vec!["a".into(), "a".into()]),
                    ])),
                );
            },
        ),
        terms(
            NotDeterministic,
            "default-hops",
            "No further delegation, spelled out.",
            |terms| put(terms, 2, 0),
        ),
        terms(
            NotDeterministic,
            "default-limits",
            "No limit, spelled out.",
            |terms| {
                put(terms, 1, Value::Array(Vec::new()));
            },
        ),
        terms(
            NotDeterministic,
            "default-flag",
            "A flag that is false, spelled out.",
            |terms| {
                put(entries(&mut items(get(terms, 0))[0]), 5, false);
            },
        ),
        terms(
            NotDeterministic,
            "number-not-reduced",
            "10 x 10^-1 where 1 belongs.",
            |terms| {
                put(terms, 0, powers_with(at_most(fraction(-1, 10))));
            },
        ),
        number(
            NotDeterministic,
            "number-zero-with-exponent",
            "0 x 10^-1 where 0 belongs.",
            -1,
            0,
        ),
        number(
            NotDeterministic,
            "number-zero-with-positive-exponent",
            "0 x 10^39 where 0 belongs.",
            39,
            0,
        ),
        number(
            NotDeterministic,
            "number-exponent-zero",
            "5 x 10^0 where 5 belongs.",
            0,
            5,
        ),
        number(
            NotDeterministic,
            "number-integer-with-exponent",
            "5 x 10^1 where 50 belongs.",
            1,
            5,
        ),
        number(
            NotDeterministic,
            "number-big-integer-with-exponent",
            "1 x 10^38 where a bignum belongs.",
            38,
            1,
        ),
        number(
            NotDeterministic,
            "number-beyond-not-reduced",
            "10 x 10^39 where 1 x 10^40 belongs.",
            39,
            10,
        ),
        number(
            NotDeterministic,
            "number-too-high-and-not-reduced",
            "10 x 10^401: its form is looked at first.",
            401,
            10,
        ),
        terms(
            NotDeterministic,
            "bignum-of-eight-bytes",
            "A big number that fits a plain integer.",
            |terms| {
                put(
                    terms,
                    0,
                    powers_with(at_most(Value::Tag(
                        2,
                        Box::new(Value::Bytes(vec![0xff; 8])),
                    ))),
                );
            },
        ),
    ]
}

/// Powers with the tool `crm.read` and one constraint on `account`, as CBOR.
fn powers_with(constraint: Value) -> Value {
    let arguments = Value::Map(vec![("account".into(), constraint)]);
    Value::Array(vec![Value::Map(vec![
        (0.into(), "crm.read".into()),
        (1.into(), 0.into()),
        (2.into(), arguments),
    ])])
}

/// A decimal fraction (RFC 8949 section 3.4.4).
fn fraction(exponent: i64, coefficient: i64) -> Value {
    Value::Tag(
        4,
        Box::new(Value::Array(vec![exponent.into(), coefficient.into()])),
    )
}

/// A root with a decimal fraction for the end of a range.
fn number(
    code: DenialCode,
    name: &str,
    description: &str,
    exponent: i64,
    coefficient: i64,
) -> Scene {
    terms(code, name, description, move |terms| {
        put(
            terms,
            0,
            powers_with(at_most(fraction(exponent, coefficient))),
        );
    })
}

fn at_most(number: Value) -> Value {
    Value::Array(vec![3.into(), Value::Map(vec![(2.into(), number)])])
}

/// COSE: the envelope and its header.
fn envelope() -> Vec<Scene> {
    let header = |code, name: &str, description: &str, edit: fn(&mut Entries)| {
        Scene::deny(code, name, description).edit(move |root| root.header(edit))
    };
    vec![
        header(
            WrongTokenType,
            "child-as-root",
            "A root whose header says that it is a child.",
            |header| {
                put(header, 16, "mandate2+cwt");
            },
        ),
        header(
            WrongTokenType,
            "other-version",
            "A root of the first format.",
            |header| {
                put(header, 16, "mandate1-root+cwt");
            },
        ),
        Scene::deny(
            WrongTokenType,
            "root-as-child",
            "A root where a child belongs.",
        )
        .child()
        .chain(|bytes| {
            let mut chain: Value = ciborium::from_reader(bytes.as_slice()).expect("CBOR");
            let root = items(&mut chain)[0].clone();
            items(&mut chain)[1] = root;
            encode(&chain)
        }),
        header(
            HeaderNotAccepted,
            "es256",
            "The algorithm is ES256.",
            |header| put(header, 1, -7),
        ),
        header(
            HeaderNotAccepted,
            "hs256",
            "The algorithm is HMAC 256/256, under which a public key would be the secret.",
            |header| {
                put(header, 1, 5);
            },
        ),
        header(
            HeaderNotAccepted,
            "key-id",
            "A key id, which nothing here asks for.",
            |header| {
                put(header, 4, Value::Bytes(b"key-1".to_vec()));
            },
        ),
        header(
            HeaderNotAccepted,
            "critical",
            "A critical extension.",
            |header| {
                put(header, 2, Value::Array(vec![99.into()]));
            },
        ),
        Scene::deny(
            HeaderNotAccepted,
            "unprotected",
            "A parameter in the unprotected header, which no signature covers.",
        )
        .edit(|root| put(entries(&mut root.unprotected), 1, -8)),
        header(
            MissingClaim,
            "algorithm",
            "A header without an algorithm.",
            |header| remove(header, 1),
        ),
        header(MissingClaim, "type", "A header without a type.", |header| {
            remove(header, 16);
        }),
        Scene::deny(UnexpectedItem, "cose-mac0", "Another COSE message: tag 17.")
            .chain(|bytes| replaced(&bytes, &[0xd2, 0x84], &[0xd1, 0x84])),
        Scene::deny(
            UnexpectedItem,
            "short-signature",
            "A signature of 63 bytes.",
        )
        .tamper(|root| {
            root.signature.pop();
        }),
        terms(
            OutOfBounds,
            "token",
            "A root of more than 16 KiB, in nothing else too large.",
            |terms| {
                let one = Value::Array(vec![1.into(), Value::Array(vec!["x".repeat(64).into()])]);
                let capability = items(&mut powers_with(one)).remove(0);
                put(terms, 0, Value::Array(vec![capability; 256]));
            },
        ),
    ]
}

/// Which claims there are.
fn claims() -> Vec<Scene> {
    let child = |code, name: &str, description: &str, edit: fn(&mut Entries)| {
        Scene::deny(code, name, description)
            .child()
            .edit(move |child| child.terms(edit))
    };
    vec![
        registered(
            UnknownClaim,
            "not-before",
            "A not-before claim: a window says that here.",
            |claims| {
                put(claims, 5, NOW);
            },
        ),
        registered(
            UnknownClaim,
            "private",
            "Another private claim.",
            |claims| put(claims, -65538, 1),
        ),
        terms(UnknownClaim, "term", "A term that is not known.", |terms| {
            put(terms, 14, 1);
        }),
        terms(
            UnknownClaim,
            "parent-in-root",
            "A root that names a parent.",
            |terms| {
                put(terms, 11, Value::Bytes(vec![0; 32]));
            },
        ),
        child(
            UnknownClaim,
            "principal-in-child",
            "A child that names a principal.",
            |terms| put(terms, 7, "mallory"),
        ),
        child(
            UnknownClaim,
            "purpose-in-child",
            "A child that states a purpose.",
            |terms| {
                put(
                    terms,
                    9,
                    Value::Array(vec!["qbr".into(), "acme".into(), Value::Bytes(vec![0; 32])]),
                );
            },
        ),
        child(
            UnknownClaim,
            "grant-in-child",
            "A child that brings a human grant of its own.",
            |terms| {
                put(
                    terms,
                    10,
                    Value::Array(vec![
                        0.into(),
                        "mallory".into(),
                        NOW.into(),
                        Value::Bytes(vec![0; 32]),
                    ]),
                );
            },
        ),
        terms(
            UnknownClaim,
            "limit-kind",
            "A limit of a kind that is not known.",
            |terms| {
                put(
                    terms,
                    1,
                    Value::Array(vec![Value::Array(vec![99.into(), Value::Null])]),
                );
            },
        ),
        terms(
            UnknownClaim,
            "constraint-kind",
            "A constraint of a kind that is not known.",
            |terms| {
                put(
                    terms,
                    0,
                    powers_with(Value::Array(vec![14.into(), "^acme$".into()])),
                );
            },
        ),
        terms(
            UnknownClaim,
            "effect",
            "An effect that is not known.",
            |terms| {
                put(entries(&mut items(get(terms, 0))[0]), 1, 3);
            },
        ),
        terms(
            UnknownClaim,
            "grant-kind",
            "A grant of a kind that is not known.",
            |terms| {
                items(get(terms, 10))[0] = 3.into();
            },
        ),
        registered(
            MissingClaim,
            "issuer",
            "A root without an issuer.",
            |claims| remove(claims, 1),
        ),
        registered(MissingClaim, "expiry", "A root without an end.", |claims| {
            remove(claims, 4);
        }),
        registered(
            MissingClaim,
            "token-id",
            "A root without an id.",
            |claims| remove(claims, 7),
        ),
        registered(
            MissingClaim,
            "holder",
            "A root for whoever has it.",
            |claims| remove(claims, 8),
        ),
        terms(
            MissingClaim,
            "powers",
            "A root that does not say what it permits.",
            |terms| remove(terms, 0),
        ),
        terms(
            MissingClaim,
            "audience",
            "A root that does not say where it is good.",
            |terms| remove(terms, 5),
        ),
        terms(
            MissingClaim,
            "life",
            "A root that does not say what keeps it alive.",
            |terms| remove(terms, 6),
        ),
        terms(MissingClaim, "principal", "A root for nobody.", |terms| {
            remove(terms, 7);
        }),
        terms(MissingClaim, "purpose", "A root for nothing.", |terms| {
            remove(terms, 9);
        }),
        child(
            MissingClaim,
            "parent",
            "A child that names no parent.",
            |terms| remove(terms, 11),
        ),
    ]
}

/// Values that are well-formed and not right.
fn values() -> Vec<Scene> {
    let name = |name: &str, principal: &'static str, description: &str| {
        terms(
            InvalidValue,
            &format!("name-{name}"),
            description,
            move |terms| put(terms, 7, principal),
        )
    };
    let constraint = |code, name: &str, description: &str, constraint: fn() -> Value| {
        terms(code, name, description, move |terms| {
            put(terms, 0, powers_with(constraint()));
        })
    };
    vec![
        registered(
            InvalidValue,
            "never-lives",
            "A root that expires in the second in which it is issued.",
            |claims| {
                let issued = get(claims, 6).clone();
                put(claims, 4, issued);
            },
        ),
        registered(
            InvalidValue,
            "weak-key",
            "A holder's key of small order, for which anyone makes signatures.",
            |claims| {
                put(cose_key(claims), -2, Value::Bytes(vec![0; 32]));
            },
        ),
        registered(
            InvalidValue,
            "key-not-canonical",
            "A second spelling of a key: y is not below 2^255 - 19.",
            |claims| {
                let y = [&[0xf0_u8][..], &[0xff; 30], &[0x7f]].concat();
                put(cose_key(claims), -2, Value::Bytes(y));
            },
        ),
        registered(
            InvalidValue,
            "p256-key",
            "A holder's key on another curve.",
            |claims| put(cose_key(claims), -1, 1),
        ),
        registered(
            InvalidValue,
            "short-token-id",
            "A token id of seven bytes.",
            |claims| {
                put(claims, 7, Value::Bytes(vec![0; 7]));
            },
        ),
        registered(
            InvalidValue,
            "year-10000",
            "An end after the year 9999.",
            |claims| {
                put(claims, 4, 253_402_300_800_u64);
            },
        ),
        terms(
            InvalidValue,
            "bidirectional-name",
            "A principal whose name reorders the text around it.",
            |terms| {
                put(terms, 7, "alice\u{202e}");
            },
        ),
        name(
            "variation-selector",
            "ana\u{fe0f}",
            "A name with a variation selector, which shows nothing.",
        ),
        name(
            "hangul-filler",
            "ana\u{3164}",
            "A name with U+3164, a letter that is blank.",
        ),
        name(
            "braille-blank",
            "ana\u{2800}b",
            "A name with U+2800, a symbol that is blank.",
        ),
        name(
            "no-break-space",
            "ana\u{a0}b",
            "A name with a space other than U+0020.",
        ),
        name(
            "private-use",
            "ana\u{e000}",
            "A name with a character of private use.",
        ),
        name(
            "unassigned",
            "ana\u{378}",
            "A name with a code point that Unicode 17.0 does not assign.",
        ),
        name(
            "non-joiner-in-latin",
            "an\u{200c}a",
            "A name with U+200C between letters that it does not shape.",
        ),
        name(
            "joiner-in-arabic",
            "سل\u{200d}ام",
            "A name with U+200D between letters that join without it.",
        ),
        name(
            "non-joiner-after-reh",
            "کار\u{200c}ها",
            "A name with U+200C after a letter that joins no next one.",
        ),
        name("joiner-last", "ශ්\u{200d}", "A name that ends with U+200D."),
        name("space-last", "ana ", "A name that ends with a space."),
        name("space-first", " ana", "A name that begins with a space."),
        name("two-spaces", "ana  b", "A name with two spaces in a row."),
        name(
            "mark-first",
            "\u{301}ana",
            "A name that begins with a combining mark.",
        ),
        terms(
            InvalidValue,
            "task-upwards",
            "A task that goes up.",
            |terms| put(terms, 4, "acme/../globex"),
        ),
        tool(
            InvalidValue,
            "star-tool",
            "A capability for every tool, which has no spelling.",
            "*",
        ),
        tool(
            InvalidValue,
            "two-stars-tool",
            "A tool pattern with two stars.",
            "crm.**",
        ),
        tool(
            InvalidValue,
            "inner-star-tool",
            "A tool pattern with a star that does not end it.",
            "crm.*d",
        ),
        tool(
            InvalidValue,
            "space-tool",
            "A tool with a space.",
            "crm read",
        ),
        tool(
            InvalidValue,
            "other-letter-tool",
            "A tool with a letter that is not ASCII.",
            "crm.re\u{430}d",
        ),
        tool(InvalidValue, "empty-tool", "A tool without a name.", ""),
        tool(
            OutOfBounds,
            "tool",
            "A tool's name of 129 bytes.",
            &"t".repeat(129),
        ),
        tool(
            OutOfBounds,
            "tool-prefix",
            "A prefix of 128 bytes, which no name goes on from.",
            &format!("{}*", "t".repeat(128)),
        ),
        terms(
            InvalidValue,
            "window-closed-before-open",
            "A window that closes in the second in which it opens.",
            |terms| {
                let window = Value::Map(vec![(0.into(), NOW.into()), (1.into(), NOW.into())]);
                put(
                    terms,
                    1,
                    Value::Array(vec![Value::Array(vec![0.into(), window])]),
                );
            },
        ),
        constraint(
            InvalidValue,
            "mixed-set",
            "A set with a text and a number.",
            || Value::Array(vec![1.into(), Value::Array(vec![1.into(), "a".into()])]),
        ),
        constraint(
            InvalidValue,
            "two-stars",
            "A pattern with two stars in a row.",
            || Value::Array(vec![4.into(), "a**".into()]),
        ),
        constraint(
            InvalidValue,
            "path-with-dots",
            "A constraint on a path that is not canonical.",
            || Value::Array(vec![5.into(), "/decks/../x".into()]),
        ),
        constraint(
            InvalidValue,
            "network-host-bits",
            "A network with a bit set after its prefix.",
            || Value::Array(vec![8.into(), "10.0.0.1/8".into()]),
        ),
        constraint(
            InvalidValue,
            "network-mapped",
            "A network of IPv4 addresses mapped into IPv6.",
            || Value::Array(vec![8.into(), "::ffff:10.1.0.0/112".into()]),
        ),
        constraint(
            InvalidValue,
            "network-mapped-in-hex",
            "The same in hexadecimal digits.",
            || Value::Array(vec![8.into(), "::ffff:a01:0/112".into()]),
        ),
        constraint(
            InvalidValue,
            "range-crossed",
            "A range that admits nothing.",
            || {
                Value::Array(vec![
                    3.into(),
                    Value::Map(vec![(0.into(), 2.into()), (2.into(), 1.into())]),
                ])
            },
        ),
        number(
            InvalidValue,
            "number-exponent-too-high",
            "1 x 10^401.",
            401,
            1,
        ),
        number(
            InvalidValue,
            "number-exponent-too-low",
            "1 x 10^-401.",
            -401,
            1,
        ),
        constraint(
            InvalidValue,
            "number-coefficient-too-long",
            "A coefficient of 2^127.",
            || {
                let bits = [&[0x80][..], &[0; 15]].concat();
                at_most(Value::Tag(
                    4,
                    Box::new(Value::Array(vec![
                        39.into(),
                        Value::Tag(2, Box::new(Value::Bytes(bits))),
                    ])),
                ))
            },
        ),
        constraint(
            InvalidValue,
            "port-of-all-schemes",
            "A listed port that is the own port of every scheme.",
            || {
                let rule = vec![
                    (0.into(), Value::Array(vec!["https".into()])),
                    (1.into(), "a.example".into()),
                    (2.into(), 443.into()),
                ];
                Value::Array(vec![7.into(), Value::Map(rule)])
            },
        ),
        terms(
            UnexpectedItem,
            "audience-number",
            "An audience that is a number.",
            |terms| put(terms, 5, 1),
        ),
        terms(
            UnexpectedItem,
            "grant-of-three",
            "A grant with a part missing.",
            |terms| {
                items(get(terms, 10)).pop();
            },
        ),
        terms(OutOfBounds, "name", "A name of 257 bytes.", |terms| {
            put(terms, 7, "x".repeat(257));
        }),
        terms(OutOfBounds, "hops", "256 further delegations.", |terms| {
            put(terms, 2, 256);
        }),
        constraint(
            OutOfBounds,
            "constraint-depth",
            "Constraints nested nine deep.",
            || {
                (0..8).fold(Value::Array(vec![0.into()]), |inner, _| {
                    Value::Array(vec![10.into(), inner])
                })
            },
        ),
        terms(OutOfBounds, "limits", "33 limits.", |terms| {
            put(
                terms,
                1,
                Value::Array(vec![Value::Array(vec![2.into(), Value::Null]); 33]),
            );
        }),
    ]
}

/// As large as may be: the neighbours of what is out of bounds.
fn bounds() -> Vec<Scene> {
    let open = r#"[{"tool":"crm.read","effect":"read","open":true}]"#;
    let nested = |depth: usize| {
        format!(
            r#"{{"x":{}1{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    let arguments = |count: usize| {
        let pairs: Vec<String> = (0..count)
            .map(|index| format!(r#""a{index}":{index}"#))
            .collect();
        format!("{{{}}}", pairs.join(","))
    };
    let members: Vec<String> = (0..256).map(|member| member.to_string()).collect();
    vec![
        Scene::permit("name-of-256-bytes", "A name as long as may be.")
            .root(|root| root.principal.name = "x".repeat(256).parse().expect("a name")),
        Scene::permit("hops-255", "As many further delegations as may be said.")
            .hops(255)
            .child(),
        Scene::permit("limits-32", "As many limits as may be.")
            .limits(&format!("[{}]", [r#"{"signed_calls":true}"#; 32].join(","))),
        Scene::permit(
            "year-9999",
            "A root that lives to the last second there is.",
        )
        .until(253_402_300_799)
        .lives(NOW, 253_402_300_799)
        .anchor(|anchor| anchor.max_lifetime = u64::MAX),
        Scene::permit("tool-of-128-bytes", "A tool's name as long as may be.")
            .powers(&open.replace("crm.read", &"t".repeat(128)))
            .tool(&"t".repeat(128)),
        Scene::permit(
            "tool-prefix-of-127-bytes",
            "A prefix as long as may be, and the longest name.",
        )
        .powers(&open.replace("crm.read", &format!("{}*", "t".repeat(127))))
        .tool(&"t".repeat(128)),
        Scene::permit(
            "argument-name-of-128-bytes",
            "An argument's name as long as may be.",
        )
        .powers(open)
        .args(&format!(r#"{{"{}":1}}"#, "n".repeat(128))),
        Scene::permit("argument-without-name", "An argument whose name is empty.")
            .powers(open)
            .args(r#"{"":1}"#),
        Scene::permit("arguments-64", "As many arguments as may be.")
            .powers(open)
            .args(&arguments(64)),
        Scene::permit("value-16-deep", "A value nested as deep as may be.")
            .powers(open)
            .args(&nested(16)),
        Scene::permit("set-of-256", "As many members as a set may have.")
            .argument(&format!(r#"{{"one_of":[{}]}}"#, members.join(",")), "255"),
        Scene::permit("token-of-about-16-kib", "A root of nearly 16 KiB.").powers(&format!(
            "[{}]",
            [r#"{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}"#; 256]
                .join(",")
        )),
    ]
}

/// The signed call, which is a token like any other.
fn calls() -> Vec<Scene> {
    vec![
        Scene::deny(Truncated, "call-empty", "A signed call without a byte.")
            .call_token(|_| Vec::new()),
        Scene::deny(
            NotDeterministic,
            "call-trailing",
            "A byte follows the signed call.",
        )
        .call_token(|bytes| [bytes, vec![0]].concat()),
        Scene::deny(
            WrongTokenType,
            "root-as-call",
            "A root where a signed call belongs.",
        )
        .edit_call(|call| call.header(|header| put(header, 16, "mandate2-root+cwt"))),
        Scene::deny(
            UnknownClaim,
            "call-expiry",
            "A signed call with an end of its own.",
        )
        .edit_call(|call| call.claims(|claims| put(claims, 4, NOW))),
        Scene::deny(
            MissingClaim,
            "call-audience",
            "A signed call that does not say where it is made.",
        )
        .edit_call(|call| call.claims(|claims| remove(claims, 3))),
        Scene::deny(
            UnexpectedItem,
            "call-short-id",
            "A signed call whose id has eight bytes.",
        )
        .edit_call(|call| call.claims(|claims| put(claims, 7, Value::Bytes(vec![0; 8])))),
    ]
}
