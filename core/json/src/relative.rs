//! Relative JSON Pointer (draft-bhutton-relative-json-pointer-00).

use std::fmt;

use super::node::Node;
use super::pointer::{Pointer, PointerError, Reached};

/// The way from one value of a document to another: up some levels, perhaps along the array there,
/// then down a pointer, or to the name or position of the value reached.
///
/// ```
/// use fieldseal_json::Relative;
/// let sibling = Relative::parse("1/id").unwrap();
/// assert_eq!((sibling.levels(), sibling.tail().unwrap().to_string().as_str()), (1, "/id"));
/// assert_eq!(Relative::parse("0-1#").unwrap().to_string(), "0-1#");
/// assert!(Relative::parse("01/id").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relative {
    levels: u32,
    shift: Option<Shift>,
    /// Absent if the text ends in `#`.
    tail: Option<Pointer>,
}

/// `+n` or `-n` along the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Shift {
    back: bool,
    by: u32,
}

impl Relative {
    /// Reads a relative pointer (section 3).
    ///
    /// # Errors
    /// When the text has another form, or a number in it is above 32 bits.
    pub fn parse(text: &str) -> Result<Relative, PointerError> {
        let (levels, mut rest) = number(text)?;
        let mut shift = None;
        if let Some(after) = rest.strip_prefix(['+', '-']) {
            let at = text.len() - after.len();
            let back = rest.starts_with('-');
            let (by, after) = number(after).map_err(|error| error.after(at))?;
            shift = Some(Shift { back, by });
            rest = after;
        }
        let at = text.len() - rest.len();
        let tail = match rest {
            "#" => None,
            _ => Some(Pointer::parse(rest).map_err(|error| error.after(at))?),
        };
        Ok(Relative { levels, shift, tail })
    }

    /// Returns the number of levels that it goes up first.
    pub fn levels(&self) -> u32 {
        self.levels
    }

    /// Returns the number of elements that it then goes along the array, negative towards its
    /// begin; 0 also if none is written.
    pub fn shift(&self) -> i64 {
        self.shift
            .map_or(0, |shift| if shift.back { -i64::from(shift.by) } else { i64::from(shift.by) })
    }

    /// Returns true if it goes along an array, even by 0, which only an element can.
    pub fn is_shifted(&self) -> bool {
        self.shift.is_some()
    }

    /// Returns the pointer that it then goes down; nothing if it ends in `#`.
    pub fn tail(&self) -> Option<&Pointer> {
        self.tail.as_ref()
    }

    /// Follows it from `from` (section 4).
    pub fn reach<'a>(&self, from: Node<'a>) -> Reached<'a> {
        self.walk(from).unwrap_or(Reached::Nowhere)
    }

    fn walk<'a>(&self, from: Node<'a>) -> Option<Reached<'a>> {
        let mut node = from;
        // A level at a time: the root ends it however great the number is.
        for _ in 0..self.levels {
            node = node.parent()?;
        }
        if let Some(shift) = self.shift {
            let position = node.position()?;
            let position = if shift.back {
                position.checked_sub(shift.by)?
            } else {
                position.checked_add(shift.by)?
            };
            node = node.parent()?.element(position)?;
        }
        Some(match &self.tail {
            Some(tail) => tail.reach(node),
            None => match node.name() {
                Some(name) => Reached::Name(name.unescaped()),
                None => Reached::Position(node.position()?),
            },
        })
    }
}

impl fmt::Display for Relative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.levels)?;
        if let Some(shift) = self.shift {
            write!(f, "{}{}", if shift.back { '-' } else { '+' }, shift.by)?;
        }
        match &self.tail {
            Some(tail) => write!(f, "{tail}"),
            None => f.write_str("#"),
        }
    }
}

/// Reads digits without a leading zero. Returns the text after them as well.
fn number(text: &str) -> Result<(u32, &str), PointerError> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(PointerError::new("a number must not begin with 0", 0));
    }
    match digits.parse() {
        Ok(number) => Ok((number, rest)),
        Err(_) if digits.is_empty() => Err(PointerError::new("a number is missing", 0)),
        Err(_) => Err(PointerError::new("a number is too great", 0)),
    }
}
