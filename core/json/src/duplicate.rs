//! Two members of one name, found when the object ends.
//!
//! Parsers differ in the member that they take: a sealed document with both would mean two things
//! (RFC 8259 section 4). Hash values here only save work: when many agree, by chance or on
//! purpose, names are sorted, so that no choice of names costs more than `n log n` comparisons.

use super::entry::Entry;
use super::name::Name;
use crate::sort::sorted;

/// Up to here each pair of hash values is compared.
const FEW: usize = 8;
/// Up to here a small table is used.
const SOME: usize = 128;
const SLOTS: usize = 256;

/// Memory that one object after another uses.
#[derive(Default)]
pub(super) struct Scratch {
    sorted: Vec<(u32, u32)>,
}

impl Scratch {
    /// Returns the name entry of the first member, in document order, whose name stood before in
    /// the same object.
    pub(super) fn repeated(
        &mut self,
        text: &str,
        entries: &[Entry],
        object: u32,
        count: u32,
    ) -> Option<u32> {
        let names = Names { text, entries };
        let suspect = match count as usize {
            n if n <= FEW => names.few(object),
            n if n <= SOME => names.table(object),
            _ => true,
        };
        if suspect { self.sort(names, object, count) } else { None }
    }

    fn sort(&mut self, names: Names<'_>, object: u32, count: u32) -> Option<u32> {
        let plain = names.each(object).all(|(_, entry, _)| !entry.is_escaped());
        self.sorted.clear();
        self.sorted.reserve(count as usize);
        // Hash values are of the text as written, which says nothing about equality once an escape
        // is about.
        self.sorted.extend(
            names
                .each(object)
                .map(|(index, entry, name)| (if plain { hash(entry, name) } else { 0 }, index)),
        );
        self.sorted = sorted(std::mem::take(&mut self.sorted), |a, b| {
            a.0.cmp(&b.0).then_with(|| names.name(a.1).order(names.name(b.1))).then(a.1.cmp(&b.1))
        });
        let pairs = self.sorted.iter().zip(self.sorted.iter().skip(1));
        pairs
            .filter(|(a, b)| a.0 == b.0 && names.name(a.1) == names.name(b.1))
            .map(|(_, b)| b.1)
            .min()
    }
}

#[derive(Clone, Copy)]
struct Names<'a> {
    text: &'a str,
    entries: &'a [Entry],
}

impl<'a> Names<'a> {
    fn name(self, index: u32) -> Name<'a> {
        let entry = self.entries.get(index as usize).copied().unwrap_or(Entry::VOID);
        Name::new(
            self.text.get(entry.start as usize..entry.end as usize).unwrap_or_default(),
            entry.is_escaped(),
        )
    }

    /// Returns the names of an object that is still open at the tape's end, as written, with their
    /// indices and entries.
    #[inline(always)]
    fn each(self, object: u32) -> impl Iterator<Item = (u32, &'a Entry, &'a [u8])> {
        let mut index = object + 1;
        std::iter::from_fn(move || {
            let entry = self.entries.get(index as usize)?;
            let inner =
                self.text.as_bytes().get(entry.start as usize + 1..entry.end as usize - 1)?;
            let here = index;
            index = self.entries.get(index as usize + 1)?.next;
            Some((here, entry, inner))
        })
    }

    /// Returns true if a pair of up to [`FEW`] names might be equal.
    fn few(self, object: u32) -> bool {
        let mut seen = [0u32; FEW];
        let mut escaped = false;
        let mut used = 0usize;
        for ((_, entry, name), slot) in self.each(object).zip(seen.iter_mut()) {
            *slot = hash(entry, name);
            escaped |= entry.is_escaped();
            used += 1;
        }
        let seen = seen.get(..used).unwrap_or_default();
        escaped
            || seen
                .iter()
                .enumerate()
                .any(|(i, one)| seen.iter().skip(i + 1).any(|other| one == other))
    }

    /// Returns true if a pair of up to [`SOME`] names might be equal, and if many names want the
    /// same slots.
    fn table(self, object: u32) -> bool {
        let mut slots = [0u32; SLOTS];
        for (_, entry, name) in self.each(object) {
            // Zero stands for an empty slot.
            let value = hash(entry, name) | 1;
            if entry.is_escaped() {
                return true;
            }
            let mut place = (value >> 24) as usize;
            let mut steps = 0;
            while let Some(slot) = slots.get_mut(place) {
                if *slot == 0 {
                    *slot = value;
                    break;
                }
                steps += 1;
                if *slot == value || steps > 32 {
                    return true;
                }
                place = (place + 1) % SLOTS;
            }
        }
        false
    }
}

/// Returns a value that differs for most different names, from length, both ends and the middle. It
/// is cheap, and no defence against chosen names.
#[inline(always)]
fn hash(entry: &Entry, bytes: &[u8]) -> u32 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let middle = bytes
                .get(bytes.len() / 2 - 4..)
                .and_then(|rest| rest.first_chunk::<8>())
                .unwrap_or(first);
            let ends = u64::from_le_bytes(*first).wrapping_mul(ODD) ^ u64::from_le_bytes(*last);
            ends.wrapping_mul(ODD).rotate_left(23) ^ u64::from_le_bytes(*middle)
        }
        _ => entry.key(),
    };
    ((mixed ^ bytes.len() as u64).wrapping_mul(ODD) >> 32) as u32
}
