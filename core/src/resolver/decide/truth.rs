//! Three-valued logic.

/// The outcome of a test in three-valued logic (Kleene).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Pass,
    Fail,
    Unknown,
}

impl Truth {
    pub(super) const fn known(passes: bool) -> Truth {
        if passes { Truth::Pass } else { Truth::Fail }
    }

    pub(super) const fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::Fail, _) | (_, Truth::Fail) => Truth::Fail,
            (Truth::Pass, Truth::Pass) => Truth::Pass,
            _ => Truth::Unknown,
        }
    }

    pub(super) const fn not(self) -> Truth {
        match self {
            Truth::Pass => Truth::Fail,
            Truth::Fail => Truth::Pass,
            Truth::Unknown => Truth::Unknown,
        }
    }
}
