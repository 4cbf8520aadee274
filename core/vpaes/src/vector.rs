//! Sixteen bytes in a register, and the few operations on them that the cipher needs. Each takes
//! the same time for all bytes.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

use zeroize::DefaultIsZeroes;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use portable::Vector;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::Vector;

impl Default for Vector {
    #[inline(always)]
    fn default() -> Self {
        Vector::new([0; 16])
    }
}

impl DefaultIsZeroes for Vector {}
