//! draft
mod ground;
mod powers;
pub use ground::*;
pub use powers::*;
