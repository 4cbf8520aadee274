//! The long random lives of the keyring model, through the keyring that both builds of the component
//! export.

use fieldseal::{Answer, Error};
use fieldseal_conformance::counts::COMPONENT_LIVES;
use fieldseal_conformance::keyring_model::{
    Blocks, COMMANDS, Command, KeyringRuntime, Outcome, live,
};
use fieldseal_conformance::records::{Owner, Request};
use fieldseal_wasmtime::Keyring;
use fieldseal_wasmtime::{Broken, HostState, Instance, Module};
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
        let mut ring = instance.keyring_calls(*keyring);
        let requests = |all: &[Request]| all.iter().map(convert::request).collect::<Vec<_>>();
        let keys = |answers: Result<Vec<Answer>, Broken>| {
            Outcome::Keys(answers.unwrap().into_iter().map(convert::answer_record).collect())
        };
        let (who, result): (&Owner, Result<Result<(), Error>, Broken>) = match command {
            Command::Current(all) => return keys(ring.current(&requests(all), now)),
            Command::ById(all) => return keys(ring.by_id(&requests(all), now)),
            Command::Due(at) => {
                let due = ring.due(*at).unwrap().into_iter();
                return Outcome::Due(due.map(convert::owner_record).collect());
            }
            Command::Provision(who) => (who, ring.provision(&convert::owner(who), now)),
            Command::Rotate(who, least) => (who, ring.rotate(&convert::owner(who), *least, now)),
            Command::Restrict(who) => (who, ring.restrict(&convert::owner(who), now)),
            Command::Lift(who) => (who, ring.lift(&convert::owner(who), now)),
            Command::Erase(who) => (who, ring.erase(&convert::owner(who), "asked", now)),
            Command::Reopen(who) => (who, ring.reopen(&convert::owner(who), now)),
            Command::Destroy(who) => (who, ring.destroy(&convert::owner(who), now)),
        };
        let result = result.unwrap().map_err(|error| error.code.as_str().to_owned());
        let state = ring.state(&convert::owner(who)).unwrap();
        Outcome::Done(result, state.as_str().to_owned())
    }
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
