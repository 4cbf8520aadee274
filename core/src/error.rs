//! One record for everything that can go wrong, and an enum of it per family of verbs.

use std::borrow::Cow;
use std::fmt;

use fieldseal_json::{JsonError, JsonErrorKind};

/// The kinds of failure, a closed and stable list. The spelling of [`ErrorCode::as_str`] is the same
/// in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCode {
    /// A schema, overlay or compile option has findings.
    Schema,
    /// Not one JSON document: syntax, a repeated member name, a lone surrogate, invalid UTF-8.
    Document,
    /// Over a bound of [`Limits`](crate::Limits).
    Limit,
    /// The call lacks what a marked value needs (record, subject), or gives something malformed.
    Context,
    /// The clear document does not fit its schema.
    Invalid,
    /// Two markers disagree about one value.
    Conflict,
    /// Clear text where an envelope must stand.
    NotSealed,
    /// A whole envelope where a clear value is to be sealed.
    AlreadySealed,
    /// An unknown suite or a reserved bit.
    Unsupported,
    /// An envelope that does not open here. Says nothing more on purpose.
    Integrity,
    /// No such key; also for an envelope of another tenant, or whose key id was altered.
    NotFound,
    /// The key was destroyed (GDPR Art. 17).
    Erased,
    /// The person's data may be kept, not used (GDPR Art. 18).
    Restricted,
    /// The key source refuses this purpose or caller.
    Denied,
    /// The key source cannot answer now, or its key has expired.
    Unavailable,
    /// A fault of the host or of this library, such as a wrong number of key answers.
    Internal,
}

impl ErrorCode {
    /// All of them.
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

    /// The name that crosses every border, in kebab case.
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

/// The gravity of a [`Finding`]. Only [`Severity::Error`] keeps a schema from compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The schema does not compile.
    Error,
    /// It compiles, and probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Something found in a schema, an overlay or the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the kind of finding, such as `marker-misplaced`.
    pub id: &'static str,
    /// The gravity, which decides if the schema compiles.
    pub severity: Severity,
    /// RFC 6901 pointer into the schema (`uri#pointer` into a reference).
    pub pointer: String,
    /// The fault, in lower case, without values out of documents.
    pub message: String,
    /// The change that would mend it.
    pub fix: Option<String>,
}

/// The record that every failure is. `message` never holds clear values, keys or references to
/// persons; `pointer` is exact and so may itself be personal: keep it out of logs that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for people, in lower case.
    pub message: Cow<'static, str>,
    /// RFC 6901 pointer into the document; for [`ErrorCode::Schema`] into the schema.
    pub pointer: Option<String>,
    /// Byte offset into the text, for [`ErrorCode::Document`].
    pub offset: Option<u64>,
    /// All findings, for [`ErrorCode::Schema`].
    pub findings: Vec<Finding>,
}

impl Error {
    /// A failure with neither place nor findings.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Error::of(code, message.into())
    }

    /// Out of the way of what goes well, and once for all its callers.
    #[cold]
    #[inline(never)]
    fn of(code: ErrorCode, message: Cow<'static, str>) -> Self {
        Error { code, message, pointer: None, offset: None, findings: Vec::new() }
    }

    /// The same failure at a place in the document or schema.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same failure at a byte of the text.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.offset = Some(offset as u64);
        self
    }

    /// Everything that was found in a schema.
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

/// Defines the error enum of one family of verbs: a variant per code that those verbs can return.
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
            /// The record behind the variant: code, message, place.
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
    /// A failure to seal a document, or to ask which keys that needs.
    SealError { Document, Limit, Context, Invalid, Conflict, AlreadySealed, NotFound, Erased, Restricted, Denied, Unavailable }
);
family!(
    /// A failure to open a document, or to ask which keys that needs.
    OpenError { Document, Limit, Context, Conflict, NotSealed, Unsupported, Integrity, NotFound, Erased, Restricted, Denied, Unavailable }
);
family!(
    /// A failure of `Policy::check` to look at a document at all.
    CheckError { Document, Limit }
);
