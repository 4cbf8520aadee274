//! A keyring as a reader of keys.md would write it down on paper: lists that only grow, and flags.
//! No code of the core, the derivation of ids included.

use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use super::dice::Dice;
use super::{Blocks, Command, Outcome, Step};
use crate::records::{Answer, Erased, Key, Owner, Request};

struct Held {
    reference: Owner,
    /// Its text names somebody of its kind.
    named: bool,
    /// The person of a share of an index, by the place among the owners.
    person: Option<usize>,
    /// The last erasure, if there was one.
    last: Option<Erased>,
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

impl Made {
    fn key(&self) -> Key {
        Key { id: self.id, secret: self.secret, expires: None, erasable: true }
    }
}

pub(super) struct Life {
    dice: Dice,
    now: u64,
    owners: Vec<Held>,
    keys: Vec<Made>,
    blocks: u64,
}

const PURPOSES: [Option<&str>; 6] =
    [None, None, Some("storage"), Some("legal_claims"), Some("Storage"), Some("billing")];
const KINDS: [&str; 5] = ["subject", "retention", "item", "index", "pseudonym"];
/// 2036-03-01T00:00:00Z
const MARCH: u64 = 2_087_942_400_000;
/// 2036-11-01T00:00:00Z
const NOVEMBER: u64 = 2_109_110_400_000;
/// 2037-01-01T00:00:00Z
const JANUARY: u64 = 2_114_380_800_000;

fn owners() -> Vec<Held> {
    let people = ["7", "8", "contract/2036", ""].map(|name| ("subject", name, None));
    let buckets = [
        ("contract/2036", Some(JANUARY)),
        ("contract/2036-10", Some(NOVEMBER)),
        ("contract/2036-10-31", Some(NOVEMBER)),
        ("log/2036-02-29", Some(MARCH)),
        ("log/2035-02-29", None),
        ("log/1969", Some(0)),
        ("7", None),
    ];
    let buckets = buckets.map(|(name, ends)| ("retention", name, ends));
    let others = [
        ("item", "[\"f\",\"r\",\"/a\"]", None),
        ("item", "7", None),
        ("index", "7", None),
        ("index", "[\"mail\",\"7\"]", None),
        ("index", "[\"phone\",\"7\"]", None),
        ("index", "[\"mail\",\"8\"]", None),
        ("pseudonym", "7", None),
    ];
    let mut owners: Vec<Held> = Vec::new();
    for (kind, name, ends) in people.into_iter().chain(buckets).chain(others) {
        for tenant in ["", "t\u{e9}nant"] {
            let reference = Owner {
                kind: kind.to_owned(),
                tenant: tenant.to_owned(),
                reference: name.to_owned(),
            };
            let named = !name.is_empty() && (kind, name) != ("item", "7");
            let person = owners.iter().position(|person| {
                let Owner { kind: own, reference, .. } = &person.reference;
                let ends = format!(",\"{reference}\"]");
                own == "subject"
                    && person.reference.tenant == tenant
                    && kind == "index"
                    && !reference.is_empty()
                    && name.ends_with(&ends)
            });
            owners.push(Held {
                reference,
                named,
                person,
                last: None,
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

    /// Takes the next step of the life, and returns it with its outcome.
    pub(super) fn step(&mut self) -> Step {
        self.now += self.dice.below(100_000) as u64;
        let command = self.command();
        let outcome = self.outcome(&command);
        Step { now: self.now, command, outcome }
    }

    fn command(&mut self) -> Command {
        let who = self.dice.below(self.owners.len());
        let reference = self.owners[who].reference.clone();
        match self.dice.below(100) {
            0..22 => Command::Current(self.requests(Self::sealing)),
            22..55 => Command::ById(self.requests(Self::opening)),
            55..65 => Command::Provision(reference),
            65..73 => Command::Rotate(reference, self.least(who)),
            73..78 => Command::Restrict(reference),
            78..84 => Command::Lift(reference),
            84..87 => Command::Erase(reference),
            87..90 => Command::Destroy(reference, self.dice.one_in(2)),
            90..95 => Command::Reopen(reference),
            _ => {
                let border = self.dice.pick(&[0, 1, MARCH, NOVEMBER, JANUARY, self.now]);
                Command::Due((border + self.dice.below(3) as u64).saturating_sub(1))
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

    fn request(&mut self, who: usize, operation: &str, id: Option<[u8; 16]>) -> Request {
        let Owner { kind, tenant, reference } = self.owners[who].reference.clone();
        let (purpose, caller) = (
            self.dice.pick(&PURPOSES).map(str::to_owned),
            self.dice.pick(&[None, Some("clerk".to_owned())]),
        );
        let (reference, operation) = (Some(reference), operation.to_owned());
        Request { kind, reference, tenant, operation, purpose, caller, id }
    }

    fn sealing(&mut self) -> Request {
        let who = self.dice.below(self.owners.len());
        let operation = self.dice.pick(&["seal", "reseal"]);
        let request = self.request(who, operation, None);
        if self.dice.one_in(30) { Request { reference: None, ..request } } else { request }
    }

    /// Mostly as an envelope of somebody's would have it asked; often as a forger would.
    fn opening(&mut self) -> Request {
        let operation = self.dice.pick(&["open", "reseal"]);
        let who = self.dice.below(self.owners.len());
        let theirs: Vec<[u8; 16]> =
            self.keys.iter().filter(|key| key.owner == who).map(|key| key.id).collect();
        let id = if theirs.is_empty() { [who as u8; 16] } else { self.dice.pick(&theirs) };
        let mut request = self.request(who, operation, Some(id));
        match self.dice.below(16) {
            0 => request.kind = self.dice.pick(&KINDS).to_owned(),
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
            7 => request.id = Some(std::array::from_fn(|at| id[at] ^ u8::from(at == 15))),
            8 if !self.keys.is_empty() => {
                let anybody = self.dice.below(self.keys.len());
                request.id = Some(self.keys[anybody].id);
            }
            _ => {}
        }
        request
    }

    fn outcome(&mut self, command: &Command) -> Outcome {
        match command {
            Command::Current(requests) => {
                Outcome::Keys(requests.iter().map(|request| self.seals(request)).collect())
            }
            Command::ById(requests) => {
                Outcome::Keys(requests.iter().map(|request| self.opens(request)).collect())
            }
            Command::Due(at) => Outcome::Due(self.passed(*at)),
            Command::Provision(who) => {
                self.done(
                    who,
                    |life, who| if life.newest(who).is_none() { life.make(who) } else { Ok(()) },
                )
            }
            Command::Rotate(who, least) => self.done(who, |life, who| {
                if least.is_some_and(|least| least > life.versions(who) + 1) {
                    return Err("context");
                }
                life.make(who)?;
                life.owners[who].least = least.unwrap_or(life.owners[who].least);
                Ok(())
            }),
            Command::Restrict(who) => self.done(who, |life, who| {
                life.owners[who].restricted = true;
                Ok(())
            }),
            Command::Lift(who) => self.done(who, |life, who| {
                life.owners[who].restricted = false;
                Ok(())
            }),
            Command::Erase(who) => self.end(who),
            Command::Destroy(who, early) => self.destroy(who, *early),
            Command::Reopen(who) => self.reopen(who),
        }
    }

    /// A verb of an owner who has a name and is not erased.
    fn done(
        &mut self,
        who: &Owner,
        verb: impl FnOnce(&mut Self, usize) -> Result<(), &'static str>,
    ) -> Outcome {
        let who = self.find(who);
        let result = if !self.owners[who].named {
            Err("context")
        } else if self.is_erased(who) {
            Err("erased")
        } else {
            verb(self, who)
        };
        Outcome::Done(result.map_err(str::to_owned), self.state(who).to_owned())
    }

    /// An owner is erased, or a share whose person is.
    fn is_erased(&self, who: usize) -> bool {
        let Held { erased, person, .. } = self.owners[who];
        erased || person.is_some_and(|person| self.owners[person].erased)
    }

    /// An owner is restricted, or a share whose person is.
    fn is_restricted(&self, who: usize) -> bool {
        let Held { restricted, person, .. } = self.owners[who];
        restricted || person.is_some_and(|person| self.owners[person].restricted)
    }

    fn destroy(&mut self, owner: &Owner, early: bool) -> Outcome {
        let who = self.find(owner);
        let may = match owner.kind.as_str() {
            "item" => true,
            "retention" => self.owners[who]
                .ends
                .is_some_and(|ends| early || self.owners[who].erased || self.now >= ends),
            _ => false,
        };
        if may { self.end(owner) } else { self.refused(who) }
    }

    fn refused(&self, who: usize) -> Outcome {
        Outcome::Ended(Err("context".to_owned()), self.state(who).to_owned())
    }

    fn end(&mut self, owner: &Owner) -> Outcome {
        let who = self.find(owner);
        if !self.owners[who].named {
            return self.refused(who);
        }
        if !self.owners[who].erased {
            // The owner's own keys, and then those of the person's shares by the index's name.
            let mut all = vec![who];
            let shares = (0..self.owners.len()).filter(|at| self.owners[*at].person == Some(who));
            all.extend(shares);
            all[1..].sort_by_key(|at| self.owners[*at].reference.reference.clone());
            let mut destroyed = Vec::new();
            for one in all {
                for key in self.keys.iter_mut().filter(|key| key.owner == one && !key.destroyed) {
                    key.destroyed = true;
                    destroyed.push(key.id);
                    self.owners[one].came_back |= one != who;
                }
            }
            let (at, reached) = (Some(self.now), "clean".to_owned());
            self.owners[who].erased = true;
            self.owners[who].last = Some(Erased { destroyed, at, reached, residue: Vec::new() });
        }
        let last = self.owners[who].last.clone();
        Outcome::Ended(Ok(last.expect("there was an erasure")), "erased".to_owned())
    }

    fn reopen(&mut self, owner: &Owner) -> Outcome {
        let who = self.find(owner);
        let mut result = Ok(());
        if !self.owners[who].named {
            result = Err("context");
        } else if self.owners[who].person.is_some_and(|person| self.owners[person].erased) {
            result = Err("erased");
        } else if self.owners[who].erased {
            result = self.make(who);
            if result.is_ok() {
                let owner = &mut self.owners[who];
                (owner.erased, owner.restricted, owner.came_back) = (false, false, true);
            }
        }
        Outcome::Done(result.map_err(str::to_owned), self.state(who).to_owned())
    }

    fn state(&self, who: usize) -> &'static str {
        let owner = &self.owners[who];
        match (self.is_erased(who), self.is_restricted(who), self.newest(who), owner.came_back) {
            (true, ..) => "erased",
            (_, true, ..) => "restricted",
            (.., true) => "reopened",
            (_, _, None, _) => "never",
            _ => "live",
        }
    }

    fn seals(&mut self, request: &Request) -> Answer {
        let Some(reference) = request.reference.clone().filter(|name| !name.is_empty()) else {
            return Err("not-found".to_owned());
        };
        let who = self.find(&Owner {
            kind: request.kind.clone(),
            tenant: request.tenant.clone(),
            reference,
        });
        if !self.owners[who].named {
            return Err("not-found".to_owned());
        }
        if self.is_erased(who) {
            return Err("erased".to_owned());
        }
        if self.is_restricted(who) && request.purpose.as_deref() != Some("storage") {
            return Err("restricted".to_owned());
        }
        if self.newest(who).is_none() {
            self.make(who).map_err(|_| "unavailable")?;
        }
        self.newest(who).map(Made::key).ok_or_else(|| "not-found".to_owned())
    }

    fn opens(&self, request: &Request) -> Answer {
        let key = self.keys.iter().find(|key| request.id == Some(key.id)).ok_or("not-found")?;
        let owner = &self.owners[key.owner];
        let Owner { kind, tenant, reference } = &owner.reference;
        let unnamed =
            request.reference.is_none() && ["subject", "retention"].contains(&kind.as_str());
        if request.kind != *kind
            || request.tenant != *tenant
            || !(unnamed || request.reference.as_ref() == Some(reference))
        {
            return Err("not-found".to_owned());
        }
        let exempt =
            ["storage", "legal_claims"].contains(&request.purpose.as_deref().unwrap_or_default());
        match key {
            Made { destroyed: true, .. } => Err("erased".to_owned()),
            _ if self.is_restricted(key.owner) && !exempt => Err("restricted".to_owned()),
            Made { version, .. } if *version < owner.least => Err("denied".to_owned()),
            made => Ok(made.key()),
        }
    }

    fn passed(&self, at: u64) -> Vec<Owner> {
        let state = |who| ["live", "restricted", "reopened"].contains(&self.state(who));
        let all = self.owners.iter().enumerate();
        let passed =
            all.filter(|(who, owner)| owner.ends.is_some_and(|ends| at >= ends) && state(*who));
        let mut passed: Vec<Owner> = passed.map(|(_, owner)| owner.reference.clone()).collect();
        passed.sort_by(|a, b| (&a.tenant, &a.reference).cmp(&(&b.tenant, &b.reference)));
        passed
    }

    fn find(&self, reference: &Owner) -> usize {
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

    /// A key out of the next 32 bytes, unless they are zeros or there was that one before.
    fn make(&mut self, who: usize) -> Result<(), &'static str> {
        let secret = Blocks::block(self.blocks);
        self.blocks += 1;
        if secret == [0; 32] || self.keys.iter().any(|key| key.secret == secret) {
            return Err("unavailable");
        }
        let version = self.versions(who) + 1;
        let id = id(&secret, &self.owners[who].reference, version);
        self.keys.push(Made { owner: who, version, id, secret, destroyed: false });
        Ok(())
    }
}

/// As envelope.md has it, by means of the crate `hkdf`.
fn id(secret: &[u8; 32], owner: &Owner, version: u32) -> [u8; 16] {
    let mut names = Sha256::new();
    for name in [owner.kind.as_str(), &owner.tenant, &owner.reference] {
        names.update((name.len() as u32).to_be_bytes());
        names.update(name);
    }
    names.update(version.to_be_bytes());
    let info = [&[0, 16, 13][..], b"fieldseal1 id", &[32], &names.finalize()].concat();
    let mut id = [0; 16];
    Hkdf::<Sha256>::new(Some(b"fieldseal1 key"), secret).expand(&info, &mut id).expect("16 bytes");
    id
}
