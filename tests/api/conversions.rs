//! Each conversion that a user looks for exists, and is undone by the one the other way.

use mandatum::chain::AnchorKey;
use mandatum::claims::{Aliases, GrantKind, Listed, Replaced};
use mandatum::codec::{TextError, TokenType, TokenTypeError};
use mandatum::denial::{DenialCodeError, RecordedOutcome, RecordedOutcomeError};
use mandatum::graph::{TaskState, TaskStateError};
use mandatum::limits::{AudienceSet, Delegates, Reporters, Source, Sources, ToolSet};
use mandatum::mission::Watches;
use mandatum::powers::{
    ArgumentRules, Host, Path, Pattern, ToolName, ToolPattern, ToolPrefix, ValueSet,
};
use mandatum::primitives::{
    AccountId, Arguments, AttemptId, CallKey, ListedId, MandateId, MissionId, MissionNonce, Number,
    RequestDigest, TimeError, TokenId,
};
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, Audience, Call, CallClaims, CallId, Capability, Chain, Constraint, DenialCode,
    Digest, Effect, ExecutionProof, Issuer, Label, Life, Lifetime, Limit, Limits, Link, Notice,
    Powers, PublicKey, Purpose, Root, RootAudience, Seconds, SigningKey, TaskPath, Timestamp,
    ToolTable, issue,
};
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// Checks that a value comes back from its text.
fn text_returns<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(value: T) {
    assert_eq!(value.to_string().parse::<T>().unwrap(), value);
}

/// Checks that a value comes back from its bytes, and that an empty slice is refused.
fn bytes_return<T: for<'a> TryFrom<&'a [u8], Error: Debug> + AsRef<[u8]> + PartialEq + Debug>(
    value: T,
) {
    assert_eq!(T::try_from(value.as_ref()).unwrap(), value);
    assert!(T::try_from(&[][..]).is_err());
}

fn orders_and_hashes<T: Ord + Hash + Clone>() {}

