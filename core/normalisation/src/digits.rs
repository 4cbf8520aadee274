//! The decimal digits of all scripts.

use zeroize::Zeroizing;

use crate::casefold::fold;

/// Returns the decimal digits of a text (General_Category Nd of Unicode 16) by value, after NFKC:
/// `٣`, `३`, `３` and `③` are all `3`. Everything else goes. Returns `None` when no digit is left.
///
/// ```
/// use fieldseal_normalisation::digits;
///
/// assert_eq!(digits("+49 (0) 30 / 12-34").unwrap().as_str(), "490301234");
/// assert_eq!(digits("٠٣٠ १२").unwrap().as_str(), "03012");
/// assert!(digits("n/a").is_none());
/// ```
pub fn digits(text: &str) -> Option<Zeroizing<String>> {
    // The digits of the folded text are those of NFKC: folding makes none and takes none, and
    // nothing joins a digit, so that the text need not be composed.
    let mut count = 0;
    each_digit(text, &mut |_| count += 1);
    if count == 0 {
        return None;
    }
    // Clear text: the buffer has its size before the first digit comes in, and is wiped.
    let mut kept = Zeroizing::new(String::with_capacity(count));
    each_digit(text, &mut |digit| kept.push(digit));
    Some(kept)
}

/// Gives each digit as the ASCII digit of its value.
fn each_digit(text: &str, take: &mut dyn FnMut(char)) {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_digit).for_each(take);
    }
    fold(text, &mut |c, _| {
        if let Some(digit) = ascii(c) {
            take(digit);
        }
    });
}

/// Returns the ASCII digit of the same value.
fn ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c).filter(char::is_ascii_digit);
    }
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?)?;
    char::from_digit(u32::from(c) - u32::from(*zero), 10)
}

/// The digits zero of Unicode 16 that NFKC leaves as they are, ascending. The digits one to nine of
/// a script follow its zero.
#[rustfmt::skip]
static ZEROS: [char; 67] = [
    '\u{660}', // Arabic-Indic
    '\u{6F0}', // Extended Arabic-Indic
    '\u{7C0}', // N'Ko
    '\u{966}', // Devanagari
    '\u{9E6}', // Bengali
    '\u{A66}', // Gurmukhi
    '\u{AE6}', // Gujarati
    '\u{B66}', // Odia
    '\u{BE6}', // Tamil
    '\u{C66}', // Telugu
    '\u{CE6}', // Kannada
    '\u{D66}', // Malayalam
    '\u{DE6}', // Sinhala Lith
    '\u{E50}', // Thai
    '\u{ED0}', // Lao
    '\u{F20}', // Tibetan
    '\u{1040}', // Myanmar
    '\u{1090}', // Myanmar Shan
    '\u{17E0}', // Khmer
    '\u{1810}', // Mongolian
    '\u{1946}', // Limbu
    '\u{19D0}', // New Tai Lue
    '\u{1A80}', // Tai Tham Hora
    '\u{1A90}', // Tai Tham Tham
    '\u{1B50}', // Balinese
    '\u{1BB0}', // Sundanese
    '\u{1C40}', // Lepcha
    '\u{1C50}', // Ol Chiki
    '\u{A620}', // Vai
    '\u{A8D0}', // Saurashtra
    '\u{A900}', // Kayah Li
    '\u{A9D0}', // Javanese
    '\u{A9F0}', // Myanmar Tai Laing
    '\u{AA50}', // Cham
    '\u{ABF0}', // Meetei Mayek
    '\u{104A0}', // Osmanya
    '\u{10D30}', // Hanifi Rohingya
    '\u{10D40}', // Garay
    '\u{11066}', // Brahmi
    '\u{110F0}', // Sora Sompeng
    '\u{11136}', // Chakma
    '\u{111D0}', // Sharada
    '\u{112F0}', // Khudawadi
    '\u{11450}', // Newa
    '\u{114D0}', // Tirhuta
    '\u{11650}', // Modi
    '\u{116C0}', // Takri
    '\u{116D0}', // Myanmar Pao Karen
    '\u{116DA}', // Myanmar Eastern Pwo Karen
    '\u{11730}', // Ahom
    '\u{118E0}', // Warang Citi
    '\u{11950}', // Dives Akuru
    '\u{11BF0}', // Sunuwar
    '\u{11C50}', // Bhaiksuki
    '\u{11D50}', // Masaram Gondi
    '\u{11DA0}', // Gunjala Gondi
    '\u{11F50}', // Kawi
    '\u{16130}', // Gurung Khema
    '\u{16A60}', // Mro
    '\u{16AC0}', // Tangsa
    '\u{16B50}', // Pahawh Hmong
    '\u{16D70}', // Kirat Rai
    '\u{1E140}', // Nyiakeng Puachue Hmong
    '\u{1E2F0}', // Wancho
    '\u{1E4F0}', // Nag Mundari
    '\u{1E5F1}', // Ol Onal
    '\u{1E950}', // Adlam
];
