//! A person's shares of indexes under the person's restriction.

use fieldseal::{
    Context, Entropy, ErrorCode, IndexQuery, KeyContext, KeyId, KeyKind, KeyOwner, KeySource as _,
    KeyState, KeyUse, Keyring, Policy, RefusalCode, Request,
};
use support::{Stream, compile, context};

const SCHEMA: &str = r#"{"x-schema-family":"f","properties":{
    "mail":{"x-protection":{"index":{"name":"mail","per":"subject","bits":32}}}
}}"#;

/// Counts what is drawn.
struct Counting(Stream, u32);

impl Entropy for Counting {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.1 += 1;
        self.0.fill(buffer);
    }
}

fn search(
    policy: &Policy,
    keys: &mut Keyring,
    call: &Context,
    entropy: &mut Counting,
) -> Result<usize, ErrorCode> {
    let query = IndexQuery::new("mail", br#""ada@example.org""#);
    let drawn = entropy.1;
    let tokens = policy.index_values(&query, call, keys, entropy);
    assert!(tokens.is_ok() || entropy.1 == drawn, "a refused search makes no key");
    tokens.map(|tokens| tokens.len()).map_err(|error| error.record().code)
}

#[test]
fn a_restricted_person_is_not_searched_for() {
    let policy = compile(SCHEMA);
    let (ada, share) = (KeyOwner::person("ada"), KeyOwner::index_of("mail", "ada"));
    let call = context("r", "ada");
    let with = |purpose: &str| Context { purpose: Some(purpose.to_owned()), ..call.clone() };
    for is_sealed in [false, true] {
        let (mut keys, mut entropy) = (Keyring::memory(), Counting(Stream(7), 0));
        let document = br#"{"mail":"ada@example.org"}"#;
        if is_sealed {
            policy.seal(document, &call, &mut keys, &mut Stream(1)).unwrap();
        }
        let before = keys.state(&share);
        keys.restrict(&ada).unwrap();
        assert_eq!(keys.state(&share), KeyState::Restricted);
        // The same refusal as that of a value.
        for call in [&call, &with("legal_claims"), &with("billing")] {
            let sealed = policy.seal(document, call, &mut keys, &mut Stream(2)).unwrap_err();
            assert_eq!(sealed.record().code, ErrorCode::Restricted);
            assert_eq!(search(&policy, &mut keys, call, &mut entropy), Err(ErrorCode::Restricted));
        }
        let theirs = Context { subject: Some("bob".to_owned()), ..call.clone() };
        assert_eq!(
            search(&policy, &mut keys, &theirs, &mut entropy),
            Ok(1),
            "nobody else is restricted"
        );
        keys.lift(&ada).unwrap();
        assert_eq!(keys.state(&share), before, "no share was made meanwhile");
        keys.restrict(&ada).unwrap();
        assert_eq!(search(&policy, &mut keys, &with("storage"), &mut entropy), Ok(1));
        keys.lift(&ada).unwrap();
        assert_eq!(search(&policy, &mut keys, &call, &mut entropy), Ok(1));
    }
}

/// A restriction of the share alone stays its own, and its key is refused by id, too.
#[test]
fn a_share_is_refused_by_id_while_its_person_is_restricted() {
    let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("ada"));
    let share = KeyOwner::index_of("mail", "ada");
    let asked = |id: Option<KeyId>, purpose: Option<&str>| Request {
        reference: Some(share.reference().into_owned()),
        id,
        purpose: purpose.map(str::to_owned),
        ..Request::new(KeyKind::Index, if id.is_some() { KeyUse::Open } else { KeyUse::Seal })
    };
    let mut host = KeyContext { now: None, entropy: &mut Stream(3) };
    let id = keys.current(&[asked(None, None)], &mut host)[0].as_ref().unwrap().id;
    keys.rotate(&share, Some(2), &mut host).unwrap();
    let answer = |keys: &mut Keyring, purpose| {
        let answers = keys.by_id(&[asked(Some(id), purpose)], None);
        answers[0].as_ref().map(|key| key.id).map_err(|refusal| refusal.code)
    };
    assert_eq!(answer(&mut keys, None), Err(RefusalCode::Denied));
    keys.restrict(&ada).unwrap();
    assert_eq!(answer(&mut keys, None), Err(RefusalCode::Restricted));
    assert_eq!(answer(&mut keys, Some("legal_claims")), Err(RefusalCode::Denied));
    keys.restrict(&share).unwrap();
    keys.lift(&ada).unwrap();
    assert_eq!(keys.state(&share), KeyState::Restricted);
    assert_eq!(answer(&mut keys, None), Err(RefusalCode::Restricted));
}
