//! The policies inside an instance and their verbs.

use fieldseal::{
    BatchItem, Context, CoverageFormat, Error, Finding, IndexQuery, KeyUse, OpenOptions, Request,
    Schemas, ValueItem,
};
use wasmtime::Store;

use crate::contract::protect::GuestPolicy;
use crate::convert;
use crate::host::StoreData;
use crate::instance::{Broken, Handle, Instance};
use crate::records::{Opened, OpenedValue, Sealed, SealedValue};
use crate::sources::KeySource;

/// A compiled policy inside an [`Instance`]. It holds no key and serves any number of calls.
#[derive(Clone, Copy, Debug)]
pub struct Policy(pub(crate) Handle);

/// The verbs of policies.
impl Instance {
    /// Compiles a schema. `options` is the JSON text of compile options; an empty text stands for
    /// the defaults.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn compile(
        &mut self,
        schema: &[u8],
        options: &str,
    ) -> Result<Result<Policy, Error>, Broken> {
        let compiled = self.policy(|policy, store| policy.call_compile(store, schema, options))?;
        Ok(compiled.map(|policy| Policy(self.keep(policy))).map_err(convert::error))
    }

    /// Returns the warnings and notes of the compile.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn findings(&mut self, policy: Policy) -> Result<Vec<Finding>, Broken> {
        let policy = self.resource(policy)?;
        let findings = self.policy(|exports, store| exports.call_findings(store, policy))?;
        Ok(findings.into_iter().map(convert::finding).collect())
    }

    /// Seals a document with keys of this source.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn seal(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
        keys: KeySource,
    ) -> Result<Result<Sealed, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let context = convert::context(context);
        let sealed = self
            .policy(|exports, store| exports.call_seal(store, policy, document, &context, keys))?;
        Ok(sealed.map(convert::sealed).map_err(convert::error))
    }

    /// Opens a sealed document with keys of this source.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn open(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
        options: OpenOptions,
        keys: KeySource,
    ) -> Result<Result<Opened, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let (context, options) = (convert::context(context), convert::options(options));
        let opened = self.policy(|exports, store| {
            exports.call_open(store, policy, document, &context, options, keys)
        })?;
        Ok(opened.map(convert::opened).map_err(convert::error))
    }

    /// Seals a batch with one question to the key source. Returns one result for each document,
    /// in order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn seal_many(
        &mut self,
        policy: Policy,
        items: &[BatchItem],
        keys: KeySource,
    ) -> Result<Vec<Result<Sealed, Error>>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let items: Vec<_> = items.iter().map(convert::item).collect();
        let results = self.batch(items.len(), |exports, store| {
            exports.call_seal_many(store, policy, &items, keys)
        })?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::sealed).map_err(convert::error))
            .collect())
    }

    /// Opens a batch with one question to the key source. Returns one result for each document,
    /// in order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn open_many(
        &mut self,
        policy: Policy,
        items: &[BatchItem],
        options: OpenOptions,
        keys: KeySource,
    ) -> Result<Vec<Result<Opened, Error>>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let items: Vec<_> = items.iter().map(convert::item).collect();
        let options = convert::options(options);
        let results = self.batch(items.len(), |exports, store| {
            exports.call_open_many(store, policy, &items, options, keys)
        })?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::opened).map_err(convert::error))
            .collect())
    }

    /// Seals one value at its place with keys of this source.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn seal_value(
        &mut self,
        policy: Policy,
        item: &ValueItem<'_>,
        keys: KeySource,
    ) -> Result<Result<SealedValue, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let item = convert::value_item(item);
        let sealed =
            self.policy(|exports, store| exports.call_seal_value(store, policy, &item, keys))?;
        Ok(sealed.map(convert::sealed_value).map_err(convert::error))
    }

    /// Opens the envelope of one value at its place with keys of this source.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn open_value(
        &mut self,
        policy: Policy,
        item: &ValueItem<'_>,
        options: OpenOptions,
        keys: KeySource,
    ) -> Result<Result<OpenedValue, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let (item, options) = (convert::value_item(item), convert::options(options));
        let opened = self.policy(|exports, store| {
            exports.call_open_value(store, policy, &item, options, keys)
        })?;
        Ok(opened.map(convert::opened_value).map_err(convert::error))
    }

    /// Seals values with one question to the key source. Returns one result for each value, in
    /// order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn seal_values(
        &mut self,
        policy: Policy,
        items: &[ValueItem<'_>],
        keys: KeySource,
    ) -> Result<Vec<Result<SealedValue, Error>>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let items: Vec<_> = items.iter().map(convert::value_item).collect();
        let results = self.batch(items.len(), |exports, store| {
            exports.call_seal_values(store, policy, &items, keys)
        })?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::sealed_value).map_err(convert::error))
            .collect())
    }

    /// Opens envelopes of values with one question to the key source. Returns one result for each
    /// value, in order.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn open_values(
        &mut self,
        policy: Policy,
        items: &[ValueItem<'_>],
        options: OpenOptions,
        keys: KeySource,
    ) -> Result<Vec<Result<OpenedValue, Error>>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let items: Vec<_> = items.iter().map(convert::value_item).collect();
        let options = convert::options(options);
        let results = self.batch(items.len(), |exports, store| {
            exports.call_open_values(store, policy, &items, options, keys)
        })?;
        Ok(results
            .into_iter()
            .map(|result| result.map(convert::opened_value).map_err(convert::error))
            .collect())
    }

    /// Checks a sealed document without keys. Returns the verdict.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn check(
        &mut self,
        policy: Policy,
        document: &[u8],
    ) -> Result<Result<String, Error>, Broken> {
        let policy = self.resource(policy)?;
        let verdict = self.policy(|exports, store| exports.call_check(store, policy, document))?;
        Ok(verdict.map_err(convert::error))
    }

    /// Checks a sealed document with keys of this source, and reveals nothing of it. Returns the
    /// verdict.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn check_deep(
        &mut self,
        policy: Policy,
        document: &[u8],
        context: &Context,
        keys: KeySource,
    ) -> Result<Result<String, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let context = convert::context(context);
        let verdict = self.policy(|exports, store| {
            exports.call_check_deep(store, policy, document, &context, keys)
        })?;
        Ok(verdict.map_err(convert::error))
    }

    /// Returns the tokens to search with for a value of an index, with keys of this source.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn index_values(
        &mut self,
        policy: Policy,
        query: &IndexQuery<'_>,
        context: &Context,
        keys: KeySource,
    ) -> Result<Result<Vec<String>, Error>, Broken> {
        let (policy, keys) = (self.resource(policy)?, self.resource(keys)?);
        let IndexQuery { name, value, null, .. } = *query;
        let context = convert::context(context);
        let tokens = self.policy(|exports, store| {
            exports.call_index_values(store, policy, name, value, &context, null, keys)
        })?;
        Ok(tokens.map_err(convert::error))
    }

    /// Returns the requests that an operation on a document will put to its key source. A host that
    /// fetches keys asynchronously answers them first ([`Instance::answered_source`]).
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error.
    pub fn required_keys(
        &mut self,
        policy: Policy,
        item: &BatchItem,
        operation: KeyUse,
    ) -> Result<Result<Vec<Request>, Error>, Broken> {
        let policy = self.resource(policy)?;
        let item = convert::item(item);
        self.policy(|exports, store| {
            match exports.call_required_keys(store, policy, &item, operation.into())? {
                Ok(requests) => {
                    let requests = requests.into_iter().map(TryInto::try_into);
                    requests.collect::<wasmtime::Result<_>>().map(Ok)
                }
                Err(error) => Ok(Err(convert::error(error))),
            }
        })
    }

    /// Returns the JSON Schemas of clear and of sealed documents.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks; within, the contract's error: `limit` if the
    /// schema of sealed documents grows beyond the policy's limit.
    pub fn schemas(&mut self, policy: Policy) -> Result<Result<Schemas, Error>, Broken> {
        let policy = self.resource(policy)?;
        let schemas = self.policy(|exports, store| exports.call_schemas(store, policy))?;
        Ok(schemas.map(convert::schemas).map_err(convert::error))
    }

    /// Returns the places that the policy protects, as JSON text.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn coverage(&mut self, policy: Policy) -> Result<String, Broken> {
        let policy = self.resource(policy)?;
        self.policy(|exports, store| exports.call_coverage(store, policy))
    }

    /// Returns the places that the policy protects, as tables for people.
    ///
    /// # Errors
    /// [`Broken`] where the instance breaks.
    pub fn coverage_text(
        &mut self,
        policy: Policy,
        format: CoverageFormat,
    ) -> Result<String, Broken> {
        let policy = self.resource(policy)?;
        self.policy(|exports, store| exports.call_coverage_text(store, policy, format.into()))
    }

    fn policy<T>(
        &mut self,
        call: impl FnOnce(GuestPolicy<'_>, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        self.batch(1, call)
    }

    /// Enters the guest for a call about this number of documents.
    fn batch<T>(
        &mut self,
        documents: usize,
        call: impl FnOnce(GuestPolicy<'_>, &mut Store<StoreData>) -> wasmtime::Result<T>,
    ) -> Result<T, Broken> {
        self.enter_with(documents, |exports, store| {
            call(exports.fieldseal_core_protect().policy(), store)
        })
    }
}
