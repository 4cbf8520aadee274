//! A sealed text beside the clear texts it stands for, taken apart at its envelopes without the
//! help of the component.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Stored;

/// One sealed value.
pub(crate) struct Part<'a> {
    /// The envelope, without quotes.
    pub(crate) envelope: &'a str,
    /// The text of the value in the document that was sealed.
    pub(crate) before: &'a str,
    /// The text of the value in a document that was opened.
    pub(crate) after: &'a str,
}

/// Takes three texts apart at the envelopes of the sealed one.
///
/// # Errors
/// When they differ in any byte outside the sealed values.
pub(crate) fn apart<'a>(sealed: &'a str, before: &'a str, after: &'a str) -> Result<Vec<Part<'a>>> {
    let (mut parts, mut rest, mut before, mut after) = (Vec::new(), sealed, before, after);
    loop {
        let start = rest.find("\"Fs1");
        let (between, tail) = rest.split_at(start.unwrap_or(rest.len()));
        before = before
            .strip_prefix(between)
            .context("a byte outside the sealed values differs from the clear document's")?;
        after = after.strip_prefix(between).context("a byte outside the sealed values changed")?;
        if start.is_none() {
            ensure!(before.is_empty() && after.is_empty(), "a document has bytes after its end");
            return Ok(parts);
        }
        let (envelope, tail) = value(tail)?;
        let (old, rest_before) = value(before)?;
        let (new, rest_after) = value(after)?;
        parts.push(Part { envelope: envelope.trim_matches('"'), before: old, after: new });
        (rest, before, after) = (tail, rest_before, rest_after);
    }
}

/// The text of the JSON value that a text begins with, and what follows.
fn value(text: &str) -> Result<(&str, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.next().context("a value is missing")??;
    Ok(text.split_at(values.byte_offset()))
}

/// The sealed values of all documents, counted.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) objects: usize,
    pub(crate) values: usize,
}

pub(crate) fn count(stored: &[Stored<'_>]) -> Result<Counts> {
    let mut counts = Counts::default();
    for one in stored {
        let clear: Value = serde_json::from_str(&one.payload.text)?;
        let sealed: Value = serde_json::from_slice(&one.sealed)?;
        let mut parents = BTreeSet::new();
        compare(&clear, &sealed, "", "", &mut |parent| {
            counts.values += 1;
            parents.insert(parent.to_owned());
        })?;
        counts.objects += parents.len();
    }
    Ok(counts)
}

fn compare(
    clear: &Value,
    sealed: &Value,
    at: &str,
    parent: &str,
    found: &mut impl FnMut(&str),
) -> Result<()> {
    match (clear, sealed) {
        (Value::Object(a), Value::Object(b)) => {
            ensure!(a.keys().eq(b.keys()), "the members of an object changed");
            a.iter()
                .zip(b.values())
                .try_for_each(|((name, a), b)| compare(a, b, &format!("{at}/{name}"), at, found))
        }
        (Value::Array(a), Value::Array(b)) => {
            ensure!(a.len() == b.len(), "the length of an array changed");
            a.iter()
                .zip(b)
                .enumerate()
                .try_for_each(|(n, (a, b))| compare(a, b, &format!("{at}/{n}"), parent, found))
        }
        (a, b) if a == b => Ok(()),
        (_, Value::String(envelope)) if envelope.starts_with("Fs1B") => {
            found(parent);
            Ok(())
        }
        _ => anyhow::bail!("a value changed without being sealed"),
    }
}
