use mandatum::claims::{Approval, Child, Receipt};
use mandatum::powers::{ToolName, ToolPattern};
use mandatum::primitives::{MandateId, Number};
use mandatum::sign::Token;
use mandatum::{
    Audience, CallClaims, CallId, Chain, Digest, ExecutionProof, Issuer, Label, Notice, PublicKey,
    Root, TaskPath, bounds,
};
use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// Any text as a chain, a proof, a token, a name, a number, a key, a time: what is read is written
/// as the very text that it was read from, and a refusal is one line that says something.
pub fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    written(text, Chain::from_text(text), |chain| chain.to_text());
    written(text, ExecutionProof::from_text(text), |proof| {
        proof.to_text()
    });
    written(text, Token::<Root>::from_text(text), |token| {
        token.to_text()
    });
    written(text, Token::<Child>::from_text(text), |token| {
        token.to_text()
    });
    written(text, Token::<CallClaims>::from_text(text), |token| {
        token.to_text()
    });
    written(text, Token::<Approval>::from_text(text), |token| {
        token.to_text()
    });
    written(text, Token::<Receipt>::from_text(text), |token| {
        token.to_text()
    });
    if let (Ok(notice), Ok(token)) = (Notice::from_text(text), Token::<Receipt>::from_text(text)) {
        panic!("a notice and a receipt at once: {notice:?} {token:?}");
    }

    named::<Label>(text);
    named::<Issuer>(text);
    named::<Audience>(text);
    named::<TaskPath>(text);
    named::<ToolName>(text);
    named::<ToolPattern>(text);
    named::<PublicKey>(text);
    named::<Digest>(text);
    named::<MandateId>(text);
    named::<CallId>(text);

    // A number has many spellings; the one that is shown reads as the same number.
    match text.parse::<Number>() {
        Ok(number) => assert_eq!(number.to_string().parse(), Ok(number), "{text:?}"),
        Err(error) => one_line(&error),
    }
}

/// A name reads and is shown as the very text.
fn named<T: FromStr<Err: Error> + Display + Debug>(text: &str) {
    assert!(
        text.len() <= bounds::MAX_NAME_BYTES || text.parse::<T>().is_err(),
        "too long: {text:?}"
    );
    written(text, text.parse::<T>(), T::to_string);
}

fn written<T: Debug, E: Error>(text: &str, read: Result<T, E>, write: impl FnOnce(&T) -> String) {
    match read {
        Ok(read) => assert_eq!(write(&read), text, "{read:?}"),
        Err(error) => one_line(&error),
    }
}

fn one_line(error: &dyn Error) {
    let said = error.to_string();
    assert!(
        !said.is_empty() && !said.contains(char::is_control),
        "{said:?}"
    );
}
