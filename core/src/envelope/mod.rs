//! One protected value: wire format 1, its context, and the rules of opening.

mod base64url;
mod context;
mod header;
mod open;
mod prk;
mod seal;
mod wire;
mod workspace;

pub use context::Context;
pub use header::{Bind, Demand, KeyIds, Suite};
pub use open::{Envelope, Fault};
pub use prk::Prk;
pub use seal::{seal, sealed_len};
pub use workspace::Workspace;
