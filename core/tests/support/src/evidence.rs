//! Records read twice: by their typed accessors and as JSON.

use fieldseal::operations::moment;
use fieldseal::{AccessRecord, Verdict};
use serde_json::{Map, Value, json};

/// Returns the text of a verdict.
///
/// # Panics
/// Where the text says anything that the accessors do not say, or leaves out anything that they
/// say.
pub fn verdict_text(verdict: &Verdict) -> String {
    let text = verdict.to_json();
    let mut read: Value = serde_json::from_str(&text).expect("a verdict is JSON");
    timed(&mut read, "at");
    let rows = read["sealed"].as_array_mut().expect("a verdict lists what is sealed");
    rows.iter_mut().for_each(|row| timed(row, "ends"));

    let sealed = verdict.sealed().map(|place| {
        let mut row = Map::new();
        row.insert("bind".into(), place.bind().as_str().into());
        row.extend(place.bucket().map(|bucket| ("bucket".into(), bucket.into())));
        row.insert("count".into(), place.count().into());
        row.extend(place.ends().map(|ends| ("ends".into(), ends.into())));
        row.insert("keyIds".into(), place.key_ids().map(|id| id.to_string()).collect());
        row.insert("keys".into(), place.keys().map(|kind| kind.as_str()).collect());
        row.insert("pointer".into(), place.pointer().into());
        row.extend(place.retention().map(|retention| ("retention".into(), retention.into())));
        let suite = place.suite().map_or("pseudonym", |suite| suite.as_str());
        row.insert("suite".into(), suite.into());
        Value::from(row)
    });
    let faults = verdict.faults().map(|fault| {
        json!({
            "code": fault.code().as_str(), "count": fault.count(), "pointer": fault.pointer(),
        })
    });
    let schema = verdict.schema();
    let mut name = json!({ "digest": schema.digest(), "family": schema.family() });
    name.as_object_mut()
        .expect("an object")
        .extend(schema.id().map(|id| ("id".to_owned(), id.into())));
    let mut built = json!({
        "codes": verdict.codes().map(|code| code.as_str()).collect::<Vec<_>>(),
        "engine": verdict.engine(),
        "faults": faults.collect::<Vec<_>>(),
        "level": verdict.level().as_str(),
        "operation": verdict.operation(),
        "schema": name,
        "sealed": sealed.collect::<Vec<_>>(),
        "shredLatencyMs": verdict.shred_latency_ms(),
    });
    let members = built.as_object_mut().expect("an object");
    members.extend(verdict.at().map(|at| ("at".to_owned(), at.into())));
    members.extend(verdict.verified().map(|form| ("verified".to_owned(), form.into())));
    assert_eq!(built, read, "the accessors and the text of a verdict");
    assert!(verdict.codes().all(|code| verdict.says(code)));
    text
}

/// Returns the text of an access record.
///
/// # Panics
/// As [`verdict_text`] does.
pub fn access_text(access: &AccessRecord) -> String {
    let text = access.to_json();
    let mut read: Value = serde_json::from_str(&text).expect("an access record is JSON");
    timed(&mut read, "at");

    let revealed = access
        .revealed()
        .map(|place| json!({ "count": place.count(), "pointer": place.pointer() }));
    let withheld = access.withheld().map(|place| {
        let mut row = json!({
            "count": place.count(), "kind": place.kind().as_str(), "masked": false,
            "pointer": place.pointer(), "reason": place.reason().as_str(),
        });
        row.as_object_mut()
            .expect("an object")
            .extend(place.bucket().map(|bucket| ("bucket".to_owned(), bucket.into())));
        row
    });
    let mut built = json!({
        "revealed": revealed.collect::<Vec<_>>(), "withheld": withheld.collect::<Vec<_>>(),
    });
    let members = built.as_object_mut().expect("an object");
    members.extend(access.at().map(|at| ("at".to_owned(), at.into())));
    members.extend(access.purpose().map(|purpose| ("purpose".to_owned(), purpose.into())));
    members.extend(access.caller().map(|caller| ("caller".to_owned(), caller.into())));
    assert_eq!(built, read, "the accessors and the text of an access record");
    text
}

/// Replaces a time's text by its milliseconds since 1970, as the accessors give it.
fn timed(record: &mut Value, member: &str) {
    if let Some(text) = record[member].as_str() {
        let millis = moment(Some(text), None).expect("a time of a record is RFC 3339");
        assert_eq!(text.len(), "2026-11-22T09:30:00.000Z".len());
        record[member] = millis.into();
    }
}
