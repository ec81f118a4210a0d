use super::bounds::{
    MAX_ARGUMENT_BYTES, MAX_ARGUMENT_RULES, MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH,
    MAX_VALUE_NODES,
};
use super::display::{Bare, Quoted, debug_text};
use super::number::Number;
use super::text_encoding::base64url;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Reason why a value or the arguments of a call are out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The value is nested deeper than values may be.
    #[error("a value nests at most {MAX_VALUE_DEPTH} deep")]
    TooDeep,
    /// The value has more nodes than a value may have.
    #[error("a value has at most {MAX_VALUE_NODES} nodes")]
    TooManyNodes,
    /// A text or byte string is longer than one may be.
    #[error("a text or byte string has at most {MAX_VALUE_BYTES} bytes")]
    TooLong,
    /// All texts, byte strings, map keys and names of the arguments together are too long.
    #[error("arguments hold at most {MAX_ARGUMENT_BYTES} bytes")]
    ArgumentsTooLong,
    /// A map key or the name of an argument is longer than it may be.
    #[error("a name of an argument or map entry has at most {MAX_KEY_BYTES} bytes")]
    KeyTooLong,
    /// The call has more arguments than a call may have.
    #[error("a call has at most {MAX_ARGUMENT_RULES} arguments")]
    TooManyArguments,
}

/// The value of an argument: one of the JSON types, with exact numbers, or a byte string.
///
/// Texts are compared byte for byte and never normalised. So a decision is about exactly the text
/// that the tool receives.
///
/// ```
/// use mandatum::primitives::{Value, ValueType};
/// let value = Value::from(vec!["a\u{202e}b", "c"]);
/// assert_eq!(value.value_type(), ValueType::List);
/// assert_eq!(value.to_string(), r#"["a\u{202e}b", "c"]"#);
/// assert_ne!(Value::from("\u{e9}"), Value::from("e\u{301}"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// An exact decimal number.
    Number(Number),
    /// Unicode text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An ordered list.
    List(Vec<Value>),
    /// A map with text keys.
    Map(BTreeMap<String, Value>),
}

/// The types of [`Value`], in the order in which values of them are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant has the name of its variant of `Value`"
)]
pub enum ValueType {
    Null,
    Bool,
    Number,
    Text,
    Bytes,
    List,
    Map,
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Map => "map",
        })
    }
}

impl Value {
    /// Returns the type.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::Null => ValueType::Null,
            Self::Bool(_) => ValueType::Bool,
            Self::Number(_) => ValueType::Number,
            Self::Text(_) => ValueType::Text,
            Self::Bytes(_) => ValueType::Bytes,
            Self::List(_) => ValueType::List,
            Self::Map(_) => ValueType::Map,
        }
    }

    /// Returns the text, if the value is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Checks the bounds of a value that stands alone, such as a member of a constraint's set.
    pub(crate) fn check(&self) -> Result<(), ValueError> {
        Extent::default().add(self, 1)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Number(integer.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl fmt::Debug for Value {
    /// Writes the derived form, but with texts escaped as in [`Display`](fmt::Display). The form of
    /// `str` shows some invisible characters as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(bool) => f.debug_tuple("Bool").field(bool).finish(),
            Self::Number(number) => f.debug_tuple("Number").field(number).finish(),
            Self::Text(text) => debug_text(f, "Text", text),
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(bytes).finish(),
            Self::List(items) => f.debug_tuple("List").field(items).finish(),
            Self::Map(entries) => f.debug_tuple("Map").field(&Entries(entries)).finish(),
        }
    }
}

/// Named values, for `Debug`.
struct Entries<'a>(&'a BTreeMap<String, Value>);

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(key, value)| (Quoted(key), value)))
            .finish()
    }
}

