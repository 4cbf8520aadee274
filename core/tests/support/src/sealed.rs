//! A value and its envelope, as files of vectors hold them (`vectors/README.md` has the members).

use fieldseal::envelope::{
    Bind, Context, Demand, Envelope, KeyIds, Prk, Suite, Workspace, seal, sealed_len,
};
use fieldseal::{KeyId, Secret};
use serde::{Deserialize, Serialize};

/// One row of `envelopes`.
#[allow(missing_docs, reason = "vectors/README.md has the members")]
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sealed {
    pub name: String,
    pub plaintext: String,
    pub suite: u8,
    pub bind: String,
    pub padded: bool,
    pub subject_bound: bool,
    pub subject_key: String,
    pub retention_key: String,
    pub item_key: String,
    pub subject_key_id: String,
    pub retention_key_id: String,
    pub item_key_id: String,
    #[serde(flatten)]
    pub place: Place,
    pub entropy: String,
    pub envelope: String,
}

/// Where the value stands.
#[allow(missing_docs, reason = "vectors/README.md has the members")]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    pub tenant: String,
    pub family: String,
    pub record: String,
    pub revision: String,
    pub subject: String,
    pub path: Vec<Token>,
}

/// One step of a path.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Token {
    /// Into an array.
    Element(u32),
    /// Into an object.
    Member(String),
}

impl Sealed {
    /// Returns the ids of its keys.
    pub fn ids(&self) -> KeyIds {
        let [subject, retention, item] =
            [&self.subject_key_id, &self.retention_key_id, &self.item_key_id]
                .map(|id| hex(id).map(KeyId));
        KeyIds { subject, retention, item }
    }

    /// Returns what a policy would demand of its envelope.
    pub fn demand(&self) -> Demand {
        let KeyIds { subject, retention, item } = self.ids();
        Demand {
            suite: suite(self.suite),
            bind: bind(&self.bind),
            subject: subject.is_some(),
            retention: retention.is_some(),
            item: item.is_some(),
            subject_bound: self.subject_bound,
        }
    }

    /// What sealing gives.
    pub fn seal(&self, work: &mut Workspace) -> String {
        let (demand, ids, field) = (self.demand(), self.ids(), self.place.field(bind(&self.bind)));
        let prk = prk([&self.subject_key, &self.retention_key, &self.item_key]);
        let entropy = hex(&self.entropy).filter(|_| !demand.suite.is_deterministic());
        let (context, mut out) = (self.place.context(&field), b"before".to_vec());
        seal(
            &prk,
            &demand,
            self.padded,
            &ids,
            &context,
            self.plaintext.as_bytes(),
            entropy.as_ref(),
            work,
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap().strip_prefix("before").unwrap().to_owned()
    }

    /// It is sealed to these bytes, and opened to this value.
    pub fn assert_holds(&self, work: &mut Workspace) {
        let Sealed { name, envelope, plaintext, padded, .. } = self;
        let (demand, ids, field) = (self.demand(), self.ids(), self.place.field(bind(&self.bind)));
        assert_eq!(&self.seal(work), envelope, "{name}");
        assert_eq!(sealed_len(&ids, *padded, plaintext.len()), envelope.len(), "{name}");

        assert!(Envelope::is_whole(envelope), "{name}");
        let prk = prk([&self.subject_key, &self.retention_key, &self.item_key]);
        let envelope = Envelope::decode(envelope, work).unwrap();
        assert!(envelope.meets(&demand), "{name}");
        assert_eq!((envelope.ids(), envelope.padded()), (ids, *padded), "{name}");
        let mut opened = b"before".to_vec();
        envelope.open(&prk, &self.place.context(&field), &mut opened).unwrap();
        assert_eq!(std::str::from_utf8(&opened).unwrap(), format!("before{plaintext}"), "{name}");
    }
}

impl Place {
    /// RFC 6901, with `~*` for an element unless the exact path is bound.
    pub fn field(&self, bind: Bind) -> String {
        let token = |token: &Token| match token {
            Token::Element(at) if bind == Bind::RecordPath => format!("/{at}"),
            Token::Element(_) => "/~*".to_owned(),
            Token::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        };
        self.path.iter().map(token).collect()
    }

    /// Returns the place as the core takes it.
    pub fn context<'a>(&'a self, field: &'a str) -> Context<'a> {
        let Place { tenant, family, record, revision, subject, .. } = self;
        Context { tenant, family, record, revision, subject, field }
    }
}

/// Returns the bytes of hex digits, `None` for no digits.
pub fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> =
        text.bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
    (!text.is_empty()).then(|| {
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        bytes.try_into().expect("as many digits as the field has")
    })
}

/// Returns the suite of that number.
pub fn suite(number: u8) -> Suite {
    Suite::ALL.into_iter().find(|suite| *suite as u8 == number).unwrap()
}

/// Returns the bind profile of that name.
pub fn bind(name: &str) -> Bind {
    [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field]
        .into_iter()
        .find(|bind| bind.as_str() == name)
        .unwrap()
}

/// Derives from the keys of a person, a bucket and an item, each in hex or empty.
pub fn prk(keys: [&str; 3]) -> Prk {
    let [subject, retention, item] = keys.map(|key| hex(key).map(Secret::new));
    Prk::derive(subject.as_ref(), retention.as_ref(), item.as_ref())
}
