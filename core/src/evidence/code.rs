//! The codes and levels of verdicts.

/// One statement of a verdict about a document. Verdicts list their codes in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum VerdictCode {
    /// The document conforms to its schema and, if it is sealed, whole envelopes stand exactly at
    /// the decided places.
    Conforming,
    /// The document does not conform.
    Nonconforming,
    /// The document was not validated.
    Unvalidated,
    /// An envelope stands where a value may be marked, but is not marked in this document.
    NearMiss,
    /// Clear text stands in place of an envelope.
    NotSealed,
    /// An envelope is malformed or does not open.
    Integrity,
    /// An envelope is of an unknown suite or format.
    Unsupported,
    /// An envelope stands where no marker can apply.
    UnexpectedEnvelope,
    /// An envelope meets only a weaker demand that `accept` allows.
    AcceptedWeaker,
    /// The key source states that a key cannot be destroyed.
    UnerasableKey,
    /// Values are withheld. The access record has the reasons.
    Withheld,
    /// Clear text in place of an envelope passed, as the option `clear` allows.
    ClearPassed,
    /// A value was sealed under a cached key that is no longer its owner's newest one.
    StaleKey,
    /// A value was sealed into a retention bucket that has already ended.
    BucketDue,
}

impl VerdictCode {
    /// Every code, in the order in which verdicts list them.
    pub const ALL: [VerdictCode; 14] = [
        VerdictCode::Conforming,
        VerdictCode::Nonconforming,
        VerdictCode::Unvalidated,
        VerdictCode::NearMiss,
        VerdictCode::NotSealed,
        VerdictCode::Integrity,
        VerdictCode::Unsupported,
        VerdictCode::UnexpectedEnvelope,
        VerdictCode::AcceptedWeaker,
        VerdictCode::UnerasableKey,
        VerdictCode::Withheld,
        VerdictCode::ClearPassed,
        VerdictCode::StaleKey,
        VerdictCode::BucketDue,
    ];

    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            VerdictCode::Conforming => "conforming",
            VerdictCode::Nonconforming => "nonconforming",
            VerdictCode::Unvalidated => "unvalidated",
            VerdictCode::NearMiss => "near-miss",
            VerdictCode::NotSealed => "not-sealed",
            VerdictCode::Integrity => "integrity",
            VerdictCode::Unsupported => "unsupported",
            VerdictCode::UnexpectedEnvelope => "unexpected-envelope",
            VerdictCode::AcceptedWeaker => "accepted-weaker",
            VerdictCode::UnerasableKey => "unerasable-key",
            VerdictCode::Withheld => "withheld",
            VerdictCode::ClearPassed => "clear-passed",
            VerdictCode::StaleKey => "stale-key",
            VerdictCode::BucketDue => "bucket-due",
        }
    }
}

/// The attention that a verdict needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerdictLevel {
    /// The verdict has no code besides [`VerdictCode::Conforming`] and [`VerdictCode::Withheld`].
    Info,
    /// The verdict has another code.
    Warn,
}

impl VerdictLevel {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            VerdictLevel::Info => "info",
            VerdictLevel::Warn => "warn",
        }
    }
}

/// A set of codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Codes(u16);

impl Codes {
    /// The codes of a document that needs no attention.
    const FINE: Codes =
        Codes(1 << VerdictCode::Conforming as u16 | 1 << VerdictCode::Withheld as u16);

    /// The codes for a sealed value that is missing or faulty, or stands at a wrong place.
    const FAULTS: Codes = Codes(
        1 << VerdictCode::NearMiss as u16
            | 1 << VerdictCode::NotSealed as u16
            | 1 << VerdictCode::Integrity as u16
            | 1 << VerdictCode::Unsupported as u16
            | 1 << VerdictCode::UnexpectedEnvelope as u16,
    );

    pub(super) fn insert(&mut self, code: VerdictCode) {
        self.0 |= 1 << code as u16;
    }

    pub(super) const fn contains(self, code: VerdictCode) -> bool {
        self.0 & 1 << code as u16 != 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = VerdictCode> {
        VerdictCode::ALL.into_iter().filter(move |code| self.contains(*code))
    }

    pub(super) const fn is_at_fault(self) -> bool {
        self.0 & Codes::FAULTS.0 != 0
    }

    pub(super) const fn level(self) -> VerdictLevel {
        if self.0 & !Codes::FINE.0 == 0 { VerdictLevel::Info } else { VerdictLevel::Warn }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::VerdictCode;

    /// docs/codes.json explains every code, in the order of verdicts.
    #[test]
    fn every_code_is_explained() {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/codes.json")).unwrap();
        let entries = table["codes"].as_array().unwrap().iter();
        let verdicts = entries.filter(|entry| entry["kind"] == "verdict");
        let explained: Vec<&str> = verdicts.map(|entry| entry["code"].as_str().unwrap()).collect();
        assert_eq!(explained, VerdictCode::ALL.map(VerdictCode::as_str));
    }
}
