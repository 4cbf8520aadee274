//! Makes the tokens with which an index is searched.

use std::borrow::Cow;
use std::fmt;

use super::call::{Context, Pending};
use super::plan::{NOBODY, TokenText, index_owner};
use crate::envelope::{Bits, Domain, Normalisation};
use crate::error::{Error, ErrorCode, SealError};
use crate::json::Tape;
use crate::keys::{
    Answers, CallKeys, Entropy, KeyContext, KeyKind, KeyNumbers, KeySource, KeyUse, Request,
};
use crate::policy::Policy;
use crate::schema::marker::Index;
use crate::schema::nearest::nearest;
use crate::time::clock::clock;

/// A search for a value in an index. `Debug` omits the value.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct IndexQuery<'a> {
    /// The name of the index.
    pub name: &'a str,
    /// The value, a JSON text.
    pub value: &'a [u8],
    /// True if `null` may be searched. By default, a search for it returns no token, since it would
    /// find every record whose value is `null`.
    pub null: bool,
}

impl<'a> IndexQuery<'a> {
    /// Returns the search for a value, which is a JSON text.
    pub const fn new(name: &'a str, value: &'a [u8]) -> Self {
        IndexQuery { name, value, null: false }
    }

    /// Returns a search that also returns a token for `null`.
    #[must_use]
    pub const fn with_null(mut self) -> Self {
        self.null = true;
        self
    }
}

impl fmt::Debug for IndexQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexQuery")
            .field("name", &self.name)
            .field("null", &self.null)
            .finish_non_exhaustive()
    }
}

/// A search in an index that waits for its keys.
pub type PendingIndexValues<'t> = Pending<IndexPlan<'t>>;

/// The plan of a [`PendingIndexValues`].
pub struct IndexPlan<'t> {
    context: Cow<'t, Context>,
    now: Option<u64>,
    name: String,
    value: TokenText,
    variants: Vec<(Variant, KeyNumbers)>,
}

/// One way in which markers of an index make tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Variant {
    normalisation: Normalisation,
    bits: Bits,
    per_subject: bool,
}

impl From<&Index> for Variant {
    fn from(index: &Index) -> Self {
        let Index { normalisation, bits, per_subject, .. } = *index;
        Variant { normalisation, bits, per_subject }
    }
}

impl Policy {
    /// Returns the tokens of a value in an index: one for each distinct way in which the markers of
    /// that index make them. Returns none for `null` unless the query allows it.
    ///
    /// Keys are requested as in sealing: `current`, with the operation `seal`. An index `per`
    /// subject is searched for the subject of the call.
    ///
    /// ```
    /// use fieldseal::{Context, IndexQuery, Keyring, Options, Policy};
    /// # use fieldseal::Entropy;
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {
    ///         "email": {"x-protection": {
    ///             "index": {"name": "email", "bits": 32, "normalize": "email"}
    ///         }}
    ///     }
    /// }"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// let about = Context {
    ///     record: Some("order-7".into()),
    ///     subject: Some("cust-1".into()),
    ///     ..Context::default()
    /// };
    /// let mut keys = Keyring::memory();
    /// let document = br#"{"email":"ada@example.org"}"#;
    /// let sealed = policy.seal(document, &about, &mut keys, &mut entropy)?;
    ///
    /// let query = IndexQuery::new("email", br#""Ada@Example.org""#);
    /// let tokens = policy.index_values(&query, &Context::default(), &mut keys, &mut entropy)?;
    /// assert_eq!(tokens, [sealed.indexes[0].value.as_str()]);
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `context` for a name that no index has, and for an index `per` subject in a call without a
    /// subject; `document` for a value that is no JSON text; `invalid` and `limit` for a value of
    /// which no token can be made; `erased`, `restricted`, `denied`, `not-found`, `unavailable` for
    /// a key that the source refuses; `internal` if the source's answers are invalid.
    pub fn index_values(
        &self,
        query: &IndexQuery<'_>,
        context: &Context,
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<String>, SealError> {
        let now = context.now.or_else(clock);
        let pending = IndexPlan::plan(self, query, Cow::Borrowed(context), now)?;
        let answers =
            pending.ask(|requests| keys.current(requests, &mut KeyContext { now, entropy }));
        Ok(pending.settle_with(keys, answers, |plan, keys| plan.apply(keys?))?)
    }

    /// Takes the first step of a search: lists the keys that its tokens need. An asynchronous host
    /// fetches them between this and [`PendingIndexValues::finish`](Pending::finish).
    ///
    /// # Errors
    /// Those of [`Policy::index_values`] that need no key.
    pub fn begin_index_values<'t>(
        &self,
        query: &IndexQuery<'_>,
        context: impl Into<Cow<'t, Context>>,
    ) -> Result<PendingIndexValues<'t>, SealError> {
        let context = context.into();
        let now = context.now;
        Ok(IndexPlan::plan(self, query, context, now)?)
    }
}

