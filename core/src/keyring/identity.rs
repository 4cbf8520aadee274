//! How a keyring names its keys, and how it knows a destroyed one again.
//!
//! ```text
//! id          = HKDF-Expand(secret, label("id", SHA-256(LV(kind) ‖ LV(tenant) ‖ LV(ref) ‖ u32(version)), 16), 16)
//! fingerprint = HKDF-Expand(secret, label("fingerprint", "", 32), 32)
//! ```

use fieldseal_primitives::{KeyId, Label, Mac, Secret, Sha256, expand};

use crate::keys::Reference;

const ID: Label<32, 16> = Label::new(b"id");
const FINGERPRINT: Label<0, 32> = Label::new(b"fingerprint");

/// Tells whether two secrets are the same without either. Needs no other key, so that it outlives
/// all of them.
pub(crate) type Fingerprint = [u8; 32];

/// `None` when a name is longer than its 32-bit length can say.
pub(crate) fn id(secret: &Secret, owner: &Reference, version: u32) -> Option<KeyId> {
    let mut hash = Sha256::new();
    for name in [owner.kind.as_str(), &owner.tenant, &owner.reference] {
        hash.update(&u32::try_from(name.len()).ok()?.to_be_bytes());
        hash.update(name.as_bytes());
    }
    hash.update(&version.to_be_bytes());
    let mut okm = [[0; 32]];
    expand(&Mac::new(secret.expose()), &ID, &hash.finish(), &mut okm);
    okm.as_flattened().first_chunk().copied().map(KeyId)
}

pub(crate) fn fingerprint(secret: &Secret) -> Fingerprint {
    let mut okm = [[0; 32]];
    expand(&Mac::new(secret.expose()), &FINGERPRINT, &[], &mut okm);
    let [fingerprint] = okm;
    fingerprint
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::keys::KeyKind;

    #[test]
    fn known_answers() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/envelope-1.json")).unwrap();
        let cases = file["keys"].as_array().unwrap();
        let text =
            |case: &serde_json::Value, member: &str| case[member].as_str().unwrap().to_owned();
        for case in cases {
            let digits = text(case, "secret");
            let bytes = std::array::from_fn(|at| {
                u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()
            });
            let secret = Secret::new(bytes);
            let kind = [KeyKind::Subject, KeyKind::Retention]
                .into_iter()
                .find(|kind| kind.as_str() == text(case, "kind"));
            let owner = Reference {
                kind: kind.unwrap(),
                tenant: text(case, "tenant"),
                reference: text(case, "ref"),
            };
            let version = u32::try_from(case["version"].as_u64().unwrap()).unwrap();
            assert_eq!(id(&secret, &owner, version).unwrap().to_string(), text(case, "id"));
            let fingerprint: String =
                fingerprint(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(fingerprint, text(case, "fingerprint"));
        }
        assert_eq!(cases.len(), 4);
    }
}
