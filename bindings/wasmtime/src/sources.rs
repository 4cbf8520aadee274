//! The key sources and key caches inside an instance.

use fieldseal::{Answer, Caching, Error, Request};

use crate::contract::sources;
use crate::convert;
use crate::instance::{Broken, Handle, Instance};
use crate::keyring::Keyring;
use crate::records::RawAnswer;

/// A key source inside an [`Instance`], lent to each call that needs keys.
#[derive(Clone, Copy, Debug)]
pub struct KeySource(pub(crate) Handle);

/// A cache in front of one [`KeySource`], inside an [`Instance`]. Calls that use it need the time
/// ([`Context::now`](fieldseal::Context)).
#[derive(Clone, Copy, Debug)]
pub struct KeyCache(pub(crate) Handle);

/// Key sources and key caches.
impl Instance {
    /// Returns the key store of the host as a source: [`HostState::keys`](crate::HostState) is asked
    /// at each call. Put the cache in front of it here ([`Instance::key_cache`]), and not into the
    /// host: verdicts then state for how long a destroyed key may stay usable.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn host_source(&mut self) -> Result<KeySource, Broken> {
        let source = self.enter(|exports, store| {
            exports.fieldseal_core_sources().key_source().call_host(store)
        })?;
        Ok(KeySource(self.keep(source)))
    }

    /// Returns a keyring of this instance as a source. Its keys do not leave the instance.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    ///
    /// # Examples
    ///
    /// ```
    /// use fieldseal::{Context, OpenOptions};
    /// use fieldseal_wasmtime::{HostState, Instance, Module, ModuleOptions, Os, Owner};
    ///
    /// # std::env::set_current_dir("../../target/package")?;
    /// # let wasm = std::fs::read("fieldseal.component.wasm")?;
    /// # let module = Module::compile(&wasm, ModuleOptions::default())?;
    /// let mut instance = Instance::new(&module, HostState::without_keys(Os))?;
    /// let keyring = instance.keyring()?;
    /// let keys = instance.keyring_source(keyring)?;
    ///
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"email": {"x-protection": {}}}
    /// }"#;
    /// let policy = instance.compile(schema, "")??;
    /// let call = Context {
    ///     record: Some("order-7".to_owned()),
    ///     subject: Some("cust-1".to_owned()),
    ///     ..Context::default()
    /// };
    /// let document = br#"{"email": "ada@example.org"}"#;
    /// let sealed = instance.seal(policy, document, &call, keys)??;
    ///
    /// let ada = Owner::from("cust-1");
    /// instance.keyring_calls(keyring).erase(&ada, "request of 2026-11-22", None)??;
    /// let options = OpenOptions::default();
    /// let opened = instance.open(policy, &sealed.document, &call, options, keys)??;
    /// assert_eq!(opened.document, br#"{"email": null}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keyring_source(&mut self, keyring: Keyring) -> Result<KeySource, Broken> {
        let keyring = self.resource(keyring)?;
        let source = self.enter(|exports, store| {
            let sources = exports.fieldseal_core_sources().key_source();
            sources.call_from_keyring(store, keyring)
        })?;
        Ok(KeySource(self.keep(source)))
    }

    /// Returns answers given beforehand as a source, for one call alone: each answers the request at
    /// its place, and whatever else is asked for is `unavailable`. For hosts that fetch keys
    /// asynchronously ([`Instance::required_keys`]). Of several answers to one request a refusal
    /// counts before a key. Verdicts state no shred latency for these keys, so drop the source after
    /// the call.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `internal` for another number of answers than
    /// of requests.
    pub fn answered_source(
        &mut self,
        requests: &[Request],
        answers: Vec<Answer>,
    ) -> Result<Result<KeySource, Error>, Broken> {
        let answers: Vec<_> = answers.into_iter().map(convert::answer).collect();
        self.raw_answered_source(requests, &answers)
    }

    /// Returns answers given beforehand as a source, as [`Instance::answered_source`] does, for
    /// hosts that pass on what a key store sent: the component judges ids and secrets.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, `internal` for another number of answers than
    /// of requests, and for an id or a secret of another length than the contract's.
    pub fn raw_answered_source(
        &mut self,
        requests: &[Request],
        answers: &[RawAnswer],
    ) -> Result<Result<KeySource, Error>, Broken> {
        let requests: Vec<_> = requests.iter().map(convert::asked).collect();
        let answers: Vec<_> = answers.iter().cloned().map(convert::handed_over).collect();
        let source = self.enter(|exports, store| {
            let sources = exports.fieldseal_core_sources().key_source();
            sources.call_from_answers(store, &requests, &answers)
        })?;
        Ok(source.map(|source| KeySource(self.keep(source))).map_err(convert::error))
    }

    /// Puts an empty cache in front of a source. A key that was destroyed elsewhere stays usable in
    /// the cache until [`Instance::evict`], or for the greatest age of the bounds.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn key_cache(&mut self, source: KeySource, caching: Caching) -> Result<KeyCache, Broken> {
        let Caching { entries, max_age_ms } = caching;
        let bounds = sources::Caching { entries: Some(entries), max_age_ms: Some(max_age_ms) };
        let source = self.resource(source)?;
        let cache = self.enter(|exports, store| {
            exports.fieldseal_core_sources().key_cache().call_over(store, source, bounds)
        })?;
        Ok(KeyCache(self.keep(cache)))
    }

    /// Returns the source with its cache, to be lent to calls. All sources of one cache share its
    /// keys.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn cached_source(&mut self, cache: KeyCache) -> Result<KeySource, Broken> {
        let cache = self.resource(cache)?;
        let source = self.enter(|exports, store| {
            exports.fieldseal_core_sources().key_cache().call_source(store, cache)
        })?;
        Ok(KeySource(self.keep(source)))
    }

    /// Forgets the keys of one owner's text in every tenant, those of a person's indexes, and those
    /// that were asked for by id alone; without a text all keys. Evict in every process after an
    /// erasure, and after a rotation before anything is sealed anew.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn evict(&mut self, cache: KeyCache, owner: Option<&str>) -> Result<(), Broken> {
        let cache = self.resource(cache)?;
        self.enter(|exports, store| {
            exports.fieldseal_core_sources().key_cache().call_evict(store, cache, owner)
        })
    }
}
