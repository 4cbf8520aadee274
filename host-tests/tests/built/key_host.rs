//! A key host that refuses, lies or dies.

use fieldseal::{Context, OpenOptions, RefusalCode};
use fieldseal_conformance::cases::Stream;
use fieldseal_wasmtime::{Broken, HostState, Instance, KeyCall};
use host_tests::DEFAULTS;
use host_tests::keys::Refusing;
use host_tests::modules;
use host_tests::watch::{Switch, Watch};
use support::convert::Entropy;

use crate::support::{BROTHERS, FAMILY, family, over, record, refusal, text};

#[test]
fn each_refusal_becomes_its_code_or_a_withheld_value() {
    let cases = [
        (RefusalCode::Erased, "erased", true),
        (RefusalCode::Restricted, "restricted", true),
        (RefusalCode::Denied, "denied", true),
        (RefusalCode::NotFound, "not-found", false),
        (RefusalCode::Unavailable, "unavailable", false),
    ];
    for (given, code, withholds) in cases {
        let (mut instance, policy, source, _) = family();
        let sealed =
            instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
        instance.host().keys = Box::new(Refusing(given.into()));
        let place = Some("/brothers/0/name".to_owned());
        assert_eq!(
            refusal(instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2"), source).unwrap()),
            (code, place.clone())
        );
        assert_eq!(
            refusal(
                instance
                    .open(
                        policy,
                        &sealed.document,
                        &record("tale-1"),
                        OpenOptions::strict(),
                        source
                    )
                    .unwrap()
            ),
            (code, place.clone())
        );
        let opened = instance
            .open(policy, &sealed.document, &record("tale-1"), OpenOptions::default(), source)
            .unwrap();
        if withholds {
            let opened = opened.unwrap();
            assert_eq!(
                text(opened.document),
                BROTHERS
                    .replace("Jacob Grimm", "(forgotten)")
                    .replace("Wilhelm Grimm", "(forgotten)")
            );
            assert!(opened.access.contains(&format!("\"reason\":\"{code}\"")), "{}", opened.access);
        } else {
            assert_eq!(refusal(opened), (code, place));
        }
    }
}

#[test]
fn answers_of_a_wrong_number_or_shape_are_internal_and_the_instance_lives_on() {
    for switch in [Switch::Fewer, Switch::More, Switch::ShortId, Switch::LongSecret] {
        let (mut instance, policy, source, _) = family();
        let sealed =
            instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
        let watch = Watch::on(&mut instance);
        watch.switch(switch);
        assert_eq!(
            refusal(instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2"), source).unwrap())
                .0,
            "internal",
            "{switch:?}"
        );
        assert_eq!(
            refusal(
                instance
                    .open(
                        policy,
                        &sealed.document,
                        &record("tale-1"),
                        OpenOptions::default(),
                        source
                    )
                    .unwrap()
            )
            .0,
            "internal",
            "{switch:?}"
        );
        watch.switch(Switch::Honest);
        assert_eq!(
            text(
                instance
                    .open(
                        policy,
                        &sealed.document,
                        &record("tale-1"),
                        OpenOptions::strict(),
                        source
                    )
                    .unwrap()
                    .unwrap()
                    .document
            ),
            BROTHERS
        );
    }
}

#[test]
fn a_key_host_that_traps_ends_the_instance_and_the_harness_says_so() {
    let (mut instance, policy, source, keys) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let watch = Watch::on(&mut instance);
    watch.switch(Switch::Trap);
    let broken = instance
        .open(policy, &sealed.document, &record("tale-1"), OpenOptions::default(), source)
        .unwrap_err();
    assert!(
        matches!(&broken, Broken::Trapped(cause) if cause.contains("the key host trapped")),
        "{broken}"
    );
    watch.switch(Switch::Honest);
    assert_eq!(instance.check(policy, &sealed.document).unwrap_err(), Broken::Dead);
    assert_eq!(instance.version().unwrap_err(), Broken::Dead);
    assert!(Broken::Dead.to_string().contains("make a new one"));

    // What was sealed before is not lost: a fresh instance opens it.
    let (mut fresh, source) = over(modules::evaluator().unwrap(), keys);
    let policy = fresh.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    assert_eq!(
        text(
            fresh
                .open(policy, &sealed.document, &record("tale-1"), OpenOptions::strict(), source)
                .unwrap()
                .unwrap()
                .document
        ),
        BROTHERS
    );
}

#[test]
fn nothing_is_asked_of_the_host_for_a_call_that_fails_before() {
    let (mut instance, policy, source, _) = family();
    let watch = Watch::on(&mut instance);
    assert_eq!(
        refusal(instance.seal(policy, BROTHERS.as_bytes(), &Context::default(), source).unwrap()).0,
        "context"
    );
    assert_eq!(
        refusal(instance.seal(policy, b"{", &record("tale-1"), source).unwrap()).0,
        "document"
    );
    assert_eq!(watch.take(), []);
}

#[test]
fn v29_a_batch_asks_the_key_host_once_for_each_distinct_key() {
    let (mut instance, policy, source, _) = family();
    let watch = Watch::on(&mut instance);
    let calls: Vec<_> = (0..50)
        .map(|n| fieldseal::BatchItem {
            document: BROTHERS.into(),
            context: record(&format!("tale-{n}")),
        })
        .collect();
    let sealed: Vec<_> = instance
        .seal_many(policy, &calls, source)
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let sealed: Vec<_> = calls
        .iter()
        .zip(sealed)
        .map(|(call, sealed)| fieldseal::BatchItem { document: sealed.document, ..call.clone() })
        .collect();
    let opened = instance.open_many(policy, &sealed, OpenOptions::strict(), source).unwrap();
    assert!(opened.into_iter().all(|opened| text(opened.unwrap().document) == BROTHERS));
    let asked = watch.take();
    let [sealing, opening] = asked.as_slice() else {
        panic!("{} calls of the key host", asked.len())
    };
    let persons = |asked: &KeyCall| {
        asked.requests.iter().map(|request| request.reference.clone().unwrap()).collect::<Vec<_>>()
    };
    assert!(sealing.current && !opening.current);
    assert_eq!(persons(sealing), ["cust-1", "cust-2"]);
    assert_eq!(persons(opening), ["cust-1", "cust-2"]);
}

#[test]
fn entropy_is_drawn_in_pools_and_no_byte_of_it_twice() {
    let (mut instance, policy, source, keys) = family();
    // The keys first, so that what follows draws for values alone.
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-0"), source).unwrap().unwrap();
    let mut pooled = Instance::new(
        modules::evaluator().unwrap(),
        HostState::new(keys.clone(), Entropy(Stream::default())),
    )
    .unwrap();
    let source = pooled.host_source().unwrap();
    let there = pooled.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let native = fieldseal::Policy::compile(
        FAMILY.as_bytes(),
        fieldseal::Options::from_json(DEFAULTS).unwrap(),
    )
    .unwrap();
    let (mut keys, mut entropy) = (keys, Entropy(Stream::default()));
    // 100 documents with two values each draw 6,400 bytes: more than one pool.
    for n in 0..100 {
        let context = record(&format!("tale-{n}"));
        let component = pooled.seal(there, BROTHERS.as_bytes(), &context, source).unwrap().unwrap();
        assert_eq!(
            component,
            native.seal(BROTHERS.as_bytes(), &context, &mut keys, &mut entropy).unwrap().into(),
            "document {n}"
        );
    }
}
