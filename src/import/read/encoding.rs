//! Decoding fields, and noticing when a file is not in the encoding that its mapping names.

use encoding_rs::{ISO_8859_15, WINDOWS_1252};

use crate::mapping::Encoding;

/// Decodes fields and remembers what speaks against the named encoding.
#[derive(Debug)]
pub struct Decoder {
    encoding: Encoding,
    beyond_ascii: u64,
    looked_like_utf8: u64,
    first_beyond_ascii: Option<u64>,
}

/// A field whose bytes the encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInEncoding;

impl Decoder {
    /// A decoder of one file.
    pub fn new(encoding: Encoding) -> Decoder {
        Decoder {
            encoding,
            beyond_ascii: 0,
            looked_like_utf8: 0,
            first_beyond_ascii: None,
        }
    }

    /// Appends a field's text.
    ///
    /// # Errors
    /// [`NotInEncoding`] when the bytes cannot be text of this encoding.
    pub fn append(&mut self, bytes: &[u8], line: u64, text: &mut String) -> Result<(), NotInEncoding> {
        let as_utf8 = std::str::from_utf8(bytes);
        if self.encoding == Encoding::Utf8 || bytes.is_ascii() {
            text.push_str(as_utf8.map_err(|_| NotInEncoding)?);
            return Ok(());
        }
        self.beyond_ascii += 1;
        self.looked_like_utf8 += u64::from(as_utf8.is_ok());
        self.first_beyond_ascii.get_or_insert(line);
        let (decoder, unused): (_, fn(u8) -> bool) = match self.encoding {
            Encoding::Iso8859_15 => (ISO_8859_15, |byte| (0x80..0xa0).contains(&byte)),
            _ => (WINDOWS_1252, |byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)),
        };
        // Letters of UTF-8 use the bytes that these encodings leave unused: that is a sign, not yet a fault.
        if as_utf8.is_err() && bytes.iter().any(|&byte| unused(byte)) {
            return Err(NotInEncoding);
        }
        text.push_str(&decoder.decode_without_bom_handling(bytes).0);
        Ok(())
    }

    /// The first line beyond ASCII, when every such field would have been good UTF-8: then the file is UTF-8.
    ///
    /// A French text in a one-byte encoding passes for UTF-8 by chance about never: `é` alone is not valid UTF-8.
    pub fn is_really_utf8(&self) -> Option<u64> {
        let all = self.beyond_ascii > 0 && self.looked_like_utf8 == self.beyond_ascii;
        all.then_some(self.first_beyond_ascii).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(encoding: Encoding, bytes: &[u8]) -> (Result<String, NotInEncoding>, Option<u64>) {
        let mut decoder = Decoder::new(encoding);
        let mut text = String::new();
        let result = decoder.append(bytes, 7, &mut text).map(|()| text);
        (result, decoder.is_really_utf8())
    }

    #[test]
    fn one_byte_encodings_are_decoded() {
        let (text, suspicion) = decode(Encoding::Windows1252, b"Andr\xe9 \x80");
        assert_eq!((text, suspicion), (Ok("André €".to_owned()), None));
        let (text, _) = decode(Encoding::Iso8859_15, b"\xa4 \xbd");
        assert_eq!(text, Ok("€ œ".to_owned()));
    }

    #[test]
    fn a_wrong_encoding_is_noticed() {
        assert_eq!(decode(Encoding::Utf8, b"Andr\xe9").0, Err(NotInEncoding));
        assert_eq!(decode(Encoding::Iso8859_15, b"co\x9curs").0, Err(NotInEncoding));
        assert_eq!(decode(Encoding::Windows1252, "André".as_bytes()).1, Some(7));
        assert_eq!(decode(Encoding::Windows1252, b"Andre").1, None);
    }
}
