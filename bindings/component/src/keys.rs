//! The host's key source: requests out, keys in. And the way round, for a keyring of this instance.

use fieldseal::{Answer, Key, KeyContext, KeyId, KeySource, Request, Secret};
use zeroize::Zeroize;

use crate::contract::fieldseal::core::keys;

/// The imported interface `keys`.
pub(crate) struct HostKeys;

impl KeySource for HostKeys {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        answers(keys::current(&requests.iter().map(asked).collect::<Vec<_>>()))
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        answers(keys::by_id(&requests.iter().map(asked).collect::<Vec<_>>()))
    }
}

/// One request as the contract writes it.
pub(crate) fn asked(request: &Request) -> keys::Request {
    keys::Request {
        kind: request.kind.into(),
        ref_: request.reference.clone(),
        tenant: request.tenant.clone(),
        operation: request.operation.into(),
        purpose: request.purpose.clone(),
        caller: request.caller.clone(),
        id: request.id.map_or_else(Vec::new, |id| id.0.to_vec()),
    }
}

/// Answers as the core reads them. An id or a secret of another length than the contract's leaves
/// no answer at all: to the core that is a wrong number of answers, which it calls `internal`.
fn answers(given: Vec<Result<keys::Key, keys::Refusal>>) -> Vec<Answer> {
    // All of them before any is judged: each is wiped where the host put it.
    let received: Vec<Option<Answer>> = given
        .into_iter()
        .map(|answer| {
            answer.map_or_else(
                |refusal| Some(Err(fieldseal::RefusalCode::from(refusal).into())),
                |key| received(key).map(Ok),
            )
        })
        .collect();
    received.into_iter().collect::<Option<_>>().unwrap_or_default()
}

/// A key whose parts have the lengths of the contract. Its bytes are wiped where the host put them.
fn received(mut key: keys::Key) -> Option<Key> {
    let mut bytes = <[u8; 32]>::try_from(key.secret.as_slice());
    key.secret.zeroize();
    let secret = bytes.as_ref().ok().copied().map(Secret::new);
    if let Ok(bytes) = &mut bytes {
        bytes.zeroize();
    }
    let mut received = Key::new(KeyId(key.id.try_into().ok()?), secret?);
    received.expires = key.expires;
    received.erasable = key.erasable;
    Some(received)
}

/// One request as the core reads it. An id that is none names no key, as an absent one does.
pub(crate) fn request(asked: keys::Request) -> Request {
    let keys::Request { kind, ref_: reference, tenant, operation, purpose, caller, id } = asked;
    let id = id.try_into().ok().map(KeyId);
    Request {
        kind: kind.into(),
        reference,
        tenant,
        operation: operation.into(),
        purpose,
        caller,
        origin: None,
        consents: Vec::new(),
        id,
    }
}

/// One answer as the contract writes it. What is freed after the host has read it the allocator
/// wipes.
pub(crate) fn given(answer: Answer) -> Result<keys::Key, keys::Refusal> {
    let key = answer.map_err(|refusal| refusal.code)?;
    Ok(keys::Key {
        id: key.id.0.to_vec(),
        secret: key.secret.expose().to_vec(),
        expires: key.expires,
        erasable: key.erasable,
    })
}
