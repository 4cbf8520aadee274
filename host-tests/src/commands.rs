//! The commands of the conformance runner, obeyed by a keyring of the component.

use fieldseal::{Answer, Destroy, Error, KeyState};
use fieldseal_conformance::keyring_model::{Command, Outcome};
use fieldseal_conformance::records::{self, Request};
use fieldseal_wasmtime::{Broken, Erased, Instance, Keyring, Owner};
use support::convert;

/// Obeys a command at a time of the host's clock.
///
/// # Panics
/// Fails if the instance breaks.
pub fn obey(instance: &mut Instance, keyring: Keyring, now: u64, command: &Command) -> Outcome {
    const ALIVE: &str = "the instance lives on";
    let (mut ring, now) = (instance.keyring_calls(keyring), Some(now));
    let requests = |all: &[Request]| all.iter().map(convert::request).collect::<Vec<_>>();
    let keys = |answers: Result<Vec<Answer>, Broken>| {
        Outcome::Keys(answers.expect(ALIVE).into_iter().map(convert::answer_record).collect())
    };
    let code = |error: Error| error.code.as_str().to_owned();
    let mut ended = None;
    let (of, result) = match command {
        Command::Current(all) => return keys(ring.current(&requests(all), now)),
        Command::ById(all) => return keys(ring.by_id(&requests(all), now)),
        Command::Due(at) => {
            return Outcome::Due(
                ring.due(*at).expect(ALIVE).expect("a time").into_iter().map(named).collect(),
            );
        }
        Command::Provision(of) => (of, ring.provision(&owner(of))),
        Command::Rotate(of, least) => {
            (of, ring.rotate(&owner(of), *least).map(|rotated| rotated.map(drop)))
        }
        Command::Restrict(of) => (of, ring.restrict(&owner(of))),
        Command::Lift(of) => (of, ring.lift(&owner(of))),
        Command::Reopen(of) => (of, ring.reopen(&owner(of))),
        Command::Erase(of) => {
            ended = Some(ring.erase(&owner(of), "asked", now).expect(ALIVE));
            (of, Ok(Ok(())))
        }
        Command::Destroy(of, early) => {
            let permission = if *early { Destroy::Early } else { Destroy::WhenDue };
            ended = Some(ring.destroy(&owner(of), permission, now).expect(ALIVE));
            (of, Ok(Ok(())))
        }
    };
    // An owner without a name has no state: to the model there was never a key.
    let state = ring.state(&owner(of)).expect(ALIVE).unwrap_or(KeyState::Never);
    let state = state.as_str().to_owned();
    match ended {
        Some(ended) => Outcome::Ended(ended.map(erased).map_err(code), state),
        None => Outcome::Done(result.expect(ALIVE).map_err(code), state),
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
    let destroyed = destroyed.into_iter().map(|id| id.0).collect();
    records::Erased { destroyed, at, reached: reached.as_str().to_owned(), residue }
}
