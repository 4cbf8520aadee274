//! What the fuzz targets share: inputs of several texts, a mutator that knows JSON, and a
//! deterministic host.

pub mod edits;
pub mod exported;
pub mod host;
pub mod input;
pub mod mutate;
pub mod opinion;
pub mod record;
pub mod words;
