//! Watches the calls of an instance's key source, and spoils its answers on purpose.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fieldseal_wasmtime::{Instance, KeyCall, RawAnswer};

/// A way in which a key host breaks the contract on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// It does not.
    #[default]
    Honest,
    /// It leaves out the last answer.
    Fewer,
    /// It answers the last request twice.
    More,
    /// Its ids are one byte short.
    ShortId,
    /// Its secrets are one byte long.
    LongSecret,
    /// It traps instead of answering.
    Trap,
}

/// Remembers each call of the key source of one instance.
pub struct Watch(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    calls: Vec<KeyCall>,
    switch: Switch,
}

impl Watch {
    /// Begins to watch an instance.
    pub fn on(instance: &mut Instance) -> Watch {
        let watch = Watch(Arc::default());
        let seen = Watch(Arc::clone(&watch.0));
        instance.host().intercept = Some(Box::new(move |call, answers| {
            let mut seen = seen.lock();
            seen.calls.push(call.clone());
            spoil(seen.switch, answers)
        }));
        watch
    }

    /// Takes the calls since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<KeyCall> {
        std::mem::take(&mut self.lock().calls)
    }

    /// Spoils the answers of the calls to come in this way.
    pub fn switch(&self, switch: Switch) {
        self.lock().switch = switch;
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spoil(switch: Switch, answers: &mut Vec<RawAnswer>) -> wasmtime::Result<()> {
    match switch {
        Switch::Honest => {}
        Switch::Fewer => drop(answers.pop()),
        Switch::More => answers.extend(answers.last().cloned()),
        Switch::ShortId => answers.iter_mut().flatten().for_each(|key| key.id.truncate(15)),
        Switch::LongSecret => answers.iter_mut().flatten().for_each(|key| key.secret.push(0)),
        Switch::Trap => return Err(wasmtime::Error::msg("the key host trapped")),
    }
    Ok(())
}
