//! References to resources: URIs (RFC 3986), IRIs (RFC 3987) and templates of URIs (RFC 6570).

use std::str::Chars;

use super::address::is_ipv6;

/// Sets of characters, as bits.
type Set = u8;

/// `unreserved` and `sub-delims`, and `ucschar` in an IRI.
const PLAIN: Set = 1;
const COLON: Set = 2;
const AT: Set = 4;
const SLASH: Set = 8;
const QUESTION: Set = 16;
/// `iprivate` in an IRI.
const PRIVATE: Set = 32;
/// ASCII letters, digits and `_`, which form the names in templates.
const NAME: Set = 64;
/// Characters that only literals of templates hold.
const OTHER: Set = 128;

const PATH: Set = PLAIN | COLON | AT | SLASH;
const QUERY: Set = PATH | QUESTION;

/// Returns true for a URI or an IRI, and for a relative reference unless one with a scheme is asked
/// for.
pub(super) fn is_reference(text: &str, absolute: bool, iri: bool) -> bool {
    let mut reader = Reader { rest: text.chars(), iri };
    reader.reference(absolute).is_some()
}

/// Returns true for a template of URIs.
pub(super) fn is_template(text: &str) -> bool {
    let mut reader = Reader { rest: text.chars(), iri: true };
    reader.template().is_some()
}

/// A text that is being read.
struct Reader<'a> {
    rest: Chars<'a>,
    iri: bool,
}

/// Every step returns `None` where the text leaves the grammar.
impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.rest.next();
        }
        found
    }

    fn end(&self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// Reads characters of a set, and octets in hexadecimal digits.
    fn run(&mut self, set: Set) -> Option<()> {
        while let Some(c) = self.peek() {
            if c == '%' {
                self.rest.next();
                self.hexadecimal()?;
                self.hexadecimal()?;
            } else if self.sets(c) & set != 0 {
                self.rest.next();
            } else {
                break;
            }
        }
        Some(())
    }

    fn hexadecimal(&mut self) -> Option<()> {
        self.rest.next()?.is_ascii_hexdigit().then_some(())
    }

    fn digits(&mut self) -> usize {
        let before = self.rest.as_str().len();
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.rest.next();
        }
        before - self.rest.as_str().len()
    }

    /// Returns the sets that hold a character.
    fn sets(&self, c: char) -> Set {
        match c {
            '_' | '0'..='9' | 'A'..='Z' | 'a'..='z' => PLAIN | NAME,
            '-' | '.' | '~' | '!' | '$' | '&'..=',' | ';' | '=' => PLAIN,
            ':' => COLON,
            '@' => AT,
            '/' => SLASH,
            '?' => QUESTION,
            '#' | '[' | ']' => OTHER,
            '\0'..='\x7F' => 0,
            _ if !self.iri => 0,
            c => beyond_ascii(u32::from(c)),
        }
    }

    fn reference(&mut self, absolute: bool) -> Option<()> {
        let text = self.rest.clone();
        let scheme = self.peek().is_some_and(|c| c.is_ascii_alphabetic());
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        {
            self.rest.next();
        }
        let scheme = self.eat(':') && scheme;
        if !scheme {
            if absolute {
                return None;
            }
            self.rest = text;
        }
        if self.rest.as_str().starts_with("//") {
            self.rest.nth(1);
            self.authority()?;
        } else if !scheme {
            // A colon in the first segment would end a scheme.
            self.run(PLAIN | AT)?;
            if self.peek() == Some(':') {
                return None;
            }
        }
        self.run(PATH)?;
        if self.eat('?') {
            self.run(QUERY | PRIVATE)?;
        }
        if self.eat('#') {
            self.run(QUERY)?;
        }
        self.end()
    }

    /// Reads an authority up to the path, which is empty or begins with a slash.
    fn authority(&mut self) -> Option<()> {
        let text = self.rest.clone();
        self.run(PLAIN | COLON)?;
        if !self.eat('@') {
            self.rest = text;
        }
        if self.eat('[') {
            self.ip_literal()?;
        } else {
            self.run(PLAIN)?;
        }
        if self.eat(':') {
            self.digits();
        }
        self.peek().is_none_or(|c| matches!(c, '/' | '?' | '#')).then_some(())
    }

    fn ip_literal(&mut self) -> Option<()> {
        if !self.eat('v') && !self.eat('V') {
            let (address, rest) = self.rest.as_str().split_once(']')?;
            self.rest = rest.chars();
            return is_ipv6(address).then_some(());
        }
        self.hexadecimal()?;
        while !self.eat('.') {
            self.hexadecimal()?;
        }
        let mut length = 0;
        while !self.eat(']') {
            let c = self.rest.next()?;
            if !c.is_ascii() || self.sets(c) & (PLAIN | COLON) == 0 {
                return None;
            }
            length += 1;
        }
        (length > 0).then_some(())
    }

    fn template(&mut self) -> Option<()> {
        loop {
            self.run(QUERY | PRIVATE | OTHER)?;
            if !self.eat('{') {
                return self.end();
            }
            let operator = self.peek();
            if matches!(operator, Some('+'..='/' | '#' | ';' | '?' | '&' | '=' | '!' | '@' | '|'))
                && operator != Some('-')
            {
                self.rest.next();
            }
            self.variable()?;
            while !self.eat('}') {
                self.eat(',').then_some(())?;
                self.variable()?;
            }
        }
    }

    fn variable(&mut self) -> Option<()> {
        loop {
            let before = self.rest.as_str().len();
            self.run(NAME)?;
            if self.rest.as_str().len() == before {
                return None;
            }
            if !self.eat('.') {
                break;
            }
        }
        if self.eat(':') {
            let zero = self.peek() == Some('0');
            return (!zero && (1..=4).contains(&self.digits())).then_some(());
        }
        self.eat('*');
        Some(())
    }
}

/// Returns the set of `ucschar` or `iprivate` (RFC 3987, section 2.2).
fn beyond_ascii(code: u32) -> Set {
    match code {
        0xE000..0xF900 => PRIVATE,
        0xA0..0xFDD0 | 0xFDF0..0xFFF0 => PLAIN,
        ..0x1_0000 | 0xE_0000..0xE_1000 => 0,
        _ if code & 0xFFFE == 0xFFFE => 0,
        0xF_0000.. => PRIVATE,
        _ => PLAIN,
    }
}
