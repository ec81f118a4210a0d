//! The JSON form of a mission: `{"controller": key, "name": name, "nonce": hex}`. It is part of
//! other forms only.

use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, key, label, object, text};
use crate::primitives::{Mission, MissionNonce, Value};

pub(super) fn mission_to_value(mission: &Mission) -> Value {
    object([
        ("controller", Some(mission.controller.to_string().into())),
        ("name", Some(mission.name.as_str().into())),
        ("nonce", Some(mission.nonce.to_hex().into())),
    ])
}

pub(super) fn mission(value: &Value) -> Result<Mission, JsonError> {
    let mut fields = Fields::new(value)?;
    let controller = fields.required("controller", key)?;
    let name = fields.required("name", label)?;
    let nonce: MissionNonce = fields.required("nonce", |nonce| {
        text(nonce)?
            .parse()
            .map_err(|_| JsonErrorKind::Expected("16 bytes in hex").into())
    })?;
    fields.end().map(|()| Mission::new(controller, name, nonce))
}
