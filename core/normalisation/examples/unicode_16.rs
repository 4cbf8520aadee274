//! Writes the tables of `src/unicode_16.rs` and `src/labels.rs`, which describe their formats, and
//! prints the digits zero for `src/digits.rs`. Only a change of the format makes another run necessary: the crates
//! that it reads are pinned to Unicode 16, and tokens are bound to the result.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

use caseless::Caseless;
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose};

const PAGE: u32 = 5;
const LONGEST: usize = 18;

fn main() {
    assert_eq!(unicode_normalization::UNICODE_VERSION, (16, 0, 0));
    assert_eq!(caseless::UNICODE_VERSION, (16, 0, 0));
    assert_eq!(unicode_general_category::UNICODE_VERSION, (16, 0, 0));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let pairs = pairs();
    for (name, bytes) in [
        ("unicode-16-characters.bin", write_characters(&pairs)),
        ("unicode-16-pairs.bin", write_pairs(&pairs)),
        ("unicode-16-labels.bin", write_labels()),
    ] {
        println!("{name}: {} bytes", bytes.len());
        std::fs::write(folder.join(name), bytes).expect("the folder is there");
    }
    print_zeros();
}

/// Prints the first of each ten digits that NFKC leaves as they are.
fn print_zeros() {
    let decimal = |c: &char| get_general_category(*c) == GeneralCategory::DecimalNumber;
    let digits: Vec<char> = ('\0'..=char::MAX).filter(decimal).collect();
    for ten in digits.chunks(10) {
        assert!(u32::from(ten[9]) - u32::from(ten[0]) == 9, "{ten:?}");
        if ten[0].to_string().nfkc().eq([ten[0]]) && !ten[0].is_ascii() {
            println!("'\\u{{{:X}}}',", u32::from(ten[0]));
        }
    }
}

/// A character that NFC composes of two others.
struct Pair {
    first: char,
    second: char,
    both: char,
}

/// Returns those that folding leaves, except for the syllables of Hangul, which are computed.
fn pairs() -> Vec<Pair> {
    let pair = |both: char| {
        let parts: Vec<char> = both.to_string().nfd().collect();
        let (second, rest) = parts.split_last().filter(|(_, rest)| !rest.is_empty())?;
        let first: Vec<char> = rest.iter().copied().nfc().collect();
        let first = *first.first().filter(|_| first.len() == 1)?;
        (compose(first, *second) == Some(both)).then_some(Pair { first, second: *second, both })
    };
    let left = |c: &char| !('\u{AC00}'..='\u{D7A3}').contains(c) && folded(*c) == [*c];
    ('\0'..=char::MAX).filter(left).filter_map(pair).collect()
}

/// NFKC_Casefold (UAX #44) but for what is default-ignorable: NFKC and case folding until nothing
/// changes.
fn folded(c: char) -> Vec<char> {
    let mut text = vec![c];
    loop {
        let next: Vec<char> = text
            .iter()
            .copied()
            .nfkc()
            .default_case_fold()
            .nfkc()
            .filter(|c| !ignored(*c))
            .collect();
        if next == text || ignored(c) {
            return text;
        }
        text = next;
    }
}

/// Default_Ignorable_Code_Point as far as others become such; the table leaves them to the code
/// beside it.
fn ignored(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}')
}

