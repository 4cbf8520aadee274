//! Compiles a schema text into a policy.

use std::sync::Arc;

use fieldseal_primitives::Sha256;
use serde_json::Value;

use super::Policy;
use super::compiled::Compiled;
use super::plan::Plan;
use crate::error::{CompileError, Error, ErrorCode};
use crate::evidence::SchemaName;
use crate::export::clear::{ClearSchema, Engines};
use crate::export::conformance::Conformance;
use crate::export::forms::Origin;
use crate::export::lint::{self as export_lint, Linted};
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::base::{Base, bare};
use crate::schema::declared::Declared;
use crate::schema::draft::{Dialect, Draft};
use crate::schema::finding::{Budget, Findings, below};
use crate::schema::marker::{Marker, MarkerDefaults, RawMarker};
use crate::schema::options::{
    Formats, Options, PLACE as OPTIONS, SchemaDialect, ValidationMode, Verify,
};
use crate::schema::overlay;
use crate::schema::registry::{Document, NodeId, Registry, SchemaPointers, draft_unknown};
use crate::schema::retention::Retention;
use crate::schema::{canonical, intake, lint, openapi, shapes, types, uri};

impl Policy {
    /// Compiles a schema.
    ///
    /// ```
    /// use fieldseal::policy::{Options, Policy};
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"customer": {"x-protection": {"subject": "/customerId"}}}
    /// }"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// assert_eq!(policy.coverage().locations[0].schema_pointer, "/properties/customer");
    /// # Ok::<(), fieldseal::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// `schema` with every finding (RFC 6901 pointers into the schema; `uri#pointer` into a
    /// reference, `overlay#pointer` into the overlay). `limit` above
    /// [`Limits::schema_bytes`](crate::Limits::schema_bytes), a nesting of 128, or
    /// [`Limits::expansions`](crate::Limits::expansions).
    pub fn compile(schema: &[u8], options: Options) -> Result<Policy, CompileError> {
        Ok(compile(schema, options, Engines::All)?)
    }
}

