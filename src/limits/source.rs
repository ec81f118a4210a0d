use super::error::LimitError;
use crate::powers::{ToolName, ToolPattern};
use crate::primitives::bounds::{MAX_KEY_BYTES, MAX_PATH_NAMES, MAX_SOURCES};
use crate::primitives::{Bare, ForeignText, Quoted, Ticked};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The path to a value among a call's arguments: the name of an argument, then of an entry of that
/// record, and so on. It has 1 to 8 names.
///
/// The text form joins the names by dots. A name with a dot in it has no text form and is given to
/// [`new`](Self::new).
///
/// ```
/// use mandatum::limits::ArgumentPath;
/// let path: ArgumentPath = "amount.value".parse()?;
/// assert_eq!(path, ArgumentPath::new(["amount", "value"])?);
/// assert_ne!(path, ArgumentPath::new(["amount.value"])?);
/// assert!("amount..value".parse::<ArgumentPath>().is_err());
/// # Ok::<(), mandatum::limits::LimitError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArgumentPath(Box<[ForeignText]>);

impl ArgumentPath {
    /// Returns the path of these names, the argument's first.
    ///
    /// # Errors
    /// [`LimitError::PathNames`] for none or more than 8; [`LimitError::ArgumentName`] for a name
    /// of more than 128 bytes.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, LimitError> {
        let names: Box<[ForeignText]> = names.into_iter().map(name).collect::<Result<_, _>>()?;
        match names.len() {
            1..=MAX_PATH_NAMES => Ok(Self(names)),
            found => Err(LimitError::PathNames { found }),
        }
    }

    /// Returns the names, the argument's first. There is at least one.
    #[must_use]
    pub fn names(&self) -> &[ForeignText] {
        &self.0
    }

    /// Compares two paths in the order of their encoding: the shorter path first, and the shorter
    /// name.
    fn in_encoded_order(&self, other: &Self) -> Ordering {
        let by_name = || {
            self.0
                .iter()
                .map(|name| by_length(name))
                .cmp(other.0.iter().map(|name| by_length(name)))
        };
        self.0.len().cmp(&other.0.len()).then_with(by_name)
    }
}

/// Returns the key by which encoded texts are ordered: the length, then the bytes.
fn by_length(text: &str) -> (usize, &str) {
    (text.len(), text)
}

/// Returns the name of an argument, or a unit, if it has at most 128 bytes.
pub(super) fn name(text: &str) -> Result<ForeignText, LimitError> {
    if text.len() > MAX_KEY_BYTES {
        Err(LimitError::ArgumentName { found: text.len() })
    } else {
        Ok(text.into())
    }
}

impl FromStr for ArgumentPath {
    type Err = LimitError;

    /// Reads names that are joined by dots. An empty name is refused with
    /// [`LimitError::PathGrammar`].
    fn from_str(text: &str) -> Result<Self, LimitError> {
        if text.split('.').any(str::is_empty) {
            return Err(LimitError::PathGrammar);
        }
        Self::new(text.split('.'))
    }
}

impl fmt::Display for ArgumentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A single name is shown as arguments are everywhere. Among several names, one that could
        // be read as two is quoted.
        if let [only] = &*self.0 {
            return write!(f, "{only}");
        }
        let is_plain = |name: &str| !name.is_empty() && !name.contains(['.', '"']);
        let names = self.0.iter().map(|name| {
            if is_plain(name) {
                (**name).to_owned()
            } else {
                Quoted(name).to_string()
            }
        });
        write!(f, "{}", Ticked(&names.collect::<Vec<_>>().join(".")))
    }
}

/// A place in which tools state an amount that a [`Budget`](crate::Budget) counts.
///
/// - The path leads through records. Where it meets a list, the amounts of all elements are added;
///   an empty list adds zero.
/// - The argument and every entry on the path must be present. Each amount must be a number that is
///   not negative, is below 10⁵⁰ and has at most 18 digits after the point. The sum must be such an
///   amount too, and a [`Number`](crate::primitives::Number) must be able to write it. Other calls
///   are denied.
/// - With [decimal texts](Self::with_decimal_texts) an amount may be a text instead. The text is
///   `0`, or digits that do not begin with 0, and then optionally a point and digits. `12.50` is
///   one; `1e3`, `+1`, `.5`, `1.`, `007`, `1,000` and ` 1` are none. A leading minus is read too,
///   so that `-1` is denied as negative.
/// - With a [unit](Self::with_unit), a text among the arguments must state that unit. A call with
///   another unit is denied, not converted. Where the unit's path meets a list, each element must
///   state it, and at least one.
/// - Without a [tool](Self::with_tool) it is a source of every tool in the limit's scope.
///
/// ```
/// use mandatum::limits::{Source, Unit};
/// let source = Source::new("amount.value".parse()?)
///     .with_unit(Unit::new("amount.currency".parse()?, "USD")?)
///     .with_tool("payments.*".parse()?)
///     .with_decimal_texts();
/// assert_eq!(source.to_string(), "USD of `amount.value` by payments.*");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    path: ArgumentPath,
    tool: Option<ToolPattern>,
    unit: Option<Unit>,
    takes_texts: bool,
}

/// A unit, and the path to the text that states it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    path: ArgumentPath,
    value: ForeignText,
}

