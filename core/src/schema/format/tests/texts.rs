//! Random texts that almost have a format.

use super::EXAMPLES;
use super::Format;

/// A small linear congruential generator, which gives the same texts in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// Pieces that decide about formats.
const PIECES: &str = "\
    0 1 9 12 24 59 60 00 255 256 999 a A b f g x z Z T t P Y M D W H S . .. , : :: ; / // ? # ## \
    [ ] [::1] [v1.a] @ % %41 %4 { } {a} {a,b} ~ ~0 ~1 ~2 \" \\ \\\" ! $ & ' ( ) (?: (?= (?<a> \
    (?<é> \\k<a> \\1 \\p{L} \\p{Lx} \\u0041 \\d [a-z] {2} {2,1} * + - -- _ = ^ ` | < > é ß ٣ \
    \u{1} \u{7f} \u{80} \u{a0} \u{200d} \u{308} \u{e000} \u{fdd0} \u{1fffd} \u{1fffe} \u{e0001} \
    \u{f0000} \u{10ffff} xn-- com IPv6: +01:00 -08:00 .5 http: user@ :80";

/// Characters on which the rules for labels depend.
const LABEL: &str = "\
    a b l 1 · ü ß é Ä ж я α ω ͵ א ת ׳ ״ ب ت ٠ ٩ ۰ ۹ ـ ۽ ߺ क ख \u{94d} \u{9cd} \u{bcd} \u{d3b} \
    \u{eba} \u{f84} \u{103a} \u{1039} \u{1714} \u{1715} \u{a82c} \u{10a3f} \u{11046} \u{11f42} \
    \u{200d} \u{200d} \u{200c} \u{301} \u{489} \u{903} ・ ・ ァ ア あ 亜 々 〇 〱 〮 ー ヿ 가 ᄀ \u{3040} \
    \u{309b} \u{30a0} \u{378} € 𝒜 ★ ½ Ⅷ ፩ \u{1f600} \u{e000} \u{10ffff}";

fn pieces(of: &'static str) -> Vec<&'static str> {
    of.split(' ').chain([" ", "\t"]).collect()
}

/// Makes texts for one format.
pub(super) struct Texts {
    dice: Dice,
    seeds: Vec<&'static str>,
    pieces: Vec<&'static str>,
    labels: Vec<char>,
    has_labels: bool,
}

impl Texts {
    pub(super) fn new(format: Format, seed: u64) -> Texts {
        let (_, accepted, refused) = EXAMPLES.iter().find(|(of, ..)| *of == format).unwrap();
        Texts {
            dice: Dice(seed),
            // Texts that fit are worth more than those that are wrong already.
            seeds: accepted.iter().chain(*accepted).chain(*refused).copied().collect(),
            pieces: pieces(PIECES),
            labels: LABEL.chars().filter(|c| *c != ' ').collect(),
            has_labels: matches!(format, Format::Hostname | Format::Email),
        }
    }

    pub(super) fn next(&mut self) -> String {
        if self.has_labels && self.dice.roll(3) == 0 {
            return self.host();
        }
        if self.dice.roll(10) == 0 {
            let count = self.dice.roll(9);
            return (0..count).map(|_| self.dice.pick(&self.pieces)).collect();
        }
        let mut text: Vec<char> = self.dice.pick(&self.seeds).chars().collect();
        for _ in 0..1 + self.dice.roll(3) {
            self.change(&mut text);
        }
        text.into_iter().collect()
    }

    fn change(&mut self, text: &mut Vec<char>) {
        let at = self.dice.roll(text.len() + 1);
        let end = (at + self.dice.roll(3)).min(text.len());
        match self.dice.roll(7) {
            0 => drop(text.drain(at..end)),
            1 => {
                let part = text[at..end].to_vec();
                text.splice(at..at, part);
            }
            2 if at + 1 < text.len() => text.swap(at, at + 1),
            3 if at < text.len() => {
                let c = text[at];
                text[at] =
                    if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            }
            4 => {
                let other: Vec<char> = self.dice.pick(&self.seeds).chars().collect();
                let from = self.dice.roll(other.len() + 1);
                text.splice(at.., other[from..].iter().copied());
            }
            5 => {
                let piece = self.dice.pick(&self.pieces);
                text.splice(at..end, piece.chars());
            }
            _ => {
                let piece = self.dice.pick(&self.pieces);
                text.splice(at..at, piece.chars());
            }
        }
    }

    /// Makes the name of a host with a label in Punycode, sometimes a damaged one.
    fn host(&mut self) -> String {
        let count = 1 + self.dice.roll(5);
        let characters: Vec<char> = (0..count)
            .map(|_| match self.dice.roll(12) {
                0 => char::from_u32(self.dice.roll(0x11_0000) as u32).unwrap_or('l'),
                1 => char::from_u32(self.dice.roll(0x3400) as u32).unwrap_or('l'),
                _ => self.dice.pick(&self.labels),
            })
            .collect();
        let mut label: Vec<char> = format!("xn--{}", punycode(&characters)).chars().collect();
        if self.dice.roll(6) == 0 {
            self.change(&mut label);
        }
        let label: String = label.into_iter().collect();
        let place = ["", "a@", "www."][self.dice.roll(3)];
        format!("{place}{label}{}", [".com", "", ".xn--4gbwdl"][self.dice.roll(3)])
    }
}

/// Encodes a label (RFC 3492, section 6.3).
pub(super) fn punycode(characters: &[char]) -> String {
    let code = |c: &char| u32::from(*c);
    let basic: Vec<char> = characters.iter().copied().filter(char::is_ascii).collect();
    let mut out: String = basic.iter().collect();
    if !basic.is_empty() {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72_u32, basic.len() as u32);
    while done < characters.len() as u32 {
        let least = characters.iter().map(code).filter(|c| *c >= n).min().unwrap();
        delta += (least - n) * (done + 1);
        n = least;
        for c in characters.iter().map(code) {
            delta += u32::from(c < n);
            if c != n {
                continue;
            }
            let (mut q, mut k) = (delta, 36);
            loop {
                let t = if k <= bias { 1 } else { (k - bias).min(26) };
                let digit = if q < t { q } else { t + (q - t) % (36 - t) };
                out.push(char::from_digit((digit + 10) % 36, 36).unwrap());
                if q < t {
                    break;
                }
                q = (q - t) / (36 - t);
                k += 36;
            }
            let halved = delta / if done == basic.len() as u32 { 700 } else { 2 };
            let (mut scaled, mut k) = (halved + halved / (done + 1), 0);
            while scaled > 455 {
                scaled /= 35;
                k += 36;
            }
            bias = k + 36 * scaled / (scaled + 38);
            (delta, done) = (0, done + 1);
        }
        delta += 1;
        n += 1;
    }
    out
}
