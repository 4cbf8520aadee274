//! `docs/codes.json`: the table of all error, verdict and finding codes, and a page for each.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Error,
    Verdict,
    Finding,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Error, Self::Verdict, Self::Finding];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Verdict => "Verdict code",
            Self::Finding => "Finding",
        }
    }

    /// As the table and the names of files spell it.
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Verdict => "verdict",
            Self::Finding => "finding",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) code: String,
    pub(super) kind: Kind,
    pub(super) title: String,
    means: String,
    advice: String,
    /// What an operator asks first, in the order of the page: name, and text.
    facts: Vec<(&'static str, String)>,
    /// Pages below `docs/`.
    see: Vec<String>,
}

/// Members that say one short thing each, and their names on the page.
const FACTS: [(&str, &str); 5] = [
    ("severity", "Severity"),
    ("http", "HTTP status"),
    ("retry", "Retry"),
    ("alert", "Alert"),
    ("page", "Page"),
];

impl Code {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// Fails on anything that it should not hold, and on a code of one kind that has two rows.
    pub(super) fn read(text: &str) -> Result<Vec<Self>> {
        let table: Value = serde_json::from_str(text).context("docs/codes.json is not JSON")?;
        let rows = table["codes"].as_array().context("docs/codes.json has no `codes`")?;
        let mut codes: Vec<Self> = Vec::new();
        for row in rows {
            let code = row
                .as_object()
                .context("a row is no object")
                .and_then(Self::row)
                .with_context(|| format!("in docs/codes.json, {}", row["code"]))?;
            ensure!(
                !codes.iter().any(|other| other.file() == code.file()),
                "docs/codes.json has two rows for {} `{}`",
                code.kind.word(),
                code.code
            );
            codes.push(code);
        }
        ensure!(!codes.is_empty(), "docs/codes.json has no codes");
        Ok(codes)
    }

    fn row(row: &Map<String, Value>) -> Result<Self> {
        let known = ["code", "kind", "title", "means", "do", "see"];
        for member in row.keys() {
            let is_fact = FACTS.iter().any(|(name, _)| name == member);
            ensure!(is_fact || known.contains(&member.as_str()), "unknown member `{member}`");
        }
        let text = |member: &str| -> Result<String> {
            let text = row.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(str::to_owned).with_context(|| format!("`{member}` is no text"))
        };
        let kind = text("kind")?;
        let mut facts = Vec::new();
        for (member, name) in FACTS {
            match row.get(member) {
                None => {}
                Some(Value::String(text)) => facts.push((name, text.clone())),
                Some(Value::Number(number)) => facts.push((name, number.to_string())),
                Some(_) => bail!("`{member}` is neither text nor number"),
            }
        }
        let mut see = Vec::new();
        match row.get("see") {
            None => {}
            Some(Value::Array(pages)) => {
                for page in pages {
                    see.push(page.as_str().context("`see` lists pages")?.to_owned());
                }
            }
            Some(_) => bail!("`see` is no array"),
        }
        let code = text("code")?;
        ensure!(
            code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "a code is of small letters, digits and `-`"
        );
        let kind = Kind::ALL.into_iter().find(|known| known.word() == kind);
        Ok(Self {
            code,
            kind: kind.context("`kind` is error, verdict or finding")?,
            title: text("title")?,
            means: text("means")?,
            advice: text("do")?,
            facts,
            see,
        })
    }

    /// The page's place below `target/docs/`.
    pub(super) fn file(&self) -> String {
        format!("codes/{}-{}.md", self.kind.word(), self.code)
    }

    /// The page in Markdown.
    pub(super) fn page(&self) -> String {
        let mut page = format!(
            "# {} `{}`: {}\n\n{}\n\n## What to do\n\n{}\n",
            self.kind.name(),
            self.code,
            self.title,
            self.means,
            self.advice
        );
        if !self.facts.is_empty() {
            page.push('\n');
        }
        for (name, text) in &self.facts {
            // Writing to a String cannot fail.
            let _ = writeln!(page, "- {name}: {text}");
        }
        if !self.see.is_empty() {
            page.push_str("\n## See\n\n");
        }
        for target in &self.see {
            let _ = writeln!(page, "- [{}]({})", target, super::links::from_codes(target));
        }
        page
    }
}

/// The page that lists all of them by kind.
pub(super) fn index(codes: &[Code]) -> String {
    let mut page = "# All codes\n".to_owned();
    for kind in Kind::ALL {
        let _ = write!(page, "\n## {}s\n\n| code | title |\n|---|---|\n", kind.name());
        for code in codes.iter().filter(|code| code.kind == kind) {
            let file = code.file();
            let file = file.strip_prefix("codes/").unwrap_or(&file);
            let _ = writeln!(page, "| [`{}`]({file}) | {} |", code.code, code.title);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::{Code, index};

    const ROW: &str = r#"{"code": "erased", "kind": "error", "title": "The key was destroyed", "means": "M.", "do": "D.", "http": 410, "retry": "no", "see": ["a.md#b", "../SECURITY.md"]}"#;

    #[test]
    fn a_row_becomes_a_page_and_a_line_of_the_index() {
        let codes = Code::read(&format!("{{\"codes\": [{ROW}]}}")).unwrap_or_default();
        assert_eq!(codes[0].file(), "codes/error-erased.md");
        assert_eq!(
            codes[0].page(),
            "# Error `erased`: The key was destroyed\n\nM.\n\n## What to do\n\nD.\n\n\
             - HTTP status: 410\n- Retry: no\n\n## See\n\n- [a.md#b](../a.md#b)\n\
             - [../SECURITY.md](https://github.com/fieldseal/fieldseal/blob/main/SECURITY.md)\n"
        );
        assert!(index(&codes).contains("| [`erased`](error-erased.md) | The key was destroyed |"));
    }

    #[test]
    fn malformed_tables_are_refused() {
        let refused = |text: &str| {
            format!("{:#}", Code::read(text).expect_err("a malformed table is refused"))
        };
        assert!(refused("[]").contains("no `codes`"));
        assert!(refused("{\"codes\": []}").contains("no codes"));
        assert!(refused(&format!("{{\"codes\": [{ROW}, {ROW}]}}")).contains("two rows"));
        for (from, to, says) in [
            ("\"means\"", "\"mean\"", "unknown member"),
            ("\"M.\"", "\"\"", "`means` is no text"),
            ("\"error\"", "\"warning\"", "`kind`"),
            ("\"erased\"", "\"Er/ased\"", "small letters"),
            ("410", "[410]", "neither text nor number"),
            ("[\"a.md#b\", \"../SECURITY.md\"]", "\"a.md\"", "no array"),
        ] {
            let text = format!("{{\"codes\": [{}]}}", ROW.replace(from, to));
            assert!(refused(&text).contains(says), "{from} {}", refused(&text));
        }
    }
}
