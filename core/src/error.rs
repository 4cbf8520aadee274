//! The record of every failure, and an error enum for each family of verbs.

use std::borrow::Cow;
use std::fmt;

use fieldseal_json::{JsonError, JsonErrorKind};

/// The kinds of failure, a closed and stable list. All languages use the spelling of
/// [`ErrorCode::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCode {
    /// A schema, overlay or compile option has findings.
    Schema,
    /// The text is not one JSON document: wrong syntax, a repeated member name, a lone surrogate,
    /// invalid UTF-8.
    Document,
    /// A bound of [`Limits`](crate::Limits) is exceeded.
    Limit,
    /// The call lacks something that a marked value needs (record, subject), or gives something
    /// malformed.
    Context,
    /// The clear document does not conform to its schema.
    Invalid,
    /// Two markers disagree about one value.
    Conflict,
    /// Clear text stands in place of an envelope.
    NotSealed,
    /// A whole envelope stands in place of a clear value.
    AlreadySealed,
    /// An envelope has an unknown suite or a reserved bit.
    Unsupported,
    /// An envelope does not open here. The error deliberately gives no reason.
    Integrity,
    /// The key source has no such key. Also for an envelope of another tenant or with an altered
    /// key id.
    NotFound,
    /// The key was destroyed (GDPR Art. 17).
    Erased,
    /// The person's data may be kept and not used (GDPR Art. 18).
    Restricted,
    /// The key source refuses this purpose or caller.
    Denied,
    /// The key source cannot answer now, or its key has expired.
    Unavailable,
    /// A fault of the host or of this library, such as a wrong number of key answers.
    Internal,
}

impl ErrorCode {
    /// All codes.
    pub const ALL: [ErrorCode; 16] = [
        ErrorCode::Schema,
        ErrorCode::Document,
        ErrorCode::Limit,
        ErrorCode::Context,
        ErrorCode::Invalid,
        ErrorCode::Conflict,
        ErrorCode::NotSealed,
        ErrorCode::AlreadySealed,
        ErrorCode::Unsupported,
        ErrorCode::Integrity,
        ErrorCode::NotFound,
        ErrorCode::Erased,
        ErrorCode::Restricted,
        ErrorCode::Denied,
        ErrorCode::Unavailable,
        ErrorCode::Internal,
    ];

    /// Returns the name that all language bindings use, in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorCode::Schema => "schema",
            ErrorCode::Document => "document",
            ErrorCode::Limit => "limit",
            ErrorCode::Context => "context",
            ErrorCode::Invalid => "invalid",
            ErrorCode::Conflict => "conflict",
            ErrorCode::NotSealed => "not-sealed",
            ErrorCode::AlreadySealed => "already-sealed",
            ErrorCode::Unsupported => "unsupported",
            ErrorCode::Integrity => "integrity",
            ErrorCode::NotFound => "not-found",
            ErrorCode::Erased => "erased",
            ErrorCode::Restricted => "restricted",
            ErrorCode::Denied => "denied",
            ErrorCode::Unavailable => "unavailable",
            ErrorCode::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The severity of a [`Finding`]. Only [`Severity::Error`] prevents a schema from compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The schema does not compile.
    Error,
    /// The schema compiles, and probably contains a mistake.
    Warning,
    /// A fact that the author should know.
    Note,
}

impl Severity {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A fault or a fact that was found in a schema, an overlay or the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable name of this kind of finding, such as `marker-misplaced`.
    pub id: &'static str,
    /// The severity, which decides if the schema compiles.
    pub severity: Severity,
    /// The RFC 6901 pointer into the schema (`uri#pointer` into a reference).
    pub pointer: String,
    /// The fault, in lower case, without values from documents.
    pub message: String,
    /// The change that mends it.
    pub fix: Option<String>,
}

