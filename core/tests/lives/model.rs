//! A keyring as a reader of keys.md would write it down on paper: lists that only grow, and flags.
//! No code of the core, the derivation of ids included.

use fieldseal::keyring::KeyState;
use fieldseal::keys::Reference;
use fieldseal::{ErrorCode, KeyId, KeyKind, KeyUse, Refusal, Request};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use super::dice::Dice;
use super::{Blocks, Deed, Outcome, Step, Told};

struct Owner {
    reference: Reference,
    /// For retention buckets whose name says so: the first moment after, as anybody's calendar has
    /// it.
    ends: Option<u64>,
    restricted: bool,
    erased: bool,
    came_back: bool,
    least: u32,
}

/// A key that was made once. It stays in the list when it is destroyed.
struct Made {
    owner: usize,
    version: u32,
    id: [u8; 16],
    secret: [u8; 32],
    destroyed: bool,
}

pub(super) struct Life {
    dice: Dice,
    now: u64,
    owners: Vec<Owner>,
    keys: Vec<Made>,
    blocks: u64,
}

const PURPOSES: [Option<&str>; 6] =
    [None, None, Some("storage"), Some("legal_claims"), Some("Storage"), Some("billing")];
const KINDS: [KeyKind; 5] =
    [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
/// 2036-03-01T00:00:00Z
const MARCH: u64 = 2_087_942_400_000;
/// 2036-11-01T00:00:00Z
const NOVEMBER: u64 = 2_109_110_400_000;
/// 2037-01-01T00:00:00Z
const JANUARY: u64 = 2_114_380_800_000;

fn owners() -> Vec<Owner> {
    let people = ["7", "8", "contract/2036", ""].map(|name| (KeyKind::Subject, name, None));
    let buckets = [
        ("contract/2036", Some(JANUARY)),
        ("contract/2036-10", Some(NOVEMBER)),
        ("contract/2036-10-31", Some(NOVEMBER)),
        ("log/2036-02-29", Some(MARCH)),
        ("log/2035-02-29", None),
        ("log/1969", Some(0)),
        ("7", None),
    ];
    let buckets = buckets.map(|(name, ends)| (KeyKind::Retention, name, ends));
    let others = [
        (KeyKind::Item, "[\"f\",\"r\",\"/a\"]", None),
        (KeyKind::Item, "7", None),
        (KeyKind::Index, "7", None),
        (KeyKind::Pseudonym, "7", None),
    ];
    let mut owners = Vec::new();
    for (kind, name, ends) in people.into_iter().chain(buckets).chain(others) {
        for tenant in ["", "t\u{e9}nant"] {
            let reference =
                Reference { kind, tenant: tenant.to_owned(), reference: name.to_owned() };
            owners.push(Owner {
                reference,
                ends,
                restricted: false,
                erased: false,
                came_back: false,
                least: 0,
            });
        }
    }
    owners
}

impl Life {
    pub(super) fn new(number: u64) -> Self {
        Life {
            dice: Dice::new(number),
            now: 1_795_339_800_000,
            owners: owners(),
            keys: Vec::new(),
            blocks: 0,
        }
    }

    /// What is done next, and what comes of it.
    pub(super) fn step(&mut self) -> Step {
        self.now += self.dice.below(100_000) as u64;
        let deed = self.deed();
        let outcome = self.outcome(&deed);
        Step { now: self.now, deed, outcome }
    }

    fn deed(&mut self) -> Deed {
        let who = self.dice.below(self.owners.len());
        let reference = self.owners[who].reference.clone();
        match self.dice.below(100) {
            0..22 => Deed::Current(self.requests(Self::sealing)),
            22..55 => Deed::ById(self.requests(Self::opening)),
            55..65 => Deed::Provision(reference),
            65..73 => Deed::Rotate(reference, self.least(who)),
            73..78 => Deed::Restrict(reference),
            78..84 => Deed::Lift(reference),
            84..87 => Deed::Erase(reference),
            87..89 => Deed::Destroy(reference),
            89..95 => Deed::Reopen(reference),
            _ => {
                let border = self.dice.pick(&[0, 1, MARCH, NOVEMBER, JANUARY, self.now]);
                Deed::Due((border + self.dice.below(3) as u64).saturating_sub(1))
            }
        }
    }

    fn least(&mut self, who: usize) -> Option<u32> {
        let made = self.keys.iter().filter(|key| key.owner == who).count();
        self.dice.one_in(2).then(|| self.dice.below(made + 3) as u32)
    }

    fn requests(&mut self, one: impl Fn(&mut Self) -> Request) -> Vec<Request> {
        let count = 1 + self.dice.below(3);
        (0..count).map(|_| one(self)).collect()
    }

    fn request(&mut self, who: usize, operation: KeyUse, id: Option<KeyId>) -> Request {
        let Reference { kind, tenant, reference } = self.owners[who].reference.clone();
        let (purpose, caller) = (
            self.dice.pick(&PURPOSES).map(str::to_owned),
            self.dice.pick(&[None, Some("clerk".to_owned())]),
        );
        Request { kind, reference: Some(reference), tenant, operation, purpose, caller, id }
    }

    fn sealing(&mut self) -> Request {
        let who = self.dice.below(self.owners.len());
        let operation = self.dice.pick(&[KeyUse::Seal, KeyUse::Reseal]);
        let request = self.request(who, operation, None);
        if self.dice.one_in(30) { Request { reference: None, ..request } } else { request }
    }

    /// Mostly as an envelope of somebody's would have it asked; often as a forger would.
    fn opening(&mut self) -> Request {
        let operation = self.dice.pick(&[KeyUse::Open, KeyUse::Reseal]);
        let who = self.dice.below(self.owners.len());
        let theirs: Vec<[u8; 16]> =
            self.keys.iter().filter(|key| key.owner == who).map(|key| key.id).collect();
        let id = if theirs.is_empty() { [who as u8; 16] } else { self.dice.pick(&theirs) };
        let mut request = self.request(who, operation, Some(KeyId(id)));
        match self.dice.below(16) {
            0 => request.kind = self.dice.pick(&KINDS),
            1 => {
                request.tenant =
                    self.dice.pick(&["", "t\u{e9}nant", "t", "t\u{e9}nant2"]).to_owned()
            }
            2 => {
                request.reference = Some(
                    self.dice.pick(&["7", "8", "", "contract/2036", "contract/2036-10"]).to_owned(),
                )
            }
            3..6 => request.reference = None,
            6 => request.id = None,
            7 => request.id = Some(KeyId(std::array::from_fn(|at| id[at] ^ u8::from(at == 15)))),
            8 if !self.keys.is_empty() => {
                let anybody = self.dice.below(self.keys.len());
                request.id = Some(KeyId(self.keys[anybody].id));
            }
            _ => {}
        }
        request
    }

    fn outcome(&mut self, deed: &Deed) -> Outcome {
        match deed {
            Deed::Current(requests) => {
                Outcome::Keys(requests.iter().map(|request| self.seals(request)).collect())
            }
            Deed::ById(requests) => {
                Outcome::Keys(requests.iter().map(|request| self.opens(request)).collect())
            }
            Deed::Due(at) => Outcome::Due(self.passed(*at)),
            Deed::Provision(who) => {
                self.done(
                    who,
                    |life, who| if life.newest(who).is_none() { life.make(who) } else { Ok(()) },
                )
            }
            Deed::Rotate(who, least) => self.done(who, |life, who| {
                if least.is_some_and(|least| least > life.versions(who) + 1) {
                    return Err(ErrorCode::Context);
                }
                life.make(who)?;
                life.owners[who].least = least.unwrap_or(life.owners[who].least);
                Ok(())
            }),
            Deed::Restrict(who) => self.done(who, |life, who| {
                life.owners[who].restricted = true;
                Ok(())
            }),
            Deed::Lift(who) => self.done(who, |life, who| {
                life.owners[who].restricted = false;
                Ok(())
            }),
            Deed::Erase(who) | Deed::Destroy(who) => self.end(who),
            Deed::Reopen(who) => self.reopen(who),
        }
    }

    /// A verb of an owner who has a name and is not erased.
    fn done(
        &mut self,
        who: &Reference,
        verb: impl FnOnce(&mut Self, usize) -> Result<(), ErrorCode>,
    ) -> Outcome {
        let who = self.find(who);
        let result = if self.owners[who].reference.reference.is_empty() {
            Err(ErrorCode::Context)
        } else if self.owners[who].erased {
            Err(ErrorCode::Erased)
        } else {
            verb(self, who)
        };
        Outcome::Done(result, self.state(who))
    }

    fn end(&mut self, who: &Reference) -> Outcome {
        let who = self.find(who);
        if self.owners[who].reference.reference.is_empty() {
            return Outcome::Done(Err(ErrorCode::Context), KeyState::Never);
        }
        self.owners[who].erased = true;
        self.keys.iter_mut().filter(|key| key.owner == who).for_each(|key| key.destroyed = true);
        Outcome::Done(Ok(()), KeyState::Erased)
    }

    fn reopen(&mut self, reference: &Reference) -> Outcome {
        let who = self.find(reference);
        if reference.reference.is_empty() {
            return Outcome::Done(Err(ErrorCode::Context), KeyState::Never);
        }
        let mut result = Ok(());
        if self.owners[who].erased {
            result = self.make(who);
            if result.is_ok() {
                self.owners[who] = Owner {
                    erased: false,
                    restricted: false,
                    came_back: true,
                    reference: reference.clone(),
                    ..self.owners[who]
                };
            }
        }
        Outcome::Done(result, self.state(who))
    }

    fn state(&self, who: usize) -> KeyState {
        let owner = &self.owners[who];
        match (owner.erased, owner.restricted, self.newest(who), owner.came_back) {
            (true, ..) => KeyState::Erased,
            (_, true, ..) => KeyState::Restricted,
            (_, _, None, _) => KeyState::Never,
            (.., true) => KeyState::Reopened,
            (.., false) => KeyState::Live,
        }
    }

    fn seals(&mut self, request: &Request) -> Told {
        let Some(reference) = request.reference.clone().filter(|name| !name.is_empty()) else {
            return Err(Refusal::NotFound);
        };
        let who =
            self.find(&Reference { kind: request.kind, tenant: request.tenant.clone(), reference });
        if self.owners[who].erased {
            return Err(Refusal::Erased);
        }
        if self.owners[who].restricted && request.purpose.as_deref() != Some("storage") {
            return Err(Refusal::Restricted);
        }
        if self.newest(who).is_none() {
            self.make(who).map_err(|_| Refusal::Unavailable)?;
        }
        self.newest(who).map(|key| (key.id, key.secret)).ok_or(Refusal::NotFound)
    }

    fn opens(&self, request: &Request) -> Told {
        let key = self
            .keys
            .iter()
            .find(|key| request.id == Some(KeyId(key.id)))
            .ok_or(Refusal::NotFound)?;
        let owner = &self.owners[key.owner];
        let Reference { kind, tenant, reference } = &owner.reference;
        let unnamed =
            request.reference.is_none() && [KeyKind::Subject, KeyKind::Retention].contains(kind);
        if request.kind != *kind
            || request.tenant != *tenant
            || !(unnamed || request.reference.as_ref() == Some(reference))
        {
            return Err(Refusal::NotFound);
        }
        let exempt =
            ["storage", "legal_claims"].contains(&request.purpose.as_deref().unwrap_or_default());
        match key {
            Made { destroyed: true, .. } => Err(Refusal::Erased),
            _ if owner.restricted && !exempt => Err(Refusal::Restricted),
            Made { version, .. } if *version < owner.least => Err(Refusal::Denied),
            Made { id, secret, .. } => Ok((*id, *secret)),
        }
    }

    fn passed(&self, at: u64) -> Vec<Reference> {
        let state = |who| {
            [KeyState::Live, KeyState::Restricted, KeyState::Reopened].contains(&self.state(who))
        };
        let all = self.owners.iter().enumerate();
        let passed =
            all.filter(|(who, owner)| owner.ends.is_some_and(|ends| at >= ends) && state(*who));
        let mut passed: Vec<Reference> = passed.map(|(_, owner)| owner.reference.clone()).collect();
        passed.sort_by(|a, b| (&a.tenant, &a.reference).cmp(&(&b.tenant, &b.reference)));
        passed
    }

    fn find(&self, reference: &Reference) -> usize {
        self.owners
            .iter()
            .position(|owner| owner.reference == *reference)
            .expect("only these are asked for")
    }

    fn newest(&self, who: usize) -> Option<&Made> {
        self.keys.iter().rfind(|key| key.owner == who && !key.destroyed)
    }

    fn versions(&self, who: usize) -> u32 {
        self.keys.iter().filter(|key| key.owner == who).count() as u32
    }

    /// A key out of the next 32 bytes, unless there was that one before.
    fn make(&mut self, who: usize) -> Result<(), ErrorCode> {
        let secret = Blocks::block(self.blocks);
        self.blocks += 1;
        if self.keys.iter().any(|key| key.secret == secret) {
            return Err(ErrorCode::Unavailable);
        }
        let version = self.versions(who) + 1;
        let id = id(&secret, &self.owners[who].reference, version);
        self.keys.push(Made { owner: who, version, id, secret, destroyed: false });
        Ok(())
    }
}

/// As envelope.md has it, by means of the crate `hkdf`.
fn id(secret: &[u8; 32], owner: &Reference, version: u32) -> [u8; 16] {
    let mut names = Sha256::new();
    for name in [owner.kind.as_str(), &owner.tenant, &owner.reference] {
        names.update((name.len() as u32).to_be_bytes());
        names.update(name);
    }
    names.update(version.to_be_bytes());
    let info = [&[0, 16, 13][..], b"fieldseal1 id", &[32], &names.finalize()].concat();
    let mut id = [0; 16];
    Hkdf::<Sha256>::from_prk(secret)
        .expect("a key of 32 bytes")
        .expand(&info, &mut id)
        .expect("16 bytes");
    id
}
