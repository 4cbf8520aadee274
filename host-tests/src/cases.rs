//! The component as a runtime that the case files of `core/tests/cases` run through.

#[path = "../../core/tests/cases/runner.rs"]
#[allow(missing_docs, clippy::expect_used, reason = "shared with core/tests")]
mod runner;

use fieldseal::{BatchItem, Context, Error, KeyUse, Opened, Request, Sealed};

pub use runner::{Door, Stream, Table, differences, run};

use crate::{Desk, Instance, Module, Policy};

/// Every case gets an instance of its own.
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

impl Door for Component {
    fn begin(&mut self, keys: Table) {
        self.live = Some((
            Instance::new(self.module, Desk::new(keys, Stream::default())).expect(ALIVE),
            None,
        ));
    }

    fn rekey(&mut self, keys: Table) {
        self.instance().desk().keys = Box::new(keys);
    }

    fn asked(&mut self) -> Vec<Vec<Request>> {
        self.instance().desk().asked.drain(..).map(|asked| asked.requests).collect()
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), Error> {
        let policy = self.instance().compile(schema, options).expect(ALIVE)?;
        self.live.as_mut().expect("a case has begun").1 = Some(policy);
        Ok(())
    }

    fn seal(&mut self, document: &[u8], context: &Context) -> Result<Sealed, Error> {
        let (instance, policy) = self.both();
        instance.seal(policy, document, context).expect(ALIVE)
    }

    fn open(&mut self, document: &[u8], context: &Context, strict: bool) -> Result<Opened, Error> {
        let (instance, policy) = self.both();
        instance.open(policy, document, context, strict).expect(ALIVE)
    }

    fn seal_many(&mut self, calls: &[BatchItem]) -> Vec<Result<Sealed, Error>> {
        let (instance, policy) = self.both();
        instance.seal_many(policy, calls).expect(ALIVE)
    }

    fn open_many(&mut self, calls: &[BatchItem], strict: bool) -> Vec<Result<Opened, Error>> {
        let (instance, policy) = self.both();
        instance.open_many(policy, calls, strict).expect(ALIVE)
    }

    fn check(&mut self, document: &[u8]) -> Result<String, Error> {
        let (instance, policy) = self.both();
        instance.check(policy, document).expect(ALIVE)
    }

    fn check_deep(&mut self, document: &[u8], context: &Context) -> Result<String, Error> {
        let (instance, policy) = self.both();
        instance.check_deep(policy, document, context).expect(ALIVE)
    }

    fn required_keys(
        &mut self,
        call: &BatchItem,
        operation: KeyUse,
    ) -> Result<Vec<Request>, Error> {
        let (instance, policy) = self.both();
        instance.required_keys(policy, call, operation).expect(ALIVE)
    }
}
