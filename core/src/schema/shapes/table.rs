//! The shape of each keyword in each draft.

/// The values that a metaschema takes for a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A schema.
    Schema,
    /// A schema of the draft around it, whatever it names.
    Contents,
    /// An array of at least one schema.
    Schemas,
    /// An object of schemas.
    SchemaMap,
    /// `items` up to 2019-09.
    SchemaOrSchemas,
    /// One member of `dependencies`.
    SchemaOrNames,
    /// `additionalItems` and `additionalProperties` of draft-04, where a boolean is not a schema.
    SchemaOrBoolean,
    /// An object of schemas and of arrays of names.
    Dependencies,
    /// An array of different strings, in draft-04 of at least one.
    Names,
    /// An object of arrays of names.
    NamesMap,
    /// An object of booleans.
    BooleanMap,
    /// Any array.
    Array,
    /// A boolean.
    Boolean,
    /// The name of a type, or an array of different ones.
    Type,
    /// Any number.
    Number,
    /// A number above zero.
    Positive,
    /// An integer that is not negative.
    Count,
    /// Any string.
    Text,
    /// A string without a fragment that is not empty.
    Id,
    /// The name of an anchor.
    Anchor,
    /// A URI.
    Uri,
    /// A URI or a relative reference.
    UriReference,
}

use Shape::{
    Anchor, Array, Boolean, BooleanMap, Count, Dependencies, Id, Names, NamesMap, Number, Positive,
    Schema, SchemaMap, SchemaOrBoolean, SchemaOrSchemas, Schemas, Text, Type, Uri, UriReference,
};

/// A keyword, its shape, and the drafts that have it as bits in their order.
type Row = (&'static str, Shape, u8);

const FOUR: u8 = 1;
const SIX_SEVEN: u8 = 0b110;
const SEVEN: u8 = 0b100;
const NINETEEN: u8 = 0b1000;
const TWENTY: u8 = 0b1_0000;
const FROM_NINETEEN: u8 = NINETEEN | TWENTY;
const FROM_SEVEN: u8 = SEVEN | FROM_NINETEEN;
const FROM_SIX: u8 = SIX_SEVEN | FROM_NINETEEN;
const ALL: u8 = FOUR | FROM_SIX;

pub(super) const TYPES: [&str; 7] =
    ["array", "boolean", "integer", "null", "number", "object", "string"];

/// The keywords of each vocabulary, in the order in which the metaschemas of 2019-09 and 2020-12
/// apply them. The first ones are those of the metaschema itself.
pub(super) const GROUPS: [&[Row]; 8] =
    [METASCHEMA, CORE, APPLICATOR, UNEVALUATED, VALIDATION, META_DATA, FORMAT, CONTENT];

const METASCHEMA: &[Row] = &[
    ("definitions", SchemaMap, ALL),
    ("dependencies", Dependencies, ALL),
    ("$recursiveAnchor", Anchor, TWENTY),
    ("$recursiveRef", Text, TWENTY),
];

/// `format` asserts in the metaschemas up to draft-07 alone.
const CORE: &[Row] = &[
    ("id", Text, FOUR),
    ("$id", UriReference, SIX_SEVEN),
    ("$id", Id, FROM_NINETEEN),
    ("$schema", Uri, SIX_SEVEN),
    ("$schema", Text, FOUR | FROM_NINETEEN),
    ("$ref", UriReference, SIX_SEVEN),
    ("$ref", Text, FROM_NINETEEN),
    ("$anchor", Anchor, FROM_NINETEEN),
    ("$dynamicRef", Text, TWENTY),
    ("$dynamicAnchor", Anchor, TWENTY),
    ("$recursiveRef", Text, NINETEEN),
    ("$recursiveAnchor", Boolean, NINETEEN),
    ("$vocabulary", BooleanMap, FROM_NINETEEN),
    ("$comment", Text, FROM_SEVEN),
    ("$defs", SchemaMap, FROM_NINETEEN),
];

const APPLICATOR: &[Row] = &[
    ("properties", SchemaMap, ALL),
    ("items", SchemaOrSchemas, ALL ^ TWENTY),
    ("items", Schema, TWENTY),
    ("prefixItems", Schemas, TWENTY),
    ("additionalProperties", Schema, FROM_SIX),
    ("additionalProperties", SchemaOrBoolean, FOUR),
    ("additionalItems", Schema, FROM_SIX ^ TWENTY),
    ("additionalItems", SchemaOrBoolean, FOUR),
    ("patternProperties", SchemaMap, ALL),
    ("allOf", Schemas, ALL),
    ("anyOf", Schemas, ALL),
    ("oneOf", Schemas, ALL),
    ("not", Schema, ALL),
    ("contains", Schema, FROM_SIX),
    ("propertyNames", Schema, FROM_SIX),
    ("if", Schema, FROM_SEVEN),
    ("then", Schema, FROM_SEVEN),
    ("else", Schema, FROM_SEVEN),
    ("dependentSchemas", SchemaMap, FROM_NINETEEN),
    ("unevaluatedItems", Schema, NINETEEN),
    ("unevaluatedProperties", Schema, NINETEEN),
];

const UNEVALUATED: &[Row] =
    &[("unevaluatedItems", Schema, TWENTY), ("unevaluatedProperties", Schema, TWENTY)];

const VALIDATION: &[Row] = &[
    ("type", Type, ALL),
    ("enum", Array, ALL),
    ("pattern", Text, ALL),
    ("required", Names, ALL),
    ("dependentRequired", NamesMap, FROM_NINETEEN),
    ("uniqueItems", Boolean, ALL),
    ("minLength", Count, ALL),
    ("maxLength", Count, ALL),
    ("minItems", Count, ALL),
    ("maxItems", Count, ALL),
    ("minProperties", Count, ALL),
    ("maxProperties", Count, ALL),
    ("minContains", Count, FROM_NINETEEN),
    ("maxContains", Count, FROM_NINETEEN),
    ("minimum", Number, ALL),
    ("maximum", Number, ALL),
    ("exclusiveMinimum", Number, FROM_SIX),
    ("exclusiveMaximum", Number, FROM_SIX),
    ("exclusiveMinimum", Boolean, FOUR),
    ("exclusiveMaximum", Boolean, FOUR),
    ("multipleOf", Positive, ALL),
];

const META_DATA: &[Row] = &[
    ("title", Text, ALL),
    ("description", Text, ALL),
    ("examples", Array, FROM_SIX),
    ("readOnly", Boolean, FROM_SEVEN),
    ("writeOnly", Boolean, FROM_SEVEN),
    ("deprecated", Boolean, FROM_NINETEEN),
];

const FORMAT: &[Row] = &[("format", Text, ALL)];

const CONTENT: &[Row] = &[
    ("contentEncoding", Text, FROM_SEVEN),
    ("contentMediaType", Text, FROM_SEVEN),
    ("contentSchema", Schema, FROM_NINETEEN),
];
