//! Links of a page in Markdown.

/// The sources, for readers who have the documents alone.
const SOURCES: &str = "https://github.com/fieldseal/fieldseal/blob/main/";

/// Keeps links within `docs/` and turns other relative ones into addresses of the repository.
/// `file` is the page's own name there.
pub(super) fn for_readers_elsewhere(file: &str, page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("](") {
        let (target, behind) = after.split_once(')').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str("](");
        match path_from_root(file, target).filter(|path| !path.starts_with("docs/")) {
            Some(path) => {
                text.push_str(SOURCES);
                text.push_str(&path);
            }
            None => text.push_str(target),
        }
        if after.len() > target.len() {
            text.push(')');
        }
        rest = behind;
    }
    text + rest
}

/// The link from a page of `codes/` to what the table names relative to `docs/`.
pub(super) fn from_codes(target: &str) -> String {
    match path_from_root("docs/codes.json", target) {
        Some(path) => match path.strip_prefix("docs/") {
            Some(page) => format!("../{page}"),
            None => format!("{SOURCES}{path}"),
        },
        None => target.to_owned(),
    }
}

/// Resolves a relative link against the page that has it; `None` for any other link.
fn path_from_root(file: &str, target: &str) -> Option<String> {
    if target.starts_with(['#', '/']) || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let mut path: Vec<&str> = file.split('/').collect();
    path.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// Leaves the words of links and removes where they lead.
pub(super) fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(open) = words.rfind('[') {
            words.remove(open);
        }
        words.push_str(part.split_once(')').map_or("", |(_, behind)| behind));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{for_readers_elsewhere, without_targets};

    #[test]
    fn links_out_of_the_documents_lead_to_the_repository() {
        let page = "[a](b.md#c) [d](../core/x.rs) [e](./f/g.md) [h](#i) [j](https://k/) [l](../docs/m.md) end";
        assert_eq!(
            for_readers_elsewhere("docs/a.md", page),
            "[a](b.md#c) [d](https://github.com/fieldseal/fieldseal/blob/main/core/x.rs) \
             [e](./f/g.md) [h](#i) [j](https://k/) [l](../docs/m.md) end"
        );
        assert_eq!(for_readers_elsewhere("docs/a.md", "open [a](b"), "open [a](b");
    }

    #[test]
    fn words_of_links_stay() {
        assert_eq!(without_targets("See [one](a) and [two](b)."), "See one and two.");
        assert_eq!(without_targets("plain [x]"), "plain [x]");
    }
}
