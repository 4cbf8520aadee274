//! What earlier releases sealed, `core/conformance/vectors/saved-*.json`: every envelope opens to its
//! value, the value is sealed to the same bytes again, and every token is made again. V-08.
//!
//! The first file of 0.1 holds 48 rows with b6 and without b0, made below every policy: no policy
//! could demand them, and the final format reserves those flags. Policies made all rows of the
//! second.

use std::collections::BTreeSet;

use fieldseal::envelope::{Envelope, Fault, Scratch};
use fieldseal::json::Tape;
use fieldseal::{Limits, OpenOptions, Options, Policy};
use fieldseal_conformance::vectors::{self, Token, released, released_by_policies};
use support::params::all_params;
use support::row_keys::{RowKeys, call_context, token_context};
use support::vectors::{assert_holds, assert_made, header};
use support::{Given, say, text_at};

const FIRST: &str = "0.1";
const FINAL: &str = "0.1-final";

#[test]
fn v08_what_every_release_sealed_opens() {
    let mut releases = Vec::new();
    for file in released() {
        let mut work = Scratch::new();
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
            params.insert(header(case));
        }
        let values: BTreeSet<_> = file.envelopes.iter().map(|case| &case.plaintext).collect();
        // The first has not every set of parameters with each suite.
        let (least, unsupported) =
            if file.release == FIRST { (240, 48) } else { (all_params().len(), 0) };
        assert!(params.len() >= least && values.len() >= 30, "{}", file.release);
        assert_eq!(reserved, unsupported, "{}", file.release);
        file.tokens.iter().for_each(assert_made);
        say!(
            "saved by release {}: {} envelopes of {} values in {} params open, {} tokens are made",
            file.release,
            file.envelopes.len() - reserved,
            values.len(),
            params.len(),
            file.tokens.len()
        );
        releases.push(file.release);
    }
    assert_eq!(releases, [FINAL, FIRST]);
}

#[test]
fn policies_seal_and_open_what_policies_sealed() {
    for file in released_by_policies() {
        file.envelopes.iter().for_each(assert_holds_by_policy);
        let params: BTreeSet<_> = file.envelopes.iter().map(header).collect();
        let all = all_params().len();
        assert_eq!((file.envelopes.len(), params.len()), (all, all), "{}", file.release);
    }
}

#[test]
fn policies_make_the_tokens_that_policies_made() {
    for file in released_by_policies() {
        file.tokens.iter().for_each(assert_made_by_policy);
        let kinds = file.tokens.iter().map(|case| (&case.kind, &case.normalisation));
        // Each kind under each of the five normalisations.
        let kinds: BTreeSet<_> = kinds.collect();
        assert_eq!((file.tokens.len(), kinds.len()), (73, 10), "{}", file.release);
    }
}

fn assert_holds_by_policy(case: &vectors::Envelope) {
    let (policy, context) = (compiled(&case.schema()), call_context(&case.place));
    let (clear, sealed) = (case.clear_document(), case.sealed_document());
    let item = if case.item_key.is_empty() { String::new() } else { case.item() };
    assert_eq!(case.item_ref, item, "{}", case.name);
    let again = policy
        .seal(clear.as_bytes(), &context, &mut RowKeys::of(case), &mut Given(case.drawn()))
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    assert_eq!(String::from_utf8(again.document).unwrap(), sealed, "{}", case.name);
    let opened = policy
        .open_with(sealed.as_bytes(), &context, &mut RowKeys::of(case), OpenOptions::strict())
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    assert_eq!(String::from_utf8(opened.document).unwrap(), clear, "{}", case.name);
}

fn assert_made_by_policy(case: &Token) {
    let sealed = compiled(&case.schema())
        .seal(
            case.clear_document().as_bytes(),
            &token_context(case),
            &mut RowKeys::of_token(case),
            &mut Given(Vec::new()),
        )
        .unwrap_or_else(|error| panic!("{case:?}: {error}"));
    let token = match sealed.indexes.as_slice() {
        [] => text_at(&String::from_utf8(sealed.document).unwrap(), "/v"),
        [index] => index.value.clone(),
        _ => panic!("one value has one token"),
    };
    assert_eq!(token, case.token, "{case:?}");
}

fn compiled(schema: &serde_json::Value) -> Policy {
    Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap()
}
