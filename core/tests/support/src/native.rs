//! The native core as a runtime of the conformance runner.

use fieldseal::{
    BatchItem, Caching, Destroy, Erased, Error, IndexQuery, KeyCache, KeyContext, KeyOwner,
    KeySource, KeyState, Keyring, OpenOptions, Options, Policy, ValueItem,
};
use fieldseal_conformance::cases::{KeyHost, Stream};
use fieldseal_conformance::keyring_model::{self, Blocks, Command, KeyringRuntime};
use fieldseal_conformance::records::{self, Document, Owner};
use fieldseal_conformance::{Call, Missing, Outcome, Runtime, Source};

use crate::convert::{self, Asked, Entropy};
use crate::evidence::{access_text, verdict_text};

/// Runs case files. It knows every source of the format, and every verb that the core has.
pub struct Native {
    source: Source,
    /// The key host of the case, behind a cache that is off unless the case asks for one.
    asked: KeyCache<Asked>,
    keyring: Keyring,
    entropy: Entropy<Stream>,
    policy: Option<Policy>,
}

impl Default for Native {
    fn default() -> Self {
        Native {
            source: Source::Rows,
            asked: KeyCache::new(Asked::default(), caching(&Source::Rows)),
            keyring: Keyring::memory(),
            entropy: Entropy(Stream::default()),
            policy: None,
        }
    }
}

/// Returns the bounds of the cache that a case asks for: none, unless its source is `cached`.
pub fn caching(source: &Source) -> Caching {
    let Source::Cached { entries, max_age_ms } = *source else {
        return Caching { entries: 0, max_age_ms: 0 };
    };
    let default = Caching::default();
    Caching {
        entries: entries.map_or(default.entries, |entries| entries.try_into().expect("32 bits")),
        max_age_ms: max_age_ms.unwrap_or(default.max_age_ms),
    }
}

/// Returns the options of a call that opens.
pub fn open_options(strict: bool) -> OpenOptions {
    if strict { OpenOptions::strict() } else { OpenOptions::default() }
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
    let fieldseal::Sealed { document, verdict, indexes } = sealed;
    Outcome::Sealed(convert::sealed(document, verdict_text(&verdict), indexes))
}

fn opened(opened: fieldseal::Opened) -> Outcome {
    let fieldseal::Opened { document, verdict, access } = opened;
    Outcome::Opened(convert::opened(document, verdict_text(&verdict), access_text(&access)))
}

fn sealed_value(sealed: fieldseal::SealedValue) -> Outcome {
    let fieldseal::SealedValue { envelope, verdict, indexes } = sealed;
    let verdict = verdict_text(&verdict);
    Outcome::SealedValue(convert::sealed(envelope.into_bytes(), verdict, indexes))
}

fn opened_value(opened: fieldseal::OpenedValue) -> Outcome {
    let fieldseal::OpenedValue { value, verdict, access } = opened;
    Outcome::OpenedValue(convert::opened(value, verdict_text(&verdict), access_text(&access)))
}