impl fmt::Display for Value {
    /// Writes a form for people and logs, with every invisible character escaped. The form for
    /// exchange is JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{}", Quoted(text)),
            Self::Bytes(bytes) => write!(f, "bytes:{}", base64url(bytes)),
            Self::List(items) => {
                f.write_str("[")?;
                write_joined(f, items)?;
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {value}", Quoted(key))?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, items: &[Value]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

/// The nodes and bytes of a value, which the bounds limit.
#[derive(Default)]
struct Extent {
    nodes: usize,
    bytes: usize,
}

impl Extent {
    fn add(&mut self, value: &Value, depth: usize) -> Result<(), ValueError> {
        // The depth is checked before the recursion goes on, so the stack is bounded.
        if depth > MAX_VALUE_DEPTH {
            return Err(ValueError::TooDeep);
        }
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > MAX_VALUE_NODES {
            return Err(ValueError::TooManyNodes);
        }
        let below = depth.saturating_add(1);
        match value {
            Value::Text(text) => self.add_bytes(text.len()),
            Value::Bytes(bytes) => self.add_bytes(bytes.len()),
            Value::List(items) => items.iter().try_for_each(|item| self.add(item, below)),
            Value::Map(entries) => entries.iter().try_for_each(|(key, value)| {
                self.add_key(key)?;
                self.add(value, below)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn add_key(&mut self, key: &str) -> Result<(), ValueError> {
        if key.len() > MAX_KEY_BYTES {
            return Err(ValueError::KeyTooLong);
        }
        self.add_bytes(key.len())
    }

    fn add_bytes(&mut self, length: usize) -> Result<(), ValueError> {
        self.bytes = self.bytes.saturating_add(length);
        if length > MAX_VALUE_BYTES {
            return Err(ValueError::TooLong);
        }
        if self.bytes > MAX_ARGUMENT_BYTES {
            return Err(ValueError::ArgumentsTooLong);
        }
        Ok(())
    }
}

/// The named arguments of a call, within bounds. A clone shares them.
///
/// ```
/// use mandatum::primitives::{Arguments, Value, ValueError};
/// let arguments = Arguments::from_pairs([("account", "acme")])?;
/// assert_eq!(arguments.get("account"), Some(&Value::from("acme")));
/// let too_long = "a".repeat(64 * 1024 + 1);
/// assert_eq!(Arguments::from_pairs([("note", too_long)]), Err(ValueError::TooLong));
/// # Ok::<(), ValueError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Arguments {
    named: Arc<BTreeMap<String, Value>>,
    /// Bytes of all texts, byte strings and names, and one for each value. The steps of work that a
    /// decision may take grow with it.
    size: usize,
}

impl Arguments {
    /// Makes arguments from a map and checks their [`bounds`](crate::bounds).
    ///
    /// # Errors
    /// [`ValueError`] for 65 arguments, for a text of more than 64 KiB, for seventeen nested lists,
    /// and for any other bound that is exceeded.
    pub fn new(named: BTreeMap<String, Value>) -> Result<Self, ValueError> {
        if named.len() > MAX_ARGUMENT_RULES {
            return Err(ValueError::TooManyArguments);
        }
        let mut extent = Extent::default();
        for (name, value) in &named {
            extent.add_key(name)?;
            extent.add(value, 1)?;
        }
        Ok(Self {
            named: Arc::new(named),
            size: extent.bytes.saturating_add(extent.nodes),
        })
    }

    /// Makes an empty set of arguments.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Makes arguments from pairs of name and value. The later of two pairs with one name counts.
    ///
    /// # Errors
    /// [`ValueError`], as for [`Arguments::new`].
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, ValueError>
    where
        N: Into<String>,
        V: Into<Value>,
    {
        Self::new(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// Returns the argument called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// Returns all arguments in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.named
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the arguments as a map.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, Value> {
        &self.named
    }

    /// Returns the number of bytes and values together.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }
}

impl<'a> IntoIterator for &'a Arguments {
    type Item = (&'a str, &'a Value);
    type IntoIter = Box<dyn Iterator<Item = (&'a str, &'a Value)> + 'a>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Arguments")
            .field(&Entries(&self.named))
            .finish()
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{}={value}", Bare(name))?;
        }
        Ok(())
    }
}
