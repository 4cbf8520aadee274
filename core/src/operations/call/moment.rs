//! A time given as text, and the host's clock.

use crate::error::{Error, ErrorCode};
use crate::time::instant::Instant;

/// Returns the time `at`, an RFC 3339 `date-time`, or else the host's clock, in milliseconds since
/// 1970-01-01T00:00:00Z. It serves bindings whose verbs take a time as text. A time before 1970
/// counts as its beginning.
///
/// ```
/// use fieldseal::operations::moment;
/// assert_eq!(moment(Some("2037-01-01T01:00:00+01:00"), Some(7))?, 2_114_380_800_000);
/// assert_eq!(moment(None, Some(7))?, 7);
/// assert!(moment(Some("2037-01-01"), Some(7)).is_err());
/// assert!(moment(None, None).is_err());
/// # Ok::<(), fieldseal::Error>(())
/// ```
///
/// # Errors
/// `context` for a text that is no date-time, for a clock after the year 9999, and if both times are
/// missing.
pub fn moment(at: Option<&str>, now: Option<u64>) -> Result<u64, Error> {
    let refused = |message: &'static str| Error::new(ErrorCode::Context, message);
    match at {
        Some(at) => {
            let instant = Instant::parse(at);
            Ok(instant.ok_or_else(|| refused("`at` is not an RFC 3339 date-time"))?.millis())
        }
        None => {
            let now = now.ok_or_else(|| refused("the time is needed here: give `at` or `now`"))?;
            Ok(Instant::of_clock(now)?.millis())
        }
    }
}
