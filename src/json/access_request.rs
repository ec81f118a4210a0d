//! The JSON form of a request for powers, as documented on [`AccessRequest`].

use super::error::JsonError;
use super::fields::{Fields, digest, invalid, key, label, object, text};
use super::form::JsonForm;
use crate::claims::Holder;
use crate::denial::AccessRequest;
use crate::powers::Powers;
use crate::primitives::{TaskPath, Value};

impl JsonForm for AccessRequest {
    fn to_value(&self) -> Value {
        let holder = object([
            ("key", Some(self.holder.key.to_string().into())),
            (
                "name",
                self.holder.name.as_ref().map(|name| name.as_str().into()),
            ),
        ]);
        object([
            ("mandate", Some(self.mandate.to_string().into())),
            ("holder", Some(holder)),
            ("task", Some(self.task.as_str().into())),
            ("powers", Some(self.powers.to_value())),
        ])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let mut fields = Fields::new(value)?;
        let request = Self {
            mandate: fields.required("mandate", digest)?,
            holder: fields.required("holder", holder)?,
            task: fields.required("task", |task| TaskPath::new(text(task)?).map_err(invalid))?,
            powers: fields.required("powers", Powers::from_value)?,
        };
        fields.end().map(|()| request)
    }
}

fn holder(value: &Value) -> Result<Holder, JsonError> {
    let mut fields = Fields::new(value)?;
    let holder = Holder {
        key: fields.required("key", key)?,
        name: fields.optional("name", label)?,
    };
    fields.end().map(|()| holder)
}
