//! Key answers as bytes.
//!
//! An answer is [`ANSWER`] bytes and then its reference: the answer's sort (0 a key, 1 … 5 the
//! refusals in the order of [`RefusalCode`]), for a refusal its cause (0 none, 1 … 3 in the order
//! of [`RefusalCause`]) and padding, for a key its id, secret, `expires` as a little-endian f64
//! (NaN: none) and `erasable` (0, 1), and last the length of the reference in UTF-8 as a
//! little-endian u32 ([`NO_REFERENCE`]: none).

use fieldseal::{Answer, Error, ErrorCode, Key, KeyId, Refusal, RefusalCause, RefusalCode, Secret};
use zeroize::Zeroizing;

/// Bytes of one answer, without its reference.
const ANSWER: usize = 1 + KEY + 4;
const KEY: usize = 16 + 32 + 8 + 1;
const NO_REFERENCE: u32 = u32::MAX;

/// Reads the answers. The bytes that came in are wiped when this returns.
pub(crate) fn answers(records: Vec<u8>) -> Result<Vec<Answer>, Error> {
    let records = Zeroizing::new(records);
    let mut rest = records.as_slice();
    let mut answers = Vec::with_capacity(rest.len() / ANSWER);
    while !rest.is_empty() {
        let (answer, further) = answer(rest)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "a key answer is malformed"))?;
        answers.push(answer);
        rest = further;
    }
    Ok(answers)
}

/// Reads the first answer, and returns the bytes after it.
fn answer(records: &[u8]) -> Option<(Answer, &[u8])> {
    let (tag, rest) = records.split_first()?;
    let (body, rest) = rest.split_first_chunk::<KEY>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (reference, rest) = match u32::from_le_bytes(*length) {
        NO_REFERENCE => (None, rest),
        length => {
            let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Some(std::str::from_utf8(text).ok()?.to_owned()), rest)
        }
    };
    let answer = match tag {
        0 => Ok(key(body, reference)?),
        tag => Err(refusal(*tag, body, reference)?),
    };
    Some((answer, rest))
}

fn key(body: &[u8; KEY], reference: Option<String>) -> Option<Key> {
    let (id, rest) = body.split_first_chunk::<16>()?;
    let (secret, rest) = rest.split_first_chunk::<32>()?;
    let (expires, rest) = rest.split_first_chunk::<8>()?;
    let expires = f64::from_le_bytes(*expires);
    let mut key = Key::new(KeyId(*id), Secret::new(*secret));
    key.expires = (!expires.is_nan()).then_some(expires as u64);
    key.erasable = rest.first() == Some(&1);
    key.reference = reference;
    Some(key)
}

fn refusal(tag: u8, body: &[u8; KEY], reference: Option<String>) -> Option<Refusal> {
    let code = RefusalCode::ALL.get(usize::from(tag).checked_sub(1)?)?;
    let mut refusal = Refusal::from(*code);
    refusal.cause = match body.first()? {
        0 => None,
        cause => Some(*RefusalCause::ALL.get(usize::from(*cause) - 1)?),
    };
    refusal.reference = reference;
    Some(refusal)
}

/// Writes answers on their way out. Wiped when dropped.
pub(crate) fn records(answers: &[Answer]) -> Zeroizing<Vec<u8>> {
    // All at once: a vector that grows would leave copies behind.
    let texts: usize = answers.iter().filter_map(reference).map(str::len).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(answers.len() * ANSWER + texts));
    for answer in answers {
        match answer {
            Ok(key) => {
                out.push(0);
                out.extend_from_slice(&key.id.0);
                out.extend_from_slice(key.secret.expose());
                out.extend_from_slice(&key.expires.map_or(f64::NAN, |at| at as f64).to_le_bytes());
                out.push(u8::from(key.erasable));
            }
            Err(refusal) => {
                let end = out.len() + 1 + KEY;
                out.push(number(&RefusalCode::ALL, Some(refusal.code)));
                out.push(number(&RefusalCause::ALL, refusal.cause));
                out.resize(end, 0);
            }
        }
        let reference = reference(answer);
        let length = reference.and_then(|text| u32::try_from(text.len()).ok());
        out.extend_from_slice(&length.unwrap_or(NO_REFERENCE).to_le_bytes());
        out.extend_from_slice(reference.unwrap_or_default().as_bytes());
    }
    out
}

fn reference(answer: &Answer) -> Option<&str> {
    match answer {
        Ok(key) => key.reference.as_deref(),
        Err(refusal) => refusal.reference.as_deref(),
    }
}

/// Returns the place of a value in the list, counted from 1, and 0 for none.
fn number<T: PartialEq>(list: &[T], value: Option<T>) -> u8 {
    let place = value.and_then(|value| list.iter().position(|known| *known == value));
    place.map_or(0, |place| place as u8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_survive_the_crossing() {
        let mut lasting = Key::new(KeyId([1; 16]), Secret::new([2; 32]));
        (lasting.expires, lasting.erasable) = (Some(1 << 52), false);
        let owned = Key::new(KeyId([3; 16]), Secret::new([4; 32]));
        let keys = [Ok(lasting), Ok(owned.clone().of("Zoë/2036")), Ok(owned.of(""))];
        let refusals = RefusalCode::ALL.into_iter().map(Refusal::from);
        let causes = RefusalCause::ALL
            .into_iter()
            .map(|cause| Refusal::from(RefusalCode::Denied).because(cause).of("contract/2036"));
        let given: Vec<Answer> = refusals.chain(causes).map(Err).chain(keys).collect();
        let back = answers(records(&given).to_vec()).unwrap();
        assert_eq!(back.len(), given.len());
        for (back, given) in back.iter().zip(&given) {
            match (back, given) {
                (Ok(back), Ok(given)) => {
                    assert_eq!(
                        (back.id, back.expires, back.erasable, &back.reference),
                        (given.id, given.expires, given.erasable, &given.reference)
                    );
                    assert_eq!(back.secret.expose(), given.secret.expose());
                }
                (back, given) => assert_eq!(back.as_ref().err(), given.as_ref().err()),
            }
        }
    }

    #[test]
    fn a_malformed_answer_is_internal() {
        let refused = Refusal::from(RefusalCode::Erased).of("é");
        let whole = records(&[Err(refused)]).to_vec();
        assert!(answers(whole.clone()).is_ok());
        let changed = |at: usize, to: u8| {
            let mut records = whole.clone();
            records[at] = to;
            records
        };
        for records in [
            whole[..ANSWER - 1].to_vec(),
            whole[..ANSWER + 1].to_vec(),
            [whole.as_slice(), &[0]].concat(),
            changed(0, 6),
            changed(0, 255),
            changed(1, 4),
            changed(ANSWER - 4, 3),
            changed(ANSWER, 0xff),
        ] {
            assert_eq!(answers(records).unwrap_err().code, ErrorCode::Internal);
        }
    }
}
