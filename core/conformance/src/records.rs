//! The records that go into a runtime and come out of it, in terms of the contract and of no
//! implementation: kinds, operations, states and codes are the contract's words.

use serde::Deserialize;
use serde_json::{Map, Value};

/// 2026-11-22T09:30:00.000Z, where a context gives no time.
pub const NOW: u64 = 1_795_339_800_000;

/// Context of a call.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Context {
    pub tenant: String,
    pub record: Option<String>,
    pub revision: String,
    pub subject: Option<String>,
    pub purpose: Option<String>,
    pub caller: Option<String>,
    pub at: Option<String>,
    pub now: u64,
}

impl Default for Context {
    fn default() -> Self {
        Context {
            tenant: String::new(),
            record: None,
            revision: String::new(),
            subject: None,
            purpose: None,
            caller: None,
            at: None,
            now: NOW,
        }
    }
}

/// A document and the context of the call that it goes into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its text.
    pub bytes: Vec<u8>,
    /// The context of the call.
    pub context: Context,
}

/// One value without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedValue {
    /// The place of the value in documents.
    pub place: String,
    /// The JSON text of the value, or its envelope.
    pub text: String,
    /// The context of the call.
    pub context: Context,
    /// The date that the retention counts from.
    pub from: Option<String>,
}

/// Whose key it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Owner {
    pub kind: String,
    #[serde(default)]
    pub tenant: String,
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A request for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Request {
    pub kind: String,
    pub reference: Option<String>,
    pub tenant: String,
    pub operation: String,
    pub purpose: Option<String>,
    pub caller: Option<String>,
    pub id: Option<[u8; 16]>,
}

impl Request {
    /// Returns the request as case files and keyring traces write it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut record = Map::new();
        let mut put = |name: &str, member: Option<&str>| {
            record.extend(member.map(|member| (name.to_owned(), member.into())));
        };
        put("kind", Some(&self.kind));
        put("ref", self.reference.as_deref());
        put("tenant", Some(&self.tenant));
        put("operation", Some(&self.operation));
        put("purpose", self.purpose.as_deref());
        put("caller", self.caller.as_deref());
        put("id", self.id.map(|id| crate::hex(&id)).as_deref());
        record.into()
    }
}

/// A key that answers a request.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Key {
    pub id: [u8; 16],
    pub secret: [u8; 32],
    pub expires: Option<u64>,
    pub erasable: bool,
}

/// The answer to one request: a key, or the code of the refusal.
pub type Answer = Result<Key, String>;

/// The record of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Erased {
    pub destroyed: Vec<[u8; 16]>,
    pub at: Option<u64>,
    pub reached: String,
    pub residue: Vec<String>,
}

impl Erased {
    /// Returns the record as case files and keyring traces write it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut record = Map::new();
        record.extend(self.at.map(|at| ("at".to_owned(), at.into())));
        let ids = self.destroyed.iter().map(|id| crate::hex(id)).collect();
        record.insert("destroyed".into(), ids);
        record.insert("reached".into(), self.reached.as_str().into());
        record.insert("residue".into(), self.residue.iter().map(String::as_str).collect());
        record.into()
    }
}

/// An error of the contract. Messages are not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Error {
    pub code: String,
    pub pointer: Option<String>,
    pub offset: Option<u64>,
    pub findings: Vec<Finding>,
}

/// A finding of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Finding {
    pub id: String,
    pub severity: String,
    pub pointer: String,
}

/// A sealed document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Sealed {
    pub document: Vec<u8>,
    pub verdict: String,
    pub indexes: Vec<Index>,
}

/// A blind index of a sealed document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Index {
    pub name: String,
    pub pointer: String,
    pub value: String,
}

/// An opened document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the contract has the members")]
pub struct Opened {
    pub document: Vec<u8>,
    pub verdict: String,
    pub access: String,
}
