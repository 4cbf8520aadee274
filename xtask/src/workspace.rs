//! Where things are.

use std::path::{Path, PathBuf};

/// The builds of one core. All judge documents by the core's own evaluator; the full build also
/// carries the validator crate, for schemas with keywords that the evaluator cannot decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Compiled for a small size.
    Evaluator,
    /// The evaluator build compiled for speed: JavaScript on servers, where nobody waits for bytes.
    Fast,
    /// The evaluator build without vectors and with small functions, for engines that need both.
    Scalar,
    Full,
}

impl Build {
    pub(crate) const ALL: [Self; 4] = [Self::Evaluator, Self::Fast, Self::Scalar, Self::Full];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Evaluator => "evaluator",
            Self::Fast => "fast",
            Self::Scalar => "scalar",
            Self::Full => "full",
        }
    }

    /// Returns the ways in which this build reaches its hosts.
    pub(crate) fn doors(self) -> &'static [Door] {
        match self {
            Self::Evaluator | Self::Full => &[Door::Component, Door::Web],
            Self::Fast => &[Door::Web],
            Self::Scalar => &[Door::Component],
        }
    }

    /// Returns the artefacts of this build in `target/package/`, each with its name there.
    pub(crate) fn artefacts(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Evaluator => {
                &[("component", "fieldseal.component.wasm"), ("core", "fieldseal.core.wasm")]
            }
            Self::Fast => &[],
            Self::Scalar => &[("core", "fieldseal-scalar.core.wasm")],
            Self::Full => &[
                ("component", "fieldseal-full.component.wasm"),
                ("core", "fieldseal-full.core.wasm"),
            ],
        }
    }
}

/// The way in which a module reaches its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Component,
    Web,
}

impl Door {
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Component => "fieldseal-component",
            Self::Web => "fieldseal-web",
        }
    }
}

/// A checkout of this repository; `verify-build` makes further ones.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    long_counts: bool,
}

impl Workspace {
    /// The checkout that this program was compiled in.
    pub(crate) fn here() -> Self {
        Self::at(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")))
    }

    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf(), long_counts: false }
    }

    /// The same, for tests that repeat themselves as often as `soak` asks.
    pub(crate) fn with_long_counts(&self) -> Self {
        Self { long_counts: true, ..self.clone() }
    }

    /// The environment that tells tests how often to repeat themselves.
    pub(crate) fn counts(&self) -> Option<(&'static str, &'static str)> {
        self.long_counts.then_some(("FIELDSEAL_COUNTS", "soak"))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The contract.
    pub(crate) fn wit(&self) -> PathBuf {
        self.root.join("wit")
    }

    /// The npm package's sources.
    pub(crate) fn js(&self) -> PathBuf {
        self.root.join("js")
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Finished modules, core modules and components, before they get their shipping names.
    pub(crate) fn modules(&self) -> PathBuf {
        self.target().join("modules")
    }

    /// JavaScript glue, type declarations and modules that `js/tsconfig.json` sees beside `js/src`.
    pub(crate) fn generated(&self) -> PathBuf {
        self.target().join("generated")
    }

    /// The npm package as it is packed.
    pub(crate) fn staging(&self) -> PathBuf {
        self.target().join("npm")
    }

    /// What is shipped.
    pub(crate) fn package(&self) -> PathBuf {
        self.target().join("package")
    }

    /// The documentation as it ships.
    pub(crate) fn docs(&self) -> PathBuf {
        self.target().join("docs")
    }

    /// Notes on what need not be done again.
    pub(crate) fn stamps(&self) -> PathBuf {
        self.target().join("stamps")
    }
}
