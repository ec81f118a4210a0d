//! The stage that the stories are played on: who is in them, how they are told, and what attackers
//! bring along. Each example shows its story; the scenario's test includes the same story and
//! asserts it.

#![allow(dead_code, unused_imports, reason = "each story uses a part of it")]

mod cast;
mod forge;
mod show;
mod telling;
mod tools;

pub(crate) use cast::{
    Agent, Company, Desk, Grant, MAX_STATUS_AGE, Server, Terms, call, only, reports_ended,
    root_expires,
};
pub(crate) use forge::{exchange, resign};
pub(crate) use show::show;
pub(crate) use telling::{Attempt, Event, Refusal, Scene, Story, at, clock};
pub(crate) use tools::tools;

/// A story goes wrong with whatever the library says.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
