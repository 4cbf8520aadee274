//! The command line.

use std::ffi::OsString;

use anyhow::{Context as _, Result, bail};

use crate::mutants::Shard;

pub(crate) const HELP: &str = "\
cargo xtask COMMAND

  setup         brings what the build lacks: WebAssembly standard library, node modules, a browser
  build         tools, and both builds of the WebAssembly modules, into target/modules/
  package       build, and everything that is shipped into target/package/
  vectors       official vectors, and the module that their tests drive, into target/
  test          lint, setup, package, vectors and every test; `test --quick`: the inner loop;
                `test frozen`: vectors, saved envelopes and cases against their digests
  cases         real servers, every bundler and valgrind, before an issue is resolved
  soak          the tests with their long counts, before an issue is resolved
  demo          setup, package, and the webhook demonstration in wasmtime; it gets what follows `--`
  bench         setup, package, and the ratios of core/benches/README.md; `bench --table`: the
                figures that issue 16 asks for, beside what was asked; fails if a row lacks one
  corpus        common schemas, fetched in packages: those that need the validator crate, and why
  fuzz          five minutes of hostile input for each target of core/fuzz; `fuzz SECONDS`
  lint          formatting and clippy
  audit         licences, sources, advisories and semver of what we depend on and publish;
                `audit mutants`: 320 faults, each of which a test must notice; `audit mutants 1/4`
  prose         measures of doc comments, line lengths and sections on errors
  rooms         files and arrows of the core; fails on a cycle or an upward arrow
  requirements  holds the rows of core/tests/README.md to the tests that ran
  readme        the README's files and commands in empty folders, from packed artefacts
  docs          pages of codes, the documents and llms.txt into target/docs/
  verify-build  two builds in two folders, compared byte for byte (slow)";

/// Seconds for each target, where nothing else is said.
const FUZZED: u32 = 300;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Setup,
    Build,
    Package,
    Vectors,
    Test {
        quick: bool,
    },
    /// Vectors, saved envelopes and cases against their digests.
    Frozen,
    Cases,
    Soak,
    Demo(Vec<OsString>),
    Bench {
        table: bool,
    },
    Corpus,
    /// Seconds for each target.
    Fuzz(u32),
    Lint,
    Audit,
    Mutants(Shard),
    Prose,
    Rooms,
    Requirements,
    Readme,
    Docs,
    VerifyBuild,
}

impl Command {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self> {
        use lexopt::Arg::{Long, Short, Value};
        use lexopt::ValueExt as _;
        let mut parser = lexopt::Parser::from_args(arguments);
        let command = match parser.next()? {
            None | Some(Long("help") | Short('h')) => Self::Help,
            Some(Value(name)) => match name.to_string_lossy().as_ref() {
                "help" => Self::Help,
                "setup" => Self::Setup,
                "build" => Self::Build,
                "package" => Self::Package,
                "vectors" => Self::Vectors,
                "test" => match parser.next()? {
                    None => Self::Test { quick: false },
                    Some(Long("quick")) => Self::Test { quick: true },
                    Some(Value(part)) if part == "frozen" => Self::Frozen,
                    Some(other) => return Err(other.unexpected().into()),
                },
                "cases" => Self::Cases,
                "soak" => Self::Soak,
                "demo" => {
                    return Ok(Self::Demo(
                        parser.raw_args()?.skip_while(|argument| argument == "--").collect(),
                    ));
                }
                "bench" => match parser.next()? {
                    None => Self::Bench { table: false },
                    Some(Long("table")) => Self::Bench { table: true },
                    Some(other) => return Err(other.unexpected().into()),
                },
                "corpus" => Self::Corpus,
                "fuzz" => Self::Fuzz(match parser.next()? {
                    None => FUZZED,
                    Some(Value(seconds)) => seconds.parse::<std::num::NonZeroU32>()?.get(),
                    Some(other) => return Err(other.unexpected().into()),
                }),
                "lint" => Self::Lint,
                "audit" => match parser.next()? {
                    None => Self::Audit,
                    Some(Value(part)) if part == "mutants" => match parser.next()? {
                        None => Self::Mutants(Shard::WHOLE),
                        Some(Value(shard)) => Self::Mutants(
                            Shard::parse(&shard.string()?).context("a shard is such as 1/4")?,
                        ),
                        Some(other) => return Err(other.unexpected().into()),
                    },
                    Some(other) => return Err(other.unexpected().into()),
                },
                "prose" => Self::Prose,
                "rooms" => Self::Rooms,
                "requirements" => Self::Requirements,
                "readme" => Self::Readme,
                "docs" => Self::Docs,
                "verify-build" => Self::VerifyBuild,
                other => bail!("no command `{other}`"),
            },
            Some(other) => return Err(other.unexpected().into()),
        };
        match parser.next()? {
            None => Ok(command),
            Some(extra) => Err(extra.unexpected().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Shard};

    fn parse(line: &str) -> Option<Command> {
        Command::parse(line.split_whitespace().map(Into::into)).ok()
    }

    #[test]
    fn every_command_of_the_help_text_parses() {
        let listed = super::HELP
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
        assert_eq!(listed.filter(|name| parse(name).is_some()).count(), 19);
    }

    #[test]
    fn unknown_commands_and_extra_arguments_are_refused() {
        assert_eq!(parse("tset"), None);
        assert_eq!(parse("test twice"), None);
        assert_eq!(parse("prose --quick"), None);
        assert_eq!(parse("--fast"), None);
        assert_eq!(parse(""), Some(Command::Help));
    }

    #[test]
    fn the_test_has_a_quick_form_and_one_of_digests() {
        assert_eq!(parse("test"), Some(Command::Test { quick: false }));
        assert_eq!(parse("test --quick"), Some(Command::Test { quick: true }));
        assert_eq!([parse("test --slow"), parse("test --quick twice")], [const { None }; 2]);
        assert_eq!(parse("test frozen"), Some(Command::Frozen));
        assert_eq!(parse("test frozen twice"), None);
    }

    #[test]
    fn the_benchmarks_have_a_form_that_prints_a_table() {
        assert_eq!(parse("bench"), Some(Command::Bench { table: false }));
        assert_eq!(parse("bench --table"), Some(Command::Bench { table: true }));
        assert_eq!([parse("bench table"), parse("bench --table twice")], [const { None }; 2]);
    }

    #[test]
    fn fuzzing_takes_seconds() {
        assert_eq!(parse("fuzz"), Some(Command::Fuzz(300)));
        assert_eq!(parse("fuzz 20"), Some(Command::Fuzz(20)));
        assert_eq!(
            [parse("fuzz 0"), parse("fuzz long"), parse("fuzz 1 2"), parse("fuzz --long")],
            [const { None }; 4]
        );
    }

    #[test]
    fn an_audit_is_of_what_we_depend_on_or_of_mutants() {
        assert_eq!(parse("audit"), Some(Command::Audit));
        assert_eq!(parse("audit mutants"), Some(Command::Mutants(Shard::WHOLE)));
        assert_eq!(parse("audit mutants 2/4"), Some(Command::Mutants(Shard { part: 2, of: 4 })));
        assert_eq!(
            [parse("audit all"), parse("audit mutants 5/4"), parse("audit mutants 1/4 2/4")],
            [const { None }; 3]
        );
    }

    #[test]
    fn the_demo_gets_what_follows_it() {
        assert_eq!(
            parse("demo -- --limit 5"),
            Some(Command::Demo(vec!["--limit".into(), "5".into()]))
        );
        assert_eq!(parse("demo"), Some(Command::Demo(vec![])));
    }
}
