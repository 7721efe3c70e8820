//! Which program computes: results of another one are not taken for results of this one.

use std::fs::File;
use std::io::{Read, Result};
use std::sync::LazyLock;

/// A hash of the program's file; of its version, where the file cannot be read.
pub(super) fn hash() -> &'static String {
    static HASH: LazyLock<String> =
        LazyLock::new(|| of_file().unwrap_or_else(|_| concat!("version ", env!("CARGO_PKG_VERSION")).to_owned()));
    &HASH
}

fn of_file() -> Result<String> {
    let mut file = File::open(std::env::current_exe()?)?;
    let mut hasher = blake3::Hasher::new();
    let mut part = vec![0; 1 << 20];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            length => {
                hasher.update(&part[..length]);
            }
        }
    }
}
