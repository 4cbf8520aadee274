//! FieldSeal as a WebAssembly component: translation between the contract in `wit/` and the core,
//! no decisions.

// Types that wit-bindgen generates print keys and people.
#![deny(clippy::use_debug)]

mod entropy;
mod keyring;
mod keys;
mod records;
mod sources;
mod wiping;

use std::sync::LazyLock;

use contract::exports::fieldseal::core::protect::{self, KeySourceBorrow};
use contract::fieldseal::core::types;
use entropy::Pooled;
use fieldseal::{IndexQuery, Options};
use keys::asked;
use sources::Source;

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

/// The memory that the calls of this instance leave to one another.
static WORKSPACE: LazyLock<fieldseal::Workspace> = LazyLock::new(fieldseal::Workspace::default);

struct Component;

impl protect::Guest for Component {
    type Policy = Policy;

    fn inspect_envelope(text: String) -> Result<String, types::Error> {
        fieldseal::inspect_envelope(&text).map(|head| head.to_json()).map_err(records::error)
    }

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
        let policy = policy.with_workspace(&WORKSPACE);
        Ok(protect::Policy::new(Policy(policy)))
    }

    fn findings(&self) -> Vec<types::Finding> {
        self.0.findings().iter().cloned().map(Into::into).collect()
    }

    fn seal(
        &self,
        document: Vec<u8>,
        context: types::Context,
        keys: KeySourceBorrow<'_>,
    ) -> Result<protect::Sealed, types::Error> {
        let sealed = self.0.seal(&document, &context.into(), &mut source(&keys), &mut Pooled);
        sealed.map(Into::into).map_err(records::error)
    }

    fn open(
        &self,
        document: Vec<u8>,
        context: types::Context,
        options: protect::OpenOptions,
        keys: KeySourceBorrow<'_>,
    ) -> Result<protect::Opened, types::Error> {
        let context = context.into();
        let opened = self.0.open_with(&document, &context, &mut source(&keys), options.into());
        opened.map(Into::into).map_err(records::error)
    }

    fn seal_many(
        &self,
        items: Vec<protect::BatchItem>,
        keys: KeySourceBorrow<'_>,
    ) -> Vec<Result<protect::Sealed, types::Error>> {
        let items: Vec<_> = items.into_iter().map(Into::into).collect();
        let results = self.0.seal_many(&items, &mut source(&keys), &mut Pooled);
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn open_many(
        &self,
        items: Vec<protect::BatchItem>,
        options: protect::OpenOptions,
        keys: KeySourceBorrow<'_>,
    ) -> Vec<Result<protect::Opened, types::Error>> {
        let items: Vec<_> = items.into_iter().map(Into::into).collect();
        let results = self.0.open_many_with(&items, &mut source(&keys), options.into());
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn seal_value(
        &self,
        item: protect::ValueItem,
        keys: KeySourceBorrow<'_>,
    ) -> Result<protect::SealedValue, types::Error> {
        let sealed = self.0.seal_value(&item.into(), &mut source(&keys), &mut Pooled);
        sealed.map(Into::into).map_err(records::error)
    }

    fn open_value(
        &self,
        item: protect::ValueItem,
        options: protect::OpenOptions,
        keys: KeySourceBorrow<'_>,
    ) -> Result<protect::OpenedValue, types::Error> {
        let opened = self.0.open_value_with(&item.into(), &mut source(&keys), options.into());
        opened.map(Into::into).map_err(records::error)
    }

    fn seal_values(
        &self,
        items: Vec<protect::ValueItem>,
        keys: KeySourceBorrow<'_>,
    ) -> Vec<Result<protect::SealedValue, types::Error>> {
        let items: Vec<_> = items.into_iter().map(Into::into).collect();
        let results = self.0.seal_values(&items, &mut source(&keys), &mut Pooled);
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn open_values(
        &self,
        items: Vec<protect::ValueItem>,
        options: protect::OpenOptions,
        keys: KeySourceBorrow<'_>,
    ) -> Vec<Result<protect::OpenedValue, types::Error>> {
        let items: Vec<_> = items.into_iter().map(Into::into).collect();
        let results = self.0.open_values(&items, &mut source(&keys), options.into());
        results.into_iter().map(|result| result.map(Into::into).map_err(records::error)).collect()
    }

    fn check(&self, document: Vec<u8>) -> Result<String, types::Error> {
        self.0.check(&document).map(|verdict| verdict.to_json()).map_err(records::error)
    }

    fn check_deep(
        &self,
        document: Vec<u8>,
        context: types::Context,
        keys: KeySourceBorrow<'_>,
    ) -> Result<String, types::Error> {
        let verdict = self.0.check_deep(&document, &context.into(), &mut source(&keys));
        verdict.map(|verdict| verdict.to_json()).map_err(records::error)
    }

    fn index_values(
        &self,
        name: String,
        value: Vec<u8>,
        context: types::Context,
        null: bool,
        keys: KeySourceBorrow<'_>,
    ) -> Result<Vec<String>, types::Error> {
        let mut query = IndexQuery::new(&name, &value);
        query.null = null;
        self.0
            .index_values(&query, &context.into(), &mut source(&keys), &mut Pooled)
            .map_err(records::error)
    }

    fn required_keys(
        &self,
        item: protect::BatchItem,
        operation: protect::Operation,
    ) -> Result<Vec<protect::Request>, types::Error> {
        let fieldseal::BatchItem { document, context } = item.into();
        let requests =
            self.0.required_keys(&document, &context, operation.into()).map_err(records::error)?;
        Ok(requests.iter().map(asked).collect())
    }

    fn schemas(&self) -> Result<protect::Schemas, types::Error> {
        self.0.schemas().map(Into::into).map_err(records::error)
    }

    fn coverage(&self) -> String {
        self.0.coverage().to_json()
    }

    fn coverage_text(&self, format: protect::TableFormat) -> String {
        self.0.coverage().to_text(format.into())
    }
}

/// The source that a call was lent.
fn source(keys: &KeySourceBorrow<'_>) -> Source {
    keys.get::<Source>().clone()
}

contract::export!(Component with_types_in contract);
