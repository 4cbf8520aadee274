//! The component as a runtime of the conformance runner.

use fieldseal_conformance::cases::{KeyHost, Stream};
use fieldseal_conformance::records::{self, Document};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source};
use support::convert::{self, Asked, Entropy};

use crate::{Desk, Instance, Module, Opened, Policy, Sealed};

/// Runs case files: an instance of its own for every case.
pub struct Component {
    module: &'static Module,
    live: Option<(Instance, Option<Policy>)>,
}

impl Component {
    /// The runtime over one of the built components.
    #[must_use]
    pub fn new(module: &'static Module) -> Component {
        Component { module, live: None }
    }

    fn instance(&mut self) -> &mut Instance {
        &mut self.live.as_mut().expect("a case has begun").0
    }

    fn both(&mut self) -> (&mut Instance, Policy) {
        let (instance, policy) = self.live.as_mut().expect("a case has begun");
        (instance, policy.expect("a policy was compiled"))
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
        let desk = Desk::new(host(keys), Entropy(Stream::default()));
        self.live = Some((Instance::new(self.module, desk).expect(ALIVE), None));
        Ok(())
    }

    fn rekey(&mut self, keys: KeyHost) {
        self.instance().desk().keys = Box::new(host(keys));
    }

    fn asked(&mut self) -> Vec<Vec<records::Request>> {
        let mut desk = self.instance().desk();
        desk.asked.drain(..).map(|asked| convert::request_records(&asked.requests)).collect()
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), records::Error> {
        let policy = self.instance().compile(schema, options).expect(ALIVE);
        let policy = policy.map_err(convert::error)?;
        self.live.as_mut().expect("a case has begun").1 = Some(policy);
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<Result<Outcome, records::Error>, Missing> {
        let (instance, policy) = self.both();
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
