//! A moment as a host's people write it.

use crate::error::{Error, ErrorCode};
use crate::time::instant::Instant;

/// The moment that `at` names, an RFC 3339 `date-time`, or else the host's clock: milliseconds
/// since 1970-01-01T00:00:00Z. For doors whose verbs take a time as text; what lies before 1970
/// counts as its beginning.
///
/// ```
/// use fieldseal::operations::moment;
/// assert_eq!(moment(Some("2037-01-01T01:00:00+01:00"), 7)?, 2_114_380_800_000);
/// assert_eq!(moment(None, 7)?, 7);
/// assert!(moment(Some("2037-01-01"), 7).is_err());
/// # Ok::<(), fieldseal::Error>(())
/// ```
///
/// # Errors
/// `context` for what is no date-time.
pub fn moment(at: Option<&str>, now: u64) -> Result<u64, Error> {
    let Some(at) = at else { return Ok(now) };
    let instant = Instant::parse(at)
        .ok_or_else(|| Error::new(ErrorCode::Context, "`at` is not an RFC 3339 date-time"))?;
    Ok(instant.millis())
}
