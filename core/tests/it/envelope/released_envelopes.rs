//! What earlier releases sealed, `vectors/saved-*.json`: every envelope opens to its value, and the
//! value is sealed to the same bytes again. V-08.

use std::collections::BTreeSet;
use std::path::Path;

use fieldseal::Limits;
use fieldseal::envelope::Workspace;
use fieldseal::json::Tape;
use serde::Deserialize;
use support::say;
use support::sealed::Sealed;

#[derive(Deserialize)]
struct File {
    format: String,
    release: String,
    envelopes: Vec<Sealed>,
}

#[test]
fn v08_what_every_release_sealed_opens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut releases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("saved-") {
            continue;
        }
        let file: File = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(
            (file.format.as_str(), format!("saved-{}.json", file.release)),
            ("fieldseal saved ciphertexts 1", name)
        );
        let mut work = Workspace::new();
        let mut params = BTreeSet::new();
        for case in &file.envelopes {
            case.assert_holds(&mut work);
            assert_eq!(
                Tape::parse(case.plaintext.as_bytes(), &Limits::default()).unwrap().root().span(),
                0..case.plaintext.len(),
                "{}",
                case.name
            );
            let demand = case.demand();
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
