//! The two-function key source, and the way in which its answers are checked.

use fieldseal_json::sort::sorted;
use fieldseal_primitives::{KeyId, Secret, equal};

use super::{Answer, Request};
use crate::error::{Error, ErrorCode};

/// Random bytes of the host. Exactly 32 are drawn for every value sealed under a randomised suite,
/// in document order.
pub trait Entropy {
    /// Fills the buffer from a cryptographically secure source.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The things that a key source may need of the host besides the requests.
pub struct KeyContext<'a> {
    /// The host's clock, milliseconds since 1970-01-01T00:00:00Z; `None` where the call has none.
    pub now: Option<u64>,
    /// For sources that create keys: 32 bytes a key, in request order, before any value draws.
    pub entropy: &'a mut dyn Entropy,
}

/// A place that keys come from. Answers come in the order of the requests, one each; a wrong number
/// is `internal`.
///
/// A source that answers with codes never throws: it says [`RefusalCode`](super::RefusalCode)
/// instead. It is asked each time; [`KeyCache`](super::KeyCache) stands before one that is far away.
///
/// ```
/// use std::collections::BTreeMap;
/// use fieldseal::{Answer, Key, KeyContext, KeyId, KeySource, RefusalCode, Request, Secret};
///
/// /// A key store that holds one key for each person.
/// struct Store(BTreeMap<String, (KeyId, [u8; 32])>);
///
/// impl Store {
///     fn key(&self, request: &Request, id: Option<KeyId>) -> Answer {
///         let reference = request.reference.as_deref().unwrap_or_default();
///         let (own, secret) = self.0.get(reference).ok_or(RefusalCode::NotFound)?;
///         if id.is_some_and(|id| id != *own) {
///             return Err(RefusalCode::NotFound.into());
///         }
///         Ok(Key::new(*own, Secret::new(*secret)))
///     }
/// }
///
/// impl KeySource for Store {
///     fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
///         requests.iter().map(|request| self.key(request, None)).collect()
///     }
///     fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
///         requests.iter().map(|request| self.key(request, request.id)).collect()
///     }
/// }
///
/// let mut keys = Store(BTreeMap::from([("cust-1".to_owned(), (KeyId([7; 16]), [1; 32]))]));
/// # use fieldseal::{Context, Entropy, Options, Policy};
/// # struct Counting(u8);
/// # impl Entropy for Counting { fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) } }
/// # let mut entropy = Counting(0);
/// let schema = br#"{"x-schema-family": "urn:example:order", "properties": {"name": {"x-protection": {}}}}"#;
/// let policy = Policy::compile(schema, Options::default())?;
/// let about = Context { record: Some("order-7".into()), subject: Some("cust-1".into()), ..Context::default() };
/// let sealed = policy.seal(br#"{"name":"Ada"}"#, &about, &mut keys, &mut entropy)?;
/// let opened = policy.open(&sealed.document, &about, &mut keys)?;
/// assert_eq!(opened.document, br#"{"name":"Ada"}"#);
/// # Ok::<(), fieldseal::Error>(())
/// ```
pub trait KeySource {
    /// Returns keys to seal with.
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer>;

    /// Returns keys to open with. `now` is the host's clock in milliseconds since
    /// 1970-01-01T00:00:00Z, where the call has one.
    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer>;

    /// Returns for how many milliseconds a key that was destroyed elsewhere may still come from
    /// here. Verdicts state it.
    fn shred_latency_ms(&self) -> u64 {
        0
    }

    /// Forgets the keys of these ids, which did not open what names them. A source that keeps
    /// answers asks for them anew; others have nothing to do.
    fn forget(&mut self, ids: &[KeyId]) {
        let _ = ids;
    }
}

impl<S: KeySource + ?Sized> KeySource for &mut S {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        (**self).current(requests, host)
    }

    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
        (**self).by_id(requests, now)
    }

    fn shred_latency_ms(&self) -> u64 {
        (**self).shred_latency_ms()
    }

    fn forget(&mut self, ids: &[KeyId]) {
        (**self).forget(ids);
    }
}

/// Refuses answers that a key source must not give: another number than there are requests, a key
/// under another id than was asked for, a key or an id of zeros, and two keys under one id.
///
/// # Errors
/// `internal`.
pub(crate) fn check(requests: &[Request], answers: &[Answer]) -> Result<(), Error> {
    if answers.len() != requests.len() {
        let message =
            format!("the key source gave {} answers to {} requests", answers.len(), requests.len());
        return Err(Error::new(ErrorCode::Internal, message));
    }
    let internal = |message| Err(Error::new(ErrorCode::Internal, message));
    for (request, answer) in requests.iter().zip(answers) {
        let Ok(key) = answer else { continue };
        if request.id.is_some_and(|id| id != key.id) {
            return internal("the key source answered with another key than was asked for");
        }
        // A source that wiped the key it handed out, or never filled it: anybody tries zeros.
        let bits = key.secret.expose().iter().fold(0, |bits, byte| bits | byte);
        if bits == 0 || key.id == KeyId([0; 16]) {
            return internal("the key source answered with a key or an id of zeros");
        }
    }
    if answers.len() < 2 {
        return Ok(());
    }
    let known = answers.iter().flatten().map(|key| (key.id, &key.secret)).collect();
    let known: Vec<(KeyId, &Secret)> = sorted(known, |(one, _), (other, _)| one.cmp(other));
    // The one would be asked to open what the other sealed.
    let is_another = |pair: &[(KeyId, &Secret)]| matches!(pair, [(one, a), (other, b)] if one == other && !equal(a.expose(), b.expose()));
    if known.windows(2).any(is_another) {
        return internal("the key source answered with two keys of one id");
    }
    Ok(())
}
