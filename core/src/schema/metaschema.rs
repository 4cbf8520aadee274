//! The metaschemas of the drafts: their names, their digests and their assertions.

use fieldseal_primitives::Sha256;
use serde_json::Value;

use super::base::{Base, bare};
use super::draft::Dialect;
use super::finding::Findings;
use super::{canonical, intake, tree, uri};

/// The path of each metaschema on json-schema.org, and the first 16 bytes of the SHA-256 of its
/// canonical text (RFC 8785).
const METASCHEMAS: [(&str, u128); 19] = [
    ("draft-04/schema", 0xcd7e_627f_bc2c_b1f3_54d8_8b67_ccc1_ede0),
    ("draft-06/schema", 0x07d8_be64_c0c0_d2ad_7fd6_8509_ea28_ba3e),
    ("draft-07/schema", 0x0daa_fa69_8823_f7c1_e647_d428_8f29_7b5b),
    ("draft/2019-09/schema", 0x2b62_9425_9237_59fc_8501_53f5_629d_4294),
    ("draft/2019-09/meta/applicator", 0xb7b3_4b25_51fb_bf13_9502_ef1a_5ed1_34b5),
    ("draft/2019-09/meta/content", 0x4dbf_e512_7946_7891_d133_71cf_8d2f_e5a9),
    ("draft/2019-09/meta/core", 0x02cc_9b00_90db_51b5_b7ed_2ba3_b6c1_0cc8),
    ("draft/2019-09/meta/format", 0xe6c8_74b3_6a3a_0522_ae8a_059e_139e_a923),
    ("draft/2019-09/meta/meta-data", 0x8c68_5e51_29ef_0e49_f6af_2881_c264_19b3),
    ("draft/2019-09/meta/validation", 0xe4c0_1a8d_9ca3_ac03_79ac_e5af_307f_3ed9),
    ("draft/2020-12/schema", 0xc1ca_cf82_bea6_65da_4dba_f58e_b341_b7af),
    ("draft/2020-12/meta/applicator", 0x46a5_1414_32ac_51ff_f467_e6c2_230c_19cb),
    ("draft/2020-12/meta/content", 0xadcc_808b_e6d1_0c12_a2fc_df31_23ec_c4b5),
    ("draft/2020-12/meta/core", 0xfc88_2f9f_e834_3bea_cb4b_47b4_a654_41a9),
    ("draft/2020-12/meta/format-annotation", 0xf351_65bc_5389_7453_6af0_c491_8191_72f6),
    ("draft/2020-12/meta/format-assertion", 0xdd93_ef25_f948_d92a_237f_1501_9808_465b),
    ("draft/2020-12/meta/meta-data", 0x5b3b_96d5_9a4a_2f16_fc72_a0dc_af75_8aea),
    ("draft/2020-12/meta/unevaluated", 0x61f0_1418_e98c_dbb0_ad0f_bfbd_5937_80bd),
    ("draft/2020-12/meta/validation", 0x34fb_a274_26a2_fe17_5b45_9326_a401_3434),
];

/// The metaschemas without annotations, a line each in the order of [`METASCHEMAS`].
const ASSERTIONS: &str = include_str!("metaschemas.jsonl");

/// Returns true for a metaschema of a draft. A schema may refer to one that no reference supplies,
/// since it has no marker.
pub(crate) fn is_metaschema(uri: &str) -> bool {
    digest(uri).is_some()
}

/// Returns true if the URI is that of a metaschema, and the schema is another one.
pub(crate) fn is_replaced(uri: &str, schema: &Value) -> bool {
    digest(uri).is_some_and(|digest| digest != digest_of(schema))
}

fn digest(uri: &str) -> Option<u128> {
    let path = path(uri)?;
    METASCHEMAS.iter().find(|(own, _)| *own == path).map(|(_, digest)| *digest)
}

fn path(uri: &str) -> Option<&str> {
    let uri = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"))?;
    uri.strip_prefix("json-schema.org/")
}

