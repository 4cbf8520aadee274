//! Inspects the public head of an envelope, for people who look for a fault.

use super::wire::{Parts, VERSION, iv_len};
use super::{Bind, Envelope, KeyIds, Scratch, Suite};
use crate::error::Error;

/// The part of an envelope that everybody can read. It shows the suite, the binding and the keys of
/// a value, and only the length of the value itself.
///
/// ```
/// use fieldseal::envelope::Suite;
/// use fieldseal::{ErrorCode, inspect_envelope};
/// # use fieldseal::{Context, Entropy, Keyring, Options, Policy};
/// # struct Counting(u8);
/// # impl Entropy for Counting {
/// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
/// # }
/// # let schema = br#"{
/// #     "x-schema-family": "urn:example:order", "x-protection": {"bind": "field"}
/// # }"#;
/// # let policy = Policy::compile(schema, Options::default())?;
/// # let about = Context { subject: Some("cust-1".into()), ..Context::default() };
/// # let sealed = policy.seal(br#""Ada""#, &about, &mut Keyring::memory(), &mut Counting(0))?;
/// # let text = String::from_utf8(sealed.document).unwrap_or_default();
/// # let text = text.trim_matches('"');
/// let head = inspect_envelope(text)?;                     // the string at a marked location
/// assert_eq!((head.suite, head.text_bytes), (Suite::Aes256Gcm, 32));
/// println!("{}", head.to_json());
/// assert_eq!(inspect_envelope("Ada").unwrap_err().code, ErrorCode::NotSealed);
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvelopeHead {
    /// The version of the wire format.
    pub version: u32,
    /// The suite of the envelope.
    pub suite: Suite,
    /// The bind profile of the envelope.
    pub bind: Bind,
    /// True if the length of the value is hidden.
    pub padded: bool,
    /// True if the envelope is bound to the person's reference.
    pub subject_bound: bool,
    /// The ids of the keys that open it.
    pub keys: KeyIds,
    /// The length of the decoded envelope in bytes.
    pub bytes: usize,
    /// The length of the value's JSON text in bytes, including the padding.
    pub text_bytes: usize,
}

/// Returns the public head of an envelope, given as the content of a JSON string. It needs no key,
/// so it does not show that the envelope opens.
///
/// # Errors
/// `not-sealed` for a text that does not start like an envelope, `unsupported` for a suite or flag
/// that this release does not know, `integrity` for any other text that is not a whole envelope.
pub fn inspect_envelope(text: &str) -> Result<EnvelopeHead, Error> {
    let mut work = Scratch::new();
    let envelope = Envelope::decode(text, &mut work)?;
    let Parts { prefix, salt, commitment, text, tag, ids, .. } = *envelope.parts();
    let iv = iv_len(envelope.suite());
    let overhead = prefix.len() + salt.len() + commitment.len() + iv + tag.len();
    Ok(EnvelopeHead {
        version: VERSION,
        suite: envelope.suite(),
        bind: envelope.bind(),
        padded: envelope.padded(),
        subject_bound: envelope.subject_bound(),
        keys: ids,
        bytes: overhead + text.len(),
        text_bytes: text.len(),
    })
}

impl EnvelopeHead {
    /// Writes the head as RFC 8785 JSON.
    pub fn to_json(&self) -> String {
        let EnvelopeHead { version, suite, bind, padded, subject_bound, bytes, text_bytes, .. } =
            self;
        let KeyIds { subject, retention, item } = self.keys;
        let keys: Vec<String> = [("subject", subject), ("retention", retention), ("item", item)]
            .into_iter()
            .filter_map(|(kind, id)| Some((kind, id?)))
            .map(|(kind, id)| format!("{{\"id\":\"{id}\",\"kind\":\"{kind}\"}}"))
            .collect();
        format!(
            "{{\"bind\":\"{}\",\"bytes\":{bytes},\"keys\":[{}],\"padded\":{padded},\"subjectBound\":{subject_bound},\"suite\":\"{}\",\"textBytes\":{text_bytes},\"version\":{version}}}",
            bind.as_str(),
            keys.join(","),
            suite.as_str(),
        )
    }
}
