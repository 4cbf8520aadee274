//! Runs the case files through one runtime. Shared by `core/tests/it/operations/cases.rs` (native) and
//! `host-tests` (component); README.md beside this file describes the format for the runners in
//! other languages.

use fieldseal::{
    Answer, BatchItem, Context, Entropy, Error, Key, KeyContext, KeyId, KeyKind, KeySource, KeyUse,
    Opened, Refusal, Request, Sealed, Secret,
};
use serde_json::{Map, Value, json};

/// One runtime under test, with a fresh instance for every case.
pub trait Door {
    /// Gives the instance its host: keys, and the entropy stream that README.md defines.
    fn begin(&mut self, keys: Table);
    /// Changes the keys of the host.
    fn rekey(&mut self, keys: Table);
    /// The calls of the key host since the last time.
    fn asked(&mut self) -> Vec<Vec<Request>>;
    /// Compiles the policy that the next calls are about.
    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), Error>;
    /// The verb.
    fn seal(&mut self, document: &[u8], context: &Context) -> Result<Sealed, Error>;
    /// The verb.
    fn open(&mut self, document: &[u8], context: &Context, strict: bool) -> Result<Opened, Error>;
    /// The verb.
    fn seal_many(&mut self, calls: &[BatchItem]) -> Vec<Result<Sealed, Error>>;
    /// The verb.
    fn open_many(&mut self, calls: &[BatchItem], strict: bool) -> Vec<Result<Opened, Error>>;
    /// The verb.
    fn check(&mut self, document: &[u8]) -> Result<String, Error>;
    /// The verb.
    fn check_deep(&mut self, document: &[u8], context: &Context) -> Result<String, Error>;
    /// The verb.
    fn required_keys(&mut self, call: &BatchItem, operation: KeyUse)
    -> Result<Vec<Request>, Error>;
}

/// Runs every case of a file and gives the file back with what came out in place of what is
/// expected. `build`: `full` or `lite`.
pub fn run(file: &Value, build: &str, door: &mut dyn Door) -> Value {
    let mut file = file.clone();
    let (schemas, rows) = (file["schemas"].clone(), file["keys"].clone());
    for case in file["cases"].as_array_mut().expect("cases") {
        door.begin(table(&rows, &case["keys"]));
        let schema = match &case["schema"] {
            Value::String(name) if schemas.get(name).is_some() => {
                schemas[name.as_str()].to_string()
            }
            Value::String(text) => text.clone(),
            schema => schema.to_string(),
        };
        // The cases change what the host answers from step to step: unless they say so, nothing is
        // kept.
        let mut options = case.get("options").cloned().unwrap_or_else(|| json!({}));
        if let Some(members) = options.as_object_mut() {
            members.entry("cache").or_insert_with(|| json!({"entries": 0}));
        }
        let options = options.to_string();
        let compiled = door.compile(schema.as_bytes(), &options);
        if let Err(error) = &compiled {
            put(case, build, refused(error));
            continue;
        }
        let default = case.get("context").cloned().unwrap_or_else(|| json!({}));
        for step in case["steps"].as_array_mut().expect("steps") {
            if let Some(states) = step.get("keys") {
                door.rekey(table(&rows, states));
            } else {
                let outcome = perform(step, &default, door);
                put(step, build, outcome);
            }
        }
    }
    file
}

/// What is not as expected: one line a case, nothing when all is well.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let (expected, actual) =
        (expected["cases"].as_array().expect("cases"), actual["cases"].as_array().expect("cases"));
    let pairs = expected.iter().zip(actual);
    pairs
        .filter(|(expected, actual)| expected != actual)
        .map(|(expected, actual)| {
            format!("{}:\nexpected {expected}\nactual   {actual}", expected["name"])
        })
        .collect()
}

/// `expect` is what the full build gives; `lite` is there only where the lite build gives something
/// else.
fn put(place: &mut Value, build: &str, outcome: Value) {
    let place = place.as_object_mut().expect("a case or a step");
    if build == "full" {
        place.insert("expect".into(), outcome);
    } else if place.get("expect") == Some(&outcome) {
        place.remove("lite");
    } else {
        place.insert("lite".into(), outcome);
    }
}