impl PendingIndexValues<'_> {
    /// Returns the tokens with the answers to [`Pending::requests`], given in their order.
    ///
    /// # Errors
    /// Those of [`Policy::index_values`] that need keys.
    pub fn finish(self, answers: impl Into<Answers>) -> Result<Vec<String>, SealError> {
        Ok(self.settle(answers.into(), |plan, keys| plan.apply(keys?))?)
    }
}

impl<'t> IndexPlan<'t> {
    fn plan(
        policy: &Policy,
        query: &IndexQuery<'_>,
        context: Cow<'t, Context>,
        now: Option<u64>,
    ) -> Result<PendingIndexValues<'t>, Error> {
        context.examine(now)?;
        let mut variants: Vec<Variant> = Vec::new();
        for index in indexes(policy).filter(|index| index.name == query.name) {
            let variant = Variant::from(index);
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        if variants.is_empty() {
            return Err(unknown(policy, query.name));
        }
        let tape = Tape::parse(query.value, &policy.plan().limits)?;
        let value = TokenText::of(tape.root())?;
        if tape.root().is_null() && !query.null {
            variants.clear();
        }
        let mut requests: Vec<Request> = Vec::new();
        let mut numbered = Vec::with_capacity(variants.len());
        for variant in variants {
            let person = if variant.per_subject {
                let person = context.named_subject();
                Some(person.ok_or_else(|| Error::new(ErrorCode::Context, NOBODY))?)
            } else {
                None
            };
            let owner = Some(index_owner(query.name, person));
            let known = requests.iter().position(|request| request.reference == owner);
            let number = known.unwrap_or_else(|| {
                let request = context.request(KeyKind::Index, KeyUse::Seal);
                requests.push(Request { reference: owner, ..request });
                requests.len() - 1
            });
            let mut keys = KeyNumbers::NONE;
            keys.set(KeyKind::Index, u32::try_from(number).unwrap_or(u32::MAX));
            numbered.push((variant, keys));
        }
        let name = query.name.to_owned();
        Ok(Pending::new(IndexPlan { context, now, name, value, variants: numbered }, requests))
    }

    fn apply(self, keys: &mut CallKeys) -> Result<Vec<String>, Error> {
        let IndexPlan { context, now, name, value, variants } = self;
        let CallKeys { answers, derived, .. } = keys;
        let mut tokens: Vec<String> = Vec::with_capacity(variants.len());
        for (Variant { normalisation, bits, .. }, numbers) in variants {
            answers
                .token(numbers, KeyKind::Index, now)
                .map_err(|refused| answers.error(numbers, refused))?;
            let domain = Domain { tenant: &context.tenant, name: &name, normalisation };
            let index = derived.index(answers, numbers)?;
            let token = index.token(&domain, value.value(), bits);
            let token = token.map_err(|error| error.at(""))?;
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        Ok(tokens)
    }
}

fn indexes(policy: &Policy) -> impl Iterator<Item = &Index> {
    policy.markers().iter().filter_map(|marker| marker.index.as_ref())
}

/// Returns the error for a name that no index has.
fn unknown(policy: &Policy, name: &str) -> Error {
    let names: Vec<&str> = indexes(policy).map(|index| index.name.as_str()).collect();
    let message = match nearest(name, &names) {
        Some(near) => format!("no marker has an index of this name: did you mean `{near}`?"),
        None => "no marker has an index of this name".to_owned(),
    };
    Error::new(ErrorCode::Context, message)
}
