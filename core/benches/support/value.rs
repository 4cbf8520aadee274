//! One value of 64 bytes at one place, sealed and opened under a suite.

use fieldseal::KeyId;
use fieldseal::Secret;
use fieldseal::envelope::{Bind, Context, Demand, Envelope, KeyIds, Prk, Scratch, Sealer, Suite};

const TEXT: &[u8; 64] = b"\"Ada Lovelace, 12, St James's Square, London SW1Y 4JH, England.\"";

const CONTEXT: Context<'static> = Context {
    tenant: "",
    family: "urn:example:orders",
    record: "ord-2026-11-000417",
    revision: "",
    subject: "cust-90210",
    field: "/customer/address",
};

pub(crate) struct Value {
    demand: Demand,
    ids: KeyIds,
    prk: Prk,
    work: Scratch,
    sealed: Vec<u8>,
    opened: Vec<u8>,
}

impl Value {
    /// Creates the value and seals it once.
    pub(crate) fn new(suite: Suite) -> Self {
        let demand = Demand {
            suite,
            bind: Bind::RecordField,
            subject: true,
            retention: false,
            item: false,
            subject_bound: true,
        };
        let ids = KeyIds { subject: Some(KeyId([2; 16])), ..KeyIds::default() };
        let prk = Prk::derive(Some(&Secret::new([1; 32])), None, None);
        let mut value = Value {
            demand,
            ids,
            prk,
            work: Scratch::new(),
            sealed: Vec::new(),
            opened: Vec::new(),
        };
        value.seal(&[7; 44]);
        value
    }

    pub(crate) fn seal(&mut self, entropy: &[u8; 44]) {
        let Value { demand, ids, prk, work, sealed, .. } = self;
        sealed.clear();
        let entropy = &entropy[..demand.suite.entropy_bytes()];
        Sealer { prk, demand: *demand, padded: true, ids: *ids, context: CONTEXT }
            .seal(TEXT, entropy, work, sealed)
            .unwrap();
    }

    pub(crate) fn open(&mut self) {
        let Value { prk, work, sealed, opened, .. } = self;
        opened.clear();
        Envelope::decode(std::str::from_utf8(sealed).unwrap(), work)
            .unwrap()
            .open(prk, &CONTEXT, opened)
            .unwrap();
        assert_eq!(opened, TEXT);
    }
}
