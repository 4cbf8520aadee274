#![doc = include_str!("../README.md")]
#![no_std]

mod aes_256;
mod tables;
mod vector;

pub use aes_256::Aes256Enc;
pub use cipher;
