//! What earlier releases sealed, `core/conformance/vectors/saved-*.json`: every envelope opens to its value, and the
//! value is sealed to the same bytes again. V-08.

use std::collections::BTreeSet;

use fieldseal::Limits;
use fieldseal::envelope::Workspace;
use fieldseal::json::Tape;
use fieldseal_conformance::vectors::released;
use support::say;
use support::vectors::{assert_holds, demand};

#[test]
fn v08_what_every_release_sealed_opens() {
    let mut releases = Vec::new();
    for file in released() {
        let mut work = Workspace::new();
        let mut params = BTreeSet::new();
        for case in &file.envelopes {
            assert_holds(case, &mut work);
            assert_eq!(
                Tape::parse(case.plaintext.as_bytes(), &Limits::default()).unwrap().root().span(),
                0..case.plaintext.len(),
                "{}",
                case.name
            );
            let demand = demand(case);
            params.insert((
                demand.suite,
                demand.bind as u8,
                demand.subject,
                demand.retention,
                demand.item,
                demand.subject_bound,
                case.padded,
            ));
        }
        let values: BTreeSet<_> = file.envelopes.iter().map(|case| &case.plaintext).collect();
        assert!(
            file.envelopes.len() >= 200 && params.len() >= 288 && values.len() >= 30,
            "{}",
            file.release
        );
        say!(
            "saved by release {}: {} envelopes of {} values in {} params open",
            file.release,
            file.envelopes.len(),
            values.len(),
            params.len()
        );
        releases.push(file.release);
    }
    assert!(releases.contains(&"0.1".to_owned()), "{releases:?}");
}
