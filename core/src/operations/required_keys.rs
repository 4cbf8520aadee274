//! Which keys a call will need, for hosts that fetch them first.

use super::context::Context;
use super::open::Opening;
use super::seal::Sealing;
use crate::error::{Error, ErrorCode};
use crate::keys::{KeyUse, Request};
use crate::policy::Policy;

impl Policy {
    /// The distinct key requests of a call, in the order in which the call itself would ask. Every
    /// check that needs no key is done, so a document that could not be sealed or opened is refused
    /// here already.
    ///
    /// # Errors
    /// Those of [`Policy::seal`] or [`Policy::open`]; `unsupported` for [`KeyUse::Reseal`],
    /// which this release does not do.
    pub fn required_keys(
        &self,
        document: &[u8],
        context: &Context,
        operation: KeyUse,
    ) -> Result<Vec<Request>, Error> {
        match operation {
            KeyUse::Seal => Ok(Sealing::begin_uncached(self, document, context)?.into_requests()),
            KeyUse::Open => Ok(Opening::begin_uncached(self, document, context)?.into_requests()),
            KeyUse::Reseal => {
                Err(Error::new(ErrorCode::Unsupported, "this release does not seal values anew"))
            }
        }
    }
}