impl Unit {
    /// Returns the unit that the text at this path must state: `currency`, `USD`.
    ///
    /// # Errors
    /// [`LimitError::ArgumentName`] for a unit of more than 128 bytes.
    pub fn new(path: ArgumentPath, value: &str) -> Result<Self, LimitError> {
        Ok(Self {
            path,
            value: name(value)?,
        })
    }

    /// Returns the path to the text.
    #[must_use]
    pub const fn path(&self) -> &ArgumentPath {
        &self.path
    }

    /// Returns the unit, which is compared byte for byte.
    #[must_use]
    pub const fn value(&self) -> &ForeignText {
        &self.value
    }
}

impl Source {
    /// Returns the amounts at this path, of every tool in the limit's scope.
    #[must_use]
    pub const fn new(path: ArgumentPath) -> Self {
        Self {
            path,
            tool: None,
            unit: None,
            takes_texts: false,
        }
    }

    /// Returns the source for this tool or family only.
    #[must_use]
    pub fn with_tool(self, tool: ToolPattern) -> Self {
        Self {
            tool: Some(tool),
            ..self
        }
    }

    /// Returns the source with a unit, which calls must state.
    #[must_use]
    pub fn with_unit(self, unit: Unit) -> Self {
        Self {
            unit: Some(unit),
            ..self
        }
    }

    /// Accepts decimal numbers in texts besides numbers.
    #[must_use]
    pub fn with_decimal_texts(self) -> Self {
        Self {
            takes_texts: true,
            ..self
        }
    }

    /// Returns the path to the amounts.
    #[must_use]
    pub const fn path(&self) -> &ArgumentPath {
        &self.path
    }

    /// Returns the tool or family whose amounts these are; `None` for every tool in the limit's
    /// scope.
    #[must_use]
    pub const fn tool(&self) -> Option<&ToolPattern> {
        self.tool.as_ref()
    }

    /// Returns the unit, if there is one.
    #[must_use]
    pub const fn unit(&self) -> Option<&Unit> {
        self.unit.as_ref()
    }

    /// Returns whether an amount may be a text.
    #[must_use]
    pub const fn takes_decimal_texts(&self) -> bool {
        self.takes_texts
    }

    /// Returns whether it is a source of this tool's calls.
    pub(crate) fn matches(&self, tool: &ToolName) -> bool {
        self.tool
            .as_ref()
            .is_none_or(|pattern| pattern.matches(tool))
    }

    /// Compares two sources in the order of their encoding: by the number of their parts, then by
    /// each part. An absent part comes last.
    ///
    /// Nothing is copied, because sources are decoded before anything is verified.
    fn in_encoded_order(&self, other: &Self) -> Ordering {
        let parts = |source: &Self| {
            [
                source.tool.is_some(),
                source.unit.is_some(),
                source.takes_texts,
            ]
        };
        let count = |source: &Self| {
            parts(source)
                .into_iter()
                .filter(|is_there| *is_there)
                .count()
        };
        let unit = |a: &Unit, b: &Unit| {
            a.path
                .in_encoded_order(&b.path)
                .then_with(|| by_length(&a.value).cmp(&by_length(&b.value)))
        };
        count(self)
            .cmp(&count(other))
            .then_with(|| self.path.in_encoded_order(&other.path))
            .then_with(|| {
                last_if_absent(
                    self.tool.as_ref(),
                    other.tool.as_ref(),
                    ToolPattern::in_encoded_order,
                )
            })
            .then_with(|| last_if_absent(self.unit.as_ref(), other.unit.as_ref(), unit))
    }
}

/// Compares two optional parts with `order`; an absent one comes last.
fn last_if_absent<T>(a: Option<&T>, b: Option<&T>, order: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(unit) = &self.unit {
            write!(f, "{} ", Bare(&unit.value))?;
        }
        write!(f, "of {}", self.path)?;
        match &self.tool {
            Some(tool) => write!(f, " by {tool}"),
            None => Ok(()),
        }
    }
}

/// The sources of a budget, 1 to 8. A call adds up those that are of its tool.
///
/// Their order has no meaning, and a repeated source counts once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sources(Box<[Source]>);

impl Sources {
    /// Returns these sources.
    ///
    /// # Errors
    /// [`LimitError::Sources`] for none or more than 8.
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Result<Self, LimitError> {
        let mut sources: Vec<Source> = sources.into_iter().collect();
        // Sorted as in tokens, so that every implementation names the same one of several wrong
        // amounts.
        sources.sort_by(Source::in_encoded_order);
        sources.dedup();
        match sources.len() {
            1..=MAX_SOURCES => Ok(Self(sources.into())),
            found => Err(LimitError::Sources { found }),
        }
    }

    /// Returns the sources, in the order of their encoding.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Source> + Clone {
        self.0.iter()
    }

    /// Returns the tools of the sources; `None` where one of them is of every tool.
    pub(super) fn tools(&self) -> Option<impl Iterator<Item = &ToolPattern>> {
        let is_of_all = self.0.iter().any(|source| source.tool.is_none());
        (!is_of_all).then(|| self.0.iter().filter_map(|source| source.tool.as_ref()))
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a Source;
    type IntoIter = std::slice::Iter<'a, Source>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
