//! The compiled policy.

use std::fmt;
use std::sync::Mutex;

use fieldseal_json::sort::sorted;

use super::compile;
use super::plan::Plan;
use crate::error::{CompileError, Error, ErrorCode};
use crate::export::coverage;
#[cfg(feature = "validation")]
use crate::export::forms;
#[cfg(feature = "validation")]
use crate::export::validator;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::keys::{Answer, Cache, CachedKey, Generation, Refusal, Request};
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::resolver::walk::{self, Resolution, Sought};
use crate::schema::marker::Marker;
use crate::schema::options::Options;

/// The schemas of both forms of a document, JSON texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    /// Of clear documents, with the markers; references are part of it.
    pub plaintext: String,
    /// Of sealed documents: each marked value is a string of the media type
    /// `application/vnd.fieldseal.sealed`.
    pub sealed: String,
}

/// One compiled schema with its overlay: immutable, reusable, the only long-lived object.
pub struct Policy {
    pub(super) plan: Plan,
    pub(super) program: Program,
    pub(super) automaton: Automaton,
    pub(super) cache: Mutex<Cache>,
    #[cfg(feature = "validation")]
    pub(super) validator: Option<validator::Validator>,
    #[cfg(feature = "validation")]
    pub(super) origin: forms::Origin,
    /// Made when first asked for: few who seal need them.
    #[cfg(feature = "validation")]
    pub(super) forms: std::sync::OnceLock<Result<forms::Forms, Error>>,
}

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
    /// assert!(policy.coverage().contains("/properties/customer"));
    /// # Ok::<(), fieldseal::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// `schema` with every finding (RFC 6901 pointers into the schema; `uri#pointer` into a
    /// reference, `overlay#pointer` into the overlay), `limit` over
    /// [`Limits::schema_bytes`](crate::Limits::schema_bytes), nesting of 128, or
    /// [`Limits::expansions`](crate::Limits::expansions).
    pub fn compile(schema: &[u8], options: Options) -> Result<Policy, CompileError> {
        Ok(compile::compile(schema, options)?)
    }

    /// Which schema locations are sealed, where documents have them, and how: JSON text with sorted
    /// members (RFC 8785), of the shape `Coverage`. A `subject` of `call` is the one that the call
    /// gives; others are pointers. `loosened` lists what the sealed schema does not demand as the
    /// schema does; the lite build has none.
    pub fn coverage(&self) -> String {
        coverage::json(&self.automaton.coverage, &self.plan.retentions, self.loosened())
    }

    /// The same as a table for people; `markdown` or plain text.
    pub fn coverage_text(&self, markdown: bool) -> String {
        coverage::table(&self.automaton.coverage, &self.plan.retentions, self.loosened(), markdown)
    }

    /// The schemas of the clear and of the sealed form as plain JSON Schema, each one text that
    /// refers to nothing else, so that a schema registry, a database or any validator enforces them
    /// without this library.
    ///
    /// ```
    /// # use fieldseal::{Options, Policy};
    /// let schema = br#"{"x-schema-family": "urn:example:order", "properties": {"name": {"type": "string", "x-protection": {}}}}"#;
    /// let schemas = Policy::compile(schema, Options::default())?.schemas()?;
    /// assert!(schemas.sealed.contains("application/vnd.fieldseal.sealed"));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `limit` where the schema takes so many steps that copying it for sealed documents is over
    /// [`Limits::expansions`](crate::Limits::expansions); `unsupported` in the lite build.
    pub fn schemas(&self) -> Result<Schemas, Error> {
        #[cfg(feature = "validation")]
        return match self.forms() {
            Ok(forms) => {
                Ok(Schemas { plaintext: forms.plaintext.clone(), sealed: forms.sealed.clone() })
            }
            Err(error) => Err(error.clone()),
        };
        #[cfg(not(feature = "validation"))]
        Err(Error::new(
            crate::error::ErrorCode::Unsupported,
            "the lite build has no validator, and derives no schemas",
        ))
    }

    fn loosened(&self) -> &[coverage::Loosened] {
        #[cfg(feature = "validation")]
        if let Ok(forms) = self.forms() {
            return &forms.loosened;
        }
        &[]
    }

    /// Forgets the cached keys of one reference, in every tenant, or all of them: for a host that
    /// learns of an erasure before the keys are too old ([`Options::cache`]).
    pub fn evict(&self, reference: Option<&str>) {
        self.with_cache(|cache| cache.evict(reference));
    }

    /// By request the cached key, and what [`Policy::keep`] is told with the answers to the others;
    /// `None` where the cache is off.
    pub(crate) fn cached(
        &self,
        requests: &[Request],
        now: u64,
    ) -> Option<(Vec<Option<CachedKey>>, Generation)> {
        self.with_cache(|cache| {
            cache.bounds().is_on().then(|| {
                cache.advance(now);
                (requests.iter().map(|request| cache.get(request)).collect(), cache.generation())
            })
        })
    }

    /// By request the keys that [`Policy::cached`] found, as far as they may still be used; what
    /// may not is `unavailable`.
    pub(crate) fn held(
        &self,
        requests: &[Request],
        hits: Vec<Option<CachedKey>>,
        generation: Generation,
    ) -> Vec<Option<Answer>> {
        self.with_cache(|cache| {
            let answer = |(request, hit): (&Request, Option<CachedKey>)| {
                let hit = hit?;
                Some(if cache.is_gone(request, &hit, generation) {
                    Err(Refusal::Unavailable)
                } else {
                    Ok(hit.key)
                })
            };
            requests.iter().zip(hits).map(answer).collect()
        })
    }

    /// Keeps the keys among the answers to what [`Policy::cached`] did not find at `now`. Calls
    /// overlap, and this one may have waited longest: its clock is no news.
    pub(crate) fn keep(
        &self,
        requests: &[Request],
        answers: &[Answer],
        now: u64,
        generation: Generation,
    ) {
        self.with_cache(|cache| {
            for (request, answer) in requests.iter().zip(answers) {
                if let Ok(key) = answer {
                    cache.put(request, key, now, generation);
                }
            }
        });
    }

    /// Forgets the keys that these requests name: something did not open with them.
    pub(crate) fn forget(&self, requests: &[Request]) {
        let ids = sorted(requests.iter().filter_map(|request| request.id).collect(), Ord::cmp);
        self.with_cache(|cache| cache.forget(&ids));
    }

    /// How long a key may be used after it was fetched, in milliseconds.
    pub(crate) fn shred_latency(&self) -> u64 {
        let bounds = self.plan.caching;
        if bounds.is_on() { bounds.max_age_ms } else { 0 }
    }

    /// A thread that panicked left nothing half done that matters: entries are whole or not there.
    fn with_cache<T>(&self, act: impl FnOnce(&mut Cache) -> T) -> T {
        act(&mut self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The demands that [`Location::marker`] and [`Dispute::marker`] number.
    pub(crate) fn markers(&self) -> &[Marker] {
        &self.automaton.markers
    }

    /// The marked values of a document.
    pub(crate) fn resolve<'a>(
        &'a self,
        tape: &'a Tape<'a>,
        sought: Sought,
    ) -> Result<Resolution, Error> {
        walk::resolve(&self.program, &self.automaton, tape, sought, &self.plan.limits)
    }

    /// Whether a clear document fits the plaintext schema.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        #[cfg(feature = "validation")]
        if let Some(validator) = &self.validator {
            return validator.is_valid(tape);
        }
        let _ = tape;
        Validity::Unvalidated
    }

    /// Whether a sealed document fits the sealed schema.
    pub(crate) fn is_valid_sealed(&self, tape: &Tape<'_>) -> Validity {
        #[cfg(feature = "validation")]
        if let Ok(forms) = self.forms() {
            return forms.is_valid(tape);
        }
        let _ = tape;
        Validity::Unvalidated
    }

    /// The schemas of both forms.
    #[cfg(feature = "validation")]
    pub(super) fn forms(&self) -> Result<&forms::Forms, &Error> {
        self.forms
            .get_or_init(|| {
                forms::Forms::derive(
                    &self.origin,
                    &self.program,
                    &self.automaton,
                    &self.plan.limits,
                )
            })
            .as_ref()
    }

    /// Why a document does not fit: its first fault, in words of the schema alone; the root if none
    /// was looked for, since that costs far more than the answer that there is one.
    pub(crate) fn misfit(&self, tape: &Tape<'_>) -> Error {
        const MESSAGE: &str = "the document does not conform to its schema";
        #[cfg(feature = "validation")]
        if let Some(fault) =
            self.validator.as_ref().and_then(|validator| validator.first_fault(tape))
        {
            let missing =
                fault.missing.map(|name| format!(", and `{name}` is missing")).unwrap_or_default();
            return Error::new(
                ErrorCode::Invalid,
                format!("{MESSAGE}: `{}`{missing}", fault.keyword),
            )
            .at(fault.pointer);
        }
        let _ = tape;
        Error::new(ErrorCode::Invalid, MESSAGE).at("")
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("family", &self.plan.family)
            .field("digest", &self.plan.digest)
            .finish_non_exhaustive()
    }
}
