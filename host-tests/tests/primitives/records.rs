//! Files of test vectors as NIST writes them: `name = value` a line, and a record ends where one of
//! its names comes again.

use std::collections::BTreeMap;

use host_tests::artefacts;

pub(crate) struct Record {
    file: String,
    number: usize,
    fields: BTreeMap<String, String>,
}

/// The records of a file that `cargo xtask vectors` fetched.
pub(crate) fn read(file: &str) -> Vec<Record> {
    let path = artefacts::target().join("vectors/cryptography_vectors").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo xtask vectors` first", path.display())
    });
    let mut records: Vec<Record> = Vec::new();
    let mut fields = BTreeMap::new();
    let mut end = |fields: &mut BTreeMap<String, String>| {
        if !fields.is_empty() {
            records.push(Record {
                file: file.to_owned(),
                number: records.len() + 1,
                fields: std::mem::take(fields),
            });
        }
    };
    for line in
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '[']))
    {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        if fields.contains_key(&name) {
            end(&mut fields);
        }
        fields.insert(name, value);
    }
    end(&mut fields);
    records
}

impl Record {
    pub(crate) fn origin(&self) -> String {
        format!("{}, record {}", self.file, self.number)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_else(|| panic!("{} has no `{name}`", self.origin()))
    }

    /// Hexadecimal digits, or text in quotes.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let text = self.text(name);
        if let Some(quoted) = text.strip_prefix('"') {
            return quoted.strip_suffix('"').unwrap().as_bytes().to_vec();
        }
        let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
        assert!(digits.len().is_multiple_of(2), "{}: `{name}`", self.origin());
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    pub(crate) fn number(&self, name: &str) -> usize {
        self.text(name).parse().unwrap()
    }
}
