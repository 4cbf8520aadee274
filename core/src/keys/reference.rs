//! Whom or what a key belongs to.

use std::fmt;

use crate::error::{Error, ErrorCode};

use super::KeyKind;

/// The owner of a key: a person, a bucket, an item. The same reference under another kind or tenant
/// is somebody else. `Debug` shows the kind alone.
///
/// ```
/// use fieldseal::keys::{KeyKind, Reference};
/// let ada = Reference::from("cust-7");
/// assert_eq!((ada.kind, ada.tenant.as_str()), (KeyKind::Subject, ""));
/// let bucket = Reference { kind: KeyKind::Retention, tenant: "acme".into(), reference: "contract/2036-10".into() };
/// assert_ne!(bucket, Reference::from("contract/2036-10"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// What the key is for.
    pub kind: KeyKind,
    /// The tenant; empty for none.
    pub tenant: String,
    /// The name within kind and tenant, never empty.
    pub reference: String,
}

impl Reference {
    /// A person, of no tenant.
    pub fn subject(reference: impl Into<String>) -> Self {
        Reference { kind: KeyKind::Subject, tenant: String::new(), reference: reference.into() }
    }

    /// The same reference of a tenant.
    #[must_use]
    pub fn of_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = tenant.into();
        self
    }

    /// An empty reference names nobody: acting on it would act on whoever was forgotten to be
    /// filled in.
    pub(crate) fn named(&self) -> Result<(), Error> {
        if self.reference.is_empty() {
            return Err(Error::new(ErrorCode::Context, "an empty reference"));
        }
        Ok(())
    }
}

impl From<&str> for Reference {
    fn from(reference: &str) -> Self {
        Reference::subject(reference)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference").field("kind", &self.kind).finish_non_exhaustive()
    }
}
