//! What a story told, for its assertions.

use crate::stage::{Attempt, Story};
use mandatum::DenialCode;

pub(crate) fn attempt<'a>(story: &'a Story, what: &str) -> &'a Attempt {
    story
        .attempt(what)
        .unwrap_or_else(|| panic!("`{what}` was not tried just once"))
}

pub(crate) fn facts<'a>(story: &'a Story, scene: &str) -> Vec<&'a str> {
    story
        .scene(scene)
        .expect("the scene is played")
        .facts()
        .collect()
}

/// What was tried in a scene, with the code that it met.
pub(crate) fn verdicts<'a>(story: &'a Story, scene: &str) -> Vec<(&'a str, Option<DenialCode>)> {
    let scene = story.scene(scene).expect("the scene is played");
    scene
        .attempts()
        .map(|attempt| (attempt.what.as_str(), attempt.code()))
        .collect()
}
