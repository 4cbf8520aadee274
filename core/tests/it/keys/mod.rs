//! Keys: the keyring, the cache, sets of keys.

mod answered;
mod cache;
mod cached_calls;
mod key_sets;
mod keyring;
mod keyring_model;
mod refusals;
mod retention_keys;
mod shares;
mod wrong_keys;
