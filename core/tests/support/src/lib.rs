//! Shared by the tests of the core: one key host, one source of entropy, one short way to call each
//! verb, and the format of envelopes written down a second time.

pub mod convert;
pub mod evidence;
pub mod native;
pub mod params;
pub mod retention;
pub mod row_keys;
pub mod vectors;
pub mod wire;

mod entropy;
mod store;
mod verbs;

pub use entropy::{Given, Stream};
pub use store::Store;
pub use verbs::{compile, context, open, seal, text_at};

/// Prints a line even where the test passes, whose own output the harness would swallow.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}
