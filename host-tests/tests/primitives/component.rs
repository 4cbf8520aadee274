//! The crate in WebAssembly.

use anyhow::{Context as _, Result};
use host_tests::artefacts;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use crate::{Aead, Primitives};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated from primitives/wit")]
mod contract {
    wasmtime::component::bindgen!({ path: "primitives/wit", world: "primitives" });
}

pub(crate) struct Instance {
    store: Store<()>,
    door: contract::Primitives,
}

impl Instance {
    pub(crate) fn new() -> Result<Self> {
        let path = artefacts::target().join("modules/primitives.wasm");
        let wasm = std::fs::read(&path).with_context(|| {
            format!("{} cannot be read: run `cargo xtask vectors` first", path.display())
        })?;
        let engine = Engine::default();
        let component = Component::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        // It imports nothing, so that nothing of the host's can stand in for anything.
        let door =
            contract::Primitives::instantiate(&mut store, &component, &Linker::new(&engine))?;
        Ok(Instance { store, door })
    }
}

impl Instance {
    pub(crate) fn base64url_encode(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.door.call_base64url_encode(&mut self.store, bytes).unwrap()
    }

    pub(crate) fn base64url_decode(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        self.door.call_base64url_decode(&mut self.store, text).unwrap()
    }
}

impl Primitives for Instance {
    fn encrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let strings: Vec<Vec<u8>> = strings.iter().map(|string| string.to_vec()).collect();
        let made = self
            .door
            .call_encrypt(&mut self.store, mode(aead), key, nonce, &strings, text)
            .unwrap()?;
        Some((made.text, made.tag))
    }

    fn decrypt(
        &mut self,
        aead: Aead,
        key: &[u8],
        nonce: &[u8],
        strings: &[&[u8]],
        text: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>> {
        let strings: Vec<Vec<u8>> = strings.iter().map(|string| string.to_vec()).collect();
        self.door
            .call_decrypt(&mut self.store, mode(aead), key, nonce, &strings, text, tag)
            .unwrap()
    }

    fn aes_256(&mut self, key: &[u8], blocks: &[u8]) -> Vec<u8> {
        self.door.call_aes256(&mut self.store, key, blocks).unwrap().unwrap()
    }

    fn hkdf_sha_256(
        &mut self,
        salt: &[u8],
        ikm: &[u8],
        info: &[u8],
        length: usize,
    ) -> Option<Vec<u8>> {
        self.door
            .call_hkdf_sha256(&mut self.store, salt, ikm, info, u32::try_from(length).unwrap())
            .unwrap()
    }

    fn hmac_sha_256(&mut self, key: &[u8], message: &[u8]) -> Vec<u8> {
        self.door.call_hmac_sha256(&mut self.store, key, message).unwrap()
    }

    fn sha_256(&mut self, message: &[u8]) -> Vec<u8> {
        self.door.call_sha256(&mut self.store, message).unwrap()
    }
}

fn mode(aead: Aead) -> contract::Aead {
    match aead {
        Aead::Aes256Gcm => contract::Aead::Aes256Gcm,
        Aead::Aes256Siv => contract::Aead::Aes256Siv,
        Aead::ChaCha20Poly1305 => contract::Aead::Chacha20Poly1305,
    }
}
