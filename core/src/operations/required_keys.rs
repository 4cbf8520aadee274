//! Lists the keys that a call will need, for hosts that fetch them first.

use super::call::{Context, OpenOptions};
use super::open::OpenPlan;
use super::plan::CallInput;
use super::seal::SealPlan;
use crate::error::{Error, ErrorCode};
use crate::keys::{KeyUse, Request};
use crate::policy::Policy;

impl Policy {
    /// Returns the distinct key requests of a call, in the order in which the call itself makes
    /// them. Performs every check that needs no key, so a document that could not be sealed or
    /// opened is already refused here.
    ///
    /// # Errors
    /// Those of [`Policy::seal`] or [`Policy::open`]; `unsupported` for [`KeyUse::Reseal`], which
    /// this release does not implement.
    pub fn required_keys(
        &self,
        document: &[u8],
        context: &Context,
        operation: KeyUse,
    ) -> Result<Vec<Request>, Error> {
        let input = CallInput::new(document, context).with_clock();
        match operation {
            KeyUse::Seal => Ok(SealPlan::plan(self, input)?.into_parts().1),
            KeyUse::Open => Ok(OpenPlan::plan(self, input, OpenOptions::default())?.into_parts().1),
            KeyUse::Reseal => {
                Err(Error::new(ErrorCode::Unsupported, "this release does not seal values anew"))
            }
        }
    }
}
