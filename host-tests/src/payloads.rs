//! GitHub's published webhook payloads, schema, and the overlay that says what in them is personal.

use anyhow::{Context as _, Result};
use fieldseal::Context;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::artefacts;

/// One payload.
pub struct Payload {
    /// The name of its event and its number among that event's: the record that its values are
    /// bound to.
    pub record: String,
    /// Its text as GitHub published it.
    pub text: String,
}

impl Payload {
    /// The context of a call about this payload.
    #[must_use]
    pub fn context(&self) -> Context {
        Context {
            record: Some(self.record.clone()),
            purpose: Some("demonstration".into()),
            now: Some(1_795_339_800_000),
            ..Context::default()
        }
    }
}

/// The payloads with their schema and overlay.
pub struct Payloads {
    /// GitHub's JSON Schema.
    pub schema: String,
    /// The overlay, by schema pointer.
    pub overlay: String,
    /// All payloads in the order of publication.
    pub documents: Vec<Payload>,
}

#[derive(Deserialize)]
struct Event {
    name: String,
    examples: Vec<Box<RawValue>>,
}

impl Payloads {
    /// Reads what the workspace's npm lock file brought.
    ///
    /// # Errors
    /// When a file is missing: says which command brings it.
    pub fn load() -> Result<Payloads> {
        let schema = artefacts::node_module("@octokit/webhooks-schemas/schema.json")?;
        let overlay = artefacts::source("core/tests/data/webhooks-overlay.json")?;
        let index = artefacts::node_module("@octokit/webhooks-examples/api.github.com/index.json")?;
        let events: Vec<Event> =
            serde_json::from_str(&index).context("the payloads are not what was expected")?;
        let of_event = |event: Event| {
            let Event { name, examples } = event;
            examples.into_iter().enumerate().map(move |(number, example)| Payload {
                record: format!("{name}/{number}"),
                text: example.get().to_owned(),
            })
        };
        Ok(Payloads { schema, overlay, documents: events.into_iter().flat_map(of_event).collect() })
    }

    /// Returns compile options with the overlay. `nonconforming`: `refuse` or `seal`.
    #[must_use]
    pub fn options(&self, nonconforming: &str) -> String {
        format!(r#"{{"nonconforming":"{nonconforming}","overlay":{}}}"#, self.overlay)
    }
}
