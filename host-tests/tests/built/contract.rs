//! The imports and exports of the modules, and the component's contract, which is the one in
//! `wit/`. `FIELDSEAL_WRITE_GOLDEN=1` writes the lists in `golden/` anew.

use std::collections::BTreeSet;

use fieldseal_wasmtime::{HostState, Instance, Os};
use host_tests::{artefacts, modules};
use wasmparser::{Parser, Payload};
use wit_component::{DecodedWasm, OutputToString, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldItem, WorldKey};

/// Names of what a core module imports (`module::name`) or exports.
fn core(name: &str) -> (Vec<String>, Vec<String>) {
    let wasm = artefacts::read(name).unwrap();
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload.unwrap() {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.unwrap();
                    imports.push(format!("{}::{}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()))
            }
            _ => {}
        }
    }
    imports.sort();
    exports.sort();
    (imports, exports)
}

fn decoded(name: &str) -> (Resolve, Vec<String>, Vec<String>) {
    let DecodedWasm::Component(resolve, world) =
        wit_component::decode(&artefacts::read(name).unwrap()).unwrap()
    else {
        panic!("{name} is no component");
    };
    let names = |items: &mut dyn Iterator<Item = (&WorldKey, &WorldItem)>| {
        items
            .map(|(key, _)| resolve.name_world_key(key))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let imports = names(&mut resolve.worlds[world].imports.iter());
    let exports = names(&mut resolve.worlds[world].exports.iter());
    (resolve, imports, exports)
}

fn golden(name: &str, lines: &[String]) {
    let path = format!("host-tests/golden/{name}.txt");
    let actual = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    if std::env::var_os("FIELDSEAL_WRITE_GOLDEN").is_some() {
        std::fs::write(artefacts::workspace().join(&path), &actual).unwrap();
    }
    assert_eq!(actual, artefacts::source(&path).unwrap(), "{path}");
}

#[test]
fn the_component_asks_for_keys_and_entropy_and_nothing_else() {
    for name in ["fieldseal.component.wasm", "fieldseal-full.component.wasm"] {
        let (_, imports, exports) = decoded(name);
        golden("component-imports", &imports);
        golden("component-exports", &exports);
    }
}

#[test]
fn the_core_module_asks_for_keys_and_entropy_and_nothing_else() {
    // What a host must give to either build: the compiler leaves out a `[resource-drop]` where it
    // sees that none is called, which depends on the level of optimisation.
    let mut all = BTreeSet::new();
    for name in ["fieldseal.core.wasm", "fieldseal-full.core.wasm"] {
        let (imports, exports) = core(name);
        all.extend(imports);
        golden("core-exports", &exports);
        assert!(
            exports.contains(&"cabi_realloc".to_owned()),
            "hosts without components place arguments with it"
        );
    }
    golden("core-imports", &all.into_iter().collect::<Vec<_>>());
}

#[test]
fn the_components_contract_is_the_one_in_wit() {
    let mut source = Resolve::default();
    let (package, _) = source.push_dir(artefacts::workspace().join("wit")).unwrap();
    let expected = interfaces(&source, package);
    assert!(
        expected.iter().any(|line| line.contains("resource policy")),
        "the contract was printed"
    );
    for name in ["fieldseal.component.wasm", "fieldseal-full.component.wasm"] {
        let (resolve, ..) = decoded(name);
        let package = resolve
            .packages
            .iter()
            .find(|(_, package)| package.name.to_string() == "fieldseal:core@0.1.0")
            .unwrap()
            .0;
        assert_eq!(interfaces(&resolve, package), expected, "{name}");
    }
}

/// The interfaces of a package without the world, documentation and stability, which a component
/// does not carry. They are sorted, and so are the items of each: a component has its types in the
/// order in which its imports need them.
fn interfaces(resolve: &Resolve, package: PackageId) -> Vec<String> {
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.emit_docs(false);
    printer.print(resolve, package, &[]).unwrap();
    let text = printer.output.to_string();
    let mut lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("@since") && !line.trim().is_empty());
    let mut interfaces = Vec::new();
    while let Some(line) = lines.next() {
        if !line.starts_with("interface ") {
            continue;
        }
        let mut items: Vec<String> = Vec::new();
        for line in lines.by_ref().take_while(|line| *line != "}") {
            match items.last_mut() {
                Some(item) if line.starts_with("   ") || line == "  }" => {
                    item.push_str(line);
                    item.push('\n');
                }
                _ => items.push(format!("{line}\n")),
            }
        }
        items.sort();
        interfaces.push(format!("{line}\n{}}}\n", items.concat()));
    }
    interfaces.sort();
    interfaces
}

#[test]
fn the_version_names_crate_envelope_vocabulary_and_build() {
    for (module, build) in [(modules::evaluator(), "evaluator"), (modules::full(), "full")] {
        let host = HostState::without_keys(Os);
        let mut instance = Instance::new(module.unwrap(), host).unwrap();
        let version: serde_json::Value =
            serde_json::from_str(&instance.version().unwrap()).unwrap();
        assert_eq!(version["build"], build);
        assert_eq!(version["crate"], env!("CARGO_PKG_VERSION"));
        assert_eq!(
            (version["envelope"].as_u64(), version["vocabulary"].as_u64()),
            (Some(1), Some(1))
        );
    }
}
