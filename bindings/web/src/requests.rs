//! Key requests as JSON text.

use fieldseal::json::{Node, Shape, Tape};
use fieldseal::{Consent, Error, ErrorCode, KeyId, KeyKind, KeyUse, Limits, Request};

use crate::text;

const KINDS: [KeyKind; 5] =
    [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
const OPERATIONS: [KeyUse; 3] = [KeyUse::Seal, KeyUse::Open, KeyUse::Reseal];

/// Returns the kind of that name.
pub(crate) fn kind(name: &str) -> Option<KeyKind> {
    KINDS.into_iter().find(|kind| kind.as_str() == name)
}

/// Returns the operation of that name.
pub(crate) fn operation(name: &str) -> Option<KeyUse> {
    OPERATIONS.into_iter().find(|operation| operation.as_str() == name)
}

/// The bytes of requests as JSON text. A JavaScript engine has no strings of twice as many.
const MOST: usize = 1 << 28;

/// Writes requests: `KeyRequest[]` as JSON text, ids in hex.
///
/// # Errors
/// `limit` if the text is too long.
pub(crate) fn requests_text(requests: &[Request]) -> Result<String, Error> {
    text_within(MOST, requests)
}

fn text_within(most: usize, requests: &[Request]) -> Result<String, Error> {
    let mut out = String::from("[");
    for request in requests {
        out.push('{');
        text::push_member(&mut out, "kind", Some(request.kind.as_str()));
        text::push_member(&mut out, "ref", request.reference.as_deref());
        text::push_member(&mut out, "tenant", Some(&request.tenant));
        text::push_member(&mut out, "operation", Some(request.operation.as_str()));
        text::push_member(&mut out, "purpose", request.purpose.as_deref());
        text::push_member(&mut out, "caller", request.caller.as_deref());
        text::push_member(&mut out, "origin", request.origin.as_deref());
        push_consents(&mut out, &request.consents);
        text::push_member(&mut out, "id", request.id.map(|id| id.to_string()).as_deref());
        text::close(&mut out, '}');
        out.push(',');
        if out.len() > most {
            return Err(Error::new(ErrorCode::Limit, "the key requests are too long in all"));
        }
    }
    text::close(&mut out, ']');
    Ok(out)
}

/// Appends `"consents":[…],` where there are any.
fn push_consents(out: &mut String, consents: &[Consent]) {
    if consents.is_empty() {
        return;
    }
    out.push_str("\"consents\":[");
    for consent in consents {
        out.push('{');
        text::push_member(out, "purpose", Some(&consent.purpose));
        text::push_member(out, "subject", consent.subject.as_deref());
        text::push_member(out, "until", consent.until.as_deref());
        text::close(out, '}');
        out.push(',');
    }
    text::close(out, ']');
    out.push(',');
}

/// Reads requests that JavaScript puts to a keyring or a cache.
pub(crate) fn requests(json: &str) -> Result<Vec<Request>, Error> {
    let malformed = || Error::new(ErrorCode::Internal, "a key request is malformed");
    // As many as the core asked for, whatever a document may hold.
    let limits = Limits { document_bytes: u32::MAX, values: u32::MAX, ..Limits::default() };
    let tape = Tape::parse(json.as_bytes(), &limits).map_err(|_| malformed())?;
    tape.root().elements().map(|element| request(element).ok_or_else(malformed)).collect()
}

/// Reads a request. A member that is no text makes it malformed and does not count as absent: a
/// request that names nobody is given anybody's key of that id.
fn request(node: Node<'_>) -> Option<Request> {
    let member = |name: &str| member(node, name);
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
        origin: member("origin")?,
        consents: match node.member("consents") {
            Some(list) => consents(list)?,
            None => Vec::new(),
        },
        id,
    })
}

/// Reads consents; `None` if they are malformed.
pub(crate) fn consents(list: Node<'_>) -> Option<Vec<Consent>> {
    (list.shape() == Shape::Array).then_some(())?;
    list.elements()
        .map(|node| {
            Some(Consent {
                purpose: member(node, "purpose")??,
                subject: member(node, "subject")?,
                until: member(node, "until")?,
            })
        })
        .collect()
}

/// Returns the text of a member. The outer `None` stands for a member that is no text.
fn member(node: Node<'_>, name: &str) -> Option<Option<String>> {
    match node.member(name) {
        Some(value) => value.as_str().map(|text| Some(String::from(text))),
        None => Some(None),
    }
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
            origin: Some(String::new()),
            consents: vec![
                Consent { purpose: "news".into(), subject: None, until: None },
                Consent {
                    purpose: String::new(),
                    subject: Some("ada".into()),
                    until: Some("2036".into()),
                },
            ],
            id: Some(KeyId([0xAB; 16])),
        }
    }

    #[test]
    fn requests_survive_the_crossing() {
        let bare = Request { origin: None, consents: Vec::new(), ..request() };
        let asked = vec![request(), bare, Request { id: None, reference: None, ..request() }];
        assert!(requests(&requests_text(&asked).unwrap()).unwrap() == asked);
        assert!(requests(&requests_text(&[]).unwrap()).unwrap().is_empty());
        for malformed in ["{}", "[{}]", r#"[{"purpose":7}]"#, r#"[{"purpose":"p","until":1}]"#] {
            let text = requests_text(&[Request { consents: Vec::new(), ..request() }]).unwrap();
            let text = text.replace("}]", &format!(",\"consents\":{malformed}}}]"));
            assert_eq!(requests(&text).unwrap_err().code, ErrorCode::Internal, "{text}");
        }
        let length = requests_text(&asked).unwrap().len();
        assert!(text_within(length, &asked).is_ok());
        assert_eq!(text_within(length - 2, &asked).unwrap_err().code, ErrorCode::Limit);
        // More values than one document may hold.
        let many = vec![request(); 200_000];
        assert!(requests(&requests_text(&many).unwrap()).unwrap() == many);
    }
}
