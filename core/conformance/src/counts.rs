//! The numbers of trials of the properties with large counts. `cargo xtask test` tries each as
//! often as its time allows; `cargo xtask soak`, which sets `FIELDSEAL_COUNTS=soak`, tries the full
//! count.

use std::env;
use std::io::Write as _;

/// The two counts of one property.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The property, as a run names it.
    pub name: &'static str,
    /// The count of `cargo xtask test` and of a plain `cargo test`.
    pub test: u32,
    /// The full count.
    pub soak: u32,
}

const fn count(name: &'static str, test: u32, soak: u32) -> Count {
    Count { name, test, soak }
}

/// Changed envelopes, each refused with the code of its bytes.
pub const MUTANTS: Count = count("changed envelopes", 100_000, 1_000_000);
/// Random values in random contexts, sealed and opened.
pub const SEALED_VALUES: Count = count("sealed values", 512, 100_000);
/// Random values, each sealed in its document and without it.
pub const LONE_VALUES: Count = count("values without a document", 512, 100_000);
/// Random JSON texts: pointers, splicing, names.
pub const JSON_TEXTS: Count = count("JSON texts", 256, 50_000);
/// Damaged JSON texts against `serde_json`.
pub const DAMAGED_TEXTS: Count = count("damaged JSON texts", 1_500, 300_000);
/// Random documents through the validator, on the tape and on a tree.
pub const VALIDATED_DOCUMENTS: Count = count("validated documents", 512, 50_000);
/// Lives of a keyring against the model, natively.
pub const LIVES: Count = count("lives of a keyring", 100, 2_000);
/// Lives of a keyring against the model, in each build of the component.
pub const COMPONENT_LIVES: Count = count("lives of a keyring in the component", 100, 500);
/// Documents that one instance of the component seals without growing.
pub const DOCUMENTS_OF_AN_INSTANCE: Count = count("documents of an instance", 100_000, 1_000_000);
/// Requests and answers against the cache's list.
pub const CACHE_STEPS: Count = count("caches against a list", 2_000, 200_000);
/// Documents whose subjects are looked up with and without what was remembered.
pub const SUBJECT_WALKS: Count = count("walks to subjects", 2_000, 200_000);
/// Owners of keys, each named by one text.
pub const OWNERS: Count = count("owners and their texts", 2_000, 200_000);
/// Random schemas of the oracle with their documents, in the order of its file.
pub const RANDOM_SCHEMAS: Count = count("random schemas", 6_000, 18_000);
/// Random schemas and documents that the evaluator and the validator crate judge.
pub const ENGINE_PAIRS: Count =
    count("pairs of schema and document in both engines", 50_000, 1_000_000);
/// Random schemas and documents of the evaluator's verdicts that foreign validators judge.
pub const FOREIGN_PAIRS: Count = count("pairs in foreign validators", 5_000, 100_000);
/// Faults put into sealed documents and found by the verdict alone.
pub const VERDICT_FAULTS: Count = count("faults found by the verdict", 1_000, 20_000);
/// Texts that almost have a format, through the evaluator and the validator crate.
pub const FORMATTED_TEXTS: Count = count("texts of formats", 50_000, 5_000_000);
/// Mutated schemas, examined by the table of shapes and by their metaschema.
pub const MUTATED_SCHEMAS: Count = count("mutated schemas", 50_000, 1_000_000);
/// Patterns of the wider part, searched for in texts beside an engine of others.
pub const PATTERN_SEARCHES: Count = count("searches for patterns", 50_000, 2_000_000);
/// Random texts under random keys, hashed by `fieldseal-vpaes` and by the crate `ghash`.
pub const GHASHES: Count = count("texts hashed by GHASH", 20_000, 1_000_000);
/// Random texts under AES-256-GCM, enciphered and deciphered in the module and natively.
pub const GCM_TEXTS: Count = count("texts under AES-256-GCM in the module", 5_000, 1_000_000);
/// Random documents sealed by the module, four values side by side, and by the native core.
pub const DOCUMENTS_OF_LANES: Count = count("documents sealed side by side", 2_000, 100_000);

/// Every row, for the command that lists them.
pub const ALL: [Count; 21] = [
    MUTANTS,
    SEALED_VALUES,
    JSON_TEXTS,
    DAMAGED_TEXTS,
    VALIDATED_DOCUMENTS,
    LIVES,
    COMPONENT_LIVES,
    DOCUMENTS_OF_AN_INSTANCE,
    CACHE_STEPS,
    SUBJECT_WALKS,
    OWNERS,
    RANDOM_SCHEMAS,
    ENGINE_PAIRS,
    FOREIGN_PAIRS,
    VERDICT_FAULTS,
    FORMATTED_TEXTS,
    MUTATED_SCHEMAS,
    PATTERN_SEARCHES,
    GHASHES,
    GCM_TEXTS,
    DOCUMENTS_OF_LANES,
];

impl Count {
    /// Returns the count of this run.
    ///
    /// # Panics
    /// Panics if `FIELDSEAL_COUNTS` is neither `test` nor `soak`: a run that was to be long and is
    /// not must not pass.
    #[must_use]
    pub fn get(self) -> u32 {
        let run = env::var_os("FIELDSEAL_COUNTS");
        self.of(run.as_deref().map(|run| run.to_str().unwrap_or_default()))
    }

    fn of(self, run: Option<&str>) -> u32 {
        match run {
            None | Some("test") => self.test,
            Some("soak") => {
                // The harness would swallow what a test that passes prints.
                let _ = writeln!(std::io::stderr(), "soak: {} {}", self.soak, self.name);
                self.soak
            }
            Some(other) => panic!("FIELDSEAL_COUNTS is `test` or `soak`, not `{other}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_its_counts() {
        for row in ALL {
            assert_eq!((row.of(None), row.of(Some("test"))), (row.test, row.test));
            assert_eq!(row.of(Some("soak")), row.soak);
            assert!(row.test < row.soak, "{row:?}");
        }
    }

    #[test]
    #[should_panic(expected = "not `all`")]
    fn an_unknown_run_is_no_run() {
        let _ = MUTANTS.of(Some("all"));
    }
}
