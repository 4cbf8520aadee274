//! The public head of an envelope.

use fieldseal::{EnvelopeHead, ErrorCode, inspect_envelope};
use support::params::{CONTEXT, all_params};

#[test]
fn the_head_says_what_sealed_the_value() {
    for params in all_params() {
        for text in [&b"1"[..], b"\"a text of more than thirty-two bytes in all\""] {
            let sealed = params.seal(&CONTEXT, text, 7);
            let head = inspect_envelope(&sealed).unwrap();
            let EnvelopeHead { version, suite, bind, padded, subject_bound, keys, .. } = head;
            let demand = params.demand;
            assert_eq!((version, suite, bind), (1, demand.suite, demand.bind));
            assert_eq!((padded, subject_bound), (params.padded, demand.subject_bound));
            assert_eq!(keys, params.ids());
            let length = if params.padded { text.len() / 32 * 32 + 32 } else { text.len() };
            assert_eq!(head.text_bytes, length, "{params:?}");
            assert_eq!(head.bytes, sealed.len() * 3 / 4);
            let json: serde_json::Value = serde_json::from_str(&head.to_json()).unwrap();
            assert_eq!(json["suite"], demand.suite.as_str());
            assert_eq!(json["bind"], demand.bind.as_str());
            assert_eq!(json["textBytes"], length);
            let ids: Vec<String> = keys.all().map(|id| id.to_string()).collect();
            let said = json["keys"].as_array().unwrap().iter();
            assert_eq!(said.map(|key| key["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
        }
    }
}

#[test]
fn the_json_has_sorted_members() {
    let sealed = all_params()[0].seal(&CONTEXT, b"1", 7);
    let json = inspect_envelope(&sealed).unwrap().to_json();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let names: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert!(names.is_sorted(), "{json}");
    assert!(!json.contains(char::is_whitespace));
}

#[test]
fn what_is_no_envelope_is_refused() {
    let sealed = all_params()[0].seal(&CONTEXT, b"1", 7);
    for (text, code) in [
        ("".to_owned(), ErrorCode::NotSealed),
        (format!("\"{sealed}\""), ErrorCode::NotSealed),
        (sealed[..40].to_owned(), ErrorCode::Integrity),
        (format!("{sealed}="), ErrorCode::Integrity),
        (sealed.replacen("Fs1B", "Fs1_", 1), ErrorCode::Unsupported),
    ] {
        assert_eq!(inspect_envelope(&text).unwrap_err().code, code, "{text}");
    }
}
