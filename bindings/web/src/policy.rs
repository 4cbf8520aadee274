//! A compiled policy.

use std::sync::LazyLock;

use fieldseal::{CoverageFormat, Error, ErrorCode, OpenOptions, Options, Workspace};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::batch::{Calls, OpeningMany, Results, SealingMany};
use crate::context::with_context;
use crate::keyring::Keyring;
use crate::requests::{operation, requests_text};
use crate::results::thrown;
use crate::text;

/// The memory that the calls of this instance leave to one another.
static WORKSPACE: LazyLock<Workspace> = LazyLock::new(Workspace::default);

/// A compiled schema. Calls under way share it, so it may be freed while they wait for keys.
#[wasm_bindgen]
pub struct Policy(pub(crate) fieldseal::Policy);

#[wasm_bindgen]
impl Policy {
    /// Compiles a schema. Schema and `CompileOptions` are JSON text; the empty text stands for no
    /// options. `draws` is false if the host gives no random bytes, which the validator crate needs.
    pub fn compile(schema: &str, options: &str, draws: bool) -> Result<Policy, JsValue> {
        let options = Options::from_json(options).map_err(thrown)?;
        let policy = if draws || cfg!(not(feature = "full")) {
            fieldseal::Policy::compile(schema.as_bytes(), options)
        } else {
            fieldseal::internal::compile_without_crate(schema.as_bytes(), options)
        };
        let policy = policy.map_err(thrown)?;
        Ok(Policy(policy.with_workspace(&WORKSPACE)))
    }

    /// Returns the warnings and notes of the compile, `Finding[]` as JSON text.
    #[must_use]
    pub fn findings(&self) -> String {
        text::findings(self.0.findings())
    }

    /// Returns the plaintext schema and, a line further, the sealed one.
    pub fn schemas(&self) -> Result<String, JsValue> {
        let fieldseal::Schemas { plaintext, sealed } = self.0.schemas().map_err(thrown)?;
        Ok([plaintext, sealed].join("\n"))
    }

    /// Takes the first step of sealing a batch, and the calls out of `calls`.
    #[wasm_bindgen(js_name = beginSealMany)]
    pub fn begin_seal_many(&self, calls: &Calls) -> SealingMany {
        SealingMany::begin(&self.0, calls)
    }

    /// Takes the first step of opening a batch, and the calls out of `calls`.
    #[wasm_bindgen(js_name = beginOpenMany)]
    pub fn begin_open_many(&self, strict: bool, calls: &Calls) -> OpeningMany {
        OpeningMany::begin(&self.0, calls, options(strict))
    }

    /// Seals a batch under keys that are in this instance.
    #[wasm_bindgen(js_name = sealManyWith)]
    pub fn seal_many_with(&self, keyring: &Keyring, calls: &Calls) -> Result<Results, JsValue> {
        SealingMany::with(keyring, &self.0, calls)
    }

    /// Opens a batch under keys that are in this instance.
    #[wasm_bindgen(js_name = openManyWith)]
    pub fn open_many_with(
        &self,
        keyring: &Keyring,
        strict: bool,
        calls: &Calls,
    ) -> Result<Results, JsValue> {
        OpeningMany::with(keyring, &self.0, calls, options(strict))
    }

    /// Returns the verdict on a sealed document.
    pub fn check(&self, document: Vec<u8>) -> Result<String, JsValue> {
        self.0.check(&document).map(|verdict| verdict.to_json()).map_err(thrown)
    }

    /// Returns `Coverage` as JSON text.
    #[must_use]
    pub fn coverage(&self) -> String {
        self.0.coverage().to_json()
    }

    /// Returns the coverage for people.
    #[wasm_bindgen(js_name = coverageText)]
    #[must_use]
    pub fn coverage_text(&self, markdown: bool) -> String {
        let format = if markdown { CoverageFormat::Markdown } else { CoverageFormat::Text };
        self.0.coverage().to_text(format)
    }
}

with_context! {
    Policy;
    /// Returns `KeyRequest[]` as JSON text.
    fn required_keys as requiredKeys(
        self,
        [operation: &str, document: Vec<u8>],
        context,
        now
    ) -> String {
        let operation = self::operation(operation).ok_or_else(|| {
            thrown(Error::new(ErrorCode::Context, "`operation` is one of seal, open, reseal"))
        })?;
        self.0
            .required_keys(&document, &context, operation)
            .and_then(|requests| requests_text(&requests))
            .map_err(thrown)
    }
}

/// Returns the options of a call that opens.
pub(crate) fn options(strict: bool) -> OpenOptions {
    if strict { OpenOptions::strict() } else { OpenOptions::default() }
}
