//! Envelopes and tokens, below documents.

mod entropy;
mod inspect;
mod open;
mod page;
mod released_envelopes;
mod seal;
mod token;
mod vectors;
