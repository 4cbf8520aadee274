//! Key requests and answers: the contract's on one side, the core's on the other.

use fieldseal::{Answer, Consent, Key, KeyContext, KeyId, KeySource, Refusal, Request, Secret};
use zeroize::Zeroize;

use crate::contract::fieldseal::core::{keys, types};
use crate::records;

/// The imported interface `keys`.
pub(crate) struct HostKeys;

impl KeySource for HostKeys {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        judged(keys::current(&requests.iter().map(asked).collect::<Vec<_>>()))
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        judged(keys::by_id(&requests.iter().map(asked).collect::<Vec<_>>()))
    }
}

/// Writes a request as the contract does.
pub(crate) fn asked(request: &Request) -> keys::Request {
    let consent = |consent: &Consent| {
        let Consent { purpose, subject, until } = consent.clone();
        types::Consent { purpose, subject, until }
    };
    keys::Request {
        kind: request.kind.into(),
        ref_: request.reference.clone(),
        tenant: request.tenant.clone(),
        operation: request.operation.into(),
        purpose: request.purpose.clone(),
        caller: request.caller.clone(),
        origin: request.origin.clone(),
        consents: request.consents.iter().map(consent).collect(),
        id: request.id.map_or_else(Vec::new, |id| id.0.to_vec()),
    }
}

/// The message for an answer of another form than the contract's.
pub(crate) const MALFORMED: &str =
    "a key answer is malformed: its id is not 16 or its secret not 32 bytes long";

/// Reads answers. `None` where an id or a secret has another length than the contract's.
pub(crate) fn answers(given: Vec<Result<keys::Key, keys::Refusal>>) -> Option<Vec<Answer>> {
    read(given).into_iter().collect()
}

/// Reads answers for the core to judge. A key without an id and a secret is one of zeros, which it
/// calls `internal`.
fn judged(given: Vec<Result<keys::Key, keys::Refusal>>) -> Vec<Answer> {
    let zeros = || Ok(Key::new(KeyId([0; 16]), Secret::new([0; 32])));
    read(given).into_iter().map(|answer| answer.unwrap_or_else(zeros)).collect()
}

/// Reads all answers before any is judged: each is wiped where the host put it.
fn read(given: Vec<Result<keys::Key, keys::Refusal>>) -> Vec<Option<Answer>> {
    given
        .into_iter()
        .map(|answer| {
            answer.map_or_else(|refusal| Some(Err(refused(refusal))), |key| received(key).map(Ok))
        })
        .collect()
}

fn refused(refusal: keys::Refusal) -> Refusal {
    let keys::Refusal { code, cause, ref_: reference } = refusal;
    let mut refusal = Refusal::from(fieldseal::RefusalCode::from(code));
    refusal.cause = cause.map(Into::into);
    refusal.reference = reference;
    refusal
}

/// Reads a key whose parts have the lengths of the contract. Its bytes are wiped where the host put
/// them.
fn received(mut key: keys::Key) -> Option<Key> {
    let mut bytes = <[u8; 32]>::try_from(key.secret.as_slice());
    key.secret.zeroize();
    let secret = bytes.as_ref().ok().copied().map(Secret::new);
    if let Ok(bytes) = &mut bytes {
        bytes.zeroize();
    }
    let mut read = Key::new(KeyId(key.id.try_into().ok()?), secret?);
    read.expires = key.expires;
    read.erasable = key.erasable;
    read.reference = key.ref_;
    Some(read)
}

/// Reads a request. An id of another length names no key, as an absent one does.
pub(crate) fn request(asked: keys::Request) -> Request {
    let keys::Request {
        kind,
        ref_: reference,
        tenant,
        operation,
        purpose,
        caller,
        origin,
        consents,
        id,
    } = asked;
    let mut request = Request::new(kind.into(), operation.into());
    request.reference = reference;
    request.tenant = tenant;
    request.purpose = purpose;
    request.caller = caller;
    request.origin = origin;
    request.consents = consents.into_iter().map(Into::into).collect();
    request.id = id.try_into().ok().map(KeyId);
    request
}

/// Writes an answer as the contract does. The allocator wipes what is freed after the host has read
/// it.
pub(crate) fn given(answer: Answer) -> Result<keys::Key, keys::Refusal> {
    let key = answer.map_err(|refusal| keys::Refusal {
        code: refusal.code.into(),
        cause: refusal.cause.and_then(records::cause),
        ref_: refusal.reference,
    })?;
    Ok(keys::Key {
        id: key.id.0.to_vec(),
        secret: key.secret.expose().to_vec(),
        expires: key.expires,
        erasable: key.erasable,
        ref_: key.reference.clone(),
    })
}
