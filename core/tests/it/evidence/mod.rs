//! Verdicts and the codes that pages list.

mod codes_page;
mod records;
