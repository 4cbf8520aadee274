//! Answers given beforehand.

use fieldseal::{
    Answer, AnsweredKeys, Key, KeyId, KeyKind, KeySource as _, KeyUse, Refusal, RefusalCode,
    Request, Secret,
};

fn request(person: &str) -> Request {
    Request { reference: Some(person.to_owned()), ..Request::new(KeyKind::Subject, KeyUse::Open) }
}

fn key(byte: u8) -> Answer {
    Ok(Key::new(KeyId([byte; 16]), Secret::new([byte; 32])))
}

fn refusal(code: RefusalCode) -> Answer {
    Err(Refusal::from(code))
}

/// A host that joins the requests of several calls may answer one of them twice, before and after
/// an erasure.
#[test]
fn of_two_answers_to_one_request_the_refusal_counts() {
    let (erased, denied) = (RefusalCode::Erased, RefusalCode::Denied);
    for (given, expected) in [
        (vec![refusal(erased), key(2)], Err(erased)),
        (vec![key(2), refusal(erased)], Err(erased)),
        (vec![key(1), refusal(denied), key(2), refusal(erased), key(3)], Err(erased)),
        (vec![key(1), key(2), key(3)], Ok(1)),
    ] {
        let requests = vec![request("ada"); given.len()];
        let (all, given) =
            ([requests, vec![request("bob")]].concat(), [given, vec![key(9)]].concat());
        let mut keys = AnsweredKeys::new(all, given).unwrap();
        let answers = keys.by_id(&[request("bob"), request("ada")], None);
        let first = |answer: &Answer| answer.as_ref().map(|key| key.id.0[0]).map_err(|no| no.code);
        assert_eq!(answers.iter().map(first).collect::<Vec<_>>(), [Ok(9), expected]);
    }
}
