//! The owners of keys.

use std::borrow::Cow;
use std::fmt;

use super::KeyKind;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::limits::{Limits, OWNER_BYTES};

/// The owner of a key. The same name with another kind or tenant is another owner. `Debug` shows
/// only the kind.
///
/// Every owner has a text, its [`reference`](KeyOwner::reference), by which requests, key stores
/// and other languages identify it.
///
/// ```
/// use fieldseal::{KeyKind, KeyOwner};
/// let ada = KeyOwner::person("cust-7");
/// assert_eq!((ada.kind(), ada.tenant(), &*ada.reference()), (KeyKind::Subject, "", "cust-7"));
/// assert_eq!(ada, "cust-7".into());
///
/// let bucket = KeyOwner::bucket("contract/2036-10").of_tenant("acme");
/// assert_eq!((bucket.kind(), bucket.tenant()), (KeyKind::Retention, "acme"));
///
/// let phone = KeyOwner::item("urn:example:order", "order-7", "/phone");
/// assert_eq!(phone.reference(), r#"["urn:example:order","order-7","/phone"]"#);
/// assert_eq!(KeyOwner::from_parts(KeyKind::Item, "", &phone.reference())?, phone);
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyOwner {
    /// A data subject.
    Person {
        /// The tenant; empty for none.
        tenant: String,
        /// The person's reference.
        reference: String,
    },
    /// A retention bucket.
    Bucket {
        /// The tenant; empty for none.
        tenant: String,
        /// The name of the retention and the last year, month or day of the bucket:
        /// `contract/2036-10`.
        name: String,
    },
    /// A single value, whose marker is `rectifiable`.
    Item {
        /// The tenant; empty for none.
        tenant: String,
        /// The schema's family.
        family: String,
        /// The record.
        record: String,
        /// The field as the envelope binds it.
        field: String,
    },
    /// An index.
    Index {
        /// The tenant; empty for none.
        tenant: String,
        /// The name of the index.
        name: String,
        /// The person, for an index in which each person has a separate key.
        person: Option<String>,
    },
    /// A pseudonym domain.
    Domain {
        /// The tenant; empty for none.
        tenant: String,
        /// The name of the domain.
        name: String,
    },
}

impl KeyOwner {
    /// Returns a data subject.
    pub fn person(reference: impl Into<String>) -> Self {
        KeyOwner::Person { tenant: String::new(), reference: reference.into() }
    }

    /// Returns a retention bucket by its name, such as `contract/2036-10`.
    pub fn bucket(name: impl Into<String>) -> Self {
        KeyOwner::Bucket { tenant: String::new(), name: name.into() }
    }

    /// Returns a single value by the schema's family, the record and the field.
    pub fn item(
        family: impl Into<String>,
        record: impl Into<String>,
        field: impl Into<String>,
    ) -> Self {
        KeyOwner::Item {
            tenant: String::new(),
            family: family.into(),
            record: record.into(),
            field: field.into(),
        }
    }

    /// Returns an index that all persons share.
    pub fn index(name: impl Into<String>) -> Self {
        KeyOwner::Index { tenant: String::new(), name: name.into(), person: None }
    }

    /// Returns one person's share of an index.
    pub fn index_of(name: impl Into<String>, person: impl Into<String>) -> Self {
        KeyOwner::Index { tenant: String::new(), name: name.into(), person: Some(person.into()) }
    }

    /// Returns a pseudonym domain.
    pub fn domain(name: impl Into<String>) -> Self {
        KeyOwner::Domain { tenant: String::new(), name: name.into() }
    }

    /// Returns the same owner in a tenant.
    #[must_use]
    pub fn of_tenant(mut self, tenant: impl Into<String>) -> Self {
        match &mut self {
            KeyOwner::Person { tenant: own, .. }
            | KeyOwner::Bucket { tenant: own, .. }
            | KeyOwner::Item { tenant: own, .. }
            | KeyOwner::Index { tenant: own, .. }
            | KeyOwner::Domain { tenant: own, .. } => *own = tenant.into(),
        }
        self
    }

