//! The contract: parsed as hosts will parse it, and packed into one file each as text and as a
//! binary package.

use std::path::Path;

use anyhow::{Context, Result};
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve};

use crate::workspace::Workspace;

/// Parses `wit/`.
pub(crate) fn parse(folder: &Path) -> Result<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(folder)
        .with_context(|| format!("the contract in {} does not parse", folder.display()))?;
    Ok((resolve, package))
}

/// Writes `fieldseal.wit` (text, with its dependency nested) and `fieldseal-wit.wasm` (the same for
/// tools that take packages).
pub(crate) fn package(workspace: &Workspace) -> Result<()> {
    let (resolve, package) = parse(&workspace.wit())?;
    let dependencies: Vec<_> =
        resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, package, &dependencies)?;
    std::fs::write(workspace.package().join("fieldseal.wit"), printer.output.to_string())?;
    std::fs::write(
        workspace.package().join("fieldseal-wit.wasm"),
        wit_component::encode(&resolve, package, false)?,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use wit_parser::{Stability, WorldItem};

    use super::parse;
    use crate::workspace::Workspace;

    #[test]
    fn the_world_imports_keys_and_entropy_and_exports_policies_keyrings_and_sources()
    -> anyhow::Result<()> {
        let (resolve, package) = parse(&Workspace::here().wit())?;
        let world = &resolve.worlds[resolve.select_world(&[package], Some("fieldseal"))?];
        let names = |items: Vec<&WorldItem>| -> Vec<String> {
            items
                .iter()
                .filter_map(|item| {
                    if let WorldItem::Interface { id, .. } = item {
                        resolve.id_of(*id)
                    } else {
                        None
                    }
                })
                .collect()
        };
        let imports = names(world.imports.values().collect());
        assert_eq!(
            names(world.exports.values().collect()),
            [
                "fieldseal:core/keyring@0.1.0",
                "fieldseal:core/sources@0.1.0",
                "fieldseal:core/protect@0.1.0"
            ]
        );
        // `types` holds types alone, which a host need not give.
        assert_eq!(
            imports.iter().filter(|name| !name.contains("/types@")).collect::<Vec<_>>(),
            ["fieldseal:core/keys@0.1.0", "wasi:random/random@0.2.0"]
        );
        Ok(())
    }

    #[test]
    fn every_item_of_ours_says_since_when_and_what_it_promises() -> anyhow::Result<()> {
        let (resolve, package) = parse(&Workspace::here().wit())?;
        let ours =
            resolve.interfaces.iter().filter(|(_, interface)| interface.package == Some(package));
        for (_, interface) in ours {
            let name = interface.name.as_deref().unwrap_or_default();
            assert!(interface.docs.contents.is_some(), "interface {name} has no documentation");
            assert!(
                matches!(interface.stability, Stability::Stable { .. }),
                "interface {name} lacks @since"
            );
            for (function, item) in &interface.functions {
                assert!(item.docs.contents.is_some(), "{name}.{function} has no documentation");
                assert!(
                    matches!(item.stability, Stability::Stable { .. }),
                    "{name}.{function} lacks @since"
                );
            }
            for id in interface.types.values() {
                let item = &resolve.types[*id];
                let borrowed = matches!(item.kind, wit_parser::TypeDefKind::Type(_));
                assert!(
                    borrowed || matches!(item.stability, Stability::Stable { .. }),
                    "{name}.{:?} lacks @since",
                    item.name
                );
            }
        }
        Ok(())
    }
}