/// The record of a failure. `message` never holds clear values, keys or references of persons.
/// `pointer` is exact, so it may contain personal data: keep it out of logs that must not hold any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for people, in lower case.
    pub message: Cow<'static, str>,
    /// The RFC 6901 pointer into the document, or into the schema for [`ErrorCode::Schema`].
    pub pointer: Option<String>,
    /// The byte offset into the text, for [`ErrorCode::Document`].
    pub offset: Option<u64>,
    /// All findings, for [`ErrorCode::Schema`].
    pub findings: Vec<Finding>,
}

impl Error {
    /// Returns a failure without a place or findings.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Error::of(code, message.into())
    }

    /// Returns a failure. This part is compiled once for all callers, apart from the code that
    /// succeeds.
    #[cold]
    #[inline(never)]
    fn of(code: ErrorCode, message: Cow<'static, str>) -> Self {
        Error { code, message, pointer: None, offset: None, findings: Vec::new() }
    }

    /// Returns the same failure at a place in the document or schema.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Returns the same failure at a byte of the text.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.offset = Some(offset as u64);
        self
    }

    /// Returns the failure of a schema with these findings.
    pub fn schema(findings: Vec<Finding>) -> Self {
        let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
        let pointer =
            findings.iter().find(|f| f.severity == Severity::Error).map(|f| f.pointer.clone());
        let message = match findings.iter().find(|f| f.severity == Severity::Error) {
            Some(first) if errors == 1 => format!("the schema does not compile: {}", first.message),
            Some(first) => format!(
                "the schema does not compile: {} findings, the first: {}",
                errors, first.message
            ),
            None => "the schema does not compile".to_owned(),
        };
        Error { code: ErrorCode::Schema, message: message.into(), pointer, offset: None, findings }
    }
}

impl From<JsonError> for Error {
    #[cold]
    fn from(error: JsonError) -> Self {
        let code = match error.kind {
            JsonErrorKind::Document => ErrorCode::Document,
            JsonErrorKind::Limit => ErrorCode::Limit,
            JsonErrorKind::Misuse => ErrorCode::Internal,
        };
        let JsonError { message, pointer, offset, .. } = error;
        Error { pointer, offset, ..Error::new(code, message) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

/// Defines the error enum of one family of verbs: one variant for each code that those verbs
/// return.
macro_rules! family {
    ($(#[$doc:meta])* $name:ident { $($code:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("See [`ErrorCode::", stringify!($code), "`].")]
                $code(Error),
            )+
            /// See [`ErrorCode::Internal`].
            Internal(Error),
        }

        impl $name {
            /// Returns the record behind the variant: code, message and place.
            pub fn record(&self) -> &Error {
                match self { $($name::$code(error) => error,)+ $name::Internal(error) => error }
            }
        }

        impl From<Error> for $name {
            fn from(error: Error) -> Self {
                match error.code {
                    $(ErrorCode::$code => $name::$code(error),)+
                    _ => $name::Internal(error),
                }
            }
        }

        impl From<JsonError> for $name {
            fn from(error: JsonError) -> Self {
                Error::from(error).into()
            }
        }

        impl From<$name> for Error {
            fn from(error: $name) -> Self {
                match error { $($name::$code(error) => error,)+ $name::Internal(error) => error }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.record().fmt(f)
            }
        }

        impl std::error::Error for $name {}
    };
}

family!(
    /// A refusal of `Policy::compile`.
    CompileError { Schema, Limit }
);
family!(
    /// A failure to seal a document, or to list the keys for that.
    SealError {
        Document, Limit, Context, Invalid, Conflict, AlreadySealed, NotFound, Erased, Restricted,
        Denied, Unavailable,
    }
);
family!(
    /// A failure to open a document, or to list the keys for that.
    OpenError {
        Document, Limit, Context, Conflict, NotSealed, Unsupported, Integrity, NotFound, Erased,
        Restricted, Denied, Unavailable,
    }
);
family!(
    /// A failure of `Policy::check` before it can judge a document.
    CheckError { Document, Limit }
);
