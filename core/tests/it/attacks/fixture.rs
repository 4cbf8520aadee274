//! What the attacker finds in the store, and who reads it afterwards.

use std::collections::BTreeMap;

use fieldseal::{Context, Error, ErrorCode, IndexValue, KeyId, KeyKind, KeyOwner, Keyring, Policy};
use serde_json::{Value, json};

use support::wire;
use support::{Stream, compile, context};

pub(crate) const FAMILY: &str = "urn:example:attacks";

/// A document with every kind of key, two bind profiles, an identity that is sealed itself, a
/// pseudonym and an index.
pub(crate) fn schema() -> Value {
    json!({
        "x-schema-family": FAMILY,
        "x-retention": {"contract": {"period": "P1Y", "from": "created", "bucket": "P1Y"}},
        "properties": {
            "by": {},
            "name": {"x-protection": {"subject": "/by"}},
            "nick": {"x-protection": {"subject": "/by", "index": {"name": "nick", "normalize": "exact", "bits": 32}}},
            "list": {"items": {"x-protection": {"subject": "/by"}}, "additionalProperties": {"x-protection": {"subject": "/by"}}},
            "exact": {"items": {"x-protection": {"subject": "/by", "bind": "record-path"}}},
            "both": {"x-protection": {"subject": "/by", "retention": "contract"}},
            "bucket": {"x-protection": {"subject": false, "retention": "contract"}},
            "item": {"x-protection": {"subject": "/by", "rectifiable": true}},
            "other": {"x-protection": {"subject": "/by", "rectifiable": true}},
            "same": {"x-protection": {"subject": "/by", "mode": "deterministic"}},
            "people": {"items": {"properties": {"email": {"x-protection": {"subject": "0"}}, "alias": {"x-protection": {"subject": "1/email"}}}}},
            "stat": {"x-protection": {"mode": "pseudonym"}}
        }
    })
}

fn clear(by: &str) -> Value {
    json!({
        "by": by, "name": format!("{by} B."), "nick": format!("{by}!"), "list": ["one", "two"], "exact": ["three", "four"],
        "both": 1, "bucket": 2, "item": 3, "other": 4, "same": 5,
        "people": [{"email": "eve@example.org", "alias": "Eve"}, {"email": "dan@example.org", "alias": "Dan"}], "stat": by
    })
}

