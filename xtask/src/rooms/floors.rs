//! The floors of the core. An arrow may lead along its floor or down.

/// Rooms, top floor first. The crate's root stands above them; `json` is the face of the crate
/// below.
const ROOMS: [&[&str]; 6] = [
    &["operations", "internal"],
    &["policy", "keyring", "entropy"],
    &["export", "evidence"],
    &["resolver"],
    &["schema", "envelope", "keys"],
    &["time", "error", "limits", "json", "memory", "ordered"],
];

/// The crates below the rooms; each lies in `core/` under its name without the first word.
pub(super) const CRATES: [&str; 6] = [
    "fieldseal-derivation",
    "fieldseal-json",
    "fieldseal-normalisation",
    "fieldseal-primitives",
    "fieldseal-validation",
    "fieldseal-vpaes",
];

/// A room's height: the greater, the higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Floor(usize);

impl Floor {
    /// Returns the floor of a room, `None` if the table does not name it.
    pub(super) fn of(room: &str) -> Option<Self> {
        if room == super::graph::ROOT {
            return Some(Self(ROOMS.len() + 1));
        }
        let from_top = ROOMS.iter().position(|floor| floor.contains(&room))?;
        Some(Self(ROOMS.len() - from_top))
    }

    /// Returns the floor of a package: the crates below, the core, all else above it.
    pub(super) fn of_crate(name: &str) -> Self {
        match name {
            name if CRATES.contains(&name) => Self(0),
            name if name == super::CORE.0 => Self(1),
            _ => Self(2),
        }
    }
}
