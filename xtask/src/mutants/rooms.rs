//! The rooms whose tests are put to the proof.

/// A folder of sources, and the tests that judge its mutants.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: &'static str,
    /// Relative to the root.
    pub(super) sources: &'static str,
    /// Beginnings of the names of its tests, in each test program of the core.
    pub(super) tests: &'static [(&'static str, &'static [&'static str])],
}

/// The test programs of the core: unit tests, and the one of `core/tests/it`.
pub(super) const PROGRAMS: [&str; 2] = ["fieldseal", "it"];

pub(super) const ROOMS: &[Room] = &[
    Room {
        name: "envelope",
        sources: "core/src/envelope/",
        tests: &[("fieldseal", &["envelope::"]), ("it", &["envelope::"])],
    },
    Room {
        name: "keys",
        sources: "core/src/keys/",
        tests: &[("fieldseal", &["keys::"]), ("it", &["keys::"])],
    },
    Room {
        name: "keyring",
        sources: "core/src/keyring/",
        tests: &[("fieldseal", &["keyring::"]), ("it", &["keys::"])],
    },
    Room {
        name: "decide",
        sources: "core/src/resolver/decide/",
        tests: &[("fieldseal", &["resolver::", "policy::"]), ("it", &["policy::"])],
    },
];