/// Schemas of the same family that demand something else at one place: what each seals there must
/// not pass for what [`schema`] demands.
const OTHERWISE: [(&str, &str, &str); 12] = [
    ("binds nothing", "name", r#"{"subject": "/by", "bind": "none"}"#),
    ("binds the field", "name", r#"{"subject": "/by", "bind": "field"}"#),
    ("binds the path", "name", r#"{"subject": "/by", "bind": "record-path"}"#),
    ("suite 3", "name", r#"{"subject": "/by", "suite": "chacha20-poly1305"}"#),
    (
        "deterministic",
        "name",
        r#"{"subject": "/by", "mode": "deterministic", "bind": "record-field"}"#,
    ),
    ("a bucket, too", "name", r#"{"subject": "/by", "retention": "contract"}"#),
    ("an item key, too", "name", r#"{"subject": "/by", "rectifiable": true}"#),
    ("a bucket alone", "name", r#"{"subject": false, "retention": "contract"}"#),
    ("unbound", "name", r#"{"subject": "/people/0/email"}"#),
    ("no bucket", "both", r#"{"subject": "/by"}"#),
    ("nobody", "both", r#"{"subject": false, "retention": "contract"}"#),
    ("no item key", "item", r#"{"subject": "/by"}"#),
];

pub(crate) struct Fixture {
    pub(crate) policy: Policy,
    pub(crate) keys: Keyring,
    pub(crate) entropy: Stream,
    /// Record r1 of Ada in its second revision, which is attacked.
    pub(crate) here: Value,
    /// The same in its first revision, of the year before.
    pub(crate) earlier: Value,
    /// Record r2 of Ada.
    pub(crate) next: Value,
    /// Record b1 of Bob.
    pub(crate) bobs: Value,
    /// Record r1 of an Ada under tenant `acme`.
    pub(crate) acme: Value,
    /// Record r1 of Ada under another family.
    pub(crate) family: Value,
    /// Record c1 of Carol, who was erased, in a bucket that was destroyed, as its item was.
    pub(crate) gone: Value,
    /// By the name in [`OTHERWISE`].
    pub(crate) otherwise: BTreeMap<&'static str, Value>,
    pub(crate) indexes: BTreeMap<String, IndexValue>,
}

pub(crate) fn revised(record: &str, revision: &str) -> Context {
    Context { revision: revision.to_owned(), ..context(record, "") }
}

pub(crate) fn of(kind: KeyKind, reference: &str) -> KeyOwner {
    KeyOwner::from_parts(kind, "", reference).unwrap()
}

/// The reference of an item's key.
pub(crate) fn item(record: &str, field: &str) -> KeyOwner {
    KeyOwner::item(FAMILY, record, field)
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let (policy, mut keys, mut entropy) =
            (compile(&schema().to_string()), Keyring::memory(), Stream(1));
        let mut indexes = BTreeMap::new();
        let mut seal = |policy: &Policy, clear: &Value, call: &Context| -> Value {
            let sealed =
                policy.seal(clear.to_string().as_bytes(), call, &mut keys, &mut entropy).unwrap();
            if let Some(index) = sealed.indexes.first() {
                indexes.insert(clear["by"].as_str().unwrap().to_owned(), index.clone());
            }
            serde_json::from_slice(&sealed.document).unwrap()
        };
        let year =
            |at: &str, call: Context| Context { at: Some(format!("{at}-06-01T00:00:00Z")), ..call };
        let here = seal(&policy, &clear("ada"), &revised("r1", "2"));
        let earlier = seal(&policy, &clear("ada"), &year("2025", revised("r1", "1")));
        let next = seal(&policy, &clear("ada"), &revised("r2", "2"));
        let bobs = seal(&policy, &clear("bob"), &revised("b1", "2"));
        let acme =
            seal(&policy, &clear("ada"), &Context { tenant: "acme".into(), ..revised("r1", "2") });
        let gone = seal(&policy, &clear("carol"), &year("2019", revised("c1", "2")));
        let foreign = schema().to_string().replace(FAMILY, "urn:example:other");
        let family = seal(&compile(&foreign), &clear("ada"), &revised("r1", "2"));
        let otherwise = OTHERWISE.map(|(name, member, marker)| {
            let mut schema = schema();
            schema["properties"][member]["x-protection"] = serde_json::from_str(marker).unwrap();
            (name, seal(&compile(&schema.to_string()), &clear("ada"), &revised("r1", "2")))
        });
        for destroyed in
            ["carol".into(), of(KeyKind::Retention, "contract/2020"), item("c1", "/item")]
        {
            keys.erase(&destroyed, "asked for it", Some(0)).unwrap();
        }
        Fixture {
            policy,
            keys,
            entropy,
            here,
            earlier,
            next,
            bobs,
            acme,
            family,
            gone,
            otherwise: otherwise.into(),
            indexes,
        }
    }

    pub(crate) fn open(&mut self, attempt: &Attempt) -> Result<String, (ErrorCode, String)> {
        let opened =
            self.policy.open(attempt.document.as_bytes(), &attempt.context, &mut self.keys);
        opened.map(|opened| String::from_utf8(opened.document).unwrap()).map_err(|error| {
            let error = Error::from(error);
            (error.code, error.pointer.unwrap_or_default())
        })
    }

    /// What the verdict says that opens and shows nothing.
    pub(crate) fn check(&mut self, attempt: &Attempt) -> String {
        self.policy
            .check_deep(attempt.document.as_bytes(), &attempt.context, &mut self.keys)
            .unwrap()
            .to_json()
    }

    /// The value that reading shows at a place.
    pub(crate) fn shown(&mut self, attempt: &Attempt, pointer: &str) -> Value {
        let document: Value = serde_json::from_str(&self.open(attempt).unwrap()).unwrap();
        document.pointer(pointer).cloned().expect("something stands there")
    }

    /// Ada's record with another text at one place.
    pub(crate) fn put(&self, pointer: &str, text: impl Into<Value>) -> Attempt {
        self.put_all(&[(pointer, text.into())])
    }

    pub(crate) fn put_all(&self, changes: &[(&str, Value)]) -> Attempt {
        let mut document = self.here.clone();
        for (pointer, value) in changes {
            *document.pointer_mut(pointer).expect("something stands there") = value.clone();
        }
        Attempt::new(&document)
    }

    /// Ada's record with the id of an envelope's first, second or third key replaced.
    pub(crate) fn with_id(&self, pointer: &str, number: usize, id: KeyId) -> Attempt {
        self.put(pointer, renamed(at(&self.here, pointer), number, id))
    }

    /// Ada's record with two places exchanged.
    pub(crate) fn swapped(&self, one: &str, other: &str) -> Attempt {
        self.put_all(&[(one, at(&self.here, other).into()), (other, at(&self.here, one).into())])
    }
}

/// A document as the attacker left it, and the call that reads it.
pub(crate) struct Attempt {
    pub(crate) document: String,
    pub(crate) context: Context,
}

impl Attempt {
    /// Read as what is attacked.
    pub(crate) fn new(document: &Value) -> Self {
        Attempt { document: document.to_string(), context: revised("r1", "2") }
    }

    pub(crate) fn read_as(mut self, context: Context) -> Self {
        self.context = context;
        self
    }
}

/// The text of the string at a place.
pub(crate) fn at<'d>(document: &'d Value, pointer: &str) -> &'d str {
    document.pointer(pointer).and_then(Value::as_str).expect("a string stands there")
}

/// An envelope with its bytes altered.
pub(crate) fn forged(envelope: &str, alter: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = wire::decode(envelope).unwrap();
    alter(&mut bytes);
    wire::encode(&bytes)
}

/// An envelope with the id of its first, second or third key replaced.
pub(crate) fn renamed(envelope: &str, number: usize, id: KeyId) -> String {
    forged(envelope, |bytes| bytes[4 + 16 * number..][..16].copy_from_slice(&id.0))
}

/// The id of an envelope's first, second or third key.
pub(crate) fn id(document: &Value, pointer: &str, number: usize) -> KeyId {
    KeyId(wire::decode(at(document, pointer)).unwrap()[4 + 16 * number..][..16].try_into().unwrap())
}
