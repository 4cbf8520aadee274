//! FieldSeal as a WebAssembly component: translation between the contract in `wit/` and the core, no decisions.

#[cfg(target_arch = "wasm32")]
mod entropy;

use contract::exports::fieldseal::door::versions::Guest;

/// What wit-bindgen makes of the contract. The world shrinks to `version` until the core has its verbs.
#[allow(missing_docs, unreachable_pub, reason = "generated from wit/, which holds the documentation")]
mod contract {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package fieldseal:door;
            interface versions { version: func() -> string; }
            world door { import wasi:random/random@0.2.0; export versions; }",
        world: "fieldseal:door/door",
        generate_all,
    });
}

struct Component;

impl Guest for Component {
    fn version() -> String {
        let build = if cfg!(feature = "full") { "full" } else { "lite" };
        let version = env!("CARGO_PKG_VERSION");
        format!(r#"{{"build":"{build}","crate":"{version}","envelope":1,"vocabulary":1}}"#)
    }
}

contract::export!(Component with_types_in contract);
