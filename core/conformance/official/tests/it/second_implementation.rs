//! Envelopes that core/conformance/envelope.py sealed, in Python.

use std::collections::BTreeSet;

use fieldseal::envelope::Scratch;
use fieldseal_conformance::vectors::Envelope;
use official::oracle;
use support::vectors::{assert_holds, header};

/// The core opens each, and seals its value to the same bytes.
#[test]
fn v08_what_another_implementation_sealed_opens() {
    let rows: Vec<Envelope> = serde_json::from_reader(oracle("sealed-in-python.json")).unwrap();
    let mut work = Scratch::new();
    rows.iter().for_each(|row| assert_holds(row, &mut work));
    let headers: BTreeSet<_> = rows.iter().map(header).collect();
    assert_eq!(headers.len(), 320, "every header of the format");
    assert!(rows.len() >= 500, "{}", rows.len());
}
