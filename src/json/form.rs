use super::error::JsonError;
use super::text;
use crate::primitives::Value;

/// A type with a JSON form.
///
/// The form is defined over [`Value`], so numbers are exact and duplicate keys are refused. Bytes
/// are `{"$bytes": "<base64url>"}`.
///
/// ```
/// use mandatum::json::JsonForm;
/// use mandatum::primitives::Value;
/// use mandatum::Capability;
/// let text = r#"{
///     "tool": "pay", "effect": "irreversible", "args": {"amount": {"range": {"max": 5000.10}}}
/// }"#;
/// let capability = Capability::from_json(text)?;
/// assert_eq!(capability.to_string(), "pay(amount ≤ 5000.1) up to irreversible");
/// assert_eq!(Capability::from_json(&capability.to_json())?, capability);
///
/// let twice = Value::from_json(r#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
/// assert_eq!(twice.to_string(), "at `/a`: key `b` appears twice");
/// # Ok::<(), mandatum::json::JsonError>(())
/// ```
pub trait JsonForm: Sized {
    /// Returns the form as a value.
    fn to_value(&self) -> Value;

    /// Reads the form from a value.
    ///
    /// # Errors
    /// [`JsonError`] for a missing or unknown key, a value of another type than expected, and a
    /// value that the type's constructor refuses.
    fn from_value(value: &Value) -> Result<Self, JsonError>;

    /// Returns the form as JSON text in one line.
    fn to_json(&self) -> String {
        text::write(&self.to_value())
    }

    /// Reads the form from JSON text.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value). Also for a text that is not JSON, that has a key twice
    /// in one object, that has a number which [`Number`](crate::primitives::Number) can't hold
    /// exactly, that has more than 1 MiB, or that is nested more than 64 deep.
    fn from_json(text: &str) -> Result<Self, JsonError> {
        Self::from_value(&text::read(text)?)
    }
}

impl JsonForm for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        Ok(value.clone())
    }
}
