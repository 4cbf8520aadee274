//! The long random lives of the keyring model, through the keyring that both builds of the component
//! export.

use fieldseal_conformance::counts::COMPONENT_LIVES;
use fieldseal_conformance::keyring_model::{
    Blocks, COMMANDS, Command, KeyringRuntime, Outcome, live,
};
use fieldseal_wasmtime::{HostState, Instance, Keyring, Module};
use host_tests::{commands, modules};
use support::convert::Entropy;

/// Every life gets an instance of its own.
struct Component {
    module: &'static Module,
    live: Option<(Instance, Keyring)>,
}

impl KeyringRuntime for Component {
    fn begin(&mut self) {
        let host = HostState::without_keys(Entropy(Blocks::default()));
        let mut instance = Instance::new(self.module, host).unwrap();
        let keyring = instance.keyring().unwrap();
        self.live = Some((instance, keyring));
    }

    fn act(&mut self, now: u64, command: &Command) -> Outcome {
        let (instance, keyring) = self.live.as_mut().unwrap();
        commands::obey(instance, *keyring, now, command)
    }
}

fn through(module: &'static Module) {
    let (lives, mut commands) = (COMPONENT_LIVES.get(), 0);
    live(lives.into(), &mut Component { module, live: None }, |_, _| commands += 1);
    assert_eq!(commands, lives * COMMANDS);
}

#[test]
fn v13_k10_k11_h30_the_component_lives_as_the_naive_model() {
    through(modules::evaluator().unwrap());
}

#[test]
fn v13_k10_k11_h30_the_full_component_lives_as_the_naive_model() {
    through(modules::full().unwrap());
}
