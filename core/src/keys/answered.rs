//! A key source made of answers that a host fetched beforehand.

use std::fmt;

use fieldseal_json::sort::sorted;

use super::{Answer, KeyContext, KeySource, RefusalCode, Request};
use crate::error::{Error, ErrorCode};

/// Answers given beforehand, for one call alone: each answers the request at its place. Whatever
/// else is asked for is `unavailable`. For hosts that fetch keys asynchronously:
/// [`required_keys`](crate::Policy::required_keys) lists the requests of a call. Verdicts state no
/// shred latency for these keys, so a host must not keep them beyond the call.
///
/// ```
/// use fieldseal::{
///     AnsweredKeys, Key, KeyContext, KeyId, KeyKind, KeySource, KeyUse, RefusalCode, Request,
///     Secret,
/// };
/// let ada = Request { reference: Some("cust-1".into()), ..Request::new(KeyKind::Subject, KeyUse::Open) };
/// let fetched = Ok(Key::new(KeyId([7; 16]), Secret::new([1; 32])));     // awaited by the host
/// let mut keys = AnsweredKeys::new(vec![ada.clone()], vec![fetched])?;
///
/// let ben = Request { reference: Some("cust-2".into()), ..ada.clone() };
/// let answers = keys.by_id(&[ada, ben], None);
/// assert!(answers[0].is_ok());
/// assert_eq!(answers[1].as_ref().err().map(|refusal| refusal.code), Some(RefusalCode::Unavailable));
/// # Ok::<(), fieldseal::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct AnsweredKeys {
    /// By request, and then by precedence.
    answers: Vec<(Request, Answer)>,
}

impl AnsweredKeys {
    /// Pairs requests with their answers, which come in the same order. Of several answers to one
    /// request a refusal counts before a key.
    ///
    /// # Errors
    /// `internal` where there is another number of answers than of requests.
    pub fn new(requests: Vec<Request>, answers: Vec<Answer>) -> Result<Self, Error> {
        if requests.len() != answers.len() {
            let message =
                format!("{} answers were given to {} requests", answers.len(), requests.len());
            return Err(Error::new(ErrorCode::Internal, message));
        }
        let pairs = requests.into_iter().zip(answers).collect();
        let answers = sorted(pairs, |(one, a), (other, b)| {
            one.cmp(other).then_with(|| precedence(a).cmp(&precedence(b)))
        });
        Ok(AnsweredKeys { answers })
    }

    fn answer(&self, requests: &[Request]) -> Vec<Answer> {
        let answer = |request: &Request| {
            let at = self.answers.partition_point(|(own, _)| own < request);
            let (own, answer) = self.answers.get(at)?;
            (own == request).then(|| answer.clone())
        };
        let unavailable = || Err(RefusalCode::Unavailable.into());
        requests.iter().map(|request| answer(request).unwrap_or_else(unavailable)).collect()
    }
}

/// Returns the order of the answers to one request: refusals by their precedence, and then keys.
fn precedence(answer: &Answer) -> (bool, Option<RefusalCode>) {
    (answer.is_ok(), answer.as_ref().err().map(|refusal| refusal.code))
}

impl KeySource for AnsweredKeys {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answer(requests)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        self.answer(requests)
    }
}

impl fmt::Debug for AnsweredKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnsweredKeys")
            .field("requests", &self.answers.len())
            .finish_non_exhaustive()
    }
}
