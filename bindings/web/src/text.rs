//! JSON that this binding writes without the core: records of strings.

use std::fmt::Write as _;

use fieldseal::{Error, Finding};

/// Appends a JSON string.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Appends `"name":"value",` where there is a value.
pub(crate) fn push_member(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        push_string(out, name);
        out.push(':');
        push_string(out, value);
        out.push(',');
    }
}

/// Ends an object or array begun with `open` and members that each left a comma behind.
pub(crate) fn close(out: &mut String, bracket: char) {
    if out.ends_with(',') {
        out.pop();
    }
    out.push(bracket);
}

/// Returns the JSON text of the error record.
pub(crate) fn error(error: &Error) -> String {
    let mut out = String::from("{");
    push_member(&mut out, "code", Some(error.code.as_str()));
    push_member(&mut out, "message", Some(&error.message));
    push_member(&mut out, "pointer", error.pointer.as_deref());
    if let Some(offset) = error.offset {
        let _ = write!(out, "\"offset\":{offset},");
    }
    if !error.findings.is_empty() {
        out.push_str("\"findings\":");
        out.push_str(&findings(&error.findings));
        out.push(',');
    }
    close(&mut out, '}');
    out
}

/// Returns the JSON text of findings, an array.
pub(crate) fn findings(findings: &[Finding]) -> String {
    let mut out = String::from("[");
    for finding in findings {
        out.push('{');
        push_member(&mut out, "id", Some(finding.id));
        push_member(&mut out, "severity", Some(finding.severity.as_str()));
        push_member(&mut out, "pointer", Some(&finding.pointer));
        push_member(&mut out, "message", Some(&finding.message));
        push_member(&mut out, "fix", finding.fix.as_deref());
        close(&mut out, '}');
        out.push(',');
    }
    close(&mut out, ']');
    out
}

/// Returns the JSON text of strings, an array.
pub(crate) fn list(strings: &[String]) -> String {
    let mut out = String::from("[");
    for string in strings {
        push_string(&mut out, string);
        out.push(',');
    }
    close(&mut out, ']');
    out
}
