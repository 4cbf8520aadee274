//! All parameters that a value can be sealed with, and one place to seal it in.

use fieldseal::envelope::{
    Bind, Context, Demand, Envelope, Fault, KeyIds, Prk, Scratch, Sealer, Suite,
};
use fieldseal::{KeyId, Secret};

/// Where the tests seal a value.
pub const CONTEXT: Context<'static> = Context {
    tenant: "acme",
    family: "urn:example:customer",
    record: "rec-42",
    revision: "3",
    subject: "cust-7",
    field: "/contacts/~*/email",
};

/// The bytes that the right keys consist of: the person's, the bucket's, the value's own.
pub const RIGHT: [u8; 3] = [1, 2, 3];

/// Parameters that a value is sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealParams {
    /// Suite, keys and binding.
    pub demand: Demand,
    /// Padded to a multiple of 32 bytes.
    pub padded: bool,
}

/// Returns suite × keys × bind profile × binding of the person × padding. A person who has no key
/// cannot be left unbound.
pub fn all_params() -> Vec<SealParams> {
    let mut all = Vec::new();
    for (suite, keys) in
        Suite::ALL.into_iter().flat_map(|suite| (0..8_u8).map(move |keys| (suite, keys)))
    {
        let [subject, retention, item] = [keys & 1 != 0, keys & 2 != 0, keys & 4 != 0];
        if !subject && !retention {
            continue;
        }
        for bind in [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field] {
            for (subject_bound, padded) in
                [(true, true), (true, false), (false, true), (false, false)]
            {
                if !subject && !subject_bound {
                    continue;
                }
                let demand = Demand { suite, bind, subject, retention, item, subject_bound };
                all.push(SealParams { demand, padded });
            }
        }
    }
    assert_eq!(all.len(), 4 * (4 * 2 + 2) * 4 * 2);
    all
}

impl SealParams {
    /// Returns the ids of its keys.
    pub fn ids(self) -> KeyIds {
        let id = |present: bool, byte: u8| present.then_some(KeyId([byte; 16]));
        let Demand { subject, retention, item, .. } = self.demand;
        KeyIds { subject: id(subject, 0xa0), retention: id(retention, 0xb0), item: id(item, 0xc0) }
    }

    /// Derives from the keys that these parameters name, each of one byte repeated.
    pub fn prk(self, [subject, retention, item]: [u8; 3]) -> Prk {
        let key = |present: bool, byte: u8| present.then(|| Secret::new([byte; 32]));
        let Demand { subject: s, retention: r, item: i, .. } = self.demand;
        Prk::derive(key(s, subject).as_ref(), key(r, retention).as_ref(), key(i, item).as_ref())
    }

    /// With the right keys, and as much of this byte for entropy as the suite takes.
    pub fn seal(self, context: &Context<'_>, text: &[u8], entropy: u8) -> String {
        self.seal_under(&self.prk(RIGHT), context, text, &[entropy; 32])
    }

    /// Seals under these keys. The IV of a suite that draws one begins as the rest of the entropy.
    pub fn seal_under(
        self,
        prk: &Prk,
        context: &Context<'_>,
        text: &[u8],
        entropy: &[u8; 32],
    ) -> String {
        let (mut work, mut out) = (Scratch::new(), Vec::new());
        let SealParams { demand, padded } = self;
        let entropy = taken(demand.suite, entropy);
        let sealer = Sealer { prk, demand, padded, ids: self.ids(), context: *context };
        sealer.seal(text, &entropy, &mut work, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Bytes of the body that are the IV: with a stuck random source they are always the same.
    pub fn iv(self) -> usize {
        self.demand.suite.entropy_bytes().saturating_sub(32)
    }

    /// Bytes before the salt.
    pub fn prefix(self) -> usize {
        let Demand { subject, retention, item, .. } = self.demand;
        4 + 16 * [subject, retention, item].into_iter().filter(|present| *present).count()
    }
}

/// Returns as much entropy as a suite takes: these bytes, and their beginning again for an IV.
pub fn taken(suite: Suite, entropy: &[u8; 32]) -> Vec<u8> {
    entropy.iter().cycle().copied().take(suite.entropy_bytes()).collect()
}

/// Opens, and makes sure that nothing is left in the output when it does not.
pub fn open(envelope: &str, prk: &Prk, context: &Context<'_>) -> Result<Vec<u8>, Fault> {
    let (mut work, mut out) = (Scratch::new(), b"before".to_vec());
    let outcome = Envelope::decode(envelope, &mut work)
        .and_then(|envelope| envelope.open(prk, context, &mut out));
    let appended = out.split_off(6);
    assert_eq!(out, b"before");
    match outcome {
        Ok(()) => Ok(appended),
        Err(fault) => {
            assert_eq!(appended, b"", "a refusal emits nothing");
            Err(fault)
        }
    }
}
