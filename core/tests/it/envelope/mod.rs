//! Envelopes and tokens, below documents.

mod entropy;
mod normalisation;
mod open;
mod page;
mod released_envelopes;
mod seal;
mod token;
mod vectors;
