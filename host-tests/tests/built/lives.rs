//! The long random lives of `core/tests/lives`, through the keyring that both builds of the
//! component export.

#[path = "../../../core/tests/lives/mod.rs"]
#[allow(unreachable_pub, reason = "core/tests has the same files")]
mod shared;

use fieldseal::keys::Reference;
use fieldseal::{Answer, Error};
use host_tests::keyring::Keyring;
use host_tests::keys::Shared;
use host_tests::{Broken, Desk, Instance, Module};
use shared::{Blocks, Deed, Door, Outcome, Told, live};

/// Every life gets an instance of its own.
struct Component {
    module: &'static Module,
    live: Option<(Instance, Keyring)>,
}

impl Door for Component {
    fn begin(&mut self) {
        let mut instance =
            Instance::new(self.module, Desk::new(Shared::default(), Blocks::default())).unwrap();
        let keyring = instance.keyring().unwrap();
        self.live = Some((instance, keyring));
    }

    fn act(&mut self, now: u64, deed: &Deed) -> Outcome {
        let (instance, keyring) = self.live.as_mut().unwrap();
        let mut ring = instance.ring(*keyring);
        let (who, result): (&Reference, Result<Result<(), Error>, Broken>) = match deed {
            Deed::Current(requests) => {
                return Outcome::Keys(told(ring.current(requests, now).unwrap()));
            }
            Deed::ById(requests) => return Outcome::Keys(told(ring.by_id(requests, now).unwrap())),
            Deed::Due(at) => return Outcome::Due(ring.due(*at).unwrap()),
            Deed::Provision(who) => (who, ring.provision(who, now)),
            Deed::Rotate(who, least) => (who, ring.rotate(who, *least, now)),
            Deed::Restrict(who) => (who, ring.restrict(who, now)),
            Deed::Lift(who) => (who, ring.lift(who, now)),
            Deed::Erase(who) => (who, ring.erase(who, "asked", now)),
            Deed::Reopen(who) => (who, ring.reopen(who, now)),
            Deed::Destroy(who) => (who, ring.destroy(who, now)),
        };
        Outcome::Done(result.unwrap().map_err(|error| error.code), ring.state(who).unwrap())
    }
}

fn told(answers: Vec<Answer>) -> Vec<Told> {
    let told = |key: fieldseal::Key| {
        assert!(key.erasable && key.expires.is_none());
        (key.id.0, *key.secret.expose())
    };
    answers.into_iter().map(|answer| answer.map(told)).collect()
}

fn through(module: &'static Module) {
    let mut deeds = 0;
    live(&mut Component { module, live: None }, |_, _| deeds += 1);
    assert_eq!(deeds, 100_000);
}

#[test]
fn v13_k10_k11_h30_the_component_lives_as_the_naive_model() {
    through(Module::full().unwrap());
}

#[test]
fn v13_k10_k11_h30_the_lite_component_lives_as_the_naive_model() {
    through(Module::lite().unwrap());
}
