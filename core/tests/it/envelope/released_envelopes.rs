//! What earlier releases sealed, `core/conformance/vectors/saved-*.json`: every envelope opens to its
//! value, and the value is sealed to the same bytes again. V-08.
//!
//! The file of 0.1 holds 48 rows with b6 and without b0, made below every policy: no policy could
//! demand them, and the final format reserves those flags.

use std::collections::BTreeSet;

use fieldseal::Limits;
use fieldseal::envelope::{Envelope, Fault, Workspace};
use fieldseal::json::Tape;
use fieldseal_conformance::vectors::released;
use support::say;
use support::vectors::{assert_holds, demand};

#[test]
fn v08_what_every_release_sealed_opens() {
    let mut releases = Vec::new();
    for file in released() {
        let mut work = Workspace::new();
        let (mut params, mut reserved) = (BTreeSet::new(), 0);
        for case in &file.envelopes {
            if !case.subject_bound && case.subject_key.is_empty() {
                let fault = Envelope::decode(&case.envelope, &mut work).unwrap_err();
                assert_eq!(fault, Fault::Unsupported, "{}", case.name);
                reserved += 1;
                continue;
            }
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
            file.envelopes.len() >= 200 && params.len() >= 240 && values.len() >= 30,
            "{}",
            file.release
        );
        assert_eq!(reserved, if file.release == "0.1" { 48 } else { 0 }, "{}", file.release);
        say!(
            "saved by release {}: {} envelopes of {} values in {} params open",
            file.release,
            file.envelopes.len() - reserved,
            values.len(),
            params.len()
        );
        releases.push(file.release);
    }
    assert!(releases.contains(&"0.1".to_owned()), "{releases:?}");
}
