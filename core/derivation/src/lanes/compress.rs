//! The compression function (FIPS 180-4, section 6.2.2), in the words of the standard.

use std::cell::Cell;

use super::Lanes;

/// FIPS 180-4, section 4.2.2.
#[rustfmt::skip]
const CONSTANTS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// The words of a block of each message, and those that are made of them.
pub(crate) type Schedule = [Lanes; 64];

/// Takes one block of each message, whose words stand first in the schedule, into its state, except
/// for the lanes that `counts` masks with zeros, whose state stays as it is.
#[inline(never)]
pub(crate) fn compress(state: &mut [Lanes; 8], schedule: &mut Schedule, counts: Lanes) {
    expand(schedule);
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let b_or_c = &mut b.xor(c);
    // Eight at a time, after which each variable has its own value again.
    let eights = schedule.as_chunks().0.iter().zip(CONSTANTS.as_chunks().0);
    for ([w0, w1, w2, w3, w4, w5, w6, w7], [k0, k1, k2, k3, k4, k5, k6, k7]) in eights {
        round([a, b, c], &mut d, [e, f, g], &mut h, b_or_c, w0, k0);
        round([h, a, b], &mut c, [d, e, f], &mut g, b_or_c, w1, k1);
        round([g, h, a], &mut b, [c, d, e], &mut f, b_or_c, w2, k2);
        round([f, g, h], &mut a, [b, c, d], &mut e, b_or_c, w3, k3);
        round([e, f, g], &mut h, [a, b, c], &mut d, b_or_c, w4, k4);
        round([d, e, f], &mut g, [h, a, b], &mut c, b_or_c, w5, k5);
        round([c, d, e], &mut f, [g, h, a], &mut b, b_or_c, w6, k6);
        round([b, c, d], &mut e, [f, g, h], &mut a, b_or_c, w7, k7);
    }
    for (word, made) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.add(made.and(counts));
    }
}

/// One round: d becomes the next e, and h the next a. `b_or_c` is the sum of b and c, and becomes that
/// of a and b.
#[inline(always)]
fn round(
    [a, b, _]: [Lanes; 3],
    d: &mut Lanes,
    [e, f, g]: [Lanes; 3],
    h: &mut Lanes,
    b_or_c: &mut Lanes,
    word: &Lanes,
    constant: &u32,
) {
    let choice = g.xor(e.and(f.xor(g)));
    let of_e = e.rotate_right::<6>().xor(e.rotate_right::<11>()).xor(e.rotate_right::<25>());
    let first = h.add(*word).add(Lanes::splat(*constant)).add(choice).add(of_e);
    // The majority is b, unless a and c agree against it.
    let a_or_b = a.xor(b);
    let majority = b.xor(a_or_b.and(*b_or_c));
    *b_or_c = a_or_b;
    let of_a = a.rotate_right::<2>().xor(a.rotate_right::<13>()).xor(a.rotate_right::<22>());
    *d = d.add(first);
    *h = first.add(majority).add(of_a);
}

/// Makes the words after the first sixteen.
#[inline(always)]
fn expand(schedule: &mut Schedule) {
    let schedule = Cell::from_mut(schedule.as_mut_slice()).as_slice_of_cells();
    for window in schedule.windows(17) {
        let [first, second, _, _, _, _, _, _, _, tenth, _, _, _, _, fifteenth, _, next] = window
        else {
            return;
        };
        let (second, fifteenth) = (second.get(), fifteenth.get());
        let of_second = second.rotate_right::<7>().xor(second.rotate_right::<18>());
        let of_second = of_second.xor(second.shift_right::<3>());
        let of_fifteenth = fifteenth.rotate_right::<17>().xor(fifteenth.rotate_right::<19>());
        let of_fifteenth = of_fifteenth.xor(fifteenth.shift_right::<10>());
        next.set(first.get().add(of_second).add(tenth.get().add(of_fifteenth)));
    }
}