fn is_borrowed_as_text<T: Borrow<str> + AsRef<str> + Eq + Hash + Ord + Debug>(value: T) {
    let text = value.as_ref().to_owned();
    let in_order = BTreeMap::from([(text.clone(), 1)]);
    assert_eq!(in_order.get::<str>(value.borrow()), Some(&1));
    let by_name: HashMap<T, u8> = HashMap::from([(value, 2)]);
    assert_eq!(by_name.get(text.as_str()), Some(&2));
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

#[test]
fn ids_keys_and_names_come_back_from_their_texts() {
    text_returns(Digest::hash("text"));
    text_returns(MandateId::from([1; 32]));
    text_returns(ListedId::from([2; 12]));
    text_returns(RequestDigest::from([3; 32]));
    text_returns(CallKey::from([4; 32]));
    text_returns(AccountId::from([5; 32]));
    text_returns(MissionId::from([6; 32]));
    text_returns(CallId::from([7; 16]));
    text_returns(AttemptId::from([8; 16]));
    text_returns(TokenId::from([9; 8]));
    text_returns(TokenId::from([9; 16]));
    text_returns(key(1).public());
    text_returns(Label::new("alice").unwrap());
    text_returns(Issuer::new("https://acme.example").unwrap());
    text_returns(Audience::new("https://crm.example").unwrap());
    text_returns(TaskPath::new("qbr/slides").unwrap());
    text_returns(ToolName::new("crm.read").unwrap());
    text_returns(ToolPrefix::new("crm.").unwrap());
    text_returns("crm.*".parse::<ToolPattern>().unwrap());
    text_returns(Host::new("example.com").unwrap());
    text_returns(Path::new("/home/alice").unwrap());
    text_returns("12.50".parse::<Number>().unwrap());
    assert_eq!("a*".parse::<Pattern>().unwrap().as_ref(), "a*");
}

#[test]
fn every_name_of_a_closed_set_is_read() {
    DenialCode::ALL.iter().copied().for_each(text_returns);
    TaskState::ALL.into_iter().for_each(text_returns);
    RecordedOutcome::ALL.into_iter().for_each(text_returns);
    TokenType::ALL.into_iter().for_each(text_returns);
    GrantKind::ALL.into_iter().for_each(text_returns);
    assert_eq!("expired".parse::<DenialCode>(), Err(DenialCodeError));
    assert_eq!("dead".parse::<TaskState>(), Err(TaskStateError));
    assert_eq!("lost".parse::<RecordedOutcome>(), Err(RecordedOutcomeError));
    assert_eq!("jwt".parse::<TokenType>(), Err(TokenTypeError));
}

#[test]
fn ids_and_keys_come_back_from_their_bytes() {
    bytes_return(Digest::hash("text"));
    bytes_return(MandateId::from([1; 32]));
    bytes_return(ListedId::from([2; 12]));
    bytes_return(RequestDigest::from([3; 32]));
    bytes_return(CallKey::from([4; 32]));
    bytes_return(AccountId::from([5; 32]));
    bytes_return(MissionId::from([6; 32]));
    bytes_return(CallId::from([7; 16]));
    bytes_return(AttemptId::from([8; 16]));
    bytes_return(TokenId::from([9; 16]));
    bytes_return(key(1).public());
    let nonce = MissionNonce::from([1; 16]);
    assert_eq!(MissionNonce::try_from(&nonce.as_bytes()[..]), Ok(nonce));
    assert!(MissionNonce::try_from(&[1; 15][..]).is_err());
}

#[test]
fn ids_and_names_are_keys_of_maps() {
    orders_and_hashes::<MandateId>();
    orders_and_hashes::<CallKey>();
    orders_and_hashes::<TokenId>();
    orders_and_hashes::<PublicKey>();
    orders_and_hashes::<DenialCode>();
    is_borrowed_as_text(Label::new("alice").unwrap());
    is_borrowed_as_text(Issuer::new("https://acme.example").unwrap());
    is_borrowed_as_text(Audience::new("https://crm.example").unwrap());
    is_borrowed_as_text(TaskPath::new("qbr").unwrap());
    is_borrowed_as_text(ToolName::new("crm.read").unwrap());
    is_borrowed_as_text(ToolPrefix::new("crm.").unwrap());
}

#[test]
fn times_convert_to_those_of_the_standard_library() {
    let at = Timestamp::from_unix(1_767_225_600).unwrap();
    let system = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_999);
    assert_eq!(Timestamp::try_from(system), Ok(at));
    assert_eq!(Timestamp::try_from(SystemTime::from(at)), Ok(at));
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(Timestamp::try_from(before), Err(TimeError::OutOfRange));
    for last in [Timestamp::EPOCH, Timestamp::MAX] {
        assert_eq!(Timestamp::try_from(SystemTime::from(last)), Ok(last));
        text_returns(last);
    }
    assert_eq!("2026-01-01T00:00:00Z".parse(), Ok(at));
    for not in [
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00.0Z",
        "2026-01-01T00:00:00+00:00",
        "2026-1-01T00:00:00Z",
        "+026-01-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00:00Z",
        "2026-01-01T00:00:00Z ",
    ] {
        assert_eq!(not.parse::<Timestamp>(), Err(TimeError::NotRfc3339));
    }
    assert_eq!(
        "1969-12-31T23:59:59Z".parse::<Timestamp>(),
        Err(TimeError::OutOfRange)
    );
}

#[cfg(feature = "time")]
#[test]
fn times_convert_to_those_of_the_time_crate() {
    let at = Timestamp::from_unix(1_767_225_600).unwrap();
    assert_eq!(Timestamp::try_from(time::OffsetDateTime::from(at)), Ok(at));
}

#[test]
fn lengths_of_time_convert_when_they_are_whole_seconds() {
    let half_an_hour = Duration::from_secs(1_800);
    assert_eq!(Seconds::try_from(half_an_hour), Ok(Seconds::minutes(30)));
    assert_eq!(Duration::from(Seconds::minutes(30)), half_an_hour);
    let more = half_an_hour + Duration::from_nanos(1);
    assert_eq!(Seconds::try_from(more), Err(TimeError::PartOfSecond));
}

/// A root of nothing, and a call under it.
fn tokens() -> (Chain, Token<CallClaims>) {
    let at = Timestamp::from_unix(1_767_225_600).unwrap();
    let anchor = Anchor::new(
        Issuer::new("https://acme.example").unwrap(),
        key(1).public(),
        Powers::none(),
        Seconds::hours(8),
    )
    .unwrap();
    let lifetime = Lifetime::new(at, at.plus(Seconds::hours(1))).unwrap();
    let root = Root::new(
        &anchor,
        Link::new([0; 16], key(2).public(), Powers::none(), lifetime),
        Label::new("alice").unwrap(),
        Purpose::new("qbr".parse().unwrap(), "acme".parse().unwrap(), "text"),
        "qbr".parse().unwrap(),
        RootAudience::Anywhere,
        Life::ExpiryOnly,
    );
    let chain = Chain::from(issue(&anchor, root, at).unwrap().sign(&key(1)).unwrap());
    let action = Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap();
    let server = Audience::new("https://crm.example").unwrap();
    let call = CallClaims::new(&chain, &Call::new([1; 16], action), server, at);
    let call = call.sign(&key(2)).unwrap();
    (chain, call)
}

