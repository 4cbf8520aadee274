//! Calls that leave their memory to one another: the results are those of calls that do not.

use fieldseal::{
    Answer, BatchItem, Context, KeyContext, KeySource, Keyring, Options, PendingOpen,
    PendingOpenMany, PendingSeal, PendingSealMany, Policy, Request, Workspace,
};
use support::{Store, Stream, compile, context};

const LIST: &str =
    r#"{"x-schema-family": "f", "properties": {"list": {"items": {"x-protection": {}}}}}"#;

fn document(values: usize) -> String {
    let values: Vec<_> = (0..values).map(|number| format!("\"value {number}\"")).collect();
    format!("{{\"list\":[{}]}}", values.join(","))
}

/// The source of a call that seals another document with the same policy before it answers.
struct Nested<'p> {
    policy: &'p Policy,
    keys: Keyring,
    calls: usize,
}

impl KeySource for Nested<'_> {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        let inner = br#"{"list":["inner 1","inner 2"]}"#;
        let sealed = self.policy.seal(inner, &context("in", "ben"), &mut self.keys, host.entropy);
        let sealed = sealed.unwrap().document;
        let opened = self.policy.open(&sealed, &context("in", "ben"), &mut self.keys).unwrap();
        assert_eq!(opened.document, inner);
        self.calls += 1;
        self.keys.current(requests, host)
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        self.keys.by_id(requests, now)
    }
}

fn order() -> (Vec<u8>, Policy, Context) {
    let read = |name| std::fs::read(format!("benches/data/{name}")).unwrap();
    let policy = Policy::compile(&read("order.schema.json"), Options::default()).unwrap();
    let record = Some("ord-2026-11-000417".to_owned());
    let about = Context { record, now: Some(1_795_000_000_000), ..Context::default() };
    (read("order.json"), policy, about)
}

#[test]
fn a_call_within_a_call_has_memory_of_its_own() {
    let policy = compile(LIST);
    let sealer = policy.sealer();
    let mut keys = Nested { policy: &sealer, keys: Keyring::memory(), calls: 0 };
    for values in [1, 40, 3] {
        let text = document(values);
        let about = context("out", "ada");
        let sealed = sealer.seal(text.as_bytes(), &about, &mut keys, &mut Stream(7)).unwrap();
        let opened = policy.open(&sealed.document, &about, &mut keys).unwrap();
        assert_eq!(opened.document, text.as_bytes());
        let batch = [BatchItem { document: text.clone().into_bytes(), context: about.clone() }];
        let again = sealer.seal_many(&batch, &mut keys, &mut Stream(9)).pop().unwrap().unwrap();
        let opened = sealer.open(&again.document, &about, &mut keys).unwrap();
        assert_eq!(opened.document, text.as_bytes());
    }
    assert_eq!(keys.calls, 6);
}

/// Documents, policies and failures in any order leave each other's results as they are.
#[test]
fn results_do_not_depend_on_the_calls_before() {
    let (text, order, about) = order();
    let list = compile(LIST);
    let here = context("r", "ada");
    let documents = [
        document(1),
        document(200),
        "{\"list\":[{\"a\":[1]}]}".into(),
        "{".into(),
        "{\"list\":[\"Fs1\"".into(),
    ];
    let workspace = Workspace::default();
    let mut plain = Keyring::memory();
    let mut shared = Keyring::memory();
    for round in 0..40_usize {
        let is_order = round % 3 == 0;
        let (policy, about) = if is_order { (&order, &about) } else { (&list, &here) };
        let text = if is_order { text.as_slice() } else { documents[round % 5].as_bytes() };
        let with = policy.with_workspace(&workspace);
        let seed = round as u64;
        let expected = policy.seal(text, about, &mut plain, &mut Stream(seed));
        let sealed = with.seal(text, about, &mut shared, &mut Stream(seed));
        assert_eq!(sealed, expected, "{round}");
        let Ok(sealed) = sealed else { continue };
        let elsewhere = Context { record: Some("elsewhere".into()), ..about.clone() };
        assert!(with.open(&sealed.document, &elsewhere, &mut shared).is_err());
        let expected = policy.open(&sealed.document, about, &mut plain);
        assert_eq!(with.open(&sealed.document, about, &mut shared), expected, "{round}");
    }
}

/// Threads may share a policy with a workspace and hold calls that wait for their keys.
#[test]
fn calls_that_wait_and_workspaces_may_move_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<(Policy, Workspace)>();
    shared::<(PendingSeal<'_>, PendingSealMany<'_>, PendingOpen<'_>, PendingOpenMany<'_>)>();
    let policy = compile(LIST);
    let sealer = policy.sealer();
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (policy, sealer) = (&policy, &sealer);
            scope.spawn(move || {
                let (mut store, here) = (Store::default(), context("r", "ada"));
                for values in 1..200 {
                    let text = document(values);
                    let mut random = Stream(seed);
                    let expected = policy.seal(text.as_bytes(), &here, &mut store, &mut random);
                    let mut random = Stream(seed);
                    let sealed = sealer.seal(text.as_bytes(), &here, &mut store, &mut random);
                    assert_eq!(sealed, expected);
                }
            });
        }
    });
}
