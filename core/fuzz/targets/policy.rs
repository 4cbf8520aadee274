//! Bytes as a schema and compile options: a policy comes out, or findings, or a limit. What a
//! policy tells of itself is JSON, and its two schemas are schemas.
#![no_main]

use fieldseal::{CompileError, Coverage, CoverageFormat, ErrorCode, Options, Policy, Severity};
use fieldseal_fuzz::exported;
use fieldseal_fuzz::host::bounded;
use fieldseal_fuzz::input::split;
use fieldseal_fuzz::mutate::{Text, mutate};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use serde_json::Value;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate([Text::Schema, Text::Options], data, size, max_size, seed, fuzzer_mutate)
});

fuzz_target!(|input: &[u8]| {
    let [schema, options] = split(input);
    let Ok(options) = std::str::from_utf8(options) else { return };
    let mut options = match Options::from_json(options) {
        Ok(options) => options,
        Err(error) => return refused(&error),
    };
    options.limits = bounded(&options.limits);
    match Policy::compile(schema, options.clone()) {
        Ok(policy) => compiled(&policy, schema, options),
        Err(error) => refused(&error),
    }
});

fn refused(error: &CompileError) {
    let record = error.record();
    match record.code {
        ErrorCode::Schema => {
            let first = record
                .findings
                .iter()
                .find(|finding| finding.severity == Severity::Error)
                .expect("a finding that is an error");
            assert_eq!(record.pointer.as_ref(), Some(&first.pointer));
            assert!(
                record
                    .findings
                    .iter()
                    .all(|finding| !finding.id.is_empty() && !finding.message.is_empty())
            );
        }
        code => assert_eq!(code, ErrorCode::Limit, "{error}"),
    }
}

/// One table below the other, each with two lines above its rows: of locations, of indexes, of clear
/// places, of open objects, of what is loosened. All but the first stand only where there is
/// something to say, and a line at the end where not all is listed; an index of several locations
/// has a row for each.
fn tables(text: &str, coverage: &Coverage) {
    let (locations, indexes) = (coverage.locations.len(), coverage.indexes.len());
    let mut tables = text.split("\n\n").map(|table| table.lines().count().saturating_sub(2));
    assert_eq!(tables.next(), Some(locations));
    if indexes > 0 {
        let rows = tables.next().expect("a table of indexes");
        assert!(
            (indexes..=locations).contains(&rows),
            "{rows} rows of {indexes} indexes at {locations} locations"
        );
    }
    for rows in [coverage.clear.len(), coverage.open.len(), coverage.loosened.len()] {
        if rows > 0 {
            assert_eq!(tables.next(), Some(rows));
        }
    }
    assert_eq!(tables.next().is_some(), !coverage.incomplete.is_empty());
    assert_eq!(tables.next(), None);
}

fn compiled(policy: &Policy, schema: &[u8], options: Options) {
    let coverage = policy.coverage();
    let text = coverage.to_json();
    let value: Value = serde_json::from_str(&text).expect("the coverage is JSON");
    let locations = value["locations"].as_array().expect("it lists locations");
    assert_eq!(locations.len(), coverage.locations.len());
    for format in [CoverageFormat::Text, CoverageFormat::Markdown] {
        tables(&coverage.to_text(format), &coverage);
    }
    let (formats, limits) = (options.formats, options.limits.clone());
    let again = Policy::compile(schema, options).expect("it compiled before");
    assert_eq!(again.coverage(), coverage, "the same schema, the same policy");
    assert_eq!(again.findings(), policy.findings());
    match policy.schemas() {
        Ok(schemas) => {
            assert_eq!(again.schemas().as_ref(), Ok(&schemas));
            exported::compiled(&schemas, formats, &limits);
        }
        Err(error) => assert_eq!(error.code, ErrorCode::Limit, "{error}"),
    }
}
