//! The case files through the native core. `FIELDSEAL_WRITE_CASES=1` writes what came out into the
//! files instead: read the difference, and let `cases/verify.py` recompute it, before it is
//! committed.

#[path = "../../cases/runner.rs"]
#[allow(unreachable_pub, reason = "host-tests has the same file and hands it on")]
mod runner;

use std::path::PathBuf;

use fieldseal::{
    Answer, BatchItem, Context, Error, KeyContext, KeySource, KeyUse, Opened, Options, Policy,
    Request, Sealed,
};
use runner::{Door, Stream, Table};

#[derive(Default)]
struct Native {
    keys: Recorded,
    entropy: Stream,
    policy: Option<Policy>,
}

#[derive(Default)]
struct Recorded {
    table: Table,
    asked: Vec<Vec<Request>>,
}

impl KeySource for Recorded {
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
        self.asked.push(requests.to_vec());
        self.table.current(requests, host)
    }

    fn by_id(&mut self, requests: &[Request], now: u64) -> Vec<Answer> {
        self.asked.push(requests.to_vec());
        self.table.by_id(requests, now)
    }
}

impl Native {
    fn policy(&self) -> &Policy {
        self.policy.as_ref().expect("a policy was compiled")
    }
}

impl Door for Native {
    fn begin(&mut self, keys: Table) {
        *self = Native { keys: Recorded { table: keys, asked: Vec::new() }, ..Native::default() };
    }

    fn rekey(&mut self, keys: Table) {
        self.keys.table = keys;
    }

    fn asked(&mut self) -> Vec<Vec<Request>> {
        std::mem::take(&mut self.keys.asked)
    }

    fn compile(&mut self, schema: &[u8], options: &str) -> Result<(), Error> {
        self.policy = Some(Policy::compile(schema, Options::from_json(options)?)?);
        Ok(())
    }

    fn seal(&mut self, document: &[u8], context: &Context) -> Result<Sealed, Error> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        Ok(policy.seal(document, context, &mut self.keys, &mut self.entropy)?)
    }

    fn open(&mut self, document: &[u8], context: &Context, strict: bool) -> Result<Opened, Error> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        Ok(policy.open(document, context, strict, &mut self.keys)?)
    }

    fn seal_many(&mut self, calls: &[BatchItem]) -> Vec<Result<Sealed, Error>> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        policy
            .seal_many(calls, &mut self.keys, &mut self.entropy)
            .into_iter()
            .map(|result| Ok(result?))
            .collect()
    }

    fn open_many(&mut self, calls: &[BatchItem], strict: bool) -> Vec<Result<Opened, Error>> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        policy
            .open_many(calls, strict, &mut self.keys)
            .into_iter()
            .map(|result| Ok(result?))
            .collect()
    }

    fn check(&mut self, document: &[u8]) -> Result<String, Error> {
        Ok(self.policy().check(document)?)
    }

    fn check_deep(&mut self, document: &[u8], context: &Context) -> Result<String, Error> {
        let policy = self.policy.as_ref().expect("a policy was compiled");
        Ok(policy.check_deep(document, context, &mut self.keys)?)
    }

    fn required_keys(
        &mut self,
        call: &BatchItem,
        operation: KeyUse,
    ) -> Result<Vec<Request>, Error> {
        self.policy().required_keys(&call.document, &call.context, operation)
    }
}

#[test]
fn the_native_core_gives_what_the_case_files_say() {
    let build = if cfg!(feature = "validation") { "full" } else { "lite" };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let mut cases = 0;
    let mut differences = Vec::new();
    for path in files {
        let expected = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let actual = runner::run(&expected, build, &mut Native::default());
        cases += actual["cases"].as_array().unwrap().len();
        if std::env::var_os("FIELDSEAL_WRITE_CASES").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&actual).unwrap() + "\n").unwrap();
        } else {
            differences.extend(runner::differences(&expected, &actual));
        }
    }
    assert!(cases >= 30, "only {cases} cases");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
