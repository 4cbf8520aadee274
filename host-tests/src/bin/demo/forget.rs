//! One person is forgotten, and everybody else is not.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fieldseal::OpenOptions;
use host_tests::keys::Shared;
use serde_json::Value;

use crate::screen::{Progress, headline, say};
use crate::triple::{self, Part};
use crate::{Host, Stored, person};

/// The values that a placeholder can be.
const PLACEHOLDERS: [&str; 6] = ["null", "\"\"", "0", "false", "[]", "{}"];

pub(crate) fn somebody(host: &mut Host, stored: &[Stored<'_>], keys: &Shared) -> Result<()> {
    headline("Forget one person");
    let mut documents = BTreeMap::<&str, usize>::new();
    stored
        .iter()
        .flat_map(|one| &one.persons)
        .for_each(|person| *documents.entry(person).or_default() += 1);
    let (who, appears) = documents
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .context("nobody is in these documents")?;
    let clear: Vec<Value> = stored
        .iter()
        .map(|one| serde_json::from_str(&one.payload.text))
        .collect::<Result<_, _>>()?;
    let login = clear
        .iter()
        .find_map(|document| person::login(document, who))
        .context("the person has no login")?;
    let key = keys.id(who).context("the person has no key")?;
    say(&format!(
        "The person in the most documents: id {who}, login {login}, in {appears} documents. The key is destroyed."
    ));
    keys.erase(who)?;

    let policy = host.policy()?;
    let (mut gone, mut touched, mut kept, mut untouched) = (0, 0, 0, 0);
    let mut mentions = BTreeMap::new();
    let mut progress = Progress::new("opening again", stored.len());
    for one in stored {
        let record = &one.payload.record;
        let opened = host
            .instance
            .open(policy, &one.sealed, &one.context, OpenOptions::default(), host.source)?
            .with_context(|| record.clone())?;
        host.report.verdict(record, &opened.verdict)?;
        let withheld = host.report.access(record, &opened.access)?;
        let (sealed, after) =
            (std::str::from_utf8(&one.sealed)?, std::str::from_utf8(&opened.document)?);
        let parts =
            triple::apart(sealed, &one.payload.text, after).with_context(|| record.clone())?;
        let mut own = 0;
        for Part { envelope, before, after } in parts {
            if sealed_under(envelope)? == key {
                ensure!(
                    PLACEHOLDERS.contains(&after),
                    "{record}: a value of the forgotten person is still there"
                );
                own += 1;
            } else {
                ensure!(before == after, "{record}: a value of somebody else changed");
                kept += 1;
            }
        }
        ensure!(
            withheld == own,
            "{record}: the access record tells of {withheld} withheld values, not {own}"
        );
        ensure!(
            (own > 0) == one.persons.contains(who),
            "{record}: the person was asked for, and nothing is sealed for them"
        );
        if own == 0 {
            ensure!(after == one.payload.text, "{record}: a document without the person changed");
            untouched += 1;
        } else {
            touched += 1;
        }
        gone += own;
        person::mentions(&serde_json::from_str(after)?, &login, "", &mut mentions);
        progress.step();
    }
    progress.finish();
    ensure!(
        gone > 0 && touched == appears,
        "{appears} documents hold the person, and {touched} changed"
    );
    let refused = host.instance.seal(
        policy,
        stored_with(stored, who)?.payload.text.as_bytes(),
        &stored_with(stored, who)?.context,
        host.source,
    )?;
    ensure!(
        refused.is_err_and(|error| error.code == fieldseal::ErrorCode::Erased),
        "the forgotten person can be written again"
    );
    say(&format!(
        "{gone} values in {touched} documents became placeholders: exactly those sealed under the destroyed key. The other {kept} sealed\n\
         values and {untouched} documents are the same to the byte, and so is every byte between the values.\n\
         Sealing for the person again is refused: erased."
    ));
    remaining(&login, &mentions);
    Ok(())
}

fn stored_with<'a, 'p>(stored: &'a [Stored<'p>], who: &str) -> Result<&'a Stored<'p>> {
    stored.iter().find(|one| one.persons.contains(who)).context("the person is in no document")
}

/// The key that an envelope names: 16 bytes after the first four.
fn sealed_under(envelope: &str) -> Result<[u8; 16]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(envelope)?;
    Ok(bytes.get(4..20).context("a short envelope")?.try_into()?)
}

/// The schema decides what is sealed, and so what can be forgotten. By the object that holds the
/// value, since one has up to fifty such members.
fn remaining(login: &str, mentions: &BTreeMap<String, usize>) {
    let total: usize = mentions.values().sum();
    let mut holders = BTreeMap::<&str, (usize, BTreeSet<&str>)>::new();
    for (pointer, count) in mentions {
        let mut names = pointer.rsplit('/').filter(|token| *token != "*");
        let (member, holder) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let entry = holders.entry(holder).or_default();
        entry.0 += count;
        entry.1.insert(member);
    }
    let mut holders: Vec<_> = holders.into_iter().collect();
    holders.sort_by_key(|(holder, (count, _))| (std::cmp::Reverse(*count), *holder));
    say(&format!(
        "\"{login}\" still stands in clear in {total} values that the overlay does not mark. Most often:"
    ));
    for (holder, (count, members)) in holders.iter().take(6) {
        let examples = members.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        say(&format!(
            "  {count:>6}  in a {holder}: {examples}{}",
            if members.len() > 3 { " …" } else { "" }
        ));
    }
    let others: usize = holders.iter().skip(6).map(|(_, (count, _))| count).sum();
    say(&format!("  {others:>6}  elsewhere"));
}
