//! What a policy exports is plain JSON Schema that means the same to whoever reads it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use fieldseal::{Options, Policy, Schemas};
use serde_json::Value;

fn exported(schema: &str, options: &str) -> Schemas {
    Policy::compile(schema.as_bytes(), Options::from_json(options).unwrap()).unwrap().schemas().unwrap()
}

fn draft_of(schema: &str) -> Value {
    serde_json::from_str::<Value>(schema).unwrap()["$schema"].take()
}

#[test]
fn both_forms_name_the_draft_that_only_an_option_chose() {
    let drafts = [("7", "http://json-schema.org/draft-07/schema#"), ("2020-12", "https://json-schema.org/draft/2020-12/schema")];
    for (option, draft) in drafts {
        for own in [r#""$schema":"urn:unknown","#, ""] {
            let schema = format!(r#"{{{own}"x-schema-family":"f","properties":{{"a":{{"x-protection":{{}}}}}}}}"#);
            let schemas = exported(&schema, &format!(r#"{{"draft":"{option}"}}"#));
            // No draft means the newest to everybody.
            let unsaid = own.is_empty() && option == "2020-12";
            assert_eq!(draft_of(&schemas.plaintext), if unsaid { Value::Null } else { draft.into() }, "{own} {option}");
            assert_eq!(draft_of(&schemas.sealed), draft);
        }
    }
}

#[test]
fn the_clear_form_keeps_the_authors_spelling_of_its_draft() {
    let schema = r#"{"$schema":"https://json-schema.org/draft-07/schema","x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#;
    assert_eq!(draft_of(&exported(schema, "").plaintext), "https://json-schema.org/draft-07/schema");
}
