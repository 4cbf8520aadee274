//! Tests that timing reveals neither compared bytes nor padding.
//!
//! Measures two classes of input in random order and computes Welch's t of their times, as in
//! *dude, is my code constant time?* (Reparaz, Balasch, Verbauwhede, 2017). Run with `cargo bench
//! -p fieldseal --bench constant_time`.
//!
//! A |t| above 10 is a leak; below 4.5 this number of measurements shows no leak. Careless
//! implementations beside them show that the test would detect one.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::Instant;

use fieldseal_primitives::equal;
use fieldseal_primitives::padding::unpadded;
use support::Stream;

const MEASUREMENTS: usize = 200_000;

/// Number of calls in one measurement, since a clock cannot resolve a single call.
const CALLS: usize = 100;

fn main() {
    println!("Welch's t of two classes, {MEASUREMENTS} measurements of {CALLS} calls");
    comparison();
    unpadding();
}

/// Compares a correct commitment and one whose first byte is wrong.
fn comparison() {
    let stream = &mut Stream(1);
    let right: [u8; 32] = std::array::from_fn(|_| stream.draw() as u8);
    let mut wrong = right;
    wrong[0] ^= 1;
    let classes = [right, wrong];
    report("comparison: right or wrong in its first byte", &classes, stream, |given| {
        equal(black_box(&right), given)
    });
    report("  carelessly, from the first byte on", &classes, stream, |given| {
        black_box(&right).iter().eq(given)
    });
}

/// Removes one byte of padding, 32 bytes, and three blocks. The bytes before the padding are equally
/// random.
fn unpadding() {
    let stream = &mut Stream(2);
    let mut text: [u8; 64] = std::array::from_fn(|_| stream.draw() as u8 | 1);
    text[63] = 0x80;
    let mut long = text;
    long[32] = 0x80;
    long[33..].fill(0);
    let mut none = text;
    none[32..].fill(0);
    report("unpadding: 1 or 32 bytes of padding", &[text, long], stream, |text| {
        unpadded(text).is_some()
    });
    report("unpadding: padding or none", &[long, none], stream, |text| unpadded(text).is_some());
    let mut short: [u8; 128] = std::array::from_fn(|_| stream.draw() as u8 | 1);
    short[127] = 0x80;
    let mut blocks = short;
    blocks[32] = 0x80;
    blocks[33..].fill(0);
    report("unpadding: 1 or 96 bytes of padding", &[short, blocks], stream, |text| {
        unpadded(text).is_some()
    });
    report("  carelessly, from the last byte on", &[text, long], stream, |text| {
        text.iter().rposition(|byte| *byte != 0).is_some_and(|at| text[at] == 0x80)
    });
}

fn report<const N: usize>(
    name: &str,
    classes: &[[u8; N]; 2],
    stream: &mut Stream,
    call: impl Fn(&[u8; N]) -> bool,
) {
    let mut times = [Vec::with_capacity(MEASUREMENTS), Vec::with_capacity(MEASUREMENTS)];
    // Separate buffers would differ in their addresses, so both classes use this one.
    let mut given = classes[0];
    for measurement in 0..MEASUREMENTS {
        let class = stream.below(2);
        given.copy_from_slice(&classes[class]);
        let begun = Instant::now();
        for _ in 0..CALLS {
            black_box(call(black_box(&given)));
        }
        // The first measurements only warm up.
        if measurement > MEASUREMENTS / 100 {
            times[class].push(begun.elapsed().as_nanos() as f64 / CALLS as f64);
        }
    }
    // Interruptions by the system are unrelated to the classes, so the slowest tenth is dropped.
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * 9 / 10];
    times.iter_mut().for_each(|times| times.retain(|time| *time <= most));
    let [one, other] = times.each_ref().map(|times| mean_and_variance(times));
    let t = (one.0 - other.0)
        / (one.1 / times[0].len() as f64 + other.1 / times[1].len() as f64).sqrt();
    println!("  {name:<48} {:>6.2} ns and {:>6.2} ns, t = {t:>8.1}", one.0, other.0);
}

fn mean_and_variance(times: &[f64]) -> (f64, f64) {
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    (mean, times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0))
}
