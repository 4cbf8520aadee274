//! The host that every run meets alike: its clock, its random bytes, its keys.

use fieldseal::{Context, Entropy, KeyOwner, Keyring, Limits};

/// A stream of bytes that is the same in every run: SplitMix64.
pub struct Stream(pub u64);

impl Stream {
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound.max(1) as u64) as usize
    }
}

impl Entropy for Stream {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.draw() as u8;
        }
    }
}

/// 2026-11-18T16:53:20Z.
pub const NOW: u64 = 1_795_000_000_000;

/// The person of values whose marker names none.
pub const PERSON: &str = "ada";

pub fn context() -> Context {
    Context {
        record: Some("r".to_owned()),
        subject: Some(PERSON.to_owned()),
        now: Some(NOW),
        ..Context::default()
    }
}

/// An empty keyring, and who is erased in it when a person's data must go.
pub fn keys() -> (Keyring, KeyOwner) {
    (Keyring::memory(), PERSON.into())
}

/// Bounds that keep one run short. Those that an input asks for itself only count where they are
/// lower.
pub fn bounded(asked: &Limits) -> Limits {
    Limits {
        document_bytes: asked.document_bytes.min(1 << 18),
        depth: asked.depth,
        values: asked.values.min(20_000),
        schema_bytes: asked.schema_bytes.min(1 << 16),
        expansions: asked.expansions.min(100_000),
        regex_bytes: asked.regex_bytes.min(1 << 18),
        regex_backtracks: asked.regex_backtracks.min(10_000),
    }
}
