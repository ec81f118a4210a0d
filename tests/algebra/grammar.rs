//! Canonical or refused: hostile spellings, each with the error that it gets, as a base and as an
//! argument.

use crate::model::{number, wrapped};
use mandatum::powers::{
    ArgumentError, ConstraintError, Host, HostError, Network, NetworkError, Path, PathError,
    PermissionError, Port, Url, UrlError, UrlRule,
};
use mandatum::primitives::{Arguments, Value};
use mandatum::{Action, Constraint, Effect};

/// What a capability with one argument says of a value.
fn refusal(constraint: &Constraint, value: Value) -> Option<ArgumentError> {
    let arguments = Arguments::from_pairs([("x", value)]).unwrap();
    match wrapped(constraint).permits(&Action {
        tool: "t".parse().unwrap(),
        arguments,
        effect: Effect::Read,
    }) {
        Ok(()) => None,
        Err(PermissionError::Argument { name, reason }) if &*name == "x" => Some(reason),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn paths() {
    use PathError::{Character, DotSegment, EmptySegment, NotAbsolute};
    let everywhere = Constraint::path_under("/").unwrap();
    for canonical in [
        "/",
        "/a",
        "/a/b",
        "/...",
        "/.a",
        "/a.",
        "/ ",
        "/a b",
        "/%2e%2e",
        "/a%2Fb",
        "/~",
        "/a:b",
        "/ü",
        "/u\u{308}",
        "/*",
        "/..a",
        "/a..",
        "/\u{202e}",
        "/\u{2215}",
    ] {
        assert!(Path::new(canonical).is_ok(), "{canonical}");
        assert_eq!(refusal(&everywhere, canonical.into()), None, "{canonical}");
    }
    for (spelling, why) in [
        ("", NotAbsolute),
        ("a", NotAbsolute),
        ("a/b", NotAbsolute),
        ("./a", NotAbsolute),
        ("~/a", NotAbsolute),
        ("C:/a", NotAbsolute),
        ("\\a", NotAbsolute),
        (" /a", NotAbsolute),
        ("\u{feff}/a", NotAbsolute),
        ("//", EmptySegment),
        ("//a", EmptySegment),
        ("/a/", EmptySegment),
        ("/a//b", EmptySegment),
        ("/.", DotSegment),
        ("/..", DotSegment),
        ("/a/.", DotSegment),
        ("/a/..", DotSegment),
        ("/../a", DotSegment),
        ("/a/../b", DotSegment),
        ("/a/./b", DotSegment),
        ("/a/../", DotSegment),
        ("/a\\b", Character),
        ("/..\\a", Character),
        ("/a\0", Character),
        ("/a\0/b", Character),
        ("/\n", Character),
        ("/a\r", Character),
        ("/\u{7f}", Character),
        ("/\u{85}", Character),
        ("/\t", Character),
        ("/\u{1b}[0m", Character),
    ] {
        assert_eq!(Path::new(spelling).unwrap_err(), why, "{spelling:?}");
        assert_eq!(
            Constraint::path_under(spelling),
            Err(ConstraintError::Path(why)),
            "{spelling:?}"
        );
        assert_eq!(
            refusal(&everywhere, spelling.into()),
            Some(ArgumentError::Path(why)),
            "{spelling:?}"
        );
    }
    let long = format!("/{}", "a".repeat(1024));
    assert_eq!(Path::new(&long).unwrap_err(), PathError::TooLong);
    assert_eq!(refusal(&everywhere, long.into()), None);
}

#[test]
fn a_tree_of_paths_is_cut_at_segments() {
    let decks = Constraint::path_under("/decks/acme").unwrap();
    for below in ["/decks/acme", "/decks/acme/q3.pptx", "/decks/acme/a/b"] {
        assert_eq!(refusal(&decks, below.into()), None, "{below}");
    }
    for beside in [
        "/decks/acme-secret",
        "/decks/acmes/x",
        "/decks",
        "/",
        "/x/decks/acme",
        "/decks/ACME",
        "/decks/acme%2Fx",
    ] {
        assert_eq!(
            refusal(&decks, beside.into()),
            Some(ArgumentError::NotAdmitted),
            "{beside}"
        );
    }
    for other in [
        Value::Null,
        1.into(),
        Value::Bytes(b"/decks/acme".to_vec()),
        vec!["/decks/acme"].into(),
    ] {
        assert_eq!(
            refusal(&decks, other.clone()),
            Some(ArgumentError::NotAdmitted),
            "{other}"
        );
    }
}

#[test]
fn hosts() {
    use HostError::{Address, Label, TooLong};
    for canonical in [
        "localhost",
        "a.com",
        "xn--bcher-kva.example",
        "_dmarc.a.com",
        "a--b.com",
        "1.com",
        "0x7f.com",
        "1.2.3.4.com",
        "0xg",
        "x0",
        "a.0x1x",
    ] {
        assert!(Host::new(canonical).is_ok(), "{canonical}");
        assert_eq!(
            refusal(
                &Constraint::host_under(canonical).unwrap(),
                canonical.into()
            ),
            None,
            "{canonical}"
        );
    }
    let com = Constraint::host_under("com").unwrap();
    let (label, name) = ("a".repeat(64), format!("{}com", "a.".repeat(126)));
    for (spelling, why) in [
        ("", Label),
        (".", Label),
        ("a..com", Label),
        (".com", Label),
        ("a.com.", Label),
        ("A.com", Label),
        ("a.COM", Label),
        ("-a.com", Label),
        ("a-.com", Label),
        ("xn--a-.com", Label),
        ("a b.com", Label),
        ("a.com ", Label),
        ("a.com\n", Label),
        ("a.com\0", Label),
        ("a.com:80", Label),
        ("u@a.com", Label),
        ("a.com/", Label),
        ("a.com#.com", Label),
        ("a%2ecom", Label),
        ("bücher.com", Label),
        ("a。com", Label),
        ("ａ.com", Label),
        ("a\u{ad}.com", Label),
        ("*.com", Label),
        ("[::1]", Label),
        ("::1", Label),
        ("fe80::1%eth0", Label),
        (&label, Label),
        ("1.2.3.4", Address),
        ("127.1", Address),
        ("0", Address),
        ("2130706433", Address),
        ("0177.0.0.1", Address),
        ("0x7f.1", Address),
        ("0x7f000001", Address),
        ("0x", Address),
        ("1.0x7f", Address),
        ("a.1", Address),
        ("com.0xff", Address),
        ("999.999.999.999", Address),
        ("a.com.08", Address),
        (&name, TooLong),
    ] {
        assert_eq!(Host::new(spelling).unwrap_err(), why, "{spelling:?}");
        assert_eq!(
            Constraint::host_under(spelling),
            Err(ConstraintError::Host(why)),
            "{spelling:?}"
        );
        assert_eq!(
            refusal(&com, spelling.into()),
            Some(ArgumentError::Host(why)),
            "{spelling:?}"
        );
    }
    assert!(Host::new(&name[2..]).is_ok_and(|host| host.as_str().len() == 253));
    let acme = Constraint::host_under("acme.com").unwrap();
    assert_eq!(refusal(&acme, "eu.crm.acme.com".into()), None);
    for beside in [
        "evilacme.com",
        "acme.com.evil.com",
        "com",
        "acme.org",
        "acme-com",
    ] {
        assert_eq!(
            refusal(&acme, beside.into()),
            Some(ArgumentError::NotAdmitted),
            "{beside}"
        );
    }
}

#[test]
fn urls() {
    use UrlError::{Character, Fragment, PercentEncoding, Scheme, UserInformation};
    let (address, label) = (
        UrlError::Host(HostError::Address),
        UrlError::Host(HostError::Label),
    );
    let dots = UrlError::Path(PathError::DotSegment);
    let empty = UrlError::Path(PathError::EmptySegment);
    let relative = UrlError::Path(PathError::NotAbsolute);
    let rule = UrlRule::new(["https", "http"], Host::new("a.com").unwrap())
        .unwrap()
        .with_port(Port::Any)
        .unwrap();
    let anywhere = Constraint::url(rule);
    for canonical in [
        "https://a.com/",
        "https://a.com/v1",
        "https://a.com/v1/",
        "https://x.a.com/v1/x",
        "https://a.com:8443/",
        "http://a.com:443/",
        "https://a.com:80/",
        "https://a.com/?q",
        "https://a.com/v1?next=https://b.com/../x",
        "https://a.com/%20",
        "https://a.com/%C3%BC",
        "https://a.com/%252E",
        "https://a.com/a;b=c",
        "https://a.com/@a:b",
        "https://a.com/...",
        "https://a.com/..a;b",
        "https://a.com/?q=%C0%AF",
        "https://a.com/!$&'()*+,=~_-.x",
        "https://a.com/?",
        "https://a.com/%F0%9F%98%80",
        "https://a.com/%23",
        "https://a.com:1/",
        "https://a.com:65535/",
    ] {
        assert!(Url::parse(canonical).is_ok(), "{canonical}");
        assert_eq!(refusal(&anywhere, canonical.into()), None, "{canonical}");
    }
    for (spelling, why) in [
        ("", Scheme),
        ("a.com/", Scheme),
        ("https:/a.com/", Scheme),
        ("https:a.com/", Scheme),
        ("//a.com/", Scheme),
        ("HTTPS://a.com/", Scheme),
        ("Https://a.com/", Scheme),
        (" https://a.com/", Scheme),
        ("https ://a.com/", Scheme),
        ("1https://a.com/", Scheme),
        ("://a.com/", Scheme),
        ("https:\\\\a.com/", Scheme),
        ("java\nscript://a.com/", Scheme),
        ("https://a.com", relative),
        ("https://a.com?q", relative),
        ("https://a.com#f", relative),
        ("https://", relative),
        ("https://u@a.com/", UserInformation),
        ("https://u:p@a.com/", UserInformation),
        ("https://@a.com/", UserInformation),
        ("https://a.com@b.com/", UserInformation),
        ("https://a.com\\@b.com/", UserInformation),
        ("https://a.com%40b.com/", label),
        ("https://A.com/", label),
        ("https://a.com./", label),
        ("https:///", label),
        ("https://.a.com/", label),
        ("https://a.com\\/", label),
        ("https://a.com /", label),
        ("https://a.com\t/", label),
        ("https://[::1]/", address),
        ("https://[::ffff:127.0.0.1]:8443/", address),
        ("https://bücher.a.com/", label),
        ("https://a.com?/", label),
        ("https://a.com#/", label),
        ("https://%61.com/", label),
        ("https://a。com/", label),
        ("https://127.0.0.1/", address),
        ("https://2130706433/", address),
        ("https://0x7f.1/", address),
        ("https://0177.1/", address),
        ("https://0x7f000001:8080/", address),
        ("https://a.com:/", UrlError::Port),
        ("https://a.com:0/", UrlError::Port),
        ("https://a.com:443/", UrlError::Port),
        ("http://a.com:80/", UrlError::Port),
        ("https://a.com:08443/", UrlError::Port),
        ("https://a.com:+80/", UrlError::Port),
        ("https://a.com:65536/", UrlError::Port),
        ("https://a.com:80:80/", UrlError::Port),
        ("https://a.com:x/", UrlError::Port),
        ("https://a.com:８０/", UrlError::Port),
        ("https://a.com:-1/", UrlError::Port),
        ("https://a.com:80 /", UrlError::Port),
        ("https://a.com/.", dots),
        ("https://a.com/..", dots),
        ("https://a.com/v1/../x", dots),
        ("https://a.com/./", dots),
        ("https://a.com/../", dots),
        ("https://a.com/v1/..?q", dots),
        ("https://a.com/v1/..;/x", dots),
        ("https://a.com/v1/..;a=b/x", dots),
        ("https://a.com/v1/.;/x", dots),
        ("https://a.com/v1/..%3B/x", dots),
        ("https://a.com/v1/..;%3Bx", dots),
        ("https://a.com//", empty),
        ("https://a.com//x", empty),
        ("https://a.com/v1//", empty),
        ("https://a.com/v1//x", empty),
        ("https://a.com/%2e", PercentEncoding),
        ("https://a.com/%2E", PercentEncoding),
        ("https://a.com/%2e%2e/x", PercentEncoding),
        ("https://a.com/%2F", PercentEncoding),
        ("https://a.com/%2f", PercentEncoding),
        ("https://a.com/%5C", PercentEncoding),
        ("https://a.com/%00", PercentEncoding),
        ("https://a.com/%0A", PercentEncoding),
        ("https://a.com/%7F", PercentEncoding),
        ("https://a.com/%C2%80", PercentEncoding),
        ("https://a.com/a%C2%85b", PercentEncoding),
        ("https://a.com/%C2%9F", PercentEncoding),
        ("https://a.com/?q=%C2%85", PercentEncoding),
        ("https://a.com/?q=%FF%C2%85", PercentEncoding),
        ("https://a.com/%41", PercentEncoding),
        ("https://a.com/%7E", PercentEncoding),
        ("https://a.com/%c3%bc", PercentEncoding),
        ("https://a.com/%", PercentEncoding),
        ("https://a.com/%2", PercentEncoding),
        ("https://a.com/%zz", PercentEncoding),
        ("https://a.com/%%32%65", PercentEncoding),
        ("https://a.com/%u002e", PercentEncoding),
        ("https://a.com/%C0%AE%C0%AE/x", PercentEncoding),
        ("https://a.com/%C0%AF", PercentEncoding),
        ("https://a.com/%E0%80%AF", PercentEncoding),
        ("https://a.com/%FF", PercentEncoding),
        ("https://a.com/?q=%2f", PercentEncoding),
        ("https://a.com/?q=%0D%0A", PercentEncoding),
        ("https://a.com/#f", Fragment),
        ("https://a.com/v1#", Fragment),
        ("https://a.com/?q#f", Fragment),
        ("https://a.com/v1\\x", Character),
        ("https://a.com/..\\x", Character),
        ("https://a.com/a b", Character),
        ("https://a.com/\u{fc}", Character),
        ("https://a.com/\n", Character),
        ("https://a.com/\0", Character),
        ("https://a.com/[a]", Character),
        ("https://a.com/{a}", Character),
        ("https://a.com/a|b", Character),
        ("https://a.com/\"", Character),
        ("https://a.com/^", Character),
        ("https://a.com/`", Character),
        ("https://a.com/<", Character),
        ("https://a.com/?q= ", Character),
        ("https://a.com/\u{ff0e}\u{ff0e}/", Character),
    ] {
        assert_eq!(Url::parse(spelling), Err(why), "{spelling:?}");
        assert_eq!(
            refusal(&anywhere, spelling.into()),
            Some(ArgumentError::Url(why)),
            "{spelling:?}"
        );
    }
    let name = format!("https://{}com/", "a.".repeat(126));
    assert_eq!(Url::parse(&name), Err(UrlError::Host(HostError::TooLong)));
}

#[test]
fn url_rules() {
    let host = || Host::new("a.com").unwrap();
    let rule = |schemes: &[&'static str]| UrlRule::new(schemes.iter().copied(), host());
    assert_eq!(rule(&[]), Err(UrlError::Schemes));
    let many: Vec<String> = (0..33).map(|number| format!("s{number}")).collect();
    assert_eq!(
        UrlRule::new(many.iter().map(String::as_str), host()),
        Err(UrlError::Schemes)
    );
    for scheme in ["HTTPS", "", "1a", "a b", "https:", "a/b", &"a".repeat(33)] {
        assert_eq!(
            UrlRule::new([scheme], host()),
            Err(UrlError::Scheme),
            "{scheme}"
        );
    }
    assert_eq!(
        UrlRule::https("A.com"),
        Err(UrlError::Host(HostError::Label))
    );
    assert_eq!(
        UrlRule::https("127.0.0.1"),
        Err(UrlError::Host(HostError::Address))
    );
    for (schemes, port) in [
        (&["https"][..], 443),
        (&["https", "wss"], 443),
        (&["http"], 80),
        (&["ssh"], 22),
        (&["coap"], 0),
    ] {
        assert_eq!(
            rule(schemes).unwrap().with_port(Port::Only(port)),
            Err(UrlError::Port),
            "{schemes:?} {port}"
        );
    }
    assert!(
        rule(&["http", "https"])
            .unwrap()
            .with_port(Port::Only(443))
            .is_ok()
    );
    for (path, why) in [
        ("v1", UrlError::Path(PathError::NotAbsolute)),
        ("/v1/", UrlError::Path(PathError::EmptySegment)),
        ("/v1/..", UrlError::Path(PathError::DotSegment)),
        ("/v1/..;a", UrlError::Path(PathError::DotSegment)),
        ("/%2e", UrlError::PercentEncoding),
        ("/%C0%AF", UrlError::PercentEncoding),
        ("/a?b", UrlError::Character),
        ("/a#b", UrlError::Fragment),
        ("/a b", UrlError::Character),
    ] {
        assert_eq!(
            UrlRule::https("a.com").unwrap().with_path(path),
            Err(why),
            "{path}"
        );
    }
    let both = Constraint::url(
        rule(&["http", "https"])
            .unwrap()
            .with_port(Port::Only(443))
            .unwrap()
            .with_path("/v1")
            .unwrap(),
    );
    for within in [
        "https://a.com/v1",
        "https://a.com/v1/",
        "https://a.com/v1/x?y",
        "http://a.com:443/v1",
        "https://a.com/v1?x",
    ] {
        assert_eq!(refusal(&both, within.into()), None, "{within}");
    }
    for beside in [
        "http://a.com/v1",
        "https://a.com:444/v1",
        "https://a.com/",
        "https://a.com/v12",
        "https://a.com/?/v1",
        "https://b.com/v1",
        "https://ba.com/v1",
        "https://a.com.b.com/v1",
        "wss://a.com/v1",
    ] {
        assert_eq!(
            refusal(&both, beside.into()),
            Some(ArgumentError::NotAdmitted),
            "{beside}"
        );
    }
}

#[test]
fn networks() {
    use NetworkError::{HostBits, Mapped, NotAnAddress, Prefix};
    for network in [
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.0.0.1/32",
        "::/0",
        "2001:db8::/32",
        "::1/128",
        "::fffe:0:0/95",
        "64:ff9b::/96",
        "2001:db8:0:1:1:1:1:1/128",
        "2001:0:0:1::1/128",
    ] {
        assert_eq!(network.parse::<Network>().unwrap().to_string(), network);
        let first = network.split_once('/').unwrap().0;
        assert_eq!(
            refusal(&Constraint::network(network).unwrap(), first.into()),
            None,
            "{network}"
        );
    }
    for (spelling, why) in [
        ("", Prefix),
        ("10.0.0.0", Prefix),
        ("10.0.0.0/", Prefix),
        ("10.0.0.0/33", Prefix),
        ("::/129", Prefix),
        ("10.0.0.0/08", Prefix),
        ("10.0.0.0/+8", Prefix),
        ("10.0.0.0/ 8", Prefix),
        ("10.0.0.0/256", Prefix),
        ("10.0.0.0/255.0.0.0", Prefix),
        ("10.0.0.0/8/8", Prefix),
        ("10.0.0.0/-1", Prefix),
        ("10.0.0.0/٨", Prefix),
        ("10.0.0.1/8", HostBits),
        ("10.0.0.1/31", HostBits),
        ("1.0.0.0/0", HostBits),
        ("2001:db8::1/32", HostBits),
        ("::ffff:0:0/95", Mapped),
        ("::ffff:0:0/96", Mapped),
        ("::ffff:10.0.0.0/104", Mapped),
        ("::ffff:a00:0/104", Mapped),
        ("10/8", NotAnAddress),
        ("010.0.0.0/8", NotAnAddress),
        ("0xa.0.0.0/8", NotAnAddress),
        ("2001:DB8::/32", NotAnAddress),
        ("2001:db8:0::/32", NotAnAddress),
        ("[::]/0", NotAnAddress),
        ("a.com/8", NotAnAddress),
    ] {
        assert_eq!(spelling.parse::<Network>(), Err(why), "{spelling:?}");
        assert_eq!(
            Constraint::network(spelling),
            Err(ConstraintError::Network(why)),
            "{spelling:?}"
        );
    }
    for network in ["0.0.0.0/0", "::/0"].map(|network| Constraint::network(network).unwrap()) {
        for (spelling, why) in [
            ("", NotAnAddress),
            ("1.2.3", NotAnAddress),
            ("1.2.3.4.5", NotAnAddress),
            ("1.2.3.256", NotAnAddress),
            ("01.2.3.4", NotAnAddress),
            ("1.2.3.04", NotAnAddress),
            ("0x1.2.3.4", NotAnAddress),
            ("16909060", NotAnAddress),
            ("0x01020304", NotAnAddress),
            ("127.1", NotAnAddress),
            ("1.2.3.4 ", NotAnAddress),
            (" 1.2.3.4", NotAnAddress),
            ("1.2.3.4\0", NotAnAddress),
            ("1.2.3.4.", NotAnAddress),
            ("１.2.3.4", NotAnAddress),
            ("1.2.3.4/32", NotAnAddress),
            ("1.2.3.4:80", NotAnAddress),
            ("[::1]", NotAnAddress),
            ("::1%eth0", NotAnAddress),
            ("fe80::1%1", NotAnAddress),
            ("2001:DB8::1", NotAnAddress),
            ("2001:0db8::1", NotAnAddress),
            ("2001:db8:0:0:0:0:0:1", NotAnAddress),
            ("0:0:0:0:0:0:0:1", NotAnAddress),
            ("::0001", NotAnAddress),
            ("::1.2.3.4", NotAnAddress),
            ("2001:db8::0:1:1:1:1", NotAnAddress),
            ("2001:db8:0:0:1::1", NotAnAddress),
            (":::1", NotAnAddress),
            ("1::2::3", NotAnAddress),
            ("2001:db8:1::1:1:1:1:1", NotAnAddress),
            ("localhost", NotAnAddress),
            ("::ffff:1.2.3.4", Mapped),
            ("::ffff:102:304", Mapped),
            ("::FFFF:1.2.3.4", Mapped),
            ("0:0:0:0:0:ffff:102:304", Mapped),
        ] {
            assert_eq!(
                refusal(&network, spelling.into()),
                Some(ArgumentError::Network(why)),
                "{spelling:?}"
            );
        }
    }
    let (v4, v6) = (
        Constraint::network("0.0.0.0/0").unwrap(),
        Constraint::network("::/0").unwrap(),
    );
    for (network, address) in [(&v4, "::1"), (&v4, "::7f00:1"), (&v6, "127.0.0.1")] {
        assert_eq!(
            refusal(network, address.into()),
            Some(ArgumentError::NotAdmitted),
            "{address}"
        );
    }
}

#[test]
fn texts_are_compared_by_code_point() {
    let set = |text: &str| Constraint::one_of([text]).unwrap();
    for (set, other) in [
        (set("acme"), "Acme"),
        (set("acme"), "acme "),
        (set("acme"), "acme\0"),
        (set("ü"), "u\u{308}"),
        (set("a"), "а"),
        (Constraint::pattern("a*").unwrap(), "A"),
        (Constraint::pattern("acme").unwrap(), "acme\n"),
    ] {
        assert_eq!(
            refusal(&set, other.into()),
            Some(ArgumentError::NotAdmitted),
            "{set} and {other:?}"
        );
    }
    // A star is a star in patterns alone, and there is no way to escape it.
    assert_eq!(refusal(&set("a*"), "a*".into()), None);
    assert_eq!(
        refusal(&set("a*"), "ab".into()),
        Some(ArgumentError::NotAdmitted)
    );
    assert_eq!(
        refusal(&Constraint::pattern("\\*").unwrap(), "*".into()),
        Some(ArgumentError::NotAdmitted)
    );
    // A number is none of the texts that spell it.
    let one = Constraint::one_of([Value::Number(number("1.0"))]).unwrap();
    assert_eq!(refusal(&one, 1.into()), None);
    for other in [
        Value::from("1"),
        true.into(),
        vec![1].into(),
        Value::Bytes(vec![1]),
    ] {
        assert_eq!(
            refusal(&one, other.clone()),
            Some(ArgumentError::NotAdmitted),
            "{other}"
        );
    }
}
