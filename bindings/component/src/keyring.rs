//! The resource `keyring` over the core's.

use std::cell::RefCell;
use std::rc::Rc;

use fieldseal::{Answer, Destroy, KeyContext, KeyOwner, KeySource, Request};

use crate::Component;
use crate::contract::exports::fieldseal::core::keyring::{
    self, Erased, Erasure, Guest, GuestKeyring, Owner, Rotated, State,
};
use crate::contract::fieldseal::core::keys::{Key, Refusal, Request as Asked};
use crate::contract::fieldseal::core::types::Error;
use crate::entropy::Pooled;
use crate::keys::{given, request};
use crate::records;

impl Guest for Component {
    type Keyring = Keyring;
}

/// A keyring in this instance's memory, shared with the key sources that were made of it.
pub(crate) struct Keyring(Rc<RefCell<fieldseal::Keyring>>);

// Not generic over what is called, so that each of them is in the module once.
impl Keyring {
    pub(crate) fn shared(&self) -> Rc<RefCell<dyn KeySource>> {
        Rc::clone(&self.0) as _
    }

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
        of: Owner,
        verb: &dyn Fn(&mut fieldseal::Keyring, &KeyOwner) -> Result<(), fieldseal::Error>,
    ) -> Result<(), Error> {
        let act = || verb(&mut self.0.borrow_mut(), &owner(of)?);
        act().map_err(records::error)
    }

    fn end(
        &self,
        of: Owner,
        verb: &dyn Fn(
            &mut fieldseal::Keyring,
            &KeyOwner,
        ) -> Result<fieldseal::Erased, fieldseal::Error>,
    ) -> Result<Erased, Error> {
        let act = || verb(&mut self.0.borrow_mut(), &owner(of)?);
        act().map(Into::into).map_err(records::error)
    }
}

impl GuestKeyring for Keyring {
    fn memory() -> keyring::Keyring {
        keyring::Keyring::new(Keyring(Rc::new(RefCell::new(fieldseal::Keyring::memory()))))
    }

    fn current(&self, requests: Vec<Asked>, now: Option<u64>) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| {
            keys.current(requests, &mut KeyContext { now, entropy: &mut Pooled })
        })
    }

    fn by_id(&self, requests: Vec<Asked>, now: Option<u64>) -> Vec<Result<Key, Refusal>> {
        self.answer(requests, &|keys, requests| keys.by_id(requests, now))
    }

    fn provision(&self, of: Owner) -> Result<(), Error> {
        self.act(of, &|keys, owner| keys.provision(owner, &mut host(&mut Pooled)))
    }

    fn rotate(&self, of: Owner, min_version: Option<u32>) -> Result<Rotated, Error> {
        let owner = owner(of).map_err(records::error)?;
        let rotated = self.0.borrow_mut().rotate(&owner, min_version, &mut host(&mut Pooled));
        rotated.map(Into::into).map_err(records::error)
    }

    fn restrict(&self, of: Owner) -> Result<(), Error> {
        self.act(of, &fieldseal::Keyring::restrict)
    }

    fn lift(&self, of: Owner) -> Result<(), Error> {
        self.act(of, &fieldseal::Keyring::lift)
    }

    fn erase(&self, of: Owner, reason: String, now: Option<u64>) -> Result<Erased, Error> {
        self.end(of, &|keys, owner| keys.erase(owner, &reason, now))
    }

    fn reopen(&self, of: Owner) -> Result<(), Error> {
        self.act(of, &|keys, owner| keys.reopen(owner, &mut host(&mut Pooled)))
    }

    fn destroy(&self, of: Owner, early: bool, now: Option<u64>) -> Result<Erased, Error> {
        let permission = if early { Destroy::Early } else { Destroy::WhenDue };
        self.end(of, &|keys, owner| keys.destroy(owner, permission, now))
    }

    fn state(&self, of: Owner) -> Result<State, Error> {
        let owner = owner(of).map_err(records::error)?;
        Ok(self.0.borrow().state(&owner).into())
    }

    fn erasures(&self, of: Owner) -> Result<Vec<Erasure>, Error> {
        let owner = owner(of).map_err(records::error)?;
        Ok(self.0.borrow().erasures(&owner).iter().map(Into::into).collect())
    }

    fn due(&self, at: u64) -> Result<Vec<Owner>, Error> {
        let due = self.0.borrow().due(at).map_err(records::error)?;
        Ok(due.into_iter().map(Into::into).collect())
    }
}

fn owner(of: Owner) -> Result<KeyOwner, fieldseal::Error> {
    KeyOwner::from_parts(of.kind.into(), &of.tenant, &of.ref_)
}

/// The verbs that make a key and record no time.
fn host(entropy: &mut Pooled) -> KeyContext<'_> {
    KeyContext { now: None, entropy }
}
