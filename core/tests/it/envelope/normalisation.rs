//! Normalisations of tokens against the Unicode Character Database, as two crates of version 16 and
//! ICU 77.1 have it.

use caseless::Caseless;
use fieldseal::envelope::Normalisation;
use fieldseal_primitives::Sha256;
use support::{Stream, say};
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
        let (ours, expected) = (Normalisation::NfkcCasefold.apply(&c.to_string()), casefold_of(c));
        assert_eq!(*ours, expected, "U+{:04X}", u32::from(c));
        changed += u32::from(!ours.chars().eq([c]));
        hash.update(ours.as_bytes());
        hash.update(b"\n");
    }
    // Of what ICU 77.1 (`Normalizer2::getNFKCCasefoldInstance`, Unicode 16.0) makes of the same.
    assert_eq!(
        hex(&hash.finish()),
        "34737ff4d1b0bc7dd021cdde28610a976918ba496c77ec7d8f2db7d031e6aca2"
    );
    assert_eq!(changed, 10_554);
    say!("nfkc-casefold/1: 1,112,064 characters, {changed} of which become something else");
}

#[test]
fn texts_become_what_unicode_16_says() {
    let (mut stream, mut hash) = (Stream(16), Sha256::new());
    for _ in 0..TEXTS {
        let text = random(&mut stream);
        let folded = Normalisation::NfkcCasefold.apply(&text);
        assert_eq!(*folded, casefold(&text), "{text:?}");
        assert_eq!(Normalisation::NfkcCasefold.apply(&folded), folded, "once is enough: {text:?}");
        for line in [&text, &*folded] {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
    }
    // ICU's, too.
    assert_eq!(
        hex(&hash.finish()),
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
        let info =
            allocation_counter::measure(|| folded = Some(Normalisation::NfkcCasefold.apply(&text)));
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
        let info =
            allocation_counter::measure(|| folded = Some(Normalisation::NfkcCasefold.apply(&text)));
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
        for (normalisation, most) in [(Normalisation::Email, most), (Normalisation::Digits, 64)] {
            let info = allocation_counter::measure(|| drop(normalisation.apply(&text)));
            assert!(
                info.bytes_max <= most as u64 && info.count_total <= 2,
                "{unit:?}: {info:?} for {normalisation:?}"
            );
        }
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
        assert!(*Normalisation::NfkcCasefold.apply(&text) == casefold(&text));
    }
}

#[test]
fn an_email_is_folded_and_trimmed() {
    let mut stream = Stream(3);
    for _ in 0..10_000 {
        let text = random(&mut stream);
        let (folded, email) = (casefold(&text), Normalisation::Email.apply(&text));
        assert_eq!(*email, folded.trim(), "{text:?}");
        assert_eq!(Normalisation::Email.apply(&email), email, "{text:?}");
    }
    // White_Space in all its forms; what is none of it stays.
    let space = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
    assert_eq!(*Normalisation::Email.apply(&format!("{space}A b{space}")), "a b");
    assert_eq!(*Normalisation::Email.apply(&format!("{space}\u{200b}{space}")), "");
    assert_eq!(
        *Normalisation::Email.apply("\u{1c}a\u{180e}"),
        "\u{1c}a",
        "ignorable, so gone, and a control character"
    );
}

#[test]
fn digits_are_those_of_nfkc() {
    let of = |text: &str| text.chars().nfkc().filter(char::is_ascii_digit).collect::<String>();
    for c in '\0'..=char::MAX {
        let text = c.to_string();
        assert_eq!(*Normalisation::Digits.apply(&text), of(&text), "U+{:04X}", u32::from(c));
    }
    let mut stream = Stream(4);
    for _ in 0..10_000 {
        let text: String = random(&mut stream) + "\u{2460}1\u{301}" + &random(&mut stream);
        assert_eq!(*Normalisation::Digits.apply(&text), of(&text), "{text:?}");
    }
}

#[test]
fn exact_is_the_text() {
    let mut stream = Stream(5);
    for _ in 0..1_000 {
        let text = random(&mut stream);
        assert_eq!(*Normalisation::Exact.apply(&text), text);
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
        let folded = Normalisation::NfkcCasefold.apply(&text);
        assert!(folded.chars().count() <= 18 * CHARACTERS);
    }
    let taken = begun.elapsed();
    say!(
        "nfkc-casefold/1: {:.2} µs a hostile character",
        taken.as_secs_f64() * 1e6 / (8 * CHARACTERS) as f64
    );
    assert!(taken.as_secs() < 60, "{taken:?}");
}

#[test]
fn names() {
    for normalisation in Normalisation::ALL {
        assert_eq!(Normalisation::named(normalisation.as_str()), Some(normalisation));
        assert_eq!(normalisation.version(), format!("{}/1", normalisation.as_str()));
        assert_eq!(Normalisation::named(normalisation.version()), None);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
