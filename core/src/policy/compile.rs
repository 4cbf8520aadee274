//! From text to policy, in the order in which one step needs the other.

use std::sync::Arc;

use fieldseal_primitives::Sha256;
use serde_json::Value;

use super::Policy;
use super::compiled::Compiled;
use super::plan::Plan;
use crate::error::{Error, ErrorCode};
use crate::evidence::SchemaName;
#[cfg(feature = "validation")]
use crate::export::{clear::ClearSchema, forms::Origin};
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::declared::Declared;
use crate::schema::draft::{Dialect, Draft};
use crate::schema::finding::{Budget, Findings, below};
use crate::schema::marker::{Marker, MarkerDefaults, RawMarker};
use crate::schema::options::{Formats, Options};
use crate::schema::overlay;
use crate::schema::overlay::{Base, bare};
use crate::schema::registry::{DRAFT_UNKNOWN, Document, NodeId, Registry};
use crate::schema::retention::Retention;
use crate::schema::{canonical, intake, types, uri};

pub(super) fn compile(schema: &[u8], options: Options) -> Result<Policy, Error> {
    let mut findings = Findings::default();
    let mut budget = Budget::new(options.limits.expansions);
    check_size(schema, &options)?;
    let Options {
        overlay,
        references,
        draft,
        media_types,
        nonconforming,
        clear,
        suite,
        formats,
        limits,
    } = options;

    let Some(main) =
        intake::read(schema, limits.schema_bytes, limits.expansions, "", &mut findings)?
    else {
        return Err(refused(findings));
    };
    let known: Vec<(&str, &Value)> =
        references.iter().map(|(uri, value)| (bare(uri), value)).collect();
    let main_dialect = dialect_of(
        &main,
        draft.unwrap_or(Draft::TwentyTwenty).into(),
        draft.is_some(),
        &known,
        "",
        &mut findings,
    );
    let formats = if main_dialect.asserts_formats { Formats::Assert } else { formats };
    let mut bases = vec![Base { uri: None, value: main, dialect: main_dialect }];
    for (uri, value) in &references {
        let prefix = format!("{}#", bare(uri));
        if uri::fragment(bare(uri)).0 != bare(uri) {
            findings.error(
                "reference-malformed",
                below("references#", uri),
                "the uri of a reference has no fragment",
            );
        }
        let dialect =
            dialect_of(value, main_dialect, draft.is_some(), &known, &prefix, &mut findings);
        bases.push(Base { uri: Some(uri.clone()), value: value.clone(), dialect });
    }
    overlay::apply(overlay, &mut bases, &mut findings);
    // Entries can lead into one another, so what each is for itself says nothing about the nesting
    // of all.
    for base in &mut bases {
        if let Err(error) = intake::measure(&base.value) {
            intake::dismantle(std::mem::take(&mut base.value));
            return Err(error);
        }
    }
    let digest = bases.first().map(|main| digest(&main.value)).unwrap_or_default();

    let registry =
        Registry::build(Document::all(&bases), &media_types, &mut budget, &mut findings)?;

    let root = bases.first().and_then(|main| main.value.as_object());
    let id = root.and_then(|root| root.get(main_dialect.draft.id())).and_then(Value::as_str);
    let family = root.and_then(|root| root.get("x-schema-family")).and_then(Value::as_str).or(id);
    if family.is_none_or(str::is_empty) {
        findings.error(
            "family-missing",
            "",
            "envelopes bind to a family: give x-schema-family at the root (or `$id`)",
        );
    }
    let retentions = match root.and_then(|root| root.get("x-retention")) {
        Some(rules) => Retention::read(rules, "/x-retention", &mut findings),
        None => Vec::new(),
    };
    let defaults = match root.and_then(|root| root.get("x-protection-defaults")) {
        Some(value) => RawMarker::read(value, "/x-protection-defaults", &mut findings),
        None => RawMarker::default(),
    };
    let setting = MarkerDefaults {
        defaults,
        suite,
        family: family.unwrap_or_default(),
        retentions: &retentions,
    };
    let markers = markers(&registry, &setting, &mut findings);
    let program = Program::build(&registry, &markers, &limits, &mut budget)?;
    for rule in program.endless() {
        if let Some(node) = program.rule(rule).and_then(|rule| rule.node) {
            let message = "by references and `allOf` this schema applies itself to the same value again and again";
            findings.error("endless-reference", registry.pointer(node), message);
        }
    }
    let automaton = Automaton::build(&program, &mut budget, &mut findings)?;
    let plan = Plan {
        family: family.unwrap_or_default().to_owned(),
        schema: Arc::new(SchemaName::new(
            digest,
            family.unwrap_or_default().to_owned(),
            id.map(str::to_owned),
            retentions.iter().map(|retention| retention.name.clone()).collect(),
        )),
        retentions,
        declared: Declared::collect(bases.iter().map(|base| &base.value)),
        limits,
        nonconforming,
        clear,
    };
    #[cfg(feature = "validation")]
    let (validator, origin) = {
        let clear =
            ClearSchema { bases: &bases, registry: &registry, formats, limits: &plan.limits };
        let validator = clear.validator(&program, &automaton, &mut budget, &mut findings)?;
        drop(registry);
        (validator, Origin { bases, media_types, formats })
    };
    #[cfg(not(feature = "validation"))]
    let _ = formats;
    findings.into_result()?;
    Ok(Policy(Arc::new(Compiled {
        plan,
        program,
        automaton,
        #[cfg(feature = "validation")]
        validator,
        #[cfg(feature = "validation")]
        origin,
        #[cfg(feature = "validation")]
        forms: std::sync::OnceLock::new(),
    })))
}

