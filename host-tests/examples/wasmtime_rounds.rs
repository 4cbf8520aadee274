//! Measures calls into the built components in wasmtime on request, so that a benchmark can
//! alternate between them.
//!
//! Each line of standard input holds a number of calls, an operation (`seal` or `open`) and a side:
//! `vector` is the default component, `concurrent` the same in an engine with wasmtime's support
//! for concurrent calls, and `scalar` the build without vectors. The answer is the nanoseconds per
//! call for one order.

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, Result};
use fieldseal::{Context, OpenOptions};
use fieldseal_wasmtime::{HostState, Instance, KeySource, Module, Os, Policy};
use host_tests::{DEFAULTS, artefacts, modules};

/// One instance with the policy, a keyring of its own and the sealed order.
struct Side {
    instance: Instance,
    policy: Policy,
    keys: KeySource,
    order: Vec<u8>,
    sealed: Vec<u8>,
    context: Context,
}

impl Side {
    fn new(module: &Module) -> Result<Side> {
        let data = artefacts::workspace().join("core/benches/data");
        let (schema, order) = (
            std::fs::read(data.join("order.schema.json"))?,
            std::fs::read(data.join("order.json"))?,
        );
        let mut instance = Instance::new(module, HostState::without_keys(Os))?;
        let policy = instance.compile(&schema, DEFAULTS)??;
        let keyring = instance.keyring()?;
        let keys = instance.keyring_source(keyring)?;
        let context = Context {
            record: Some("ord-2026-11-000417".to_owned()),
            now: Some(1_795_000_000_000),
            ..Context::default()
        };
        let sealed = instance.seal(policy, &order, &context, keys)??.document;
        Ok(Side { instance, policy, keys, order, sealed, context })
    }

    fn seal(&mut self) -> Result<()> {
        let Side { instance, policy, keys, order, context, .. } = self;
        black_box(instance.seal(*policy, order, context, *keys)??);
        Ok(())
    }

    fn open(&mut self) -> Result<()> {
        let Side { instance, policy, keys, sealed, context, .. } = self;
        black_box(instance.open(*policy, sealed, context, OpenOptions::default(), *keys)??);
        Ok(())
    }
}

fn main() -> Result<()> {
    let mut vector = Side::new(modules::evaluator()?)?;
    let mut concurrent = Side::new(modules::concurrent()?)?;
    let mut scalar = Side::new(modules::scalar()?)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let [calls, verb, side] = words[..] else { anyhow::bail!("no such line: {line}") };
        let calls: u32 = calls.parse().context("a number of calls comes first")?;
        let side = match side {
            "vector" => &mut vector,
            "concurrent" => &mut concurrent,
            "scalar" => &mut scalar,
            other => anyhow::bail!("no side `{other}`"),
        };
        let verb = match verb {
            "seal" => Side::seal,
            "open" => Side::open,
            other => anyhow::bail!("no verb `{other}`"),
        };
        let begun = Instant::now();
        for _ in 0..calls {
            verb(side)?;
        }
        println!("{}", begun.elapsed().as_nanos() as f64 / f64::from(calls));
        std::io::stdout().flush()?;
    }
    Ok(())
}
