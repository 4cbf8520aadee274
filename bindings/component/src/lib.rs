//! FieldSeal as a WebAssembly component: translation between the contract in `wit/` and the core,
//! no decisions.

mod entropy;
mod keyring;
mod keys;
mod records;
mod wiping;

use contract::exports::fieldseal::core::protect;
use contract::fieldseal::core::types;
use entropy::Pooled;
use fieldseal::Options;
use keys::{HostKeys, asked};

/// What wit-bindgen makes of the contract.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated from wit/, which holds the documentation"
)]
mod contract {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "fieldseal:core/fieldseal",
        generate_all,
    });
}

struct Component;

impl protect::Guest for Component {
    type Policy = Policy;

    fn version() -> String {
        fieldseal::version().to_json()
    }
}

/// The resource `policy`.
struct Policy(fieldseal::Policy);

impl protect::GuestPolicy for Policy {
    fn compile(schema: Vec<u8>, options: String) -> Result<protect::Policy, types::Error> {
        let options = Options::from_json(&options).map_err(records::error)?;
        let policy = fieldseal::Policy::compile(&schema, options).map_err(records::error)?;
        Ok(protect::Policy::new(Policy(policy)))
    }

    fn seal(
        &self,
        document: Vec<u8>,
        context: types::Context,
    ) -> Result<protect::Sealed, types::Error> {
        self.0
            .seal(&document, &context.into(), &mut HostKeys, &mut Pooled)
            .map(Into::into)
            .map_err(records::error)
    }

    fn open(
        &self,
        document: Vec<u8>,
        context: types::Context,
        strict: bool,
    ) -> Result<protect::Opened, types::Error> {
        self.0
            .open_with(&document, &context.into(), &mut HostKeys, options(strict))
            .map(Into::into)
            .map_err(records::error)
    }

    fn seal_many(&self, calls: Vec<protect::Call>) -> Vec<Result<protect::Sealed, types::Error>> {
        let calls: Vec<_> = calls.into_iter().map(Into::into).collect();
        let results = self.0.seal_many(&calls, &mut HostKeys, &mut Pooled);
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn open_many(
        &self,
        calls: Vec<protect::Call>,
        strict: bool,
    ) -> Vec<Result<protect::Opened, types::Error>> {
        let calls: Vec<_> = calls.into_iter().map(Into::into).collect();
        let results = self.0.open_many_with(&calls, &mut HostKeys, options(strict));
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn check(&self, document: Vec<u8>) -> Result<String, types::Error> {
        self.0.check(&document).map(|verdict| verdict.to_json()).map_err(records::error)
    }

    fn check_deep(
        &self,
        document: Vec<u8>,
        context: types::Context,
    ) -> Result<String, types::Error> {
        self.0
            .check_deep(&document, &context.into(), &mut HostKeys)
            .map(|verdict| verdict.to_json())
            .map_err(records::error)
    }

    fn schemas(&self) -> Result<protect::Schemas, types::Error> {
        self.0.schemas().map(Into::into).map_err(records::error)
    }

    fn required_keys(
        &self,
        call: protect::Call,
        operation: protect::Operation,
    ) -> Result<Vec<protect::Request>, types::Error> {
        let fieldseal::BatchItem { document, context } = call.into();
        let requests =
            self.0.required_keys(&document, &context, operation.into()).map_err(records::error)?;
        Ok(requests.iter().map(asked).collect())
    }

    fn coverage(&self) -> String {
        self.0.coverage()
    }

    fn coverage_text(&self, markdown: bool) -> String {
        self.0.coverage_text(markdown)
    }
}

/// The options of a call that opens.
fn options(strict: bool) -> fieldseal::OpenOptions {
    if strict { fieldseal::OpenOptions::strict() } else { fieldseal::OpenOptions::default() }
}

contract::export!(Component with_types_in contract);
