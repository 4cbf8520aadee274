//! Key requests as JSON text, key answers as fixed records of bytes.
//!
//! An answer is [`ANSWER`] bytes: what it is (0 a key, 1 … 5 the refusals in the order of
//! [`RefusalCode`]), id, secret, `expires` as a little-endian f64 (NaN: none), `erasable` (0, 1).

use fieldseal::json::{Node, Tape};
use fieldseal::{
    Answer, Error, ErrorCode, Key, KeyId, KeyKind, KeyUse, Limits, RefusalCode, Request, Secret,
};
use zeroize::Zeroizing;

use crate::text;

/// Bytes of one answer.
pub(crate) const ANSWER: usize = 1 + 16 + 32 + 8 + 1;

const KINDS: [KeyKind; 5] =
    [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
const OPERATIONS: [KeyUse; 3] = [KeyUse::Seal, KeyUse::Open, KeyUse::Reseal];

/// The kind of that name.
pub(crate) fn kind(name: &str) -> Option<KeyKind> {
    KINDS.into_iter().find(|kind| kind.as_str() == name)
}

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<KeyUse> {
    OPERATIONS.into_iter().find(|operation| operation.as_str() == name)
}

/// `KeyRequest[]` as JSON text, ids in hex.
pub(crate) fn requests_text(requests: &[Request]) -> String {
    let mut out = String::from("[");
    for request in requests {
        out.push('{');
        text::push_member(&mut out, "kind", Some(request.kind.as_str()));
        text::push_member(&mut out, "ref", request.reference.as_deref());
        text::push_member(&mut out, "tenant", Some(&request.tenant));
        text::push_member(&mut out, "operation", Some(request.operation.as_str()));
        text::push_member(&mut out, "purpose", request.purpose.as_deref());
        text::push_member(&mut out, "caller", request.caller.as_deref());
        text::push_member(&mut out, "id", request.id.map(|id| id.to_string()).as_deref());
        text::close(&mut out, '}');
        out.push(',');
    }
    text::close(&mut out, ']');
    out
}

/// The way back, for requests that JavaScript puts to a [`Keyring`](crate::Keyring).
pub(crate) fn requests(json: &str) -> Result<Vec<Request>, Error> {
    let malformed = || Error::new(ErrorCode::Internal, "a key request is malformed");
    // As many as the core asked for, whatever a document may hold.
    let limits = Limits { document_bytes: u32::MAX, values: u32::MAX, ..Limits::default() };
    let tape = Tape::parse(json.as_bytes(), &limits).map_err(|_| malformed())?;
    tape.root().elements().map(|element| request(element).ok_or_else(malformed)).collect()
}

/// What is there and no text is malformed, not absent: who names nobody is given anybody's key of
/// that id.
fn request(node: Node<'_>) -> Option<Request> {
    let member = |name: &str| match node.member(name) {
        Some(value) => value.as_str().map(|text| Some(String::from(text))),
        None => Some(None),
    };
    let id = match member("id")? {
        Some(hex) => Some(KeyId(unhex(&hex)?)),
        None => None,
    };
    Some(Request {
        kind: kind(&member("kind")??)?,
        reference: member("ref")?,
        tenant: member("tenant")??,
        operation: operation(&member("operation")??)?,
        purpose: member("purpose")?,
        caller: member("caller")?,
        origin: None,
        consents: Vec::new(),
        id,
    })
}

fn unhex(hex: &str) -> Option<[u8; 16]> {
    let mut id = [0; 16];
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in id.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(id)
}

/// Reads the answers. The bytes that came in are wiped when this returns.
pub(crate) fn answers(records: Vec<u8>) -> Result<Vec<Answer>, Error> {
    let records = Zeroizing::new(records);
    let malformed = || Error::new(ErrorCode::Internal, "a key answer is malformed");
    let (whole, rest) = records.as_chunks::<ANSWER>();
    if !rest.is_empty() {
        return Err(malformed());
    }
    whole.iter().map(|record| answer(record).ok_or_else(malformed)).collect()
}

fn answer(record: &[u8; ANSWER]) -> Option<Answer> {
    let (tag, rest) = record.split_first()?;
    if *tag != 0 {
        return RefusalCode::ALL.get(usize::from(*tag) - 1).map(|code| Err((*code).into()));
    }
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (secret, rest) = rest.split_first_chunk::<32>()?;
    let (expires, rest) = rest.split_first_chunk::<8>()?;
    let expires = f64::from_le_bytes(*expires);
    let mut key = Key::new(KeyId(*id), Secret::new(*secret));
    key.expires = (!expires.is_nan()).then_some(expires as u64);
    key.erasable = rest.first() == Some(&1);
    Some(Ok(key))
}

/// The same records for answers on their way out. Wiped when dropped.
pub(crate) fn records(answers: &[Answer]) -> Zeroizing<Vec<u8>> {
    // All at once: a vector that grows would leave copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(answers.len() * ANSWER));
    for answer in answers {
        match answer {
            Ok(key) => {
                out.push(0);
                out.extend_from_slice(&key.id.0);
                out.extend_from_slice(key.secret.expose());
                out.extend_from_slice(&key.expires.map_or(f64::NAN, |at| at as f64).to_le_bytes());
                out.push(u8::from(key.erasable));
            }
            Err(refusal) => {
                let tag = refusal.code as usize + 1;
                let end = out.len() + ANSWER;
                out.push(tag as u8);
                out.resize(end, 0);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            kind: KeyKind::Item,
            reference: Some("a \"quoted\"\n\u{1F600} reference".into()),
            tenant: String::new(),
            operation: KeyUse::Open,
            purpose: None,
            caller: Some("caller\\".into()),
            origin: None,
            consents: Vec::new(),
            id: Some(KeyId([0xAB; 16])),
        }
    }

    #[test]
    fn requests_survive_the_crossing() {
        let asked = vec![request(), Request { id: None, reference: None, ..request() }];
        assert!(requests(&requests_text(&asked)).unwrap() == asked);
        assert!(requests(&requests_text(&[])).unwrap().is_empty());
        // More values than one document may hold.
        let many = vec![request(); 200_000];
        assert!(requests(&requests_text(&many)).unwrap() == many);
    }

    #[test]
    fn answers_survive_the_crossing() {
        let mut lasting = Key::new(KeyId([1; 16]), Secret::new([2; 32]));
        (lasting.expires, lasting.erasable) = (Some(1 << 52), false);
        let keys = [Ok(lasting), Ok(Key::new(KeyId([3; 16]), Secret::new([4; 32])))];
        let refusals = RefusalCode::ALL.into_iter().map(|code| Err(code.into()));
        let given: Vec<Answer> = refusals.chain(keys).collect();
        let back = answers(records(&given).to_vec()).unwrap();
        assert_eq!(back.len(), given.len());
        for (back, given) in back.iter().zip(&given) {
            match (back, given) {
                (Ok(back), Ok(given)) => {
                    assert_eq!(
                        (back.id, back.expires, back.erasable),
                        (given.id, given.expires, given.erasable)
                    );
                    assert_eq!(back.secret.expose(), given.secret.expose());
                }
                (back, given) => assert_eq!(back.as_ref().err(), given.as_ref().err()),
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_internal() {
        for records in [vec![0; ANSWER - 1], vec![6; ANSWER], vec![255; ANSWER]] {
            assert_eq!(answers(records).unwrap_err().code, ErrorCode::Internal);
        }
    }
}
