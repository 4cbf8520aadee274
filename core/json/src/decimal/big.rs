//! Unsigned integers of any size, as far as [`double`](super::double) needs them.

use std::cmp::Ordering;

/// The limbs, the least first, the last of them not zero.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Big(Vec<u32>);

impl From<u64> for Big {
    fn from(value: u64) -> Big {
        let mut big = Big(vec![value as u32, (value >> u32::BITS) as u32]);
        big.trim();
        big
    }
}

impl Ord for Big {
    fn cmp(&self, other: &Big) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Big {
    fn partial_cmp(&self, other: &Big) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Big {
    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The length in binary digits.
    pub(super) fn bits(&self) -> u32 {
        let high = self.0.last().map_or(0, |limb| limb.leading_zeros());
        u32::try_from(self.0.len())
            .unwrap_or(u32::MAX)
            .saturating_mul(u32::BITS)
            .saturating_sub(high)
    }

    /// `self · factor + plus`; a factor is not zero.
    pub(super) fn scale(&mut self, factor: u32, plus: u32) {
        let mut carry = plus;
        for limb in &mut self.0 {
            // (2^32 - 1)^2 + 2^32 - 1 is below 2^64.
            let product = u64::from(*limb) * u64::from(factor) + u64::from(carry);
            *limb = product as u32;
            carry = (product >> u32::BITS) as u32;
        }
        if carry > 0 {
            self.0.push(carry);
        }
    }

    /// `self · 5^power`.
    pub(super) fn scale_by_five(&mut self, power: u32) {
        for _ in 0..power / 13 {
            self.scale(5_u32.pow(13), 0);
        }
        self.scale(5_u32.pow(power % 13), 0);
    }

    /// `self · 2^places`; `self` if `places` is negative, as the other side of a fraction is then
    /// shifted.
    pub(super) fn shifted(&self, places: i64) -> Big {
        let places = u32::try_from(places).unwrap_or_default();
        let zeros = (0..places / u32::BITS).filter(|_| !self.is_zero()).map(|_| 0);
        let mut big = Big(zeros.chain(self.0.iter().copied()).collect());
        big.scale(1 << (places % u32::BITS), 0);
        big
    }

    /// Takes away what is not more than `self`.
    pub(super) fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        let mut others = other.0.iter();
        for limb in &mut self.0 {
            let less = others.next().copied().unwrap_or_default();
            (*limb, borrow) = limb.borrowing_sub(less, borrow);
        }
        self.trim();
    }

    /// `self - other`, which is not more.
    pub(super) fn less(&self, other: &Big) -> Big {
        let mut difference = self.clone();
        difference.subtract(other);
        difference
    }

    /// Twice `self` modulo `divisor`, `self` being less than that: whether it was taken away, which
    /// is the next bit of the quotient.
    pub(super) fn double_and_reduce(&mut self, divisor: &Big) -> bool {
        self.scale(2, 0);
        let bit = *self >= *divisor;
        if bit {
            self.subtract(divisor);
        }
        bit
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}
