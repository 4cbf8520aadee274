//! The system's clock.

/// Returns the system's clock in milliseconds since 1970-01-01T00:00:00Z, if this build may read
/// it.
pub(crate) fn clock() -> Option<u64> {
    #[cfg(all(feature = "std", not(all(target_family = "wasm", target_os = "unknown"))))]
    {
        use std::time::{SystemTime, UNIX_EPOCH};
        // A clock before 1970 gives no time that a record could hold.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        u64::try_from(since.as_millis()).ok()
    }
    #[cfg(not(all(feature = "std", not(all(target_family = "wasm", target_os = "unknown")))))]
    None
}