    /// Returns the owner that has this kind, tenant and text.
    ///
    /// ```
    /// use fieldseal::{ErrorCode, KeyKind, KeyOwner};
    /// let owner = KeyOwner::from_parts(KeyKind::Index, "acme", r#"["phone","cust-7"]"#)?;
    /// assert_eq!(owner, KeyOwner::index_of("phone", "cust-7").of_tenant("acme"));
    /// let error = KeyOwner::from_parts(KeyKind::Item, "acme", "/phone").unwrap_err();
    /// assert_eq!(error.code, ErrorCode::Context);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for an empty text, and for the kind `item` unless the text is the RFC 8785 text of
    /// `[family, record, field]`; `limit` for texts of more than 32 MiB.
    pub fn from_parts(kind: KeyKind, tenant: &str, reference: &str) -> Result<Self, Error> {
        bounded(&[tenant, reference])?;
        let owner = match kind {
            KeyKind::Subject => KeyOwner::person(reference),
            KeyKind::Retention => KeyOwner::bucket(reference),
            KeyKind::Item => match strings(reference) {
                Some([family, record, field]) => KeyOwner::item(family, record, field),
                None => return Err(Error::new(ErrorCode::Context, NO_ITEM)),
            },
            KeyKind::Index => match strings(reference) {
                Some([name, person]) => KeyOwner::index_of(name, person),
                None => KeyOwner::index(reference),
            },
            KeyKind::Pseudonym => KeyOwner::domain(reference),
        };
        owner.named()?;
        Ok(owner.of_tenant(tenant))
    }

    /// Returns the kind of the owner's keys.
    pub const fn kind(&self) -> KeyKind {
        match self {
            KeyOwner::Person { .. } => KeyKind::Subject,
            KeyOwner::Bucket { .. } => KeyKind::Retention,
            KeyOwner::Item { .. } => KeyKind::Item,
            KeyOwner::Index { .. } => KeyKind::Index,
            KeyOwner::Domain { .. } => KeyKind::Pseudonym,
        }
    }

    /// Returns the tenant, empty for none.
    pub fn tenant(&self) -> &str {
        match self {
            KeyOwner::Person { tenant, .. }
            | KeyOwner::Bucket { tenant, .. }
            | KeyOwner::Item { tenant, .. }
            | KeyOwner::Index { tenant, .. }
            | KeyOwner::Domain { tenant, .. } => tenant,
        }
    }

    /// Returns the text that names the owner within its kind and tenant. For an item it is the RFC
    /// 8785 text of `[family, record, field]`, for a person's share of an index that of `[name,
    /// person]`.
    pub fn reference(&self) -> Cow<'_, str> {
        match self {
            KeyOwner::Person { reference, .. } => Cow::Borrowed(reference),
            KeyOwner::Bucket { name, .. }
            | KeyOwner::Index { name, person: None, .. }
            | KeyOwner::Domain { name, .. } => Cow::Borrowed(name),
            KeyOwner::Item { family, record, field, .. } => {
                Cow::Owned(listed(&[family, record, field]))
            }
            KeyOwner::Index { name, person: Some(person), .. } => {
                Cow::Owned(listed(&[name, person]))
            }
        }
    }

    /// Refuses an owner with an empty name, which is probably a field that the caller did not fill
    /// in, and one whose texts are too long in total.
    ///
    /// # Errors
    /// `context` and `limit`.
    pub(crate) fn named(&self) -> Result<(), Error> {
        match self {
            KeyOwner::Person { tenant, reference: name }
            | KeyOwner::Bucket { tenant, name }
            | KeyOwner::Index { tenant, name, person: None }
            | KeyOwner::Domain { tenant, name } => bounded(&[tenant, name])?,
            KeyOwner::Item { tenant, family, record, field } => {
                bounded(&[tenant, family, record, field])?;
            }
            KeyOwner::Index { tenant, name, person: Some(person) } => {
                bounded(&[tenant, name, person])?;
            }
        }
        let is_named = match self {
            KeyOwner::Person { reference, .. } => !reference.is_empty(),
            KeyOwner::Bucket { name, .. } | KeyOwner::Domain { name, .. } => !name.is_empty(),
            // The field of a whole document is empty.
            KeyOwner::Item { family, record, .. } => !family.is_empty() && !record.is_empty(),
            KeyOwner::Index { name, person, .. } => {
                !name.is_empty() && person.as_ref().is_none_or(|person| !person.is_empty())
            }
        };
        if is_named { Ok(()) } else { Err(Error::new(ErrorCode::Context, NO_NAME)) }
    }
}

/// Refuses texts that are too long in total.
///
/// # Errors
/// `limit`.
fn bounded(texts: &[&str]) -> Result<(), Error> {
    let bytes = texts.iter().fold(0_usize, |bytes, text| bytes.saturating_add(text.len()));
    if bytes <= OWNER_BYTES { Ok(()) } else { Err(Error::new(ErrorCode::Limit, TOO_LONG)) }
}

