//! `cargo xtask demo`: seals GitHub's published webhook payloads with the built component in
//! wasmtime, forgets one person, and proves what that changed. Every number it prints is counted on
//! the documents, not taken from the component; a claim that fails ends it with an error.

mod forget;
mod person;
mod report;
mod screen;
mod triple;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant as Clock, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use fieldseal::{Context, OpenOptions};
use fieldseal_wasmtime::{HostState, Instance, KeySource, Os, Policy};
use host_tests::keys::Shared;
use host_tests::modules;
use host_tests::payloads::{Payload, Payloads};
use host_tests::watch::Watch;

use report::Report;
use screen::{Progress, headline, say};

/// One payload, sealed.
struct Stored<'p> {
    payload: &'p Payload,
    context: Context,
    sealed: Vec<u8>,
    /// The persons whose keys sealing asked for.
    persons: BTreeSet<String>,
}

fn main() -> Result<()> {
    let payloads = Payloads::load()?;
    let started = Clock::now();
    let module = modules::evaluator()?;
    let translated = started.elapsed();
    let keys = Shared::default();
    let mut instance = Instance::new(module, HostState::new(keys.clone(), Os))?;
    let source = instance.host_source()?;
    let watch = Watch::on(&mut instance);
    let mut host = Host { watch, instance, source, policy: None, report: Report::create()? };
    let started = Clock::now();
    let policy = host
        .instance
        .compile(payloads.schema.as_bytes(), &payloads.options("seal"))?
        .context("GitHub's schema does not compile")?;
    host.policy = Some(policy);
    headline("Policy");
    say(&format!(
        "GitHub's webhook schema, {} KB, and an overlay that marks what is personal: compiled in {} ms inside the component\n(which wasmtime translated to machine code in {} ms before).",
        payloads.schema.len() / 1000,
        started.elapsed().as_millis(),
        translated.as_millis(),
    ));

    let stored = host.seal(&payloads)?;
    host.check(&stored)?;
    let example = stored
        .iter()
        .filter(|one| !one.persons.is_empty())
        .min_by_key(|one| one.payload.text.len())
        .context("no document has a sealed value")?;
    screen::side_by_side(
        &example.payload.record,
        &example.payload.text,
        std::str::from_utf8(&example.sealed)?,
    );
    host.open(&stored)?;
    forget::somebody(&mut host, &stored, &keys)?;
    host.report.finish()
}

/// The component and what is written about its work.
struct Host {
    instance: Instance,
    source: KeySource,
    watch: Watch,
    policy: Option<Policy>,
    report: Report,
}

impl Host {
    fn policy(&self) -> Result<Policy> {
        self.policy.context("no policy")
    }

    fn seal<'p>(&mut self, payloads: &'p Payloads) -> Result<Vec<Stored<'p>>> {
        headline("Seal");
        let policy = self.policy()?;
        let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let (mut stored, mut warned, mut took) =
            (Vec::new(), BTreeMap::<&str, u32>::new(), Duration::ZERO);
        let mut progress = Progress::new("sealing", payloads.documents.len());
        for payload in &payloads.documents {
            let context = Context { now: Some(now), ..payload.context() };
            let started = Clock::now();
            let sealed = self
                .instance
                .seal(policy, payload.text.as_bytes(), &context, self.source)?
                .with_context(|| payload.record.clone())?;
            took += started.elapsed();
            let verdict = self.report.verdict(&payload.record, &sealed.verdict)?;
            if verdict.level == "warn" {
                ensure!(
                    verdict.codes == ["nonconforming"],
                    "{}: an unexpected warning: {:?}",
                    payload.record,
                    verdict.codes
                );
                *warned.entry(payload.record.split('/').next().unwrap_or_default()).or_default() +=
                    1;
            }
            let asked = self.watch.take();
            ensure!(asked.len() <= 1, "{}: one document, one call of the key host", payload.record);
            let persons: BTreeSet<String> = asked
                .into_iter()
                .flat_map(|asked| asked.requests)
                .filter_map(|request| request.reference)
                .collect();
            stored.push(Stored { payload, context, sealed: sealed.document, persons });
            progress.step();
        }
        progress.finish();
        let counts = triple::count(&stored)?;
        let persons: BTreeSet<&String> = stored.iter().flat_map(|one| &one.persons).collect();
        say(&format!(
            "{} documents, {} persons, {} objects with sealed values, {} sealed values: {}",
            stored.len(),
            persons.len(),
            counts.objects,
            counts.values,
            screen::rate(
                stored.len(),
                payloads.documents.iter().map(|one| one.text.len()).sum(),
                took
            ),
        ));
        let warnings: u32 = warned.values().sum();
        ensure!(warnings == 52, "52 payloads do not fit GitHub's own schema, not {warnings}");
        let events = warned
            .iter()
            .map(|(event, count)| format!("{event} {count}"))
            .collect::<Vec<_>>()
            .join(", ");
        say(&format!(
            "{warnings} of them do not fit GitHub's own schema; they are sealed all the same, each with a warning in its verdict:"
        ));
        screen::wrapped(&events);
        Ok(stored)
    }

    fn check(&mut self, stored: &[Stored<'_>]) -> Result<()> {
        headline("Check, without any key");
        let policy = self.policy()?;
        let (mut took, mut bytes) = (Duration::ZERO, 0);
        let mut near = 0;
        let mut progress = Progress::new("checking", stored.len());
        for one in stored {
            let started = Clock::now();
            let verdict = self
                .instance
                .check(policy, &one.sealed)?
                .with_context(|| one.payload.record.clone())?;
            took += started.elapsed();
            bytes += one.sealed.len();
            let verdict = self.report.verdict(&one.payload.record, &verdict)?;
            ensure!(verdict.faults == 0, "{}: the verdict reports faults", one.payload.record);
            near += usize::from(verdict.near_misses > 0);
            progress.step();
        }
        progress.finish();
        ensure!(self.watch.take().is_empty(), "checking asked for a key");
        ensure!(
            near <= 52,
            "only payloads that do not fit their schema are sealed where no marker is sure to apply, not {near}"
        );
        say(&format!(
            "Every marked value of all {} documents is sealed as the policy demands: {}",
            stored.len(),
            screen::rate(stored.len(), bytes, took)
        ));
        Ok(())
    }

    fn open(&mut self, stored: &[Stored<'_>]) -> Result<()> {
        headline("Open");
        let policy = self.policy()?;
        let (mut took, mut bytes) = (Duration::ZERO, 0);
        let mut progress = Progress::new("opening", stored.len());
        for one in stored {
            let started = Clock::now();
            let opened = self
                .instance
                .open(policy, &one.sealed, &one.context, OpenOptions::strict(), self.source)?
                .with_context(|| one.payload.record.clone())?;
            took += started.elapsed();
            bytes += one.sealed.len();
            self.report.verdict(&one.payload.record, &opened.verdict)?;
            self.report.access(&one.payload.record, &opened.access)?;
            ensure!(
                opened.document == one.payload.text.as_bytes(),
                "{}: what was opened is not what was sealed",
                one.payload.record
            );
            progress.step();
        }
        progress.finish();
        say(&format!(
            "All {} come back byte for byte: {}",
            stored.len(),
            screen::rate(stored.len(), bytes, took)
        ));
        Ok(())
    }
}
