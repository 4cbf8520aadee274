//! The rooms whose tests are put to the proof.

/// A folder of sources, and the tests that judge its mutants.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: &'static str,
    /// Relative to the root.
    pub(super) sources: &'static str,
    /// Beginnings of the names of its tests, in each test program of the core.
    pub(super) tests: &'static [(&'static str, &'static [&'static str])],
    /// Parts of the names of tests that take too long for one mutant.
    pub(super) without: &'static [&'static str],
}

/// The test programs of the core: unit tests, and the one of `core/tests/it`.
pub(super) const PROGRAMS: [&str; 2] = ["fieldseal", "it"];

pub(super) const ROOMS: &[Room] = &[
    Room {
        name: "envelope",
        sources: "core/src/envelope/",
        tests: &[("fieldseal", &["envelope::"]), ("it", &["envelope::"])],
        without: &["memory_is_that_of_the_result"],
    },
    Room {
        name: "keys",
        sources: "core/src/keys/",
        tests: &[("fieldseal", &["keys::"]), ("it", &["keys::"])],
        without: &[],
    },
    Room {
        name: "keyring",
        sources: "core/src/keyring/",
        tests: &[("fieldseal", &["keyring::"]), ("it", &["keys::"])],
        without: &[],
    },
    Room {
        name: "decide",
        sources: "core/src/resolver/decide/",
        tests: &[("fieldseal", &["resolver::", "policy::"]), ("it", &["policy::"])],
        without: &["sealed_under_random_schemas", "each_trap_is_caught"],
    },
    Room {
        name: "format",
        sources: "core/src/schema/format/",
        tests: &[("fieldseal", &["schema::format::"])],
        without: &[],
    },
];
