//! The record that a rotation returns.

/// The record of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotated {
    /// The number of the new version, which seals from now on. Versions count from 1.
    pub version: u32,
}

impl Rotated {
    /// Writes the record as RFC 8785 JSON, in the same form as all language bindings.
    ///
    /// ```
    /// # use fieldseal::{Entropy, KeyContext, KeyOwner, Keyring};
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let mut host = KeyContext { now: None, entropy: &mut entropy };
    /// let rotated = Keyring::memory().rotate(&KeyOwner::person("cust-7"), None, &mut host)?;
    /// assert_eq!(rotated.to_json(), r#"{"version":1}"#);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        format!("{{\"version\":{}}}", self.version)
    }
}
