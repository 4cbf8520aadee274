//! What is shipped, in `target/package/`.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::workspace::{Build, Door, Workspace};
use crate::{npm, sums, wit};

/// Fills `target/package/` from the finished modules.
pub(crate) fn collect(workspace: &Workspace) -> Result<()> {
    let folder = workspace.package();
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    for build in Build::ALL {
        for (kind, name) in build.artefacts() {
            let module = workspace.modules().join(format!("{kind}-{}.wasm", build.name()));
            std::fs::copy(&module, folder.join(name))
                .with_context(|| format!("no {}", module.display()))?;
        }
    }
    wit::package(workspace)?;
    npm::pack(workspace)?;
    let sizes = sizes(workspace)?;
    std::fs::write(folder.join("sizes.json"), serde_json::to_string_pretty(&sizes)? + "\n")?;
    std::fs::write(folder.join("SHA256SUMS"), sums::of_folder(&folder)?)?;
    for (name, size) in &sizes {
        let kilobytes = |kind: &str| size[kind].as_u64().unwrap_or_default() / 1000;
        println!(
            "{name:32} {:>6} KB raw {:>6} KB gzip {:>6} KB brotli",
            kilobytes("raw"),
            kilobytes("gzip"),
            kilobytes("brotli")
        );
    }
    Ok(())
}

/// Bytes of every module: raw, gzip and brotli at their best, as a server that compresses once
/// would send them.
fn sizes(workspace: &Workspace) -> Result<Map<String, Value>> {
    const SCRIPT: &str = "const fs = require('node:fs'), zlib = require('node:zlib');
        const size = path => { const raw = fs.readFileSync(path); return { raw: raw.length, gzip: zlib.gzipSync(raw, { level: 9 }).length, brotli: zlib.brotliCompressSync(raw).length }; };
        console.log(JSON.stringify(process.argv.slice(1).map(size)));";
    let mut modules = Vec::new();
    for build in Build::ALL {
        for (_, name) in build.artefacts() {
            modules.push(((*name).to_owned(), workspace.package().join(name)));
        }
        if build.doors().contains(&Door::Web) {
            modules.push((
                format!("npm/{}.wasm", build.name()),
                workspace.generated().join(format!("wasm/{}.wasm", build.name())),
            ));
        }
    }
    let answer = npm::node(workspace)
        .args(["-e", SCRIPT, "--"])
        .args(modules.iter().map(|(_, path)| path))
        .output()?;
    let sizes: Vec<Value> = serde_json::from_str(&answer)?;
    Ok(modules.into_iter().map(|(name, _)| name).zip(sizes).collect())
}
