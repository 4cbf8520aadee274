//! The component as a runtime of the conformance runner.

use fieldseal_conformance::cases::{KeyHost, Stream};
use fieldseal_conformance::records::{self, Document};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source};
use fieldseal_wasmtime::{HostState, Instance, Module, Opened, Policy, Sealed};
use support::convert::{self, Asked, Entropy};

use crate::watch::Watch;

/// Runs case files: an instance of its own for every case.
pub struct Component {
    module: &'static Module,
    live: Option<Live>,
}

struct Live {
    instance: Instance,
    watch: Watch,
    policy: Option<Policy>,
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

fn sealed(sealed: Sealed) -> Outcome {
    let Sealed { document, verdict, indexes } = sealed;
    Outcome::Sealed(convert::sealed(document, verdict, indexes))
}

fn opened(opened: Opened) -> Outcome {
    let Opened { document, verdict, access } = opened;
    Outcome::Opened(convert::opened(document, verdict, access))
}

fn settle<T>(
    result: Result<T, fieldseal::Error>,
    outcome: impl Fn(T) -> Outcome,
) -> Result<Outcome, records::Error> {
    result.map(outcome).map_err(convert::error)
}

fn settle_all<T>(
    results: Vec<Result<T, fieldseal::Error>>,
    outcome: impl Fn(T) -> Outcome,
) -> Result<Outcome, records::Error> {
    Ok(Outcome::Results(results.into_iter().map(|result| settle(result, &outcome)).collect()))
}

impl Runtime for Component {
    fn name(&self) -> &str {
        "the component"
    }

    fn begin(&mut self, source: &Source, keys: KeyHost) -> Result<(), Missing> {
        // An instance cannot call its own keyring from an import, takes no answers beforehand, and
        // has no cache.
        if *source != Source::Rows {
            return Err(Missing);
        }
        let state = HostState::new(host(keys), Entropy(Stream::default()));
        let mut instance = Instance::new(self.module, state).expect(ALIVE);
        let watch = Watch::on(&mut instance);
        self.live = Some(Live { instance, watch, policy: None });
        Ok(())
    }

    fn rekey(&mut self, keys: KeyHost) {
        self.live().instance.host().keys = Box::new(host(keys));
    }

    fn asked(&mut self) -> Vec<Vec<records::Request>> {
        let calls = self.live().watch.take().into_iter();
        calls.map(|call| convert::request_records(&call.requests)).collect()
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), records::Error> {
        let live = self.live();
        let policy = live.instance.compile(schema, options).expect(ALIVE);
        live.policy = Some(policy.map_err(convert::error)?);
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<Result<Outcome, records::Error>, Missing> {
        let Live { instance, policy, .. } = self.live();
        let policy = policy.expect("a policy was compiled");
        Ok(match call {
            Call::Seal(Document { bytes, context }) => settle(
                instance.seal(policy, bytes, &convert::context(context)).expect(ALIVE),
                sealed,
            ),
            Call::Open(Document { bytes, context }, strict) => settle(
                instance.open(policy, bytes, &convert::context(context), *strict).expect(ALIVE),
                opened,
            ),
            Call::Check(bytes) => {
                settle(instance.check(policy, bytes).expect(ALIVE), Outcome::Verdict)
            }
            Call::CheckDeep(Document { bytes, context }) => settle(
                instance.check_deep(policy, bytes, &convert::context(context)).expect(ALIVE),
                Outcome::Verdict,
            ),
            Call::RequiredKeys(document, operation) => {
                let operation = convert::key_use(operation);
                let requests = instance.required_keys(policy, &convert::item(document), operation);
                settle(requests.expect(ALIVE), |requests| {
                    Outcome::Requests(convert::request_records(&requests))
                })
            }
            Call::SealMany(documents) => {
                let calls: Vec<_> = documents.iter().map(convert::item).collect();
                settle_all(instance.seal_many(policy, &calls).expect(ALIVE), sealed)
            }
            Call::OpenMany(documents, strict) => {
                let calls: Vec<_> = documents.iter().map(convert::item).collect();
                settle_all(instance.open_many(policy, &calls, *strict).expect(ALIVE), opened)
            }
            Call::Reseal(_) | Call::IndexValues(..) | Call::Keyring(..) => return Err(Missing),
        })
    }
}
