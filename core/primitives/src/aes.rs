//! AES-256 (FIPS 197) that only enciphers: no mode here deciphers a block.

/// The one of RustCrypto, which takes the instructions of the machine where it has any.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) type Aes256 = aes_gcm::aes::Aes256Enc;

/// Ours where a program reaches vectors alone, in a third of the time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) type Aes256 = fieldseal_vpaes::Aes256Enc;
