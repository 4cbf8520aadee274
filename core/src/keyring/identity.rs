//! The ids of a keyring's keys, and the fingerprints by which it recognises destroyed ones.
//!
//! ```text
//! KP          = HKDF-Extract(salt = "fieldseal1 key", IKM = secret)
//! name        = SHA-256(LV(kind) ‖ LV(tenant) ‖ LV(ref) ‖ u32(version))
//! id          = HKDF-Expand(KP, label("id", name, 16), 16)
//! fingerprint = HKDF-Expand(KP, label("fingerprint", "", 32), 32)
//! ```

use fieldseal_primitives::{KeyId, Label, Mac, Secret, Sha256, expand, extract};

use crate::keys::KeyOwner;

const EXTRACT: &[u8; 14] = b"fieldseal1 key";
const ID: Label<32, 16> = Label::new(b"id");
const FINGERPRINT: Label<0, 32> = Label::new(b"fingerprint");

/// A value that is equal for equal secrets and reveals neither. It depends on no other key, so it
/// remains valid after all keys are destroyed.
pub(crate) type Fingerprint = [u8; 32];

/// Returns KP. Compiled once for both of its uses.
#[inline(never)]
fn extracted(secret: &Secret) -> Mac {
    extract(EXTRACT, &[secret.expose()])
}

/// Returns the id of a version. `None` if a name is too long for its 32-bit length.
pub(crate) fn id(secret: &Secret, owner: &KeyOwner, version: u32) -> Option<KeyId> {
    let mut hash = Sha256::new();
    for name in [owner.kind().as_str(), owner.tenant(), &owner.reference()] {
        hash.update(&u32::try_from(name.len()).ok()?.to_be_bytes());
        hash.update(name.as_bytes());
    }
    hash.update(&version.to_be_bytes());
    let mut okm = [[0; 32]];
    expand(&extracted(secret), &ID, &hash.finish(), &mut okm);
    okm.as_flattened().first_chunk().copied().map(KeyId)
}

pub(crate) fn fingerprint(secret: &Secret) -> Fingerprint {
    let mut okm = [[0; 32]];
    expand(&extracted(secret), &FINGERPRINT, &[], &mut okm);
    let [fingerprint] = okm;
    fingerprint
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::keys::KeyKind;

    #[test]
    fn known_answers() {
        let cases = fieldseal_conformance::vectors::known_answers().keys;
        for case in &cases {
            let secret =
                Secret::new(fieldseal_conformance::unhex(&case.secret).try_into().unwrap());
            let kind = [KeyKind::Subject, KeyKind::Retention]
                .into_iter()
                .find(|kind| kind.as_str() == case.kind);
            let owner = KeyOwner::from_parts(kind.unwrap(), &case.tenant, &case.reference).unwrap();
            assert_eq!(id(&secret, &owner, case.version).unwrap().to_string(), case.id);
            let fingerprint: String =
                fingerprint(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(fingerprint, case.fingerprint);
        }
        assert_eq!(cases.len(), 4);
    }
}
