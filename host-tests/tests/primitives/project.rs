//! NIST's validation programme, the RFCs' own, OpenSSL's and BoringSSL's vectors, as the Python
//! package `cryptography-vectors` has them.

use crate::records::{self, Record};
use crate::tally::{Enciphered, Tally};
use crate::{Aead, Primitives};

pub(crate) fn run(primitives: &mut impl Primitives, tally: &mut Tally) {
    ecb(primitives, tally);
    gcm(primitives, tally);
    siv(primitives, tally);
    chacha(primitives, tally);
    hkdf(primitives, tally);
    hmac(primitives, tally);
    sha(primitives, tally);
}

/// The Advanced Encryption Standard Algorithm Validation Suite. A record of deciphering holds for
/// enciphering, too.
fn ecb(primitives: &mut impl Primitives, tally: &mut Tally) {
    let files = ["GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT"];
    for file in files.map(|name| format!("ciphers/AES/ECB/ECB{name}256.rsp")) {
        for record in records::read(&file) {
            let made = primitives.aes_256(&record.bytes("key"), &record.bytes("plaintext"));
            assert_eq!(made, record.bytes("ciphertext"), "{}", record.origin());
            tally.ran("AES-256");
        }
    }
}

fn gcm(primitives: &mut impl Primitives, tally: &mut Tally) {
    for file in ["ciphers/AES/GCM/gcmEncryptExtIV256.rsp", "ciphers/AES/GCM/gcmDecrypt256.rsp"] {
        for record in records::read(file) {
            let genuine = !record.has("fail");
            let vector = Enciphered {
                origin: record.origin(),
                key: record.bytes("key"),
                nonce: record.bytes("iv"),
                strings: vec![record.bytes("aad")],
                text: if genuine { record.bytes("pt") } else { Vec::new() },
                ciphertext: record.bytes("ct"),
                tag: record.bytes("tag"),
                genuine,
            };
            vector.check(Aead::Aes256Gcm, primitives, tally);
        }
    }
}

fn siv(primitives: &mut impl Primitives, tally: &mut Tally) {
    for record in records::read("ciphers/AES/SIV/openssl.txt") {
        let strings = ["aad", "aad2", "aad3"]
            .into_iter()
            .filter(|name| record.has(name))
            .map(|name| record.bytes(name))
            .collect();
        let (nonce, genuine) = (Vec::new(), !record.has("result"));
        openssl(&record, nonce, strings, genuine).check(Aead::Aes256Siv, primitives, tally);
    }
}

fn chacha(primitives: &mut impl Primitives, tally: &mut Tally) {
    for record in records::read("ciphers/ChaCha20Poly1305/openssl.txt") {
        let (nonce, strings, genuine) =
            (record.bytes("iv"), vec![record.bytes("aad")], !record.has("result"));
        openssl(&record, nonce, strings, genuine).check(Aead::ChaCha20Poly1305, primitives, tally);
    }
    for record in records::read("ciphers/ChaCha20Poly1305/boringssl.txt") {
        let vector = Enciphered {
            origin: record.origin(),
            key: record.bytes("key"),
            nonce: record.bytes("nonce"),
            strings: vec![record.bytes("ad")],
            text: record.bytes("in"),
            ciphertext: record.bytes("ct"),
            tag: record.bytes("tag"),
            genuine: true,
        };
        vector.check(Aead::ChaCha20Poly1305, primitives, tally);
    }
}

fn openssl(record: &Record, nonce: Vec<u8>, strings: Vec<Vec<u8>>, genuine: bool) -> Enciphered {
    Enciphered {
        origin: record.origin(),
        key: record.bytes("key"),
        nonce,
        strings,
        text: record.bytes("plaintext"),
        ciphertext: record.bytes("ciphertext"),
        tag: record.bytes("tag"),
        genuine,
    }
}

fn hkdf(primitives: &mut impl Primitives, tally: &mut Tally) {
    for record in records::read("KDF/rfc-5869-HKDF-SHA256.txt") {
        let made = primitives.hkdf_sha_256(
            &record.bytes("salt"),
            &record.bytes("ikm"),
            &record.bytes("info"),
            record.number("l"),
        );
        assert_eq!(made, Some(record.bytes("okm")), "{}", record.origin());
        tally.ran("HKDF-SHA-256");
    }
}

fn hmac(primitives: &mut impl Primitives, tally: &mut Tally) {
    for record in records::read("HMAC/rfc-4231-sha256.txt") {
        assert_eq!(
            primitives.hmac_sha_256(&record.bytes("key"), &record.bytes("msg")),
            record.bytes("md"),
            "{}",
            record.origin()
        );
        tally.ran("HMAC-SHA-256");
    }
}

fn sha(primitives: &mut impl Primitives, tally: &mut Tally) {
    for file in ["hashes/SHA2/SHA256ShortMsg.rsp", "hashes/SHA2/SHA256LongMsg.rsp"] {
        for record in records::read(file) {
            let message = record.bytes("msg");
            let message = &message[..record.number("len") / 8];
            assert_eq!(primitives.sha_256(message), record.bytes("md"), "{}", record.origin());
            tally.ran("SHA-256");
        }
    }
    // The Secure Hash Algorithm Validation System, section 6.4: a thousand hashes of the last
    // three, a hundred times.
    let mut seed = Vec::new();
    for record in records::read("hashes/SHA2/SHA256Monte.rsp") {
        if record.has("seed") {
            seed = record.bytes("seed");
        }
        let mut last = [seed.clone(), seed.clone(), seed.clone()];
        for _ in 0..1_000 {
            last.rotate_left(1);
            let message = [&last[2], &last[0], &last[1]].map(Vec::as_slice).concat();
            last[2] = primitives.sha_256(&message);
        }
        seed = last[2].clone();
        assert_eq!(seed, record.bytes("md"), "{}", record.origin());
        tally.ran("SHA-256");
    }
}
