//! The budgets of what is shipped.

use host_tests::artefacts;
use serde_json::Value;

#[test]
fn core_modules_stay_within_their_budgets() {
    let sizes: Value = serde_json::from_slice(&artefacts::read("sizes.json").unwrap()).unwrap();
    for (name, budget) in [("fieldseal.core.wasm", 285), ("fieldseal-full.core.wasm", 930)] {
        let size = sizes[name]["brotli"].as_u64().unwrap();
        assert!(
            size > 1000 && size <= budget * 1000,
            "{name}: {size} bytes brotli, the budget is {budget} KB"
        );
        assert_eq!(
            sizes[name]["raw"].as_u64().unwrap() as usize,
            artefacts::read(name).unwrap().len(),
            "sizes.json is of another build"
        );
    }
}
