//! What the pages refer to exists.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

/// The targets of `[text](target)` in a page.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn relative_links_of_all_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tracked =
        Command::new("git").args(["ls-files", "*.md"]).current_dir(root).output().unwrap();
    let mut seen = 0;
    for name in String::from_utf8(tracked.stdout).unwrap().lines() {
        // The page that a symbolic link stands for is read itself.
        if root.join(name).is_symlink() {
            continue;
        }
        let page = std::fs::read_to_string(root.join(name)).unwrap();
        let folder = root.join(name).parent().unwrap().to_path_buf();
        for link in links(&page).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            seen += 1;
            let target = link.split('#').next().unwrap();
            assert!(folder.join(target).exists(), "{name} refers to {link}");
        }
    }
    assert!(seen > 10);
}