pub(crate) fn compile(schema: &[u8], options: Options, engines: Engines) -> Result<Policy, Error> {
    let mut findings = Findings::default();
    let mut budget = Budget::new(options.limits.expansions);
    check_size(schema, &options)?;
    let Options {
        mut overlay,
        mut references,
        draft,
        dialect,
        media_types,
        nonconforming,
        clear,
        suite,
        formats,
        verify,
        validation,
        limits,
    } = options;

    let Some(main) =
        intake::read(schema, limits.schema_bytes, limits.expansions, "", &mut findings)?
    else {
        return Err(refused(findings));
    };
    // Texts that `intake` read are sorted already; a Rust program may give others.
    references.values_mut().for_each(Value::sort_all_objects);
    overlay.values_mut().for_each(serde_json::Map::sort_keys);
    let known: Vec<(&str, &Value)> =
        references.iter().map(|(uri, value)| (bare(uri), value)).collect();
    let is_openapi = dialect == SchemaDialect::OpenApi30;
    if is_openapi && draft.is_some() {
        findings.error_with_fix(
            "option-malformed",
            below(OPTIONS, "draft"),
            "`dialect: \"openapi-3.0\"` stands on draft-04, and no other draft can be given beside it",
            "leave `draft` out",
        );
    }
    let without = draft.unwrap_or(if is_openapi { Draft::Four } else { Draft::TwentyTwenty });
    let main_dialect =
        dialect_of(&main, without.into(), draft.is_some(), &known, "", &mut findings);
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
        let default = if is_openapi { without.into() } else { main_dialect };
        let dialect = dialect_of(value, default, draft.is_some(), &known, &prefix, &mut findings);
        bases.push(Base { uri: Some(uri.clone()), value: value.clone(), dialect });
    }
    let overlaid = overlay::marked(&overlay);
    overlay::apply(overlay, &mut bases, &mut budget, &mut findings)?;
    // One overlay entry can lead into another, so the nesting of each entry does not bound the
    // nesting of the result.
    for base in &mut bases {
        if let Err(error) = intake::measure(&base.value) {
            intake::dismantle(std::mem::take(&mut base.value));
            return Err(error);
        }
        // An overlay adds keywords in the order of its own text.
        base.value.sort_all_objects();
    }
    let digest = bases.first().map(|main| digest(&main.value)).unwrap_or_default();
    let moved = if is_openapi {
        let moved = openapi::rewrite(&mut bases, &mut budget)?;
        bases.iter_mut().for_each(|base| base.value.sort_all_objects());
        moved
    } else {
        openapi::Moved::default()
    };

    let registry =
        Registry::build(Document::all(&bases), &media_types, &mut budget, &mut findings)?;

    if verify == Verify::Sealed && validation == ValidationMode::Off {
        findings.error_with_fix(
            "option-malformed",
            below(OPTIONS, "verify"),
            "nothing verifies sealed documents beside `validation: \"off\"`",
            "leave `verify` or `validation` out",
        );
    }
    let root = bases.first().and_then(|main| main.value.as_object());
    let id = root.and_then(|root| root.get(main_dialect.draft.id())).and_then(Value::as_str);
    let family = root.and_then(|root| root.get("x-schema-family")).and_then(Value::as_str).or(id);
    if family.is_none_or(str::is_empty) {
        findings.error_with_fix(
            "family-missing",
            "",
            "envelopes bind to a family, and the root names none",
            "add `x-schema-family` at the root: a name that never changes, such as a urn",
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
    let markers = markers(&registry, &setting, &mut budget, &mut findings)?;
    let program = Program::build(&registry, &markers, formats, &limits, &mut budget)?;
    for rule in program.endless() {
        if let Some(node) = program.rule(rule).and_then(|rule| rule.node) {
            let message = "by references and `allOf` this schema applies itself to the same value again and again";
            findings.error("endless-reference", registry.pointer(node), message);
        }
    }
    let mut warnings = Findings::default();
    let automaton = Automaton::build(&program, &mut budget, &limits, &mut findings, &mut warnings)?;
    let linted = Linted {
        registry: &registry,
        markers: &markers,
        program: &program,
        automaton: &automaton,
        overlaid: &overlaid,
        limits: &limits,
    };
    export_lint::check(&linted, &mut findings, &mut warnings);
    if let Some(main) = bases.first() {
        lint::lint(&main.value, main_dialect.draft, &registry, &mut warnings);
    }
    let pointers = SchemaPointers::of(&registry);
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
        verify,
    };
    let is_sound = shapes::report(&bases, &mut findings);
    let schema = ClearSchema {
        bases: &bases,
        registry: &registry,
        program: &program,
        automaton: &automaton,
        formats,
        limits: &plan.limits,
        engines,
    };
    let mut undecided = schema.undecided();
    let conformance = match validation {
        ValidationMode::On if is_sound => {
            schema.conformance(&undecided, &mut budget, &mut findings)?
        }
        _ => Conformance::Off,
    };
    drop(registry);
    let origin = Origin { bases, media_types, formats, validation };
    if !findings.has_errors() {
        findings.append(warnings);
    }
    if !moved.is_empty() {
        findings.rename(|pointer| moved.undo(pointer));
        undecided.iter_mut().for_each(|own| moved.undo(&mut own.schema_pointer));
    }
    let findings = findings.into_result()?;
    Ok(Policy::new(Compiled {
        plan,
        findings,
        pointers,
        program,
        automaton,
        conformance,
        undecided,
        origin,
        forms: std::sync::OnceLock::new(),
    }))
}

fn refused(findings: Findings) -> Error {
    match findings.into_result() {
        Err(error) => error,
        Ok(_) => Error::new(ErrorCode::Internal, "a schema was refused without a finding"),
    }
}

/// Checks the total size. It also measures texts that did not come through [`Options::from_json`].
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

/// Returns the dialect that `$schema` names, or the default without one. The default also replaces
/// an unknown dialect if it was `chosen` by an option.
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
                draft_unknown(prefix, findings);
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

/// Returns the marker of each schema that has one, with the defaults applied.
fn markers(
    registry: &Registry<'_>,
    setting: &MarkerDefaults<'_>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vec<Option<Marker>>, Error> {
    let mut markers = Vec::with_capacity(registry.nodes.len());
    for (id, node) in (0..).zip(&registry.nodes) {
        let id: NodeId = id;
        markers.push(match node.marker.clone() {
            Some(written) => {
                let placeholder = types::placeholder(registry, id);
                let mut marker = written.effective(setting, placeholder, findings);
                marker.schema_pointer = registry.pointer(id);
                budget.spend(marker.weight())?;
                Some(marker)
            }
            None => None,
        });
    }
    Ok(markers)
}

/// Returns the digest of the main schema after the overlay. It includes markers and descriptions of
/// envelopes, and omits references.
fn digest(schema: &Value) -> String {
    let mut hash = Sha256::new();
    hash.update(canonical::text(schema).as_bytes());
    hash.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}