fn refused(findings: Findings) -> Error {
    match findings.into_result() {
        Err(error) => error,
        Ok(()) => Error::new(ErrorCode::Internal, "a schema was refused without a finding"),
    }
}

/// Texts that did not come through [`Options::from_json`] are measured too.
fn check_size(schema: &[u8], options: &Options) -> Result<(), Error> {
    let mut bytes = schema.len();
    for (key, keywords) in &options.overlay {
        bytes = bytes.saturating_add(key.len());
        for (keyword, value) in keywords {
            bytes = bytes.saturating_add(keyword.len()).saturating_add(intake::measure(value)?);
        }
    }
    for (uri, value) in &options.references {
        bytes = bytes.saturating_add(uri.len()).saturating_add(intake::measure(value)?);
    }
    if bytes > options.limits.schema_bytes as usize {
        return Err(Error::new(
            ErrorCode::Limit,
            "schema, overlay and references are over the limit `schema_bytes`",
        ));
    }
    Ok(())
}

/// What `$schema` chooses; without one the default, which also stands in for what is unknown here
/// if it was `chosen` by option.
fn dialect_of(
    schema: &Value,
    default: Dialect,
    chosen: bool,
    known: &[(&str, &Value)],
    prefix: &str,
    findings: &mut Findings,
) -> Dialect {
    match schema.get("$schema") {
        None => default,
        Some(Value::String(named)) => match Dialect::named(named, known) {
            Some(dialect) => dialect,
            None if chosen => default,
            None => {
                findings.error("draft-unknown", below(prefix, "$schema"), DRAFT_UNKNOWN);
                default
            }
        },
        Some(_) => {
            findings.error(
                "schema-invalid",
                below(prefix, "$schema"),
                "`$schema` must be a string",
            );
            default
        }
    }
}

/// The marker of each schema that has one, defaults applied.
fn markers(
    registry: &Registry<'_>,
    setting: &MarkerDefaults<'_>,
    findings: &mut Findings,
) -> Vec<Option<Marker>> {
    let mut marker = |(id, written): (NodeId, &Option<RawMarker>)| {
        let written = written.clone()?;
        let mut marker = written.effective(setting, types::placeholder(registry, id), findings);
        marker.schema_pointer = registry.pointer(id);
        Some(marker)
    };
    (0..).zip(&registry.nodes).map(|(id, node)| marker((id, &node.marker))).collect()
}

/// Of the merged main schema as authors see it: markers and envelope descriptions included,
/// references not.
fn digest(schema: &Value) -> String {
    let mut hash = Sha256::new();
    hash.update(canonical::text(schema).as_bytes());
    hash.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}
