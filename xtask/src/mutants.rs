//! Mutants: small faults in the rooms that decide and encrypt, each of which a test of its room
//! must notice.
//!
//! All drawn faults are compiled into one copy of the core, asleep; a test program wakes one by its
//! number. So one build serves all of them, and a mutant takes as long as the tests that catch it.

mod draw;
mod edits;
mod explained;
mod judge;
mod results;
mod rooms;
mod sites;
mod workshop;

use anyhow::{Result, ensure};

use crate::npm;
use crate::workspace::Workspace;
use draw::Drawn;
use judge::Outcome;
use results::Results;

/// How many are drawn.
const COUNT: usize = 320;

/// Which are drawn: another text draws others.
const SEED: &str = "fieldseal mutants 1";

/// One part of the mutants: the first of four is 1/4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) part: usize,
    pub(crate) of: usize,
}

impl Shard {
    pub(crate) const WHOLE: Self = Self { part: 1, of: 1 };

    /// Reads `1/4`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (part, of) = text.split_once('/')?;
        let shard = Self { part: part.parse().ok()?, of: of.parse().ok()? };
        (1..=shard.of).contains(&shard.part).then_some(shard)
    }

    fn holds(self, index: usize) -> bool {
        index % self.of == self.part - 1
    }
}

/// Judges the mutants of a shard that have no result yet, and prints the counts of all.
///
/// # Errors
///
/// Fails when the core does not pass its tests without a fault, and when a mutant is missed that
/// `core/tests/mutants.md` does not explain.
pub(crate) fn run(workspace: &Workspace, shard: Shard) -> Result<()> {
    npm::install(workspace)?;
    npm::oracle(workspace)?;
    let mut drawn = Drawn::read(workspace)?;
    let programs = workshop::build(workspace, &mut drawn)?;
    let mut results = Results::open(workspace, &drawn.digest())?;
    let open: Vec<usize> = (0..drawn.mutants.len())
        .filter(|index| shard.holds(*index))
        .filter(|index| drawn.mutants.get(*index).is_some_and(|m| !results.has(&m.site.name)))
        .collect();
    println!("{} mutants, {} to judge in this shard", drawn.mutants.len(), open.len());
    if !open.is_empty() {
        judge::without_fault(&programs)?;
    }
    for index in open {
        let Some(mutant) = drawn.mutants.get(index) else { continue };
        let (outcome, seconds) = judge::judge(&programs, mutant.room, index)?;
        println!(
            "{} in {seconds:.1} s: {} (line {})",
            outcome.word(),
            mutant.site.name,
            mutant.site.line
        );
        results.add(shard, &mutant.site.name, &outcome, seconds)?;
    }
    let names: Vec<&str> = drawn.mutants.iter().map(|m| m.site.name.as_str()).collect();
    let missed = results.named(&names, &Outcome::Missed);
    let unexplained = explained::without(workspace, &missed)?;
    for name in &unexplained {
        println!("missed: {name}");
    }
    println!("{}", results.summary(&names, missed.len() - unexplained.len()));
    ensure!(unexplained.is_empty(), "{} mutants were missed", unexplained.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn shards_share_all_mutants_out() {
        let shards: Vec<Shard> =
            ["1/3", "2/3", "3/3"].into_iter().filter_map(Shard::parse).collect();
        assert_eq!(shards.len(), 3);
        for index in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.holds(index)).count(), 1, "{index}");
        }
        for text in ["0/3", "4/3", "1", "a/b", "1/0", "/"] {
            assert_eq!(Shard::parse(text), None, "{text}");
        }
    }
}