fn write_characters(pairs: &[Pair]) -> Vec<u8> {
    let seconds: BTreeSet<char> = pairs
        .iter()
        .map(|pair| pair.second)
        .chain('\u{1161}'..='\u{1175}')
        .chain('\u{11A8}'..='\u{11C2}')
        .collect();
    let (mut table, mut body, mut last_page, mut page) = (Vec::new(), Vec::new(), 0, 0);
    let (mut next, mut further, mut last) = (0, 0, [0; LONGEST]);
    for c in '\u{80}'..=char::MAX {
        let code = u32::from(c);
        if code >> PAGE != page {
            write_group(&mut table, &mut last_page, page, &mut body);
            page = code >> PAGE;
            (next, further, last) = (page << PAGE, 0, [0; LONGEST]);
        }
        let (becomes, class) = (folded(c), canonical_combining_class(c));
        let pair =
            pairs.iter().find(|pair| pair.both == c).map(|pair| vec![pair.first, pair.second]);
        let left_out = code - next;
        let mut entry = |kind: u32| write_number(&mut body, left_out * 8 + kind);
        match pair {
            _ if ignored(c) => continue,
            None if becomes == [c] && class != 0 => {
                entry(5);
                body.push(class);
            }
            None if becomes == [c] && seconds.contains(&c) => entry(6),
            None if becomes == [c] => continue,
            _ => {
                let others = pair.as_ref().unwrap_or(&becomes);
                match (&pair, others.len()) {
                    (Some(_), _) => entry(4),
                    (None, few @ 1..=3) => entry(few as u32),
                    (None, many) => {
                        entry(0);
                        write_number(&mut body, many as u32);
                    }
                }
                let codes: Vec<i64> = others.iter().map(|c| i64::from(u32::from(*c))).collect();
                write_signed(&mut body, codes[0] - i64::from(code) - further);
                further = codes[0] - i64::from(code);
                for (code, last) in codes.iter().zip(&mut last).skip(1) {
                    write_signed(&mut body, code - *last);
                    *last = *code;
                }
            }
        }
        next = code + 1;
    }
    write_group(&mut table, &mut last_page, page, &mut body);
    table
}

fn write_pairs(pairs: &[Pair]) -> Vec<u8> {
    let mut sorted: Vec<_> = pairs
        .iter()
        .map(|pair| (u32::from(pair.second), u32::from(pair.first), u32::from(pair.both)))
        .collect();
    sorted.sort_unstable();
    let (mut table, mut last) = (Vec::new(), 0);
    for group in sorted.chunk_by(|one, other| one.0 == other.0) {
        let (mut body, mut at, mut further) = (Vec::new(), 0, 0);
        for (_, first, both) in group {
            let distance = i64::from(*both) - i64::from(*first);
            write_number(&mut body, first - at);
            write_signed(&mut body, distance - further);
            (at, further) = (*first, distance);
        }
        write_group(&mut table, &mut last, group[0].0, &mut body);
    }
    table
}

/// Returns the kind of a character in labels: 0 excluded, 1 a letter or a digit, 2 a mark.
fn label_kind(code: u32) -> u32 {
    use GeneralCategory as Of;
    let Some(c) = char::from_u32(code) else {
        return 0;
    };
    match c {
        // RFC 5892, section 2.6.
        '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' => return 1,
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => {
            return 0;
        }
        _ => {}
    }
    match get_general_category(c) {
        Of::UppercaseLetter
        | Of::LowercaseLetter
        | Of::TitlecaseLetter
        | Of::ModifierLetter
        | Of::OtherLetter
        | Of::DecimalNumber => 1,
        Of::NonspacingMark | Of::SpacingMark => 2,
        _ => 0,
    }
}

fn write_labels() -> Vec<u8> {
    let kinds: Vec<u32> = (0..=u32::from(char::MAX)).map(label_kind).collect();
    let (mut table, mut last) = (Vec::new(), 2);
    for run in kinds.chunk_by(|one, other| one == other) {
        // All kinds differ from the one before; the first run counts from 2 to 0.
        let step = (run[0] + 3 - last) % 3;
        write_number(&mut table, run.len() as u32 * 2 + step - 1);
        last = run[0];
    }
    table
}

/// Empties the body; an empty one is left out.
fn write_group(table: &mut Vec<u8>, last: &mut u32, at: u32, body: &mut Vec<u8>) {
    if !body.is_empty() {
        write_number(table, at - *last);
        write_number(table, body.len() as u32);
        table.append(body);
        *last = at;
    }
}

fn write_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_number(out, if number < 0 { (-2 * number - 1) as u32 } else { (2 * number) as u32 });
}