#[test]
fn chains_proofs_and_tokens_come_back_from_bytes_and_texts() {
    let (chain, call) = tokens();
    assert_eq!(Chain::try_from(&*chain.to_bytes()).unwrap(), chain);
    assert_eq!(chain.to_text().parse::<Chain>().unwrap(), chain);
    assert_eq!(Token::<CallClaims>::try_from(call.as_ref()).unwrap(), call);
    assert_eq!(call.to_text().parse::<Token<CallClaims>>().unwrap(), call);
    let proof = ExecutionProof::new(chain, call.clone());
    assert_eq!(ExecutionProof::try_from(&*proof.to_bytes()).unwrap(), proof);
    assert_eq!(proof.to_text().parse::<ExecutionProof>().unwrap(), proof);
    assert!(matches!(
        call.to_text().parse::<Notice>(),
        Err(TextError::Bytes(_))
    ));
    assert!(matches!("?".parse::<Chain>(), Err(TextError::Text(_))));
}

#[test]
fn another_key_of_the_anchor_signs_a_root_that_names_it() {
    let at = Timestamp::from_unix(1_767_225_600).unwrap();
    let keys = [
        AnchorKey::revoked(key(1).public()),
        AnchorKey::in_service(key(3).public()),
        AnchorKey::in_service(key(4).public()),
    ];
    let issuer = Issuer::new("https://acme.example").unwrap();
    let anchor = Anchor::with_keys(issuer, keys, Powers::none(), Seconds::hours(8)).unwrap();
    let (chain, _) = tokens();
    let claims = chain.root().claims().clone();
    let root = Root::new(
        &anchor,
        claims.link,
        claims.principal,
        claims.purpose,
        claims.task,
        claims.audience,
        claims.life,
    );
    assert_eq!(root.signed_by, key(3).public());
    let root = root.with_signed_by(key(4).public());
    assert!(issue(&anchor, root, at).unwrap().sign(&key(4)).is_ok());
}

#[test]
fn whatever_has_members_can_be_looped_over() {
    /// The number of members.
    fn count(members: impl IntoIterator) -> usize {
        members.into_iter().count()
    }
    let names = ["a", "b"].map(|name| Label::new(name).unwrap());
    let [a, b] = names.clone();
    assert_eq!(count(&Aliases::new(BTreeMap::from([(a, b)])).unwrap()), 1);
    let servers = ["a", "b"].map(|name| Audience::new(name).unwrap());
    assert_eq!(count(&AudienceSet::new(servers).unwrap()), 2);
    let keys = [1, 2].map(|seed| key(seed).public());
    assert_eq!(count(&Delegates::new(keys).unwrap()), 2);
    assert_eq!(count(&Reporters::new(keys).unwrap()), 2);
    assert_eq!(count(&Limits::new([Limit::signed_calls()]).unwrap()), 1);
    assert_eq!(
        count(&Replaced::new([MandateId::from([1; 32])]).unwrap()),
        1
    );
    let sources = Sources::new([Source::new("amount".parse().unwrap())]).unwrap();
    assert_eq!(count(&sources), 1);
    assert_eq!(count(&ToolSet::new(["crm.*".parse().unwrap()]).unwrap()), 1);
    let capability = Capability::new("crm.read", Effect::Read).unwrap();
    assert_eq!(count(&Powers::new([capability]).unwrap()), 1);
    let table = ToolTable::new([("crm.read", Effect::Read)]).unwrap();
    assert_eq!(count(&table), 1);
    assert_eq!(count(&ValueSet::new(["a", "b"]).unwrap()), 2);
    let rules = ArgumentRules::closed()
        .require("a", Constraint::any())
        .unwrap();
    assert_eq!(count(&rules), 1);
    assert_eq!(count(&Arguments::from_pairs([("a", 1)]).unwrap()), 1);
    assert_eq!(count(&Watches::none()), 0);
    let mut listed: Listed = [MandateId::from([1; 32])].into_iter().collect();
    listed.extend([1, 2].map(|byte| MandateId::from([byte; 32])));
    assert_eq!(count(&listed), 2);
}
