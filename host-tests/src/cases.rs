//! The component as a runtime of the conformance runner.

use fieldseal::{BatchItem, IndexQuery, KeyUse, OpenOptions, Request};
use fieldseal_conformance::cases::{KeyHost, Stream};
use fieldseal_conformance::keyring_model;
use fieldseal_conformance::records::{self, Document, PlacedValue};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source};
use fieldseal_wasmtime::{
    HostState, Instance, KeySource, Keyring, Module, Opened, OpenedValue, Policy, Sealed,
    SealedValue,
};
use support::convert::{self, Asked, Entropy};
use support::native::{caching, open_options};

use crate::commands;
use crate::watch::Watch;

/// Runs case files: an instance of its own for every case.
pub struct Component {
    module: &'static Module,
    live: Option<Live>,
}

struct Live {
    instance: Instance,
    watch: Watch,
    keys: Keys,
    policy: Option<Policy>,
}

/// The keys of a case.
enum Keys {
    /// One source for all calls, and the keyring behind it where that is one of the component.
    Source(KeySource, Option<Keyring>),
    /// A key host that is asked before each call, and the requests of those questions.
    Answers(Asked),
}

impl Component {
    /// The runtime over one of the built components.
    #[must_use]
    pub fn new(module: &'static Module) -> Component {
        Component { module, live: None }
    }

    fn live(&mut self) -> &mut Live {
        self.live.as_mut().expect("a case has begun")
    }
}

const ALIVE: &str = "the instance lives on";

fn host(keys: KeyHost) -> Asked {
    Asked { host: keys, calls: Vec::new() }
}

type Settled = Result<Outcome, records::Error>;

fn sealed(sealed: Sealed) -> Outcome {
    let Sealed { document, verdict, indexes } = sealed;
    Outcome::Sealed(convert::sealed(document, verdict, indexes))
}

fn opened(opened: Opened) -> Outcome {
    let Opened { document, verdict, access } = opened;
    Outcome::Opened(convert::opened(document, verdict, access))
}

fn sealed_value(sealed: SealedValue) -> Outcome {
    let SealedValue { envelope, verdict, indexes } = sealed;
    Outcome::SealedValue(convert::sealed(envelope.into_bytes(), verdict, indexes))
}

fn opened_value(opened: OpenedValue) -> Outcome {
    let OpenedValue { value, verdict, access } = opened;
    Outcome::OpenedValue(convert::opened(value, verdict, access))
}

fn settle<T>(result: Result<T, fieldseal::Error>, outcome: impl Fn(T) -> Outcome) -> Settled {
    result.map(outcome).map_err(convert::error)
}

fn settle_all<T>(
    results: Vec<Result<T, fieldseal::Error>>,
    outcome: impl Fn(T) -> Outcome,
) -> Settled {
    Ok(Outcome::Results(results.into_iter().map(|result| settle(result, &outcome)).collect()))
}

impl Live {
    /// Returns the source for a call about these documents.
    ///
    /// # Errors
    /// The error of the source where the key host's answers are none of the contract.
    fn source(
        &mut self,
        policy: Policy,
        documents: &[BatchItem],
        operation: KeyUse,
    ) -> Result<KeySource, records::Error> {
        let asked = match &mut self.keys {
            Keys::Source(source, _) => return Ok(*source),
            Keys::Answers(asked) => asked,
        };
        let mut requests: Vec<Request> = Vec::new();
        for document in documents {
            // A document whose requests are an error fails in the call itself.
            let required = self.instance.required_keys(policy, document, operation).expect(ALIVE);
            for request in required.unwrap_or_default() {
                if !requests.contains(&request) {
                    requests.push(request);
                }
            }
        }
        let answers = if requests.is_empty() { Vec::new() } else { asked.answer(&requests) };
        let source = self.instance.answered_source(&requests, answers).expect(ALIVE);
        source.map_err(convert::error)
    }

