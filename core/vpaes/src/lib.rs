#![doc = include_str!("../README.md")]
#![no_std]

mod aes_256;
pub mod aes_256_gcm;
mod ghash;
mod tables;
mod vector;

pub use aes_256::Aes256Enc;
pub use cipher;
pub use ghash::Ghash;
