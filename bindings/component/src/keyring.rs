//! The resource `keyring` over the core's.

use std::cell::RefCell;

use fieldseal::{Answer, Destroy, KeyContext, KeyOwner, KeySource, Request};

use crate::Component;
use crate::contract::exports::fieldseal::core::keyring::{
    self, Erased, Erasure, Guest, GuestKeyring, Reference, State,
};
use crate::contract::fieldseal::core::keys::{Key, Refusal, Request as Asked};
use crate::contract::fieldseal::core::types::Error;
use crate::entropy::Pooled;
use crate::keys::{given, request};
use crate::records;

impl Guest for Component {
    type Keyring = Keyring;
}

/// A keyring in this instance's memory. The component model lets no host call in while a call is
/// under way, so it is never lent twice.
pub(crate) struct Keyring(RefCell<fieldseal::Keyring>);

// Not generic over what is called, so that each of them is in the module once.
impl Keyring {
    fn answer(
        &self,
        requests: Vec<Asked>,
        call: &dyn Fn(&mut fieldseal::Keyring, &[Request]) -> Vec<Answer>,
    ) -> Vec<Result<Key, Refusal>> {
        let requests: Vec<Request> = requests.into_iter().map(request).collect();
        call(&mut self.0.borrow_mut(), &requests).into_iter().map(given).collect()
    }

    fn act(
        &self,
        who: Reference,
        verb: &dyn Fn(&mut fieldseal::Keyring, &KeyOwner) -> Result<(), fieldseal::Error>,
    ) -> Result<(), Error> {
        let owner = records::owner(&who).map_err(records::error)?;
        verb(&mut self.0.borrow_mut(), &owner).map_err(records::error)
    }

    fn end(
        &self,
        who: Reference,
        verb: &dyn Fn(
            &mut fieldseal::Keyring,
            &KeyOwner,
        ) -> Result<fieldseal::Erased, fieldseal::Error>,
    ) -> Result<Erased, Error> {
        let owner = records::owner(&who).map_err(records::error)?;
        verb(&mut self.0.borrow_mut(), &owner).map(Into::into).map_err(records::error)
    }
}

impl GuestKeyring for Keyring {
    fn memory() -> keyring::Keyring {
        keyring::Keyring::new(Keyring(RefCell::new(fieldseal::Keyring::memory())))
    }

    fn current(&self, requests: Vec<Asked>, now: Option<u64>) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| keys.current(requests, &mut host(now, &mut Pooled)))
    }

    fn by_id(&self, requests: Vec<Asked>, now: Option<u64>) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| keys.by_id(requests, now))
    }

    fn provision(&self, who: Reference, now: Option<u64>) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.provision(who, &mut host(now, &mut Pooled)))
    }

    fn rotate(
        &self,
        who: Reference,
        min_version: Option<u32>,
        now: Option<u64>,
    ) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.rotate(who, min_version, &mut host(now, &mut Pooled)))
    }

    fn restrict(&self, who: Reference, _: Option<u64>) -> Result<(), Error> {
        self.act(who, &fieldseal::Keyring::restrict)
    }

    fn lift(&self, who: Reference, _: Option<u64>) -> Result<(), Error> {
        self.act(who, &fieldseal::Keyring::lift)
    }

    fn erase(&self, who: Reference, reason: String, now: Option<u64>) -> Result<Erased, Error> {
        self.end(who, &|keys, who| keys.erase(who, &reason, now))
    }

    fn reopen(&self, who: Reference, now: Option<u64>) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.reopen(who, &mut host(now, &mut Pooled)))
    }

    fn destroy(&self, who: Reference, early: bool, now: Option<u64>) -> Result<Erased, Error> {
        let permission = if early { Destroy::Early } else { Destroy::WhenDue };
        self.end(who, &|keys, who| keys.destroy(who, permission, now))
    }

    fn state(&self, who: Reference) -> State {
        // A text that names nobody has no key.
        records::owner(&who).map_or(State::Never, |owner| self.0.borrow().state(&owner).into())
    }

    fn erasures(&self, who: Reference) -> Vec<Erasure> {
        let Ok(owner) = records::owner(&who) else { return Vec::new() };
        self.0.borrow().erasures(&owner).iter().map(Into::into).collect()
    }

    fn due(&self, at: u64) -> Vec<Reference> {
        self.0.borrow().due(at).iter().map(Into::into).collect()
    }
}

fn host(now: Option<u64>, entropy: &mut Pooled) -> KeyContext<'_> {
    KeyContext { now, entropy }
}
