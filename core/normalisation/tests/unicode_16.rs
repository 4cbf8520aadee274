//! Against the Unicode Character Database, as two crates of version 16 and ICU 77.1 have it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use caseless::Caseless;
use fieldseal_normalisation::{LabelCharacter, digits, email, label_character, nfkc_casefold};
use sha2::{Digest, Sha256};
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Default_Ignorable_Code_Point of Unicode 16.
fn ignored(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// NFKC_Casefold of a character by its derivation in UAX #44: NFKC, case folding and removal until
/// nothing changes.
fn casefold_of(c: char) -> String {
    let mut text = c.to_string();
    loop {
        let next: String =
            text.chars().nfkc().default_case_fold().nfkc().filter(|c| !ignored(*c)).collect();
        if next == text {
            return text;
        }
        text = next;
    }
}

/// toNFKC_Casefold by its definition.
fn casefold(text: &str) -> String {
    text.chars().map(casefold_of).collect::<String>().nfc().collect()
}

/// SplitMix64.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Characters that meet one another: letters, marks, Hangul, what NFKC takes apart, what is
/// ignored, what Unicode 16 has not assigned.
fn random(stream: &mut Stream) -> String {
    const RANGES: [(u32, u32); 16] = [
        (0x20, 0x7E),
        (0xA0, 0x24F),
        (0x300, 0x345),
        (0x340, 0x36F),
        (0x370, 0x52F),
        (0x591, 0x6FF),
        (0x900, 0xDFF),
        (0x1100, 0x11FF),
        (0x1AB0, 0x1AFF),
        (0x1E00, 0x1FFF),
        (0x2000, 0x2BFF),
        (0x3040, 0x33FF),
        (0xAC00, 0xD7FB),
        (0xF900, 0xFFFF),
        (0x1_1000, 0x1_16FF),
        (0, 0x10_FFFF),
    ];
    let length = 1 + stream.below(12);
    let pick = |stream: &mut Stream| {
        let (first, last) = RANGES[stream.below(RANGES.len())];
        char::from_u32(first + stream.below((last - first + 1) as usize) as u32)
    };
    std::iter::repeat_with(|| pick(stream)).flatten().take(length).collect()
}

const TEXTS: usize = 100_000;

#[test]
fn every_character_becomes_what_unicode_16_says() {
    assert_eq!(
        (unicode_normalization::UNICODE_VERSION, caseless::UNICODE_VERSION),
        ((16, 0, 0), (16, 0, 0))
    );
    let (mut changed, mut hash) = (0, Sha256::new());
    for c in '\0'..=char::MAX {
        let (ours, expected) = (nfkc_casefold(&c.to_string()), casefold_of(c));
        assert_eq!(*ours, expected, "U+{:04X}", u32::from(c));
        changed += u32::from(!ours.chars().eq([c]));
        hash.update(ours.as_bytes());
        hash.update(b"\n");
    }
    // Of what ICU 77.1 (`Normalizer2::getNFKCCasefoldInstance`, Unicode 16.0) makes of the same.
    assert_eq!(
        hex(&hash.finalize()),
        "34737ff4d1b0bc7dd021cdde28610a976918ba496c77ec7d8f2db7d031e6aca2"
    );
    assert_eq!(changed, 10_554);
}

#[test]
fn texts_become_what_unicode_16_says() {
    let (mut stream, mut hash) = (Stream(16), Sha256::new());
    for _ in 0..TEXTS {
        let text = random(&mut stream);
        let folded = nfkc_casefold(&text);
        assert_eq!(*folded, casefold(&text), "{text:?}");
        assert_eq!(nfkc_casefold(&folded), folded, "once is enough: {text:?}");
        for line in [&text, &*folded] {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
    }
    // ICU's, too.
    assert_eq!(
        hex(&hash.finalize()),
        "1bb09ae14f97308e89352b2512be5a3d0a6628f89b6118bb121bbfb1a685c945"
    );
}

/// Of characters that join, change places or become others there are few: texts of hardly anything
/// else.
struct Alphabet {
    marks: Vec<char>,
    composed: Vec<char>,
    becomes: Vec<char>,
}

impl Alphabet {
    fn new() -> Self {
        let all = || '\0'..=char::MAX;
        Alphabet {
            marks: all().filter(|c| canonical_combining_class(*c) != 0).collect(),
            composed: all()
                .filter(|c| !('\u{AC00}'..='\u{D7A3}').contains(c) && !c.to_string().nfd().eq([*c]))
                .collect(),
            becomes: all().filter(|c| !ignored(*c) && !casefold_of(*c).chars().eq([*c])).collect(),
        }
    }

    fn mark(&self, stream: &mut Stream) -> char {
        // Few of them often, so that one class comes again.
        let few = [
            '\u{301}', '\u{308}', '\u{323}', '\u{328}', '\u{345}', '\u{3099}', '\u{DCA}', '\u{334}',
        ];
        if stream.below(2) == 0 {
            few[stream.below(few.len())]
        } else {
            self.marks[stream.below(self.marks.len())]
        }
    }

    fn text(&self, stream: &mut Stream) -> String {
        let mut text = String::new();
        for _ in 0..1 + stream.below(8) {
            match stream.below(8) {
                0 | 1 => {
                    let composed = self.composed[stream.below(self.composed.len())];
                    for part in composed.to_string().nfd() {
                        text.push(part);
                        text.extend(
                            (0..stream.below(6).saturating_sub(3)).map(|_| self.mark(stream)),
                        );
                    }
                }
                2 => text.extend((0..1 + stream.below(10)).map(|_| self.mark(stream))),
                3 => {
                    let jamo = [
                        0x1100 + stream.below(20),
                        0x1161 + stream.below(22),
                        0x11A7 + stream.below(29),
                    ];
                    text.extend(
                        jamo.into_iter()
                            .skip(stream.below(3))
                            .filter_map(|code| char::from_u32(code as u32)),
                    );
                }
                4 => text.extend(char::from_u32(
                    (0xAC00 + stream.below(399) * 28 + stream.below(2) * stream.below(28)) as u32,
                )),
                5 => text.push(self.becomes[stream.below(self.becomes.len())]),
                6 => text.push(self.composed[stream.below(self.composed.len())]),
                _ => text.push(
                    ['a', 'E', 'i', 'O', '\u{AD}', '\u{FDFA}', '\u{16D67}', '\u{113C2}']
                        [stream.below(8)],
                ),
            }
        }
        text
    }
}

#[test]
fn texts_of_what_joins_become_what_unicode_16_says() {
    let (mut stream, alphabet) = (Stream(17), Alphabet::new());
    let (mut joined, mut moved) = (0, 0);
    for _ in 0..TEXTS / 2 {
        let text = alphabet.text(&mut stream);
        let each: String = text.chars().map(casefold_of).collect();
        let expected: String = each.nfc().collect();
        let mut folded = None;
        let info = allocation_counter::measure(|| folded = Some(nfkc_casefold(&text)));
        assert_eq!(**folded.as_ref().unwrap(), expected, "{text:?}");
        // A buffer that had grown would have left a copy of clear text behind.
        assert!(info.count_total <= 2, "{} buffers for {text:?}", info.count_total);
        joined += usize::from(expected.chars().count() < each.chars().count());
        moved += usize::from(
            !each.nfd().eq(each.chars().flat_map(|c| c.to_string().nfd().collect::<Vec<_>>())),
        );
    }
    assert!(joined > TEXTS / 8 && moved > TEXTS / 8, "{joined} joined, {moved} put in order");
}

/// Memory for the result and for the longest run of marks, whatever the text is.
#[test]
fn memory_is_that_of_the_result() {
    const BYTES: usize = 1 << 20;
    let texts = [
        "\u{FDFA}",
        "a",
        "\u{C4}",
        "\u{1EB7}",
        "\u{390}",
        "\u{1112}\u{1161}\u{11AB}",
        "\u{D55C}",
        "a\u{328}\u{301}",
        "\u{16D6A}",
        "\u{301}",
    ];
    for unit in texts {
        let text = unit.repeat(BYTES / unit.len()) + "\u{301}";
        let mut folded = None;
        let info = allocation_counter::measure(|| folded = Some(nfkc_casefold(&text)));
        let (folded, run) = (
            folded.unwrap(),
            text.split(|c| canonical_combining_class(c) == 0).map(|run| run.chars().count()).max(),
        );
        let most = 3 * folded.len() + 4 * run.unwrap() + 64;
        assert!(
            info.bytes_max <= most as u64 && info.count_total <= 2,
            "{unit:?}: {info:?} for a result of {} bytes",
            folded.len()
        );
        if unit == "\u{FDFA}" {
            assert!(info.bytes_max < folded.len() as u64 + 64, "{info:?}");
        }
        let [trimmed, kept] = [
            allocation_counter::measure(|| drop(email(&text))),
            allocation_counter::measure(|| drop(digits(&text))),
        ];
        assert!(trimmed.bytes_max <= most as u64 && trimmed.count_total <= 2, "{unit:?}: {info:?}");
        assert!(kept.bytes_max <= 64 && kept.count_total <= 2, "{unit:?}: {kept:?}");
    }
}

#[test]
fn a_run_of_100_000_marks_is_put_in_order() {
    let (mut stream, alphabet) = (Stream(18), Alphabet::new());
    let run: String =
        (0..100_000).map(|_| alphabet.marks[stream.below(alphabet.marks.len())]).collect();
    for text in [
        run.clone(),
        format!("a{run}b{run}"),
        format!("\u{1EB7}{run}\u{1161}"),
        "\u{345}\u{301}\u{323}".repeat(33_334) + "o\u{301}",
    ] {
        assert!(*nfkc_casefold(&text) == casefold(&text));
    }
}

#[test]
fn an_email_is_folded_and_trimmed() {
    let mut stream = Stream(3);
    for _ in 0..10_000 {
        let text = random(&mut stream);
        let trimmed = email(&text);
        assert_eq!(*trimmed, casefold(&text).trim(), "{text:?}");
        assert_eq!(email(&trimmed), trimmed, "{text:?}");
    }
    // White_Space in all its forms; what is none of it stays.
    let space = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
    assert_eq!(*email(&format!("{space}A b{space}")), "a b");
    assert_eq!(*email(&format!("{space}\u{200b}{space}")), "");
    assert_eq!(*email("\u{1c}a\u{180e}"), "\u{1c}a", "ignorable, so gone, and a control character");
}

/// The standard library trims, and its table may move on: White_Space is what Unicode 16 has.
#[test]
fn white_space_is_that_of_unicode_16() {
    let expected: Vec<char> = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}".chars().collect();
    assert_eq!(('\0'..=char::MAX).filter(|c| c.is_whitespace()).collect::<Vec<_>>(), expected);
}

/// The digits by their definition: General_Category Nd after NFKC, each ten in a row from its zero
/// on.
struct Decimal(Vec<char>);

impl Decimal {
    fn new() -> Self {
        assert_eq!(unicode_general_category::UNICODE_VERSION, (16, 0, 0));
        let is_decimal = |c: &char| get_general_category(*c) == GeneralCategory::DecimalNumber;
        let all: Vec<char> = ('\0'..=char::MAX).filter(is_decimal).collect();
        assert_eq!(all.len(), 760);
        for ten in all.chunks(10) {
            assert_eq!(u32::from(ten[9]) - u32::from(ten[0]), 9, "{ten:?}");
        }
        Decimal(all)
    }

    fn of(&self, text: &str) -> Option<String> {
        let digit = |c: char| {
            let at = self.0.binary_search(&c).ok()?;
            char::from_digit((at % 10) as u32, 10)
        };
        Some(text.chars().nfkc().filter_map(digit).collect())
            .filter(|kept: &String| !kept.is_empty())
    }
}

fn kept(text: &str) -> Option<String> {
    digits(text).map(|kept| kept.to_string())
}

#[test]
fn digits_are_those_of_unicode_16_by_value() {
    let decimal = Decimal::new();
    let mut with = 0;
    for c in '\0'..=char::MAX {
        let text = c.to_string();
        assert_eq!(kept(&text), decimal.of(&text), "U+{:04X}", u32::from(c));
        with += usize::from(digits(&text).is_some());
    }
    assert!(with > 760, "{with} characters have a digit or become one");
    let mut stream = Stream(4);
    for round in 0..20_000 {
        let digit = decimal.0[stream.below(decimal.0.len())];
        let mut text = random(&mut stream) + "\u{2460}1\u{301}" + &random(&mut stream);
        text.insert(0, digit);
        let text = if round % 2 == 0 { text } else { random(&mut stream) };
        assert_eq!(kept(&text), decimal.of(&text), "{text:?}");
    }
}

/// By hand, since the test above takes the values from the order.
#[test]
fn digits_of_some_scripts() {
    for (text, expected) in [
        ("+49 (0) 30 / 12-34", "490301234"),
        (
            "\u{0660}\u{0661}\u{0662}\u{0663}\u{0664}\u{0665}\u{0666}\u{0667}\u{0668}\u{0669}",
            "0123456789",
        ),
        ("\u{06F0}\u{06F9} \u{0966}\u{096F} \u{0E50}\u{0E59} \u{1040}\u{1049}", "09090909"),
        ("\u{FF10}\u{FF19} \u{1D7CE}\u{1D7FF} \u{1FBF0}\u{1FBF9} \u{1CCF3}", "0909093"),
        ("\u{10D40}\u{10D49} \u{1E5F1}\u{1E5FA} \u{16D70} \u{11BF7}", "090907"),
        ("\u{B2}\u{2460}\u{2469}\u{2488}", "21101"),
    ] {
        assert_eq!(kept(text).as_deref(), Some(expected), "{text:?}");
    }
    for none in ["", "n/a", "\u{2163}", "\u{4E09}", "\u{0BF0}", "\u{09F4}", "\u{19DA}\u{301}"] {
        assert_eq!(kept(none), None, "{none:?}");
    }
}

/// Time that grows with the text and no faster: marks that have to be put in order, letters at the
/// far ends of the table's pages.
#[test]
fn hostile_texts_end_soon() {
    const CHARACTERS: usize = 200_000;
    let begun = std::time::Instant::now();
    for unit in [
        "\u{301}\u{323}\u{345}",
        "a\u{300}",
        "\u{FAD9}",
        "\u{1112}\u{1161}\u{11AB}",
        "\u{FDFA}",
        "\u{1D160}",
        "\u{FEFF}",
        "\u{1EB7}\u{30F}",
    ] {
        let text = unit.repeat(CHARACTERS / unit.chars().count());
        let folded = nfkc_casefold(&text);
        assert!(folded.chars().count() <= 18 * CHARACTERS);
    }
    let taken = begun.elapsed();
    assert!(taken.as_secs() < 60, "{taken:?}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 5892, sections 2.1 and 2.6, and the class that appendix A.2 asks for.
#[test]
fn every_character_of_a_label_has_its_use() {
    use GeneralCategory as Of;
    let mut counts = [0; 4];
    for c in '\0'..=char::MAX {
        let expected = match (c, get_general_category(c)) {
            ('\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}', _) => LabelCharacter::Letter,
            (
                '\u{640}'
                | '\u{7FA}'
                | '\u{302E}'
                | '\u{302F}'
                | '\u{3031}'..='\u{3035}'
                | '\u{303B}',
                _,
            ) => LabelCharacter::Excluded,
            (_, Of::LowercaseLetter | Of::UppercaseLetter | Of::TitlecaseLetter) => {
                LabelCharacter::Letter
            }
            (_, Of::OtherLetter | Of::ModifierLetter | Of::DecimalNumber) => LabelCharacter::Letter,
            (_, Of::NonspacingMark | Of::SpacingMark) if canonical_combining_class(c) == 9 => {
                LabelCharacter::Virama
            }
            (_, Of::NonspacingMark | Of::SpacingMark) => LabelCharacter::Mark,
            _ => LabelCharacter::Excluded,
        };
        assert_eq!(label_character(c), expected, "{c:?}");
        counts[expected as usize] += 1;
    }
    assert_eq!(counts, [967_794, 141_784, 2_417, 69]);
}
