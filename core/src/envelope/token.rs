//! One-way tokens: equal values give equal tokens, and no key opens them.
//!
//! ```text
//! PRK       = HKDF-Extract(salt = "fieldseal1 token", IKM = key)
//! TK        = HKDF-Expand(PRK, label("index" | "pseudonym", "", 32), 32)
//! T         = HMAC-SHA-256(TK, LV(tenant) ‖ LV(domain) ‖ LV(normalisation) ‖ LV(normalised value))
//! index     = "Fi1" ‖ base64url(u8(bits) ‖ first `bits` bits of T, the rest of the last byte zero)
//! pseudonym = "Fp1" ‖ base64url(key id[0..4] ‖ T[0..20])
//! ```
//!
//! Until its key is destroyed, a token is pseudonymous personal data (GDPR Art. 4(5)): it
//! distinguishes the persons who have that value.

mod normalisation;

use std::fmt;

use fieldseal_json::base64url;
use fieldseal_primitives::{KeyId, Label, Mac, Secret, expand, extract};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

pub use normalisation::{Normalisation, TokenValue};

const EXTRACT: &[u8; 16] = b"fieldseal1 token";
const INDEX: Label<0, 32> = Label::new(b"index");
const PSEUDONYM: Label<0, 32> = Label::new(b"pseudonym");

const INDEX_MARK: &str = "Fi1";
pub(crate) const PSEUDONYM_MARK: &str = "Fp1";

/// The lengths in bytes of the two parts of a pseudonym: part of the key id, and part of T.
const KEY_PART: usize = 4;
const T_PART: usize = 20;

/// The domain within which equal values give equal tokens. Tokens of different domains cannot be
/// compared.
#[derive(Clone, Copy)]
pub struct Domain<'a> {
    /// The tenant of the call.
    pub tenant: &'a str,
    /// The name of the index, or the pseudonym domain.
    pub name: &'a str,
    /// The rule by which values count as equal.
    pub normalisation: Normalisation,
}

/// Number of bits of an index value: 8 to 64.
///
/// With few bits different values collide deliberately, so that the index reveals less about the
/// frequency of each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits(u8);

impl Bits {
    /// The smallest number of bits.
    pub const MIN: Bits = Bits(8);

    /// The greatest number of bits.
    pub const MAX: Bits = Bits(64);

    /// Returns `None` unless the number is between 8 and 64.
    pub const fn new(bits: u8) -> Option<Bits> {
        if bits < Bits::MIN.0 || bits > Bits::MAX.0 { None } else { Some(Bits(bits)) }
    }

    /// Returns the number of bits.
    pub const fn count(self) -> u8 {
        self.0
    }
}

/// A key that makes index values, `Fi1…`.
///
/// An index value is stored beside a sealed value, so that the value can be found by equality.
///
/// ```
/// use fieldseal::Secret;
/// use fieldseal::envelope::{Bits, Domain, IndexKey, Normalisation};
///
/// // A real key is random and comes from a key store.
/// let key = IndexKey::derive(&Secret::new([1; 32]));
/// let domain = Domain { tenant: "", name: "email", normalisation: Normalisation::Email };
/// let token = key.token(&domain, "Ada@Example.org", Bits::MAX)?;
/// assert!(token.starts_with("Fi1"));
/// assert_eq!(token, key.token(&domain, " ada@example.org", Bits::MAX)?);
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Debug)]
pub struct IndexKey(TokenKey);

impl IndexKey {
    /// Derives the index key from a secret. Derive it once per key, since it depends on nothing
    /// else.
    pub fn derive(secret: &Secret) -> Self {
        IndexKey(TokenKey::derive(secret, &INDEX))
    }

    /// Returns the index value of a value.
    ///
    /// # Errors
    /// `invalid` if nothing is left of the value after normalisation: for `Digits`, a value without
    /// a digit. `limit` if a part is too long for its 32-bit length.
    pub fn token<'v>(
        &self,
        domain: &Domain<'_>,
        value: impl Into<TokenValue<'v>>,
        bits: Bits,
    ) -> Result<String, Error> {
        let t = self.0.compute(domain, value.into())?;
        let mut bytes = [0; 1 + Bits::MAX.0 as usize / 8];
        let [count, first @ ..] = &mut bytes;
        *count = bits.0;
        let kept = u64::from_be_bytes(*t.first_chunk().unwrap_or(&[0; 8]))
            & u64::MAX << (Bits::MAX.0 - bits.0);
        *first = kept.to_be_bytes();
        text(INDEX_MARK, bytes.get(..1 + usize::from(bits.0).div_ceil(8)).unwrap_or(&bytes))
    }
}

