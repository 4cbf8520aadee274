//! The bound on the size of a record.

use fieldseal_json::canonical::Writer;

use crate::error::{Error, ErrorCode};

const TOO_LONG: &str =
    "the record of this call would be longer than the limit allows: too many different places";

/// Refuses a record above `most` bytes, so that no record outgrows every document.
///
/// # Errors
/// `limit`.
pub(super) fn keep_below(json: &Writer, most: u32) -> Result<(), Error> {
    if json.len() > most as usize {
        return Err(Error::new(ErrorCode::Limit, TOO_LONG));
    }
    Ok(())
}
