use super::link::Link;
use crate::primitives::{MandateId, TaskPath};

/// A further link: less than its parent, signed by its parent's holder, who is its issuer and is
/// therefore never named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// What every link says.
    pub link: Link,
    /// The digest of the parent's exact bytes.
    pub parent: MandateId,
    /// The steps by which its task goes below the parent's. Absent: the same task. It can only
    /// extend the path, because it never restates it.
    pub step: Option<TaskPath>,
    /// Whether the holder's key is an ancestor's on purpose: this narrows but does not contain,
    /// because whoever has the key has the ancestor's mandate too.
    pub same_key: bool,
}
