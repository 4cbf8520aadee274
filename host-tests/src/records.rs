//! The results of the component's verbs.

use std::fmt;

use fieldseal::IndexValue;

/// A sealed document as it crosses the component's border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The index values.
    pub indexes: Vec<IndexValue>,
}

/// An opened document as it crosses the component's border. `Debug` leaves the document out.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The access record's RFC 8785 text.
    pub access: String,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl From<fieldseal::Sealed> for Sealed {
    fn from(sealed: fieldseal::Sealed) -> Self {
        let fieldseal::Sealed { document, verdict, indexes } = sealed;
        Sealed { document, verdict: verdict.to_json(), indexes }
    }
}

impl From<fieldseal::Opened> for Opened {
    fn from(opened: fieldseal::Opened) -> Self {
        let fieldseal::Opened { document, verdict, access } = opened;
        Opened { document, verdict: verdict.to_json(), access: access.to_json() }
    }
}
