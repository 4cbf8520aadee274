//! The native core as a runtime of the conformance runner.

use fieldseal::keyring::Keyring;
use fieldseal::{
    BatchItem, Checking, Error, KeyContext, KeySource, Opening, OpeningMany, Options, Policy,
    Sealing, SealingMany,
};
use fieldseal_conformance::cases::{KeyHost, Stream};
use fieldseal_conformance::keyring_model::{self, Blocks, Command, KeyringRuntime};
use fieldseal_conformance::records::{self, Document, Owner};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source};
use serde_json::Value;

use crate::convert::{self, Asked, Entropy};

/// Runs case files. It knows every source of the format, and every verb that the core has.
pub struct Native {
    source: Source,
    asked: Asked,
    keyring: Keyring,
    entropy: Entropy<Stream>,
    policy: Option<Policy>,
}

impl Default for Native {
    fn default() -> Self {
        Native {
            source: Source::Rows,
            asked: Asked::default(),
            keyring: Keyring::memory(),
            entropy: Entropy(Stream::default()),
            policy: None,
        }
    }
}

/// The options of a case with the key cache that its source asks for: none, unless it is `cached`
/// or the options say so themselves.
pub fn options_with_cache(options: &str, source: &Source) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(options) else {
        return options.to_owned();
    };
    let cache = match *source {
        Source::Cached { entries, max_age_ms } => {
            let member = |(name, value): (&str, Option<u64>)| {
                value.map(|value| (name.to_owned(), Value::from(value)))
            };
            [("entries", entries), ("maxAgeMs", max_age_ms)]
                .into_iter()
                .filter_map(member)
                .collect()
        }
        _ => serde_json::json!({ "entries": 0 }),
    };
    members.entry("cache").or_insert(cache);
    Value::Object(members).to_string()
}

type Settled = Result<Outcome, records::Error>;

fn settle<T, E: Into<Error>>(result: Result<T, E>, outcome: impl Fn(T) -> Outcome) -> Settled {
    result.map(outcome).map_err(convert::error)
}

fn settle_all<T, E: Into<Error>>(
    results: Vec<Result<T, E>>,
    outcome: impl Fn(T) -> Outcome,
) -> Settled {
    Ok(Outcome::Results(results.into_iter().map(|result| settle(result, &outcome)).collect()))
}

fn sealed(sealed: fieldseal::Sealed) -> Outcome {
    Outcome::Sealed(convert::sealed(sealed))
}

fn opened(opened: fieldseal::Opened) -> Outcome {
    Outcome::Opened(convert::opened(opened))
}

impl Native {
    /// The policy, the source that keys come from, and the entropy.
    fn parts(&mut self) -> (&Policy, &mut dyn KeySource, &mut Entropy<Stream>) {
        let keys: &mut dyn KeySource = match self.source {
            Source::Keyring => &mut self.keyring,
            _ => &mut self.asked,
        };
        let policy = self.policy.as_ref().expect("a policy was compiled");
        (policy, keys, &mut self.entropy)
    }

    fn act(&mut self, call: &Call) -> Result<Settled, Missing> {
        let (policy, keys, entropy) = self.parts();
        Ok(match call {
            Call::Seal(Document { bytes, context }) => {
                settle(policy.seal(bytes, &convert::context(context), keys, entropy), sealed)
            }
            Call::Open(Document { bytes, context }, strict) => {
                settle(policy.open(bytes, &convert::context(context), *strict, keys), opened)
            }
            Call::Check(bytes) => settle(policy.check(bytes), Outcome::Verdict),
            Call::CheckDeep(Document { bytes, context }) => {
                settle(policy.check_deep(bytes, &convert::context(context), keys), Outcome::Verdict)
            }
            Call::RequiredKeys(Document { bytes, context }, operation) => settle(
                policy.required_keys(
                    bytes,
                    &convert::context(context),
                    convert::key_use(operation),
                ),
                |requests| Outcome::Requests(convert::request_records(&requests)),
            ),
            Call::SealMany(documents) => {
                settle_all(policy.seal_many(&items(documents), keys, entropy), sealed)
            }
            Call::OpenMany(documents, strict) => {
                settle_all(policy.open_many(&items(documents), *strict, keys), opened)
            }
            Call::Keyring(now, command) => self.command(*now, command),
            Call::Reseal(_) | Call::IndexValues(..) => return Err(Missing),
        })
    }

