//! The cellar: the only place that names a cryptographic crate.
