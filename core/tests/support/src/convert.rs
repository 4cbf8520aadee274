//! Records of the conformance runner as those of the core, and back: for every runtime that speaks
//! in the core's types.

use fieldseal::{
    BatchItem, Context, Key, KeyId, KeyKind, KeyOwner, KeyUse, RefusalCode, Secret, ValueItem,
};
use fieldseal_conformance::records;

/// Returns the context of a call.
pub fn context(context: &records::Context) -> Context {
    let records::Context { tenant, record, revision, subject, purpose, caller, at, now } =
        context.clone();
    Context {
        tenant,
        record,
        revision,
        subject,
        purpose,
        caller,
        at,
        now: Some(now),
        ..Context::default()
    }
}

/// Returns a document as a batch takes it.
pub fn item(document: &records::Document) -> BatchItem {
    BatchItem { document: document.bytes.clone(), context: context(&document.context) }
}

/// Returns a value with its place.
pub fn value_item(value: &records::PlacedValue) -> ValueItem<'static> {
    let records::PlacedValue { place, text, context, from } = value.clone();
    let item = ValueItem::new(place, text.into_bytes(), self::context(&context));
    match from {
        Some(date) => item.with_from(date),
        None => item,
    }
}

/// Returns the kind of that name.
///
/// # Panics
/// Where no kind has it.
pub fn kind(name: &str) -> KeyKind {
    let mut kinds =
        [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym]
            .into_iter();
    kinds.find(|kind| kind.as_str() == name).unwrap_or_else(|| panic!("no kind `{name}`"))
}

/// Returns the use of that name.
///
/// # Panics
/// Where no use has it.
pub fn key_use(name: &str) -> KeyUse {
    let mut uses = [KeyUse::Seal, KeyUse::Open, KeyUse::Reseal].into_iter();
    uses.find(|one| one.as_str() == name).unwrap_or_else(|| panic!("no operation `{name}`"))
}

/// Returns the owner of a key.
///
/// # Errors
/// `context` for a text that names nobody.
pub fn owner(owner: &records::Owner) -> Result<KeyOwner, fieldseal::Error> {
    KeyOwner::from_parts(kind(&owner.kind), &owner.tenant, &owner.reference)
}

/// Returns the owner of a key as a record.
pub fn owner_record(owner: &KeyOwner) -> records::Owner {
    records::Owner {
        kind: owner.kind().as_str().to_owned(),
        tenant: owner.tenant().to_owned(),
        reference: owner.reference().into_owned(),
    }
}

/// Returns the record of an erasure.
pub fn erased(erased: fieldseal::Erased) -> records::Erased {
    records::Erased {
        destroyed: erased.destroyed.iter().map(|id| id.0).collect(),
        at: erased.at,
        reached: erased.reached.as_str().to_owned(),
        residue: erased.residue,
    }
}

/// Returns a request for a key.
pub fn request(request: &records::Request) -> fieldseal::Request {
    let records::Request { kind, reference, tenant, operation, purpose, caller, id } =
        request.clone();
    fieldseal::Request {
        reference,
        tenant,
        purpose,
        caller,
        id: id.map(KeyId),
        ..fieldseal::Request::new(self::kind(&kind), key_use(&operation))
    }
}

/// Returns a request for a key as a record.
pub fn request_record(request: &fieldseal::Request) -> records::Request {
    let fieldseal::Request { kind, reference, tenant, operation, purpose, caller, id, .. } =
        request.clone();
    records::Request {
        kind: kind.as_str().to_owned(),
        reference,
        tenant,
        operation: operation.as_str().to_owned(),
        purpose,
        caller,
        id: id.map(|id| id.0),
    }
}

/// Returns requests for keys as records.
pub fn request_records(requests: &[fieldseal::Request]) -> Vec<records::Request> {
    requests.iter().map(request_record).collect()
}

/// Returns an answer of a key host.
///
/// # Panics
/// Where no refusal has the code.
pub fn answer(answer: records::Answer) -> fieldseal::Answer {
    match answer {
        Ok(records::Key { id, secret, expires, erasable }) => {
            let mut key = Key::new(KeyId(id), Secret::new(secret));
            (key.expires, key.erasable) = (expires, erasable);
            Ok(key)
        }
        Err(code) => {
            let refusal = RefusalCode::ALL.into_iter().find(|own| own.as_str() == code);
            Err(refusal.unwrap_or_else(|| panic!("no refusal `{code}`")).into())
        }
    }
}

/// Returns an answer of a key source as a record.
pub fn answer_record(answer: fieldseal::Answer) -> records::Answer {
    let key = answer.map_err(|refusal| refusal.code.as_str().to_owned())?;
    Ok(records::Key {
        id: key.id.0,
        secret: *key.secret.expose(),
        expires: key.expires,
        erasable: key.erasable,
    })
}

/// Returns an error as a record.
pub fn error(error: impl Into<fieldseal::Error>) -> records::Error {
    let error = error.into();
    let finding = |finding: fieldseal::Finding| records::Finding {
        id: finding.id.to_owned(),
        severity: finding.severity.as_str().to_owned(),
        pointer: finding.pointer,
    };
    records::Error {
        code: error.code.as_str().to_owned(),
        pointer: error.pointer,
        offset: error.offset,
        findings: error.findings.into_iter().map(finding).collect(),
    }
}

/// Returns a sealed document as a record.
pub fn sealed(
    document: Vec<u8>,
    verdict: String,
    indexes: Vec<fieldseal::IndexValue>,
) -> records::Sealed {
    let index = |index: fieldseal::IndexValue| records::Index {
        name: index.name,
        pointer: index.pointer,
        value: index.value,
    };
    records::Sealed { document, verdict, indexes: indexes.into_iter().map(index).collect() }
}

/// Returns an opened document as a record.
pub fn opened(document: Vec<u8>, verdict: String, access: String) -> records::Opened {
    records::Opened { document, verdict, access }
}

/// The entropy of a case or of a life, as the core takes it.
pub struct Entropy<E>(pub E);

impl fieldseal::Entropy for Entropy<fieldseal_conformance::cases::Stream> {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}

impl fieldseal::Entropy for Entropy<fieldseal_conformance::keyring_model::Blocks> {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}

/// The key host of a case, as the core asks it. It remembers what it was asked.
#[derive(Default)]
pub struct Asked {
    /// Its rows.
    pub host: fieldseal_conformance::cases::KeyHost,
    /// Its calls since somebody last took them.
    pub calls: Vec<Vec<records::Request>>,
}

impl Asked {
    /// Answers requests, in order.
    pub fn answer(&mut self, requests: &[fieldseal::Request]) -> Vec<fieldseal::Answer> {
        let requests = request_records(requests);
        let answers = self.host.answer(&requests).into_iter().map(answer).collect();
        self.calls.push(requests);
        answers
    }
}

impl fieldseal::KeySource for Asked {
    fn current(
        &mut self,
        requests: &[fieldseal::Request],
        _: &mut fieldseal::KeyContext<'_>,
    ) -> Vec<fieldseal::Answer> {
        self.answer(requests)
    }

    fn by_id(&mut self, requests: &[fieldseal::Request], _: Option<u64>) -> Vec<fieldseal::Answer> {
        self.answer(requests)
    }
}