fn perform(step: &Value, default: &Value, door: &mut dyn Door) -> Value {
    let strict = step["strict"].as_bool().unwrap_or_default();
    let outcome = match step["do"].as_str() {
        Some("seal") => settle(door.seal(&document(step), &context(step, default)), sealed),
        Some("open") => settle(door.open(&document(step), &context(step, default), strict), opened),
        Some("check") => {
            settle(door.check(&document(step)), |verdict| json!({ "verdict": evidence(&verdict) }))
        }
        Some("check-deep") => settle(
            door.check_deep(&document(step), &context(step, default)),
            |verdict| json!({ "verdict": evidence(&verdict) }),
        ),
        Some("required-keys") => {
            let operation = match step["operation"].as_str() {
                Some("seal") => KeyUse::Seal,
                Some("open") => KeyUse::Open,
                _ => KeyUse::Reseal,
            };
            settle(
                door.required_keys(&call(step, default), operation),
                |requests| json!({ "requests": requests.iter().map(request).collect::<Vec<_>>() }),
            )
        }
        Some("seal-many") => results(door.seal_many(&calls(step, default)), sealed),
        Some("open-many") => results(door.open_many(&calls(step, default), strict), opened),
        other => panic!("no such step: {other:?}"),
    };
    let mut outcome = outcome;
    let mut asked = door.asked();
    assert!(asked.len() <= 1, "one call of the key host for a call, not {}", asked.len());
    if let Some(requests) = asked.pop() {
        outcome["asked"] = requests.iter().map(request).collect();
    }
    outcome
}

fn settle<T>(result: Result<T, Error>, write: impl Fn(T) -> Value) -> Value {
    result.map_or_else(|error| refused(&error), write)
}

fn results<T>(results: Vec<Result<T, Error>>, write: impl Fn(T) -> Value) -> Value {
    json!({ "results": results.into_iter().map(|result| settle(result, &write)).collect::<Vec<_>>() })
}

fn sealed(sealed: Sealed) -> Value {
    let mut outcome =
        json!({ "document": text(sealed.document), "verdict": evidence(&sealed.verdict) });
    if !sealed.indexes.is_empty() {
        let values = sealed.indexes.iter().map(
            |index| json!({ "name": index.name, "pointer": index.pointer, "value": index.value }),
        );
        outcome["indexes"] = values.collect();
    }
    outcome
}

fn opened(opened: Opened) -> Value {
    json!({ "document": text(opened.document), "verdict": evidence(&opened.verdict), "access": evidence(&opened.access) })
}

/// Messages are for people and may change; everything else of a failure is a contract.
fn refused(error: &Error) -> Value {
    let mut record = Map::new();
    record.insert("code".into(), error.code.as_str().into());
    record.extend(error.pointer.as_deref().map(|pointer| ("pointer".into(), pointer.into())));
    record.extend(error.offset.map(|offset| ("offset".into(), offset.into())));
    if !error.findings.is_empty() {
        let findings = error
            .findings
            .iter()
            .map(|f| json!({ "id": f.id, "severity": f.severity.as_str(), "pointer": f.pointer }));
        record.insert("findings".into(), findings.collect());
    }
    json!({ "error": record })
}

/// Evidence is RFC 8785 text: written again without a change, it must be the same.
fn evidence(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("evidence is JSON");
    assert_eq!(sorted(&value).to_string(), text, "evidence is RFC 8785 JSON");
    value
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(elements) => elements.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).expect("what comes out is UTF-8")
}

fn document(step: &Value) -> Vec<u8> {
    match (&step["document"], &step["documentHex"]) {
        (Value::String(text), _) => text.clone().into_bytes(),
        (_, Value::String(hex)) => unhex(hex),
        _ => panic!("a step without a document"),
    }
}

fn context(step: &Value, default: &Value) -> Context {
    let given = step.get("context").unwrap_or(default);
    let member = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    Context {
        tenant: member("tenant").unwrap_or_default(),
        record: member("record"),
        revision: member("revision").unwrap_or_default(),
        subject: member("subject"),
        purpose: member("purpose"),
        caller: member("caller"),
        at: member("at"),
        now: given.get("now").and_then(Value::as_u64).unwrap_or(NOW),
    }
}