    fn call(&mut self, call: &Call) -> Result<Settled, Missing> {
        let policy = self.policy.expect("a policy was compiled");
        let (documents, operation) = match call {
            Call::Seal(document) => (vec![convert::item(document)], KeyUse::Seal),
            Call::Open(document, _) | Call::CheckDeep(document) => {
                (vec![convert::item(document)], KeyUse::Open)
            }
            Call::SealMany(all) => (all.iter().map(convert::item).collect(), KeyUse::Seal),
            Call::OpenMany(all, _) => (all.iter().map(convert::item).collect(), KeyUse::Open),
            _ => (Vec::new(), KeyUse::Open),
        };
        let keys = match self.source(policy, &documents, operation) {
            Ok(keys) => keys,
            // Each document of a batch would fail in the same way.
            Err(error) if matches!(call, Call::SealMany(_) | Call::OpenMany(..)) => {
                let results = documents.iter().map(|_| Err(error.clone())).collect();
                return Ok(Ok(Outcome::Results(results)));
            }
            Err(error) => return Ok(Err(error)),
        };
        let instance = &mut self.instance;
        Ok(match call {
            Call::Seal(Document { bytes, context }) => settle(
                instance.seal(policy, bytes, &convert::context(context), keys).expect(ALIVE),
                sealed,
            ),
            Call::Open(Document { bytes, context }, strict) => {
                let (context, options) = (convert::context(context), open_options(*strict));
                let result = instance.open(policy, bytes, &context, options, keys);
                settle(result.expect(ALIVE), opened)
            }
            Call::Check(bytes) => {
                settle(instance.check(policy, bytes).expect(ALIVE), Outcome::Verdict)
            }
            Call::CheckDeep(Document { bytes, context }) => settle(
                instance.check_deep(policy, bytes, &convert::context(context), keys).expect(ALIVE),
                Outcome::Verdict,
            ),
            Call::RequiredKeys(document, operation) => {
                let operation = convert::key_use(operation);
                let requests = instance.required_keys(policy, &convert::item(document), operation);
                settle(requests.expect(ALIVE), |requests| {
                    Outcome::Requests(convert::request_records(&requests))
                })
            }
            Call::SealMany(_) => {
                settle_all(instance.seal_many(policy, &documents, keys).expect(ALIVE), sealed)
            }
            Call::OpenMany(_, strict) => {
                let options: OpenOptions = open_options(*strict);
                let results = instance.open_many(policy, &documents, options, keys);
                settle_all(results.expect(ALIVE), opened)
            }
            Call::IndexValues(..)
            | Call::SealValue(_)
            | Call::OpenValue(..)
            | Call::SealValues(_)
            | Call::OpenValues(..) => {
                let keys = match &mut self.keys {
                    Keys::Source(..) => keys,
                    Keys::Answers(asked) => {
                        // `required-keys` is about documents. A first call, whose source the watch
                        // listens to, says what this one asks for.
                        // No key answers it, so that it draws no entropy.
                        let source = instance.host_source().expect(ALIVE);
                        let nobody = Box::new(Asked::default());
                        let host = std::mem::replace(&mut instance.host().keys, nobody);
                        let _ = without_document(instance, policy, call, source);
                        instance.host().keys = host;
                        let requests: Vec<Request> =
                            self.watch.take().into_iter().flat_map(|call| call.requests).collect();
                        let answers =
                            if requests.is_empty() { Vec::new() } else { asked.answer(&requests) };
                        match instance.answered_source(&requests, answers).expect(ALIVE) {
                            Ok(source) => source,
                            Err(error) => return Ok(Err(convert::error(error))),
                        }
                    }
                };
                return without_document(instance, policy, call, keys);
            }
            Call::Keyring(now, command) => {
                let Keys::Source(_, Some(keyring)) = self.keys else { return Err(Missing) };
                settled(commands::obey(instance, keyring, *now, command))
            }
            Call::Reseal(_) => return Err(Missing),
        })
    }
}

