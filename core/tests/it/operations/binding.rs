//! An envelope opens where it was sealed and nowhere else, and a policy takes nothing weaker than
//! it demands.

use fieldseal::{Context, Error, ErrorCode, Policy};
use support::{Store, compile, context, open, seal, text_at};

fn schema(bind: &str) -> String {
    format!(
        r#"{{"x-schema-family": "urn:example:binding", "properties": {{
            "a": {{"x-protection": {{"bind": "{bind}"}}}}, "b": {{"x-protection": {{"bind": "{bind}"}}}},
            "list": {{"items": {{"x-protection": {{"bind": "{bind}"}}}}}}}}}}"#
    )
}

fn refusal(
    policy: &Policy,
    document: &str,
    context: &Context,
    store: &mut Store,
) -> (ErrorCode, Option<String>) {
    let error = Error::from(policy.open(document.as_bytes(), context, store).unwrap_err());
    (error.code, error.pointer)
}

/// What a context may differ in, and the profiles that notice.
#[test]
fn v08_every_profile_binds_what_it_says_and_no_more() {
    for (bind, record, field, element) in [
        ("record-field", true, true, false),
        ("record-path", true, true, true),
        ("field", false, true, false),
        ("none", false, false, false),
    ] {
        let policy = compile(&schema(bind));
        let mut store = Store::default();
        let here = context("r1", "ada");
        let clear = r#"{"a":"one","list":["two","three"]}"#;
        let sealed = seal(&policy, clear, &here, &mut store);
        assert_eq!(open(&policy, &sealed, &here, &mut store), clear);

        let opens = |document: &str, context: &Context, store: &mut Store| {
            policy.open(document.as_bytes(), context, store).is_ok()
        };
        assert_eq!(
            opens(&sealed, &context("r2", "ada"), &mut store),
            !record,
            "{bind}: another record"
        );
        let revised = Context { revision: "2".to_owned(), ..here.clone() };
        assert_eq!(opens(&sealed, &revised, &mut store), !record, "{bind}: another revision");
        let moved = sealed.replace("\"a\":", "\"b\":");
        assert_eq!(opens(&moved, &here, &mut store), !field, "{bind}: another field");
        let (two, three) = (text_at(&sealed, "/list/0"), text_at(&sealed, "/list/1"));
        let swapped = sealed.replace(&two, "\u{1}").replace(&three, &two).replace('\u{1}', &three);
        assert_eq!(opens(&swapped, &here, &mut store), !element, "{bind}: another element");
    }
}

#[test]
fn another_person_tenant_or_family_is_never_taken() {
    let policy = compile(&schema("none"));
    let mut store = Store::default();
    let here = context("r", "ada");
    let sealed = seal(&policy, r#"{"a":"one"}"#, &here, &mut store);
    seal(&policy, r#"{"a":"one"}"#, &context("r", "bob"), &mut store);
    assert_eq!(refusal(&policy, &sealed, &context("r", "bob"), &mut store).0, ErrorCode::NotFound);

    // Even a host that hands out any key it knows cannot make it open elsewhere.
    struct Careless(Store);
    impl fieldseal::KeySource for Careless {
        fn current(
            &mut self,
            requests: &[fieldseal::Request],
            host: &mut fieldseal::KeyContext<'_>,
        ) -> Vec<fieldseal::Answer> {
            self.0.current(requests, host)
        }
        fn by_id(
            &mut self,
            requests: &[fieldseal::Request],
            now: Option<u64>,
        ) -> Vec<fieldseal::Answer> {
            let mut requests = requests.to_vec();
            for request in &mut requests {
                (request.reference, request.tenant) = (None, String::new());
            }
            self.0.by_id(&requests, now)
        }
    }
    let mut careless = Careless(store);
    let stranger = Context { tenant: "acme".to_owned(), ..here.clone() };
    let other = compile(&schema("none").replace("urn:example:binding", "urn:example:other"));
    for (policy, context) in
        [(&policy, &context("r", "bob")), (&policy, &stranger), (&other, &here)]
    {
        let error =
            Error::from(policy.open(sealed.as_bytes(), context, &mut careless).unwrap_err());
        assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Integrity, Some("/a")));
    }
    assert!(policy.open(sealed.as_bytes(), &here, &mut careless).is_ok());
}

#[test]
fn an_envelope_made_under_another_demand_is_integrity_everywhere() {
    let binds = ["record-field", "record-path", "field", "none"];
    for made in binds {
        let mut store = Store::default();
        let here = context("r", "ada");
        let sealed = seal(&compile(&schema(made)), r#"{"a":"one"}"#, &here, &mut store);
        for demanded in binds {
            let policy = compile(&schema(demanded));
            let verdict = policy.check(sealed.as_bytes()).unwrap().to_json();
            if made == demanded {
                assert!(verdict.contains(r#""faults":[]"#), "{verdict}");
            } else {
                assert_eq!(
                    refusal(&policy, &sealed, &here, &mut store),
                    (ErrorCode::Integrity, Some("/a".to_owned())),
                    "{made} for {demanded}"
                );
                assert!(
                    verdict.contains(r#""faults":[{"code":"integrity","count":1,"pointer":"/a"}]"#),
                    "{verdict}"
                );
            }
        }
    }
}
