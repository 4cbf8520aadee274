//! AES-256 (FIPS 197), enciphering alone: no mode here deciphers a block.

/// The crate's, which takes the instructions of the machine where there are any.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) type Aes256 = aes_gcm::aes::Aes256Enc;

/// Ours where there are none but vectors, in a third of the time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) type Aes256 = super::permute::Aes256;
