//! The resource `keyring` over the core's.

use std::cell::RefCell;

use fieldseal::Reference;
use fieldseal::{Answer, KeyContext, KeySource, Request};

use crate::Component;
use crate::contract::exports::fieldseal::core::keyring::{self, Guest, GuestKeyring, State};
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
        who: keyring::Reference,
        verb: &dyn Fn(&mut fieldseal::Keyring, &Reference) -> Result<(), fieldseal::Error>,
    ) -> Result<(), Error> {
        verb(&mut self.0.borrow_mut(), &who.into()).map_err(records::error)
    }
}

impl GuestKeyring for Keyring {
    fn memory() -> keyring::Keyring {
        keyring::Keyring::new(Keyring(RefCell::new(fieldseal::Keyring::memory())))
    }

    fn current(&self, requests: Vec<Asked>, now: u64) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| keys.current(requests, &mut host(now, &mut Pooled)))
    }

    fn by_id(&self, requests: Vec<Asked>, now: u64) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| keys.by_id(requests, now))
    }

    fn provision(&self, who: keyring::Reference, now: u64) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.provision(who, &mut host(now, &mut Pooled)))
    }

    fn rotate(
        &self,
        who: keyring::Reference,
        min_version: Option<u32>,
        now: u64,
    ) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.rotate(who, min_version, &mut host(now, &mut Pooled)))
    }

    fn restrict(&self, who: keyring::Reference, _: u64) -> Result<(), Error> {
        self.act(who, &fieldseal::Keyring::restrict)
    }

    fn lift(&self, who: keyring::Reference, _: u64) -> Result<(), Error> {
        self.act(who, &fieldseal::Keyring::lift)
    }

    fn erase(&self, who: keyring::Reference, reason: String, now: u64) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.erase(who, &reason, now))
    }

    fn reopen(&self, who: keyring::Reference, now: u64) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.reopen(who, &mut host(now, &mut Pooled)))
    }

    fn destroy(&self, who: keyring::Reference, now: u64) -> Result<(), Error> {
        self.act(who, &|keys, who| keys.destroy(who, now))
    }

    fn state(&self, who: keyring::Reference) -> State {
        self.0.borrow().state(&who.into()).into()
    }

    fn due(&self, at: u64) -> Vec<keyring::Reference> {
        self.0.borrow().due(at).into_iter().map(Into::into).collect()
    }
}

fn host(now: u64, entropy: &mut Pooled) -> KeyContext<'_> {
    KeyContext { now, entropy }
}
