use crate::choices::Choices;
use crate::generate::Generator;
use crate::seeds::limits_of_all_kinds;
use mandatum::json::{JsonError, JsonForm};
use mandatum::primitives::Value;
use mandatum::{Capability, Constraint, Limit, Limits, Powers};
use std::fmt::Debug;

/// Powers and values of one input.
const THINGS: usize = 4;

/// Any text as JSON, and powers, values and limits as it: what is written is read as it was, what
/// is read is written so that it is read the same, and nothing that is refused is refused without
/// saying where.
pub fn json(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let value = read_again::<Value>(text);
        let read = [
            read_again::<Powers>(text).is_some(),
            read_again::<Capability>(text).is_some(),
            read_again::<Constraint>(text).is_some(),
            read_again::<Limits>(text).is_some(),
            read_again::<Limit>(text).is_some(),
        ];
        assert!(
            value.is_some() || !read.contains(&true),
            "a form of what is no JSON: {text:?}"
        );
    }

    let mut choices = Choices::new(data);
    let mut generate = Generator::new(choices.bytes());
    for _ in 0..THINGS {
        let (Ok(powers), Ok(value)) = (generate.powers(), generate.value(2)) else {
            break;
        };
        written(&powers);
        powers.capabilities().iter().for_each(written);
        powers
            .capabilities()
            .iter()
            .flat_map(|each| each.arguments().iter())
            .for_each(|(_, _, each)| written(each));
        written(&value);
    }
    let limits: Vec<Limit> = choices.some(&limits_of_all_kinds());
    limits.iter().for_each(written);
    if let Ok(limits) = Limits::new(limits) {
        written(&limits);
    }
}

/// What is written reads as it was, as text and as a value.
fn written<T: JsonForm + PartialEq + Debug>(thing: &T) {
    assert_eq!(
        T::from_json(&thing.to_json()).as_ref(),
        Ok(thing),
        "{}",
        thing.to_json()
    );
    assert_eq!(
        T::from_value(&thing.to_value()).as_ref(),
        Ok(thing),
        "{}",
        thing.to_json()
    );
}

/// What is read, which is written so that it reads the same.
fn read_again<T: JsonForm + PartialEq + Debug>(text: &str) -> Option<T> {
    match T::from_json(text) {
        Ok(read) => {
            written(&read);
            Some(read)
        }
        Err(error) => {
            says_where(&error);
            None
        }
    }
}

fn says_where(error: &JsonError) {
    let said = error.to_string();
    assert!(
        !said.is_empty() && !said.contains(char::is_control),
        "{said:?}"
    );
}
