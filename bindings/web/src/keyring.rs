//! The core's keyring. Its secrets leave the instance only through [`Keyring::current`] and
//! [`Keyring::by_id`].

use std::cell::RefCell;

use fieldseal::Reference;
use fieldseal::operations::moment;
use fieldseal::{Answer, Error, ErrorCode, KeyContext, KeySource, Request};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::entropy::Pooled;
use crate::keys::{kind, records, requests};
use crate::results::thrown;
use crate::text;

#[wasm_bindgen]
extern "C" {
    /// JavaScript's own bytes, so that answers are written where they are read and no copy stays
    /// behind in this memory.
    #[wasm_bindgen(js_name = Uint8Array)]
    pub type Bytes;

    #[wasm_bindgen(method)]
    fn set(this: &Bytes, source: &[u8]);
}

/// A keyring in this instance's memory.
#[wasm_bindgen]
pub struct Keyring(RefCell<fieldseal::Keyring>);

#[wasm_bindgen]
impl Keyring {
    /// An empty one.
    #[must_use]
    pub fn memory() -> Keyring {
        Keyring(RefCell::new(fieldseal::Keyring::memory()))
    }

    /// Answers requests (`KeyRequest[]` as JSON text, ids in hex) into `answers`, which has room
    /// for one record each.
    pub fn current(&self, requests: &str, answers: &Bytes, now: f64) -> Result<(), JsValue> {
        self.answer(requests, answers, |keys, requests| {
            keys.current(requests, &mut KeyContext { now: now as u64, entropy: &mut Pooled })
        })
    }

    /// Answers requests (`KeyRequest[]` as JSON text, ids in hex) into `answers`, which has room
    /// for one record each.
    #[wasm_bindgen(js_name = byId)]
    pub fn by_id(&self, requests: &str, answers: &Bytes, now: f64) -> Result<(), JsValue> {
        self.answer(requests, answers, |keys, requests| keys.by_id(requests, now as u64))
    }

    /// See the core's verb of this name.
    pub fn provision(
        &self,
        kind: &str,
        reference: String,
        tenant: String,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            keys.provision(owner, &mut KeyContext { now: now as u64, entropy: &mut Pooled })
        })
    }

    /// See the core's verb of this name.
    pub fn rotate(
        &self,
        kind: &str,
        reference: String,
        tenant: String,
        min_version: Option<u32>,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            keys.rotate(
                owner,
                min_version,
                &mut KeyContext { now: now as u64, entropy: &mut Pooled },
            )
        })
    }

    /// See the core's verb of this name.
    pub fn restrict(&self, kind: &str, reference: String, tenant: String) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.restrict(owner))
    }

    /// See the core's verb of this name.
    pub fn lift(&self, kind: &str, reference: String, tenant: String) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.lift(owner))
    }

    /// See the core's verb of this name.
    pub fn erase(
        &self,
        kind: &str,
        reference: String,
        tenant: String,
        reason: &str,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.erase(owner, reason, now as u64))
    }

    /// See the core's verb of this name.
    pub fn reopen(
        &self,
        kind: &str,
        reference: String,
        tenant: String,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            keys.reopen(owner, &mut KeyContext { now: now as u64, entropy: &mut Pooled })
        })
    }

    /// See the core's verb of this name.
    pub fn destroy(
        &self,
        kind: &str,
        reference: String,
        tenant: String,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.destroy(owner, now as u64))
    }

    /// The buckets that are due at `at`, RFC 3339, or else `now`: JSON text, a list of `{ref,
    /// tenant}`.
    pub fn due(&self, at: Option<String>, now: f64) -> Result<String, JsValue> {
        let at = moment(at.as_deref(), now as u64).map_err(thrown)?;
        let due = self.lend(|keys| Ok(keys.due(at))).map_err(thrown)?;
        let mut out = String::from("[");
        for bucket in &due {
            out.push('{');
            text::push_member(&mut out, "ref", Some(&bucket.reference));
            text::push_member(&mut out, "tenant", Some(&bucket.tenant));
            text::close(&mut out, '}');
            out.push(',');
        }
        text::close(&mut out, ']');
        Ok(out)
    }

    /// See the core's verb of this name.
    pub fn state(&self, kind: &str, reference: String, tenant: String) -> Result<String, JsValue> {
        self.act(kind, reference, tenant, |keys, owner| Ok(keys.state(owner).as_str().to_owned()))
    }
}

impl Keyring {
    /// The keyring for the length of a call. It is never lent twice, unless the host's entropy
    /// calls back in here.
    pub(crate) fn lend<T>(
        &self,
        call: impl FnOnce(&mut fieldseal::Keyring) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut keys = self.0.try_borrow_mut().map_err(|_| {
            Error::new(ErrorCode::Internal, "the keyring is in use by a call under way")
        })?;
        call(&mut keys)
    }

    fn answer(
        &self,
        json: &str,
        into: &Bytes,
        call: impl FnOnce(&mut fieldseal::Keyring, &[Request]) -> Vec<Answer>,
    ) -> Result<(), JsValue> {
        let requests = requests(json).map_err(thrown)?;
        let answers = self.lend(|keys| Ok(call(keys, &requests))).map_err(thrown)?;
        into.set(&records(&answers));
        Ok(())
    }

    fn act<T>(
        &self,
        named: &str,
        reference: String,
        tenant: String,
        verb: impl FnOnce(&mut fieldseal::Keyring, &Reference) -> Result<T, Error>,
    ) -> Result<T, JsValue> {
        let kind = kind(named)
            .ok_or_else(|| thrown(Error::new(ErrorCode::Context, "no such kind of key")))?;
        self.lend(|keys| verb(keys, &Reference { kind, tenant, reference })).map_err(thrown)
    }
}
