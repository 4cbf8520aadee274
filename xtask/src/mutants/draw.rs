//! Which mutants are judged.

use anyhow::{Result, ensure};

use super::rooms::{ROOMS, Room};
use super::sites::{self, Site};
use super::{COUNT, SEED};
use crate::sources;
use crate::sums::sha256;
use crate::workspace::Workspace;

/// A fault of a room.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    pub(super) room: &'static Room,
    pub(super) file: String,
    pub(super) site: Site,
}

/// The drawn mutants, and those that come next where one does not compile.
pub(super) struct Drawn {
    pub(super) mutants: Vec<Mutant>,
    spare: Vec<Mutant>,
}

impl Drawn {
    /// Finds all faults of the rooms and draws. The draw depends on their names alone, so that a
    /// change of one function changes little of it.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let files = sources::tracked(workspace)?;
        let mut all = Vec::new();
        for room in ROOMS {
            let before = all.len();
            let is_source =
                |file: &&String| file.starts_with(room.sources) && file.ends_with(".rs");
            for file in files.iter().filter(is_source).filter(|file| !file.contains("tests")) {
                let text = sources::read(workspace, file)?;
                let sites = sites::of(file, &text, &sources::parse(file, &text)?);
                all.extend(sites.into_iter().map(|site| Mutant { room, file: file.clone(), site }));
            }
            ensure!(all.len() > before, "no faults in {}", room.sources);
            println!("{}: {} possible faults", room.name, all.len() - before);
        }
        all.sort_by_cached_key(|mutant| sha256(format!("{SEED} {}", mutant.site.name).as_bytes()));
        ensure!(all.len() >= COUNT, "only {} faults are possible", all.len());
        let spare = all.split_off(COUNT);
        Ok(Self { mutants: all, spare })
    }

    /// Puts the next ones in the place of those that do not compile.
    pub(super) fn replace(&mut self, unviable: &[usize]) -> Result<()> {
        for index in unviable {
            ensure!(!self.spare.is_empty(), "too few faults compile");
            let next = self.spare.remove(0);
            if let Some(mutant) = self.mutants.get_mut(*index) {
                println!("does not compile: {}", mutant.site.name);
                *mutant = next;
            }
        }
        Ok(())
    }

    /// Tells one draw from another.
    pub(super) fn digest(&self) -> String {
        let names: Vec<&str> = self.mutants.iter().map(|m| m.site.name.as_str()).collect();
        sha256(names.join("\n").as_bytes())
    }
}
