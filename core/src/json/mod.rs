//! The document: a tape over the original text.
