use super::link::Link;
use crate::primitives::{MandateId, TaskPath};

/// A further link. It permits no more than its parent, and its parent's holder signs it. That
/// holder is its issuer, so the child does not name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The claims of every link.
    pub link: Link,
    /// The digest of the parent's exact bytes.
    pub parent: MandateId,
    /// The steps by which the child's task goes below the parent's. Absent, both have the same
    /// task. A child states only these steps, so it can extend the path and not change it.
    pub step: Option<TaskPath>,
    /// Whether an ancestor has the holder's key on purpose. This narrows but does not contain,
    /// because the holder of the key has the ancestor's mandate too.
    pub same_key: bool,
}
