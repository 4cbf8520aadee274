//! Records of the conformance runner as those of the core, and back: for every runtime that speaks
//! in the core's types.

use fieldseal::keys::Reference;
use fieldseal::{BatchItem, Context, Key, KeyId, KeyKind, KeyUse, Refusal, Secret};
use fieldseal_conformance::records;

/// Returns the context of a call.
pub fn context(context: &records::Context) -> Context {
    let records::Context { tenant, record, revision, subject, purpose, caller, at, now } =
        context.clone();
    Context { tenant, record, revision, subject, purpose, caller, at, now }
}

/// Returns a document as a batch takes it.
pub fn item(document: &records::Document) -> BatchItem {
    BatchItem { document: document.bytes.clone(), context: context(&document.context) }
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
pub fn owner(owner: &records::Owner) -> Reference {
    let records::Owner { kind, tenant, reference } = owner.clone();
    Reference { kind: self::kind(&kind), tenant, reference }
}

/// Returns the owner of a key as a record.
pub fn owner_record(owner: Reference) -> records::Owner {
    let Reference { kind, tenant, reference } = owner;
    records::Owner { kind: kind.as_str().to_owned(), tenant, reference }
}

/// Returns a request for a key.
pub fn request(request: &records::Request) -> fieldseal::Request {
    let records::Request { kind, reference, tenant, operation, purpose, caller, id } =
        request.clone();
    fieldseal::Request {
        kind: self::kind(&kind),
        reference,
        tenant,
        operation: key_use(&operation),
        purpose,
        caller,
        id: id.map(KeyId),
    }
}

/// Returns a request for a key as a record.
pub fn request_record(request: &fieldseal::Request) -> records::Request {
    let fieldseal::Request { kind, reference, tenant, operation, purpose, caller, id } =
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

const REFUSALS: [(Refusal, &str); 5] = [
    (Refusal::Erased, "erased"),
    (Refusal::Restricted, "restricted"),
    (Refusal::Denied, "denied"),
    (Refusal::NotFound, "not-found"),
    (Refusal::Unavailable, "unavailable"),
];

/// Returns an answer of a key host.
///
/// # Panics
/// Where no refusal has the code.
pub fn answer(answer: records::Answer) -> fieldseal::Answer {
    match answer {
        Ok(records::Key { id, secret, expires, erasable }) => {
            Ok(Key { id: KeyId(id), secret: Secret::new(secret), expires, erasable })
        }
        Err(code) => {
            let refusal = REFUSALS.into_iter().find(|(_, own)| *own == code);
            Err(refusal.unwrap_or_else(|| panic!("no refusal `{code}`")).0)
        }
    }
}

/// Returns an answer of a key source as a record.
///
/// # Panics
/// Never: every refusal has a code.
pub fn answer_record(answer: fieldseal::Answer) -> records::Answer {
    let code = |refusal| {
        let own = REFUSALS.into_iter().find(|(own, _)| *own == refusal);
        own.expect("every refusal has a code").1.to_owned()
    };
    let key = answer.map_err(code)?;
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
pub fn sealed(sealed: fieldseal::Sealed) -> records::Sealed {
    let index = |index: fieldseal::IndexValue| records::Index {
        name: index.name,
        pointer: index.pointer,
        value: index.value,
    };
    records::Sealed {
        document: sealed.document,
        verdict: sealed.verdict,
        indexes: sealed.indexes.into_iter().map(index).collect(),
    }
}

/// Returns an opened document as a record.
pub fn opened(opened: fieldseal::Opened) -> records::Opened {
    records::Opened { document: opened.document, verdict: opened.verdict, access: opened.access }
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

    fn by_id(&mut self, requests: &[fieldseal::Request], _: u64) -> Vec<fieldseal::Answer> {
        self.answer(requests)
    }
}
