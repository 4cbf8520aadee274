//! The core's keyring. Its secrets leave the instance only through [`Keyring::current`] and
//! [`Keyring::by_id`].

use std::cell::RefCell;

use fieldseal::operations::moment;
use fieldseal::{
    Answer, Destroy, Erasure, Error, ErrorCode, KeyContext, KeyKind, KeyOwner, KeySource, KeyState,
    Request,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answers::records;
use crate::bytes::Bytes;
use crate::entropy::Pooled;
use crate::requests::{kind, requests};
use crate::results::thrown;
use crate::text;

/// A keyring in this instance's memory.
#[wasm_bindgen]
pub struct Keyring(RefCell<fieldseal::Keyring>);

#[wasm_bindgen]
impl Keyring {
    /// Makes an empty one.
    #[must_use]
    pub fn memory() -> Keyring {
        Keyring(RefCell::new(fieldseal::Keyring::memory()))
    }

    /// Answers requests (`KeyRequest[]` as JSON text, ids in hex).
    pub fn current(&self, asked: &str, now: f64) -> Result<Bytes, JsValue> {
        let requests = requests(asked).map_err(thrown)?;
        Ok(Bytes::holding(&records(&self.current_keys(&requests, now)?)))
    }

    /// Answers requests (`KeyRequest[]` as JSON text, ids in hex).
    #[wasm_bindgen(js_name = byId)]
    pub fn by_id(&self, asked: &str, now: f64) -> Result<Bytes, JsValue> {
        let requests = requests(asked).map_err(thrown)?;
        Ok(Bytes::holding(&records(&self.keys_by_id(&requests, now)?)))
    }

    /// See the core's verb of this name.
    pub fn provision(
        &self,
        kind: &str,
        reference: &str,
        tenant: &str,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            keys.provision(owner, &mut KeyContext { now: Some(now as u64), entropy: &mut Pooled })
        })
    }

    /// See the core's verb of this name: the record as JSON text.
    pub fn rotate(
        &self,
        kind: &str,
        reference: &str,
        tenant: &str,
        min_version: Option<u32>,
        now: f64,
    ) -> Result<String, JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            let mut host = KeyContext { now: Some(now as u64), entropy: &mut Pooled };
            Ok(keys.rotate(owner, min_version, &mut host)?.to_json())
        })
    }

    /// See the core's verb of this name.
    pub fn restrict(&self, kind: &str, reference: &str, tenant: &str) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.restrict(owner))
    }

    /// See the core's verb of this name.
    pub fn lift(&self, kind: &str, reference: &str, tenant: &str) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| keys.lift(owner))
    }

    /// See the core's verb of this name: the record as JSON text.
    pub fn erase(
        &self,
        kind: &str,
        reference: &str,
        tenant: &str,
        reason: &str,
        now: f64,
    ) -> Result<String, JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            Ok(keys.erase(owner, reason, Some(now as u64))?.to_json())
        })
    }

    /// See the core's verb of this name.
    pub fn reopen(
        &self,
        kind: &str,
        reference: &str,
        tenant: &str,
        now: f64,
    ) -> Result<(), JsValue> {
        self.act(kind, reference, tenant, |keys, owner| {
            keys.reopen(owner, &mut KeyContext { now: Some(now as u64), entropy: &mut Pooled })
        })
    }

    /// See the core's verb of this name: the record as JSON text.
    pub fn destroy(
        &self,
        kind: &str,
        reference: &str,
        tenant: &str,
        early: bool,
        now: f64,
    ) -> Result<String, JsValue> {
        let permission = if early { Destroy::Early } else { Destroy::WhenDue };
        self.act(kind, reference, tenant, |keys, owner| {
            Ok(keys.destroy(owner, permission, Some(now as u64))?.to_json())
        })
    }

    /// See the core's verb of this name: JSON text, a list.
    pub fn erasures(&self, kind: &str, reference: &str, tenant: &str) -> Result<String, JsValue> {
        let Some(owner) = owner(kind, reference, tenant)? else { return Ok("[]".to_owned()) };
        let list = |keys: &mut fieldseal::Keyring| {
            Ok(keys.erasures(&owner).iter().map(Erasure::to_json).collect::<Vec<_>>().join(","))
        };
        Ok(format!("[{}]", self.lend(list).map_err(thrown)?))
    }

    /// Returns the buckets that are due at `at`, RFC 3339, or else `now`: JSON text, a list of `{ref,
    /// tenant}`.
    pub fn due(&self, at: Option<String>, now: f64) -> Result<String, JsValue> {
        let at = moment(at.as_deref(), Some(now as u64)).map_err(thrown)?;
        let due = self.lend(|keys| keys.due(at)).map_err(thrown)?;
        let mut out = String::from("[");
        for bucket in &due {
            out.push('{');
            text::push_member(&mut out, "ref", Some(&bucket.reference()));
            text::push_member(&mut out, "tenant", Some(bucket.tenant()));
            text::close(&mut out, '}');
            out.push(',');
        }
        text::close(&mut out, ']');
        Ok(out)
    }

    /// See the core's verb of this name. A text that names nobody has no key.
    pub fn state(&self, kind: &str, reference: &str, tenant: &str) -> Result<String, JsValue> {
        let state = match owner(kind, reference, tenant)? {
            Some(owner) => self.lend(|keys| Ok(keys.state(&owner))).map_err(thrown)?,
            None => KeyState::Never,
        };
        Ok(state.as_str().to_owned())
    }
}

impl Keyring {
    /// Lends the keyring for the length of a call. It is never lent twice, unless the host's entropy
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

    /// Returns the keys to seal with for a call in this instance.
    pub(crate) fn current_keys(
        &self,
        requests: &[Request],
        now: f64,
    ) -> Result<Vec<Answer>, JsValue> {
        let mut host = KeyContext { now: Some(now as u64), entropy: &mut Pooled };
        self.lend(|keys| Ok(keys.current(requests, &mut host))).map_err(thrown)
    }

    /// Returns the keys to open with for a call in this instance.
    pub(crate) fn keys_by_id(
        &self,
        requests: &[Request],
        now: f64,
    ) -> Result<Vec<Answer>, JsValue> {
        self.lend(|keys| Ok(keys.by_id(requests, Some(now as u64)))).map_err(thrown)
    }

    fn act<T>(
        &self,
        named: &str,
        reference: &str,
        tenant: &str,
        verb: impl FnOnce(&mut fieldseal::Keyring, &KeyOwner) -> Result<T, Error>,
    ) -> Result<T, JsValue> {
        let owner = KeyOwner::from_parts(known(named)?, tenant, reference).map_err(thrown)?;
        self.lend(|keys| verb(keys, &owner)).map_err(thrown)
    }
}

/// Returns the kind of that name.
fn known(named: &str) -> Result<KeyKind, JsValue> {
    kind(named).ok_or_else(|| thrown(Error::new(ErrorCode::Context, "no such kind of key")))
}

/// Returns the owner of that text, or `None` for one that names nobody.
fn owner(named: &str, reference: &str, tenant: &str) -> Result<Option<KeyOwner>, JsValue> {
    Ok(KeyOwner::from_parts(known(named)?, tenant, reference).ok())
}