/// 2026-11-22T09:30:00.000Z, where a context gives no time.
const NOW: u64 = 1_795_339_800_000;

fn call(step: &Value, default: &Value) -> BatchItem {
    BatchItem { document: document(step), context: context(step, default) }
}

fn calls(step: &Value, default: &Value) -> Vec<BatchItem> {
    step["calls"].as_array().expect("calls").iter().map(|one| call(one, default)).collect()
}

fn request(request: &Request) -> Value {
    let mut record = Map::new();
    record.insert("kind".into(), request.kind.as_str().into());
    record.extend(request.reference.as_deref().map(|reference| ("ref".into(), reference.into())));
    record.insert("tenant".into(), request.tenant.as_str().into());
    record.insert("operation".into(), request.operation.as_str().into());
    record.extend(request.purpose.as_deref().map(|purpose| ("purpose".into(), purpose.into())));
    record.extend(request.caller.as_deref().map(|caller| ("caller".into(), caller.into())));
    record.extend(request.id.map(|id| ("id".into(), id.to_string().into())));
    record.into()
}

/// The key host of a case.
#[derive(Clone, Default)]
pub struct Table {
    rows: Vec<Row>,
    fault: Option<String>,
}

#[derive(Clone)]
struct Row {
    kind: KeyKind,
    reference: String,
    tenant: String,
    key: Key,
    refusal: Option<Refusal>,
}

fn kind(name: &str) -> KeyKind {
    let kinds =
        [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
    kinds
        .into_iter()
        .find(|kind| kind.as_str() == name)
        .unwrap_or_else(|| panic!("no such kind: {name}"))
}

fn table(rows: &Value, states: &Value) -> Table {
    let mut table = Table::default();
    for (name, state) in states.as_object().into_iter().flatten() {
        let state = state.as_str().expect("a state");
        if name == "fault" {
            table.fault = Some(state.to_owned());
            continue;
        }
        let row = &rows[name];
        let member = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        table.rows.push(Row {
            kind: kind(row["kind"].as_str().expect("a kind")),
            reference: member("ref"),
            tenant: member("tenant"),
            key: Key {
                id: KeyId(unhex(&member("id")).try_into().expect("16 bytes")),
                secret: Secret::new(unhex(&member("secret")).try_into().expect("32 bytes")),
                expires: row["expires"].as_u64(),
                erasable: row["erasable"].as_bool().unwrap_or(true),
            },
            refusal: match state {
                "live" => None,
                "erased" => Some(Refusal::Erased),
                "restricted" => Some(Refusal::Restricted),
                "denied" => Some(Refusal::Denied),
                "not-found" => Some(Refusal::NotFound),
                "unavailable" => Some(Refusal::Unavailable),
                other => panic!("no such state: {other}"),
            },
        });
    }
    table
}

impl Table {
    fn answers(&self, requests: &[Request]) -> Vec<Answer> {
        let mut answers: Vec<Answer> =
            requests.iter().map(|request| self.answer(request)).collect();
        match self.fault.as_deref() {
            None => {}
            Some("fewer") => drop(answers.pop()),
            Some("more") => answers.push(Err(Refusal::Denied)),
            Some(other) => panic!("no such fault: {other}"),
        }
        answers
    }

    fn answer(&self, request: &Request) -> Answer {
        let matches = |row: &&Row| {
            row.kind == request.kind
                && row.tenant == request.tenant
                && request.reference.as_ref().is_none_or(|reference| *reference == row.reference)
                && request.id.is_none_or(|id| id == row.key.id)
        };
        let row = self.rows.iter().find(matches).ok_or(Refusal::NotFound)?;
        row.refusal.map_or_else(|| Ok(row.key.clone()), Err)
    }
}

impl KeySource for Table {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answers(requests)
    }

    fn by_id(&mut self, requests: &[Request], _: u64) -> Vec<Answer> {
        self.answers(requests)
    }
}

/// Byte n of the stream is n mod 251.
#[derive(Default)]
pub struct Stream {
    next: usize,
}

impl Entropy for Stream {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (self.next % 251) as u8;
            self.next += 1;
        }
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
        .collect()
}