/// Makes a call that is about no document.
fn without_document(
    instance: &mut Instance,
    policy: Policy,
    call: &Call,
    keys: KeySource,
) -> Result<Settled, Missing> {
    let items = |values: &[PlacedValue]| values.iter().map(convert::value_item).collect::<Vec<_>>();
    Ok(match call {
        Call::IndexValues(name, value, context) => {
            let query = IndexQuery::new(name, value.as_bytes());
            let tokens = instance.index_values(policy, &query, &convert::context(context), keys);
            settle(tokens.expect(ALIVE), Outcome::Tokens)
        }
        Call::SealValue(value) => {
            let sealed = instance.seal_value(policy, &convert::value_item(value), keys);
            settle(sealed.expect(ALIVE), sealed_value)
        }
        Call::OpenValue(value, strict) => {
            let options = open_options(*strict);
            let opened = instance.open_value(policy, &convert::value_item(value), options, keys);
            settle(opened.expect(ALIVE), opened_value)
        }
        Call::SealValues(values) => {
            let results = instance.seal_values(policy, &items(values), keys);
            settle_all(results.expect(ALIVE), sealed_value)
        }
        Call::OpenValues(values, strict) => {
            let options = open_options(*strict);
            let results = instance.open_values(policy, &items(values), options, keys);
            settle_all(results.expect(ALIVE), opened_value)
        }
        _ => return Err(Missing),
    })
}

fn settled(outcome: keyring_model::Outcome) -> Settled {
    match outcome {
        keyring_model::Outcome::Done(Ok(()), state) => Ok(Outcome::State(state)),
        keyring_model::Outcome::Ended(Ok(erased), state) => Ok(Outcome::Erased(erased, state)),
        keyring_model::Outcome::Done(Err(code), _)
        | keyring_model::Outcome::Ended(Err(code), _) => {
            Err(records::Error { code, pointer: None, offset: None, findings: Vec::new() })
        }
        keyring_model::Outcome::Due(buckets) => Ok(Outcome::Due(buckets)),
        keyring_model::Outcome::Keys(_) => unreachable!("no step asks for keys itself"),
    }
}

impl Runtime for Component {
    fn name(&self) -> &str {
        "the component"
    }

    fn begin(&mut self, source: &Source, keys: KeyHost) -> Result<(), Missing> {
        let (store, entropy) = (host(keys.clone()), Entropy(Stream::default()));
        let mut instance = Instance::new(self.module, HostState::new(store, entropy)).expect(ALIVE);
        let watch = Watch::on(&mut instance);
        let keys = match source {
            Source::Rows => Keys::Source(instance.host_source().expect(ALIVE), None),
            Source::Cached { .. } => {
                let store = instance.host_source().expect(ALIVE);
                let cache = instance.key_cache(store, caching(source)).expect(ALIVE);
                Keys::Source(instance.cached_source(cache).expect(ALIVE), None)
            }
            Source::Keyring => {
                let keyring = instance.keyring().expect(ALIVE);
                Keys::Source(instance.keyring_source(keyring).expect(ALIVE), Some(keyring))
            }
            Source::Answers => Keys::Answers(host(keys)),
        };
        self.live = Some(Live { instance, watch, keys, policy: None });
        Ok(())
    }

    fn rekey(&mut self, keys: KeyHost) {
        let live = self.live();
        if let Keys::Answers(asked) = &mut live.keys {
            asked.host = keys.clone();
        }
        live.instance.host().keys = Box::new(host(keys));
    }

    fn asked(&mut self) -> Vec<Vec<records::Request>> {
        let live = self.live();
        let calls = live.watch.take().into_iter();
        let mut asked: Vec<_> =
            calls.map(|call| convert::request_records(&call.requests)).collect();
        if let Keys::Answers(host) = &mut live.keys {
            asked.append(&mut host.calls);
        }
        asked
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), records::Error> {
        let live = self.live();
        let policy = live.instance.compile(schema, options).expect(ALIVE);
        live.policy = Some(policy.map_err(convert::error)?);
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<Settled, Missing> {
        self.live().call(call)
    }
}
