//! The key source with its two functions, and the checks of its answers.

use fieldseal_json::sort::sorted;
use fieldseal_primitives::{KeyId, Secret, equal};

use super::{Answer, Request};
use crate::error::{Error, ErrorCode};

/// Random bytes from the host. Each value sealed under a randomised suite draws exactly 32, in
/// document order.
pub trait Entropy {
    /// Fills the buffer from a cryptographically secure source.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The input of a key source besides the requests.
pub struct KeyContext<'a> {
    /// The host's clock in milliseconds since 1970-01-01T00:00:00Z, or `None` if the call has none.
    pub now: Option<u64>,
    /// For sources that create keys: each new key draws 32 bytes, in request order, before any
    /// value draws.
    pub entropy: &'a mut dyn Entropy,
}

/// A source of keys. It gives one answer for each request, in the same order. Any other number of
/// answers makes the call fail with `internal`.
///
/// A source reports a missing key with a [`RefusalCode`](super::RefusalCode) and never panics. It
/// is asked in every call; put a [`KeyCache`](super::KeyCache) in front of a slow one.
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
/// # impl Entropy for Counting {
/// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// # }
/// # let mut entropy = Counting(0);
/// let schema = br#"{"x-schema-family": "urn:example:order",
///     "properties": {"name": {"x-protection": {}}}}"#;
/// let policy = Policy::compile(schema, Options::default())?;
/// let about = Context {
///     record: Some("order-7".into()),
///     subject: Some("cust-1".into()),
///     ..Context::default()
/// };
/// let sealed = policy.seal(br#"{"name":"Ada"}"#, &about, &mut keys, &mut entropy)?;
/// let opened = policy.open(&sealed.document, &about, &mut keys)?;
/// assert_eq!(opened.document, br#"{"name":"Ada"}"#);
/// # Ok::<(), fieldseal::Error>(())
/// ```
pub trait KeySource {
    /// Returns the keys to seal with.
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer>;

    /// Returns the keys to open with. `now` is the host's clock in milliseconds since
    /// 1970-01-01T00:00:00Z, if the call has one.
    fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer>;

    /// Returns the milliseconds for which this source may still supply a key that was destroyed
    /// elsewhere. Verdicts state it.
    fn shred_latency_ms(&self) -> u64 {
        0
    }

    /// Returns true if this source answers no call without a clock, as a cache does. In a batch it
    /// then answers no document whose context has none.
    fn needs_clock(&self) -> bool {
        false
    }

    /// Forgets the keys of these ids, because a value that names one of them did not open. A source
    /// that keeps answers must fetch them again; others have nothing to do.
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

    fn needs_clock(&self) -> bool {
        (**self).needs_clock()
    }

    fn forget(&mut self, ids: &[KeyId]) {
        (**self).forget(ids);
    }
}

/// Refuses answers that a key source must not give: a number that differs from the number of
/// requests, an answer that names another owner than its request, a key with an id other than the
/// requested one, a key or an id of zeros, and two keys with one id.
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
        let named = match answer {
            Ok(key) => key.reference.as_deref(),
            Err(refusal) => refusal.reference.as_deref(),
        };
        if named.zip(request.reference.as_deref()).is_some_and(|(named, asked)| named != asked) {
            return internal("the key source answered for another owner than was asked for");
        }
        let Ok(key) = answer else { continue };
        // A source may have wiped the key after handing it out, or never filled it in. An attacker
        // would try zeros first.
        let bits = key.secret.expose().iter().fold(0, |bits, byte| bits | byte);
        if bits == 0 || key.id == KeyId([0; 16]) {
            return internal(
                "the key source answered with a key or an id of zeros or of a wrong length",
            );
        }
        if request.id.is_some_and(|id| id != key.id) {
            return internal("the key source answered with another key than was asked for");
        }
    }
    if answers.len() < 2 {
        return Ok(());
    }
    let known = answers.iter().flatten().map(|key| (key.id, &key.secret)).collect();
    let known: Vec<(KeyId, &Secret)> = sorted(known, |(one, _), (other, _)| one.cmp(other));
    // Otherwise one of the keys would have to open a value that the other one sealed.
    let is_another = |pair: &[(KeyId, &Secret)]| matches!(pair, [(one, a), (other, b)] if one == other && !equal(a.expose(), b.expose()));
    if known.windows(2).any(is_another) {
        return internal("the key source answered with two keys of one id");
    }
    Ok(())
}