const TOO_LONG: &str = "the texts that name the owner of a key are longer than 32 MiB";
const NO_NAME: &str = "the owner of a key has an empty name";
const NO_ITEM: &str = "an item is named by [family, record, field], as RFC 8785 writes it";

impl From<&str> for KeyOwner {
    fn from(person: &str) -> Self {
        KeyOwner::person(person)
    }
}

impl From<String> for KeyOwner {
    fn from(person: String) -> Self {
        KeyOwner::person(person)
    }
}

impl fmt::Debug for KeyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyOwner").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// Returns the RFC 8785 text of an array of strings.
pub(crate) fn listed(parts: &[&str]) -> String {
    let mut text =
        String::with_capacity(parts.iter().map(|part| part.len() + 3).sum::<usize>() + 2);
    fieldseal_json::canonical::strings(parts, &mut text);
    text
}

/// Returns the strings of a text that [`listed`] wrote. Another spelling of the same array would
/// name another key.
fn strings<const N: usize>(text: &str) -> Option<[String; N]> {
    let parts: Vec<String> = if text.contains('\\') {
        let limits = Limits { document_bytes: u32::MAX, ..Limits::default() };
        let tape = Tape::parse(text.as_bytes(), &limits).ok()?;
        let parts = tape.root().elements().map(|part| Some(part.as_str()?.into_owned()));
        parts.collect::<Option<_>>()?
    } else {
        // Without an escape, quotes only begin and end strings.
        let inner = text.strip_prefix("[\"")?.strip_suffix("\"]")?;
        inner.split('"').step_by(2).map(str::to_owned).collect()
    };
    let parts: [String; N] = parts.try_into().ok()?;
    (listed(&parts.each_ref().map(String::as_str)) == text).then_some(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const KINDS: [KeyKind; 5] =
        [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];

    #[test]
    fn texts_that_name_no_item() {
        for text in [
            "",
            "/phone",
            "[]",
            r#"["a","b"]"#,
            r#"["a","b","c","d"]"#,
            r#"["a","b",1]"#,
            r#"["a","b",["c"]]"#,
            r#"["a", "b", "c"]"#,
            r#"["a","b","\u0063"]"#,
            r#"["a","b","c"] "#,
            r#"["","b","c"]"#,
            r#"["a","","c"]"#,
            r#"{"a":"b"}"#,
        ] {
            let error = KeyOwner::from_parts(KeyKind::Item, "t", text).unwrap_err();
            assert_eq!(error.code, ErrorCode::Context, "{text}");
        }
        let whole = KeyOwner::from_parts(KeyKind::Item, "", r#"["a","b",""]"#).unwrap();
        assert_eq!(whole, KeyOwner::item("a", "b", ""));
    }

    #[test]
    fn debug_names_nobody() {
        for owner in [
            KeyOwner::person("secret").of_tenant("secret"),
            KeyOwner::item("secret", "secret", "secret"),
            KeyOwner::index_of("secret", "secret"),
        ] {
            assert!(!format!("{owner:?}").contains("secret"), "{owner:?}");
        }
    }

    fn config() -> ProptestConfig {
        ProptestConfig {
            cases: fieldseal_conformance::counts::OWNERS.get(),
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    /// Texts of any kind, many of which resemble the name of an item or a share.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![".{0,6}", r#"\[("[ab\\]{0,2}",? ?){0,4}\]"#]
    }

    proptest! {
        #![proptest_config(config())]

        /// An owner's text identifies it, and no other owner of its kind.
        #[test]
        fn texts_name_one_owner(tenant in ".{0,3}", a in ".{1,3}", b in ".{1,3}", c in ".{0,3}") {
            let owners = [
                KeyOwner::person(&*a),
                KeyOwner::bucket(&*a),
                KeyOwner::item(&*a, &*b, &*c),
                KeyOwner::index(&*a),
                KeyOwner::index_of(&*a, &*b),
                KeyOwner::domain(&*a),
            ];
            for owner in owners {
                let owner = owner.of_tenant(&*tenant);
                let again = KeyOwner::from_parts(owner.kind(), &tenant, &owner.reference());
                prop_assert!(again.unwrap() == owner);
            }
        }

        /// An owner made from a text has the same text again.
        #[test]
        fn owners_keep_their_text(text in texts()) {
            for kind in KINDS {
                if let Ok(owner) = KeyOwner::from_parts(kind, "", &text) {
                    prop_assert_eq!(owner.kind(), kind);
                    prop_assert_eq!(owner.reference(), text.as_str());
                } else {
                    let is_list = matches!(kind, KeyKind::Item | KeyKind::Index);
                    prop_assert!(is_list || text.is_empty());
                }
            }
        }
    }
}