/// A key that makes pseudonyms, `Fp1…`.
///
/// A pseudonym stands in place of a value, for statistics that outlive the person's key.
///
/// ```
/// use fieldseal::envelope::{Domain, Normalisation, PseudonymKey, is_pseudonym};
/// use fieldseal::{KeyId, Secret};
///
/// // A real key is random and comes from a key store.
/// let key = PseudonymKey::derive(&Secret::new([1; 32]), KeyId([7; 16]));
/// let domain = Domain { tenant: "", name: "analytics", normalisation: Normalisation::Exact };
/// let token = key.token(&domain, "cust-1")?;
/// assert!(is_pseudonym(&token) && !is_pseudonym("cust-1"));
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Debug)]
pub struct PseudonymKey {
    key: TokenKey,
    id: KeyId,
}

impl PseudonymKey {
    /// Derives the pseudonym key from a secret. Derive it once per key, since it depends on nothing
    /// else.
    pub fn derive(secret: &Secret, id: KeyId) -> Self {
        PseudonymKey { key: TokenKey::derive(secret, &PSEUDONYM), id }
    }

    /// Returns the pseudonym of a value.
    ///
    /// # Errors
    /// `invalid` if nothing is left of the value after normalisation: for `Digits`, a value without
    /// a digit. `limit` if a part is too long for its 32-bit length.
    pub fn token<'v>(
        &self,
        domain: &Domain<'_>,
        value: impl Into<TokenValue<'v>>,
    ) -> Result<String, Error> {
        let t = self.key.compute(domain, value.into())?;
        let mut bytes = [0; KEY_PART + T_PART];
        let (key, first) = bytes.split_at_mut(KEY_PART);
        key.copy_from_slice(self.id.0.split_at(KEY_PART).0);
        first.copy_from_slice(t.split_at(T_PART).0);
        text(PSEUDONYM_MARK, &bytes)
    }
}

/// Returns true if the string is a whole pseudonym: `^Fp1[A-Za-z0-9_-]{32}$`.
///
/// The 32 characters encode exactly 24 bytes, so every such string is canonical.
pub fn is_pseudonym(text: &str) -> bool {
    let of_the_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.strip_prefix(PSEUDONYM_MARK).is_some_and(|rest| {
        rest.len() == (KEY_PART + T_PART) / 3 * 4 && rest.bytes().all(of_the_alphabet)
    })
}

/// The token key TK as HMAC midstates. As secret as its key, wiped when dropped, never printed.
#[derive(Debug)]
struct TokenKey(Mac);

impl TokenKey {
    fn derive(secret: &Secret, label: &Label<0, 32>) -> Self {
        let mut okm = Zeroizing::new([[0; 32]]);
        expand(&extract(EXTRACT, &[secret.expose()]), label, &[], &mut okm);
        let [tk] = &*okm;
        TokenKey(Mac::new(tk))
    }

    fn compute(&self, domain: &Domain<'_>, value: TokenValue<'_>) -> Result<[u8; 32], Error> {
        let normalised = domain.normalisation.normalise(value)?;
        let value = normalised.text();
        let parts = [domain.tenant, domain.name, normalised.name, value];
        let [tenant, name, normalisation, text] =
            parts.map(|part| u32::try_from(part.len()).map(u32::to_be_bytes));
        let (Ok(tenant), Ok(name), Ok(normalisation), Ok(text)) =
            (tenant, name, normalisation, text)
        else {
            return Err(Error::new(
                ErrorCode::Limit,
                "a value, or its domain, is too long for a token",
            ));
        };
        let mut t = [0; 32];
        let message: [&[u8]; 8] = [
            &tenant,
            domain.tenant.as_bytes(),
            &name,
            domain.name.as_bytes(),
            &normalisation,
            normalised.name.as_bytes(),
            &text,
            value.as_bytes(),
        ];
        self.0.compute(&message, &mut t);
        Ok(t)
    }
}

fn text(mark: &str, bytes: &[u8]) -> Result<String, Error> {
    let mut text = vec![0; mark.len() + base64url::encoded_len(bytes.len()).unwrap_or_default()];
    let (start, rest) = text.split_at_mut(mark.len());
    start.copy_from_slice(mark.as_bytes());
    let written = base64url::encode(bytes, rest);
    String::from_utf8(text).ok().filter(|_| written).ok_or_else(|| {
        Error::new(ErrorCode::Internal, "a token of another length than was computed")
    })
}

impl fmt::Debug for Domain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain")
            .field("name", &self.name)
            .field("normalisation", &self.normalisation)
            .finish_non_exhaustive()
    }
}