fn verdict(verdict: fieldseal::Verdict) -> Outcome {
    Outcome::Verdict(verdict_text(&verdict))
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
                let (context, options) = (convert::context(context), open_options(*strict));
                settle(policy.open_with(bytes, &context, keys, options), opened)
            }
            Call::Check(bytes) => settle(policy.check(bytes), verdict),
            Call::CheckDeep(Document { bytes, context }) => {
                settle(policy.check_deep(bytes, &convert::context(context), keys), verdict)
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
                let options = open_options(*strict);
                settle_all(policy.open_many_with(&items(documents), keys, options), opened)
            }
            Call::Keyring(now, command) => self.command(*now, command),
            Call::IndexValues(name, value, context) => {
                let query = IndexQuery::new(name, value.as_bytes());
                let context = convert::context(context);
                settle(policy.index_values(&query, &context, keys, entropy), Outcome::Tokens)
            }
            Call::SealValue(value) => {
                settle(policy.seal_value(&convert::value_item(value), keys, entropy), sealed_value)
            }
            Call::OpenValue(value, strict) => {
                let (value, options) = (convert::value_item(value), open_options(*strict));
                settle(policy.open_value_with(&value, keys, options), opened_value)
            }
            Call::SealValues(values) => {
                settle_all(policy.seal_values(&value_items(values), keys, entropy), sealed_value)
            }
            Call::OpenValues(values, strict) => {
                let options = open_options(*strict);
                settle_all(policy.open_values(&value_items(values), keys, options), opened_value)
            }
            Call::Reseal(_) => return Err(Missing),
        })
    }

    /// The calls that need keys, in two steps: the core says which, the key host answers.
    fn act_on_answers(&mut self, call: &Call) -> Option<Settled> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        let (asked, entropy) = (self.asked.source_mut(), &mut self.entropy);
        let mut answer = |requests: &[fieldseal::Request]| match requests {
            [] => Vec::new(),
            requests => asked.answer(requests),
        };
        Some(match call {
            Call::Seal(Document { bytes, context }) => {
                let begun = policy.begin_seal(bytes.as_slice(), convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers, entropy)
                });
                settle(done, sealed)
            }
            Call::Open(Document { bytes, context }, strict) => {
                let (context, options) = (convert::context(context), open_options(*strict));
                let begun = policy.begin_open(bytes.as_slice(), context, options);
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers)
                });
                settle(done, opened)
            }
            Call::CheckDeep(Document { bytes, context }) => {
                let begun = policy.begin_check(bytes.as_slice(), convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers)
                });
                settle(done, verdict)
            }
            Call::SealMany(documents) => {
                let begun = policy.begin_seal_many(pairs(documents));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers, entropy), sealed)
            }
            Call::OpenMany(documents, strict) => {
                let begun = policy.begin_open_many(pairs(documents), open_options(*strict));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers), opened)
            }
            Call::IndexValues(name, value, context) => {
                let query = IndexQuery::new(name, value.as_bytes());
                let begun = policy.begin_index_values(&query, convert::context(context));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers)
                });
                settle(done, Outcome::Tokens)
            }
            Call::SealValue(value) => {
                let begun = policy.begin_seal_value(convert::value_item(value));
                let done = begun.and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers, entropy)
                });
                settle(done, sealed_value)
            }
            Call::OpenValue(value, strict) => {
                let (value, options) = (convert::value_item(value), open_options(*strict));
                let done = policy.begin_open_value(value, options).and_then(|begun| {
                    let answers = answer(begun.requests());
                    begun.finish(answers)
                });
                settle(done, opened_value)
            }
            Call::SealValues(values) => {
                let begun = policy.begin_seal_values(value_items(values));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers, entropy), sealed_value)
            }
            Call::OpenValues(values, strict) => {
                let begun = policy.begin_open_values(value_items(values), open_options(*strict));
                let answers = answer(begun.requests());
                settle_all(begun.finish(answers), opened_value)
            }
            _ => return None,
        })
    }

    fn command(&mut self, now: u64, command: &Command) -> Settled {
        match obey(&mut self.keyring, &mut self.entropy, now, command) {
            keyring_model::Outcome::Done(Ok(()), state) => Ok(Outcome::State(state)),
            keyring_model::Outcome::Ended(Ok(erased), state) => Ok(Outcome::Erased(erased, state)),
            keyring_model::Outcome::Done(Err(code), _)
            | keyring_model::Outcome::Ended(Err(code), _) => {
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

fn value_items(values: &[records::PlacedValue]) -> Vec<ValueItem<'static>> {
    values.iter().map(convert::value_item).collect()
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
            asked: KeyCache::new(Asked { host: keys, calls: Vec::new() }, caching(source)),
            ..Native::default()
        };
        Ok(())
    }

    fn rekey(&mut self, keys: KeyHost) {
        self.asked.source_mut().host = keys;
    }

    fn asked(&mut self) -> Vec<Vec<records::Request>> {
        std::mem::take(&mut self.asked.source_mut().calls)
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), records::Error> {
        let options = Options::from_json(options).map_err(convert::error)?;
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
    let mut host = KeyContext { now: Some(now), entropy };
    let requests = |requests: &[records::Request]| -> Vec<_> {
        requests.iter().map(convert::request).collect()
    };
    let keys = |answers: Vec<fieldseal::Answer>| {
        keyring_model::Outcome::Keys(answers.into_iter().map(convert::answer_record).collect())
    };
    let code = |error: Error| error.code.as_str().to_owned();
    let state = |keyring: &Keyring, who: &Owner| {
        let state = convert::owner(who).map_or(KeyState::Never, |owner| keyring.state(&owner));
        state.as_str().to_owned()
    };
    let ended = |keyring: &mut Keyring,
                 who: &Owner,
                 verb: &dyn Fn(&mut Keyring, &KeyOwner) -> Result<Erased, Error>| {
        let result = convert::owner(who).and_then(|owner| verb(keyring, &owner));
        let state = state(keyring, who);
        keyring_model::Outcome::Ended(result.map(convert::erased).map_err(code), state)
    };
    let (who, verb): (&Owner, Verb<'_>) = match command {
        Command::Current(all) => return keys(keyring.current(&requests(all), &mut host)),
        Command::ById(all) => return keys(keyring.by_id(&requests(all), Some(now))),
        Command::Due(at) => {
            let due = keyring.due(*at).expect("a time").iter().map(convert::owner_record).collect();
            return keyring_model::Outcome::Due(due);
        }
        Command::Erase(who) => {
            return ended(keyring, who, &|keys, who| keys.erase(who, "asked", Some(now)));
        }
        Command::Destroy(who, early) => {
            let permission = if *early { Destroy::Early } else { Destroy::WhenDue };
            return ended(keyring, who, &|keys, who| keys.destroy(who, permission, Some(now)));
        }
        Command::Provision(who) => (who, &|keys, who, host| keys.provision(who, host)),
        Command::Rotate(who, least) => {
            (who, &|keys, who, host| keys.rotate(who, *least, host).map(drop))
        }
        Command::Reopen(who) => (who, &|keys, who, host| keys.reopen(who, host)),
        Command::Restrict(who) => (who, &|keys, who, _| keys.restrict(who)),
        Command::Lift(who) => (who, &|keys, who, _| keys.lift(who)),
    };
    let result = convert::owner(who).and_then(|owner| verb(keyring, &owner, &mut host));
    keyring_model::Outcome::Done(result.map_err(code), state(keyring, who))
}

/// A verb that gives no record.
type Verb<'a> = &'a dyn Fn(&mut Keyring, &KeyOwner, &mut KeyContext<'_>) -> Result<(), Error>;

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
