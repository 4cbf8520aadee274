//! Verdicts and access records, read.

use serde_json::Value;

/// A verdict or access record.
pub struct Record(Value);

impl Record {
    pub fn read(text: &str) -> Self {
        Record(serde_json::from_str(text).expect("a record is JSON"))
    }

    /// Whether the verdict says `code`.
    pub fn says(&self, code: &str) -> bool {
        self.list("codes").iter().any(|said| said == code)
    }

    /// The members of that name; none if there is no such member.
    pub fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().map_or(&[], Vec::as_slice)
    }

    /// How many values the entries of `name` count.
    pub fn count(&self, name: &str) -> u64 {
        self.list(name).iter().map(|entry| entry["count"].as_u64().expect("an entry counts")).sum()
    }

    /// The sealed places in the words of every verb: only sealing knows the key of a token, and not
    /// every verb knows the bucket of a value, by which rows are told apart.
    pub fn sealed(&self) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        for row in self.list("sealed") {
            let mut row = row.clone();
            let members = row.as_object_mut().expect("a row is an object");
            members.remove("bucket");
            members.remove("ends");
            let count = members.remove("count").and_then(|count| count.as_u64()).expect("a count");
            let ids = members.remove("keyIds").expect("ids");
            let mut ids: Vec<Value> = ids.as_array().expect("a list").clone();
            if members["suite"] == "pseudonym" {
                ids.clear();
            }
            let same = |known: &&mut Value| {
                let members = |row: &Value| {
                    ["bind", "keys", "pointer", "retention", "suite"].map(|name| row[name].clone())
                };
                members(known) == members(&row)
            };
            match rows.iter_mut().find(same) {
                Some(known) => {
                    known["count"] = (known["count"].as_u64().expect("a count") + count).into();
                    ids.extend(known["keyIds"].as_array().expect("a list").clone());
                    ids.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                    ids.dedup();
                    known["keyIds"] = ids.into();
                }
                None => {
                    row["count"] = count.into();
                    row["keyIds"] = ids.into();
                    rows.push(row);
                }
            }
        }
        rows
    }

    /// How many values are tokens that nobody opens.
    pub fn tokens(&self) -> u64 {
        let tokens = self.list("sealed").iter().filter(|entry| entry["suite"] == "pseudonym");
        tokens.map(|entry| entry["count"].as_u64().expect("an entry counts")).sum()
    }

    /// Whether sealing the same values under the same keys gives the same text.
    pub fn is_deterministic(&self) -> bool {
        self.list("sealed")
            .iter()
            .all(|entry| entry["suite"] == "pseudonym" || entry["suite"] == "aes-256-siv")
    }

    /// What the verdict says of the document as a whole.
    pub fn conformity(&self) -> &'static str {
        let said: Vec<_> = ["conforming", "nonconforming", "unvalidated"]
            .into_iter()
            .filter(|code| self.says(code))
            .collect();
        assert_eq!(said.len(), 1, "one word on conformity: {}", self.0);
        said[0]
    }
}
