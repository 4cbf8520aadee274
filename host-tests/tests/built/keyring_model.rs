//! The long random lives of the keyring model, through the keyring that both builds of the component
//! export.

use fieldseal::{Answer, Error};
use fieldseal_conformance::counts::COMPONENT_LIVES;
use fieldseal_conformance::keyring_model::{
    Blocks, COMMANDS, Command, KeyringRuntime, Outcome, live,
};
use fieldseal_conformance::records::{self, Request};
use fieldseal_wasmtime::{Broken, Erased, HostState, Instance, Keyring, Module, Owner};
use host_tests::keys::Shared;
use host_tests::modules;
use support::convert::{self, Entropy};

/// Every life gets an instance of its own.
struct Component {
    module: &'static Module,
    live: Option<(Instance, Keyring)>,
}

impl KeyringRuntime for Component {
    fn begin(&mut self) {
        let host = HostState::new(Shared::default(), Entropy(Blocks::default()));
        let mut instance = Instance::new(self.module, host).unwrap();
        let keyring = instance.keyring().unwrap();
        self.live = Some((instance, keyring));
    }

    fn act(&mut self, now: u64, command: &Command) -> Outcome {
        let (instance, keyring) = self.live.as_mut().unwrap();
        let (mut ring, now) = (instance.keyring_calls(*keyring), Some(now));
        let requests = |all: &[Request]| all.iter().map(convert::request).collect::<Vec<_>>();
        let keys = |answers: Result<Vec<Answer>, Broken>| {
            Outcome::Keys(answers.unwrap().into_iter().map(convert::answer_record).collect())
        };
        let code = |error: Error| error.code.as_str().to_owned();
        let mut ended = None;
        let (who, result) = match command {
            Command::Current(all) => return keys(ring.current(&requests(all), now)),
            Command::ById(all) => return keys(ring.by_id(&requests(all), now)),
            Command::Due(at) => {
                return Outcome::Due(ring.due(*at).unwrap().into_iter().map(named).collect());
            }
            Command::Provision(who) => (who, ring.provision(&owner(who), now)),
            Command::Rotate(who, least) => (who, ring.rotate(&owner(who), *least, now)),
            Command::Restrict(who) => (who, ring.restrict(&owner(who), now)),
            Command::Lift(who) => (who, ring.lift(&owner(who), now)),
            Command::Reopen(who) => (who, ring.reopen(&owner(who), now)),
            Command::Erase(who) => {
                ended = Some(ring.erase(&owner(who), "asked", now).unwrap());
                (who, Ok(Ok(())))
            }
            Command::Destroy(who, early) => {
                ended = Some(ring.destroy(&owner(who), *early, now).unwrap());
                (who, Ok(Ok(())))
            }
        };
        let state = ring.state(&owner(who)).unwrap().as_str().to_owned();
        match ended {
            Some(ended) => Outcome::Ended(ended.map(erased).map_err(code), state),
            None => Outcome::Done(result.unwrap().map_err(code), state),
        }
    }
}

fn owner(owner: &records::Owner) -> Owner {
    let records::Owner { kind, tenant, reference } = owner.clone();
    Owner { kind: convert::kind(&kind), tenant, reference }
}

fn named(owner: Owner) -> records::Owner {
    let Owner { kind, tenant, reference } = owner;
    records::Owner { kind: kind.as_str().to_owned(), tenant, reference }
}

fn erased(erased: Erased) -> records::Erased {
    let Erased { destroyed, at, reached, residue, .. } = erased;
    records::Erased { destroyed, at, reached, residue }
}

fn through(module: &'static Module) {
    let (lives, mut commands) = (COMPONENT_LIVES.get(), 0);
    live(lives.into(), &mut Component { module, live: None }, |_, _| commands += 1);
    assert_eq!(commands, lives * COMMANDS);
}

#[test]
fn v13_k10_k11_h30_the_component_lives_as_the_naive_model() {
    through(modules::full().unwrap());
}

#[test]
fn v13_k10_k11_h30_the_lite_component_lives_as_the_naive_model() {
    through(modules::lite().unwrap());
}