    /// The calls that need keys, in two steps: the core says which, the key host answers.
    fn act_on_answers(&mut self, call: &Call) -> Option<Settled> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        let (asked, entropy) = (&mut self.asked, &mut self.entropy);
        let mut answer = |requests: &[fieldseal::Request]| match requests {
            [] => Vec::new(),
            requests => asked.answer(requests),
        };
        Some(match call {
            Call::Seal(Document { bytes, context }) => {
                let begun = Sealing::begin_uncached(policy, bytes, convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers, entropy)
                });
                settle(done, sealed)
            }
            Call::Open(Document { bytes, context }, strict) => {
                let begun = Opening::begin_uncached(policy, bytes, convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers, *strict)
                });
                settle(done, opened)
            }
            Call::CheckDeep(Document { bytes, context }) => {
                let begun = Checking::begin_uncached(policy, bytes, convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers)
                });
                settle(done, Outcome::Verdict)
            }
            Call::SealMany(documents) => {
                let begun = SealingMany::begin_uncached(policy, pairs(documents));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers, entropy), sealed)
            }
            Call::OpenMany(documents, strict) => {
                let begun = OpeningMany::begin_uncached(policy, pairs(documents));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers, *strict), opened)
            }
            _ => return None,
        })
    }

    fn command(&mut self, now: u64, command: &Command) -> Settled {
        match obey(&mut self.keyring, &mut self.entropy, now, command) {
            keyring_model::Outcome::Done(Ok(()), state) => Ok(Outcome::State(state)),
            keyring_model::Outcome::Done(Err(code), _) => {
                Err(records::Error { code, pointer: None, offset: None, findings: Vec::new() })
            }
            keyring_model::Outcome::Due(buckets) => Ok(Outcome::Due(buckets)),
            keyring_model::Outcome::Keys(_) => unreachable!("no step asks for keys itself"),
        }
    }
}

fn items(documents: &[Document]) -> Vec<BatchItem> {
    documents.iter().map(convert::item).collect()
}

fn pairs(documents: &[Document]) -> impl Iterator<Item = (&[u8], fieldseal::Context)> {
    documents.iter().map(|document| (&document.bytes[..], convert::context(&document.context)))
}

impl Runtime for Native {
    fn name(&self) -> &str {
        "the native core"
    }

    fn begin(&mut self, source: &Source, keys: KeyHost) -> Result<(), Missing> {
        *self = Native {
            source: *source,
            asked: Asked { host: keys, calls: Vec::new() },
            ..Native::default()
        };
        Ok(())
    }

    fn rekey(&mut self, keys: KeyHost) {
        self.asked.host = keys;
    }

    fn asked(&mut self) -> Vec<Vec<records::Request>> {
        std::mem::take(&mut self.asked.calls)
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), records::Error> {
        let options = options_with_cache(options, &self.source);
        let options = Options::from_json(&options).map_err(convert::error)?;
        self.policy = Some(Policy::compile(schema, options).map_err(convert::error)?);
        Ok(())
    }

    fn call(&mut self, call: &Call) -> Result<Settled, Missing> {
        if self.source == Source::Answers
            && let Some(settled) = self.act_on_answers(call)
        {
            return Ok(settled);
        }
        self.act(call)
    }
}

/// Obeys a command with a keyring of the core.
fn obey<E>(
    keyring: &mut Keyring,
    entropy: &mut Entropy<E>,
    now: u64,
    command: &Command,
) -> keyring_model::Outcome
where
    Entropy<E>: fieldseal::Entropy,
{
    let mut host = KeyContext { now, entropy };
    let requests = |requests: &[records::Request]| -> Vec<_> {
        requests.iter().map(convert::request).collect()
    };
    let keys = |answers: Vec<fieldseal::Answer>| {
        keyring_model::Outcome::Keys(answers.into_iter().map(convert::answer_record).collect())
    };
    let (who, result): (&Owner, Result<(), Error>) = match command {
        Command::Current(all) => return keys(keyring.current(&requests(all), &mut host)),
        Command::ById(all) => return keys(keyring.by_id(&requests(all), now)),
        Command::Due(at) => {
            let due = keyring.due(*at).into_iter().map(convert::owner_record).collect();
            return keyring_model::Outcome::Due(due);
        }
        Command::Provision(who) => (who, keyring.provision(&convert::owner(who), &mut host)),
        Command::Rotate(who, least) => {
            (who, keyring.rotate(&convert::owner(who), *least, &mut host))
        }
        Command::Reopen(who) => (who, keyring.reopen(&convert::owner(who), &mut host)),
        Command::Restrict(who) => (who, keyring.restrict(&convert::owner(who))),
        Command::Lift(who) => (who, keyring.lift(&convert::owner(who))),
        Command::Erase(who) => (who, keyring.erase(&convert::owner(who), "asked", now)),
        Command::Destroy(who) => (who, keyring.destroy(&convert::owner(who), now)),
    };
    let result = result.map_err(|error| error.code.as_str().to_owned());
    let state = keyring.state(&convert::owner(who));
    keyring_model::Outcome::Done(result, state.as_str().to_owned())
}

/// The native keyring against the model.
pub struct NativeKeyring {
    keyring: Keyring,
    entropy: Entropy<Blocks>,
}

impl Default for NativeKeyring {
    fn default() -> Self {
        NativeKeyring { keyring: Keyring::memory(), entropy: Entropy(Blocks::default()) }
    }
}

impl KeyringRuntime for NativeKeyring {
    fn begin(&mut self) {
        *self = NativeKeyring::default();
    }

    fn act(&mut self, now: u64, command: &Command) -> keyring_model::Outcome {
        obey(&mut self.keyring, &mut self.entropy, now, command)
    }
}