/// Returns a schema that refers to a metaschema, and the metaschemas of its draft behind it. The
/// URI may have a fragment.
pub(crate) fn referring_to(uri: &str) -> Option<Vec<Base>> {
    let (uri, fragment) = uri::fragment(uri);
    let path = path(uri)?;
    // These bytes tell the drafts apart.
    let group = path.as_bytes().get(..9)?;
    let (mut bases, mut findings) = (Vec::new(), Findings::default());
    for ((own, _), text) in METASCHEMAS.iter().zip(ASSERTIONS.split('\n')) {
        if !own.as_bytes().starts_with(group) {
            continue;
        }
        let value = intake::read(text.as_bytes(), u32::MAX, u32::MAX, "", &mut findings).ok()??;
        let named = |keyword| value.get(keyword).and_then(Value::as_str);
        let dialect = Dialect::named(named("$schema")?, &[])?;
        let id = bare(named(dialect.draft.id())?).to_owned();
        if *own == path {
            let reference = tree::one("$ref", format!("{id}#{fragment}").into());
            bases.insert(0, Base { uri: None, value: reference, dialect });
        }
        bases.push(Base { uri: Some(id), value, dialect });
    }
    Some(bases)
}

fn digest_of(schema: &Value) -> u128 {
    let mut hash = Sha256::new();
    hash.update(canonical::text(schema).as_bytes());
    let bytes = hash.finish();
    bytes.iter().take(16).fold(0, |digest, byte| digest << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    /// The validator includes each of these texts.
    #[test]
    fn digests_and_assertions_are_those_of_the_texts_that_the_validator_includes() {
        use referencing::meta;
        let texts = [
            &meta::DRAFT4,
            &meta::DRAFT6,
            &meta::DRAFT7,
            &meta::DRAFT201909,
            &meta::DRAFT201909_APPLICATOR,
            &meta::DRAFT201909_CONTENT,
            &meta::DRAFT201909_CORE,
            &meta::DRAFT201909_FORMAT,
            &meta::DRAFT201909_META_DATA,
            &meta::DRAFT201909_VALIDATION,
            &meta::DRAFT202012,
            &meta::DRAFT202012_APPLICATOR,
            &meta::DRAFT202012_CONTENT,
            &meta::DRAFT202012_CORE,
            &meta::DRAFT202012_FORMAT_ANNOTATION,
            &meta::DRAFT202012_FORMAT_ASSERTION,
            &meta::DRAFT202012_META_DATA,
            &meta::DRAFT202012_UNEVALUATED,
            &meta::DRAFT202012_VALIDATION,
        ];
        for ((path, digest), text) in METASCHEMAS.into_iter().zip(texts) {
            let id = text.get("$id").or(text.get("id")).and_then(Value::as_str).unwrap();
            assert_eq!(id.trim_end_matches('#').split_once("json-schema.org/").unwrap().1, path);
            assert_eq!(digest_of(text), digest, "{path}");
            assert!(is_metaschema(id.trim_end_matches('#')), "{id}");
            let bases = referring_to(&format!("http://json-schema.org/{path}")).unwrap();
            let own =
                bases.iter().find(|base| base.uri.as_deref() == Some(id.trim_end_matches('#')));
            assert_eq!(own.unwrap().value, assertions(text), "{path}");
        }
        assert_eq!(ASSERTIONS.lines().count(), METASCHEMAS.len());
    }

    /// Returns a schema without annotations.
    fn assertions(schema: &Value) -> Value {
        let Value::Object(members) = schema else {
            return match schema {
                Value::Array(elements) => elements.iter().map(assertions).collect(),
                other => other.clone(),
            };
        };
        let annotations =
            ["title", "description", "default", "$comment", "deprecated", "$vocabulary"];
        let maps = ["properties", "definitions", "$defs", "dependencies", "patternProperties"];
        let kept = members.iter().filter(|(keyword, _)| !annotations.contains(&keyword.as_str()));
        kept.map(|(keyword, value)| {
            let schemas = value.as_object().filter(|_| maps.contains(&keyword.as_str()));
            let value = match schemas {
                Some(schemas) => {
                    schemas.iter().map(|(name, own)| (name.clone(), assertions(own))).collect()
                }
                None => assertions(value),
            };
            (keyword.clone(), value)
        })
        .collect()
    }

    #[test]
    fn only_the_published_text_stands_under_the_name_of_a_metaschema() {
        let uri = "https://json-schema.org/draft/2020-12/meta/format-assertion";
        let text = json!({
            "$id": uri, "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/format-assertion": true},
            "$dynamicAnchor": "meta",
            "title": "Format vocabulary meta-schema for assertion results",
            "type": ["object", "boolean"], "properties": {"format": {"type": "string"}}
        });
        assert!(!is_replaced(uri, &text));
        assert!(is_replaced(uri, &json!(true)));
        assert!(is_replaced("http://json-schema.org/draft-07/schema", &text));
        for other in ["https://example.org/schema", "json-schema.org/draft-07/schema", ""] {
            assert!(!is_replaced(other, &text), "{other}");
        }
    }
}
