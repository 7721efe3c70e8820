//! Telephones and e-mail addresses.

/// A French telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The nine national digits, without the leading zero.
    pub digits: String,
    /// Whether it is a person's mobile (06, 07); else it is a line that a household shares.
    pub mobile: bool,
}

/// Reads a French telephone number: drops 0, 33, 0033, +33 and "(0)", and takes nine digits that lost their zero.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::phone;
/// let digits = |text| phone(text).map(|phone| phone.digits);
/// assert_eq!(digits("+33 (0)6 12 34 56 78").as_deref(), Some("612345678"));
/// assert_eq!(digits("01.44.55.66.77").as_deref(), Some("144556677"));
/// assert_eq!(digits("+32 2 555 12 12"), None);
/// ```
pub fn phone(text: &str) -> Option<Phone> {
    let international = text.trim_start().starts_with('+');
    let all: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = match (international, all.as_str()) {
        (true, digits) => digits.strip_prefix("33")?,
        (false, digits) => match digits.strip_prefix("0033") {
            Some(rest) => rest,
            None if digits.len() > 10 => digits.strip_prefix("33")?,
            None => digits,
        },
    };
    let digits = match national.len() {
        10 => national.strip_prefix('0')?,
        _ => national,
    };
    let valid = digits.len() == 9 && !digits.starts_with('0');
    valid.then(|| Phone {
        mobile: digits.starts_with(['6', '7']),
        digits: digits.to_owned(),
    })
}

/// Domains that are typing errors of a known one; only those that are no domain of anybody's mail.
const DOMAIN_ERRORS: [(&str, &str); 24] = [
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gamil.com", "gmail.com"),
    ("gmail.con", "gmail.com"),
    ("gmail.cm", "gmail.com"),
    ("gmail.co", "gmail.com"),
    ("gmail.fr", "gmail.com"),
    ("gmaill.com", "gmail.com"),
    ("gnail.com", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmial.fr", "hotmail.fr"),
    ("hotmai.fr", "hotmail.fr"),
    ("homail.fr", "hotmail.fr"),
    ("hotmail.con", "hotmail.com"),
    ("orage.fr", "orange.fr"),
    ("ornage.fr", "orange.fr"),
    ("orange.ft", "orange.fr"),
    ("wanado.fr", "wanadoo.fr"),
    ("wanadoo.ft", "wanadoo.fr"),
    ("wandoo.fr", "wanadoo.fr"),
    ("yaho.fr", "yahoo.fr"),
    ("yahou.fr", "yahoo.fr"),
    ("laposte.ne", "laposte.net"),
    ("lapost.net", "laposte.net"),
];

/// An e-mail address trimmed, in small letters, known typing errors of its domain put right; dots and `+tag` of the name are
/// dropped for Gmail only, since only there do they mean nothing.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::email;
/// assert_eq!(email(" Anne.Dubois+shop@Gmial.com ").as_deref(), Some("annedubois@gmail.com"));
/// assert_eq!(email("a.b@orange.fr").as_deref(), Some("a.b@orange.fr"));
/// assert_eq!(email("anne.dubois"), None);
/// ```
pub fn email(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let (local, domain) = lower.split_once('@')?;
    let sound = !local.is_empty()
        && !domain.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !lower.contains(char::is_whitespace);
    if !sound {
        return None;
    }
    let domain = DOMAIN_ERRORS
        .iter()
        .find(|(wrong, _)| *wrong == domain)
        .map_or(domain, |(_, right)| right);
    if matches!(domain, "gmail.com" | "googlemail.com") {
        let name = local.split('+').next().unwrap_or_default().replace('.', "");
        return (!name.is_empty()).then(|| format!("{name}@gmail.com"));
    }
    Some(format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_of_every_spelling() {
        for text in [
            "0612345678",
            "06 12 34 56 78",
            "06-12-34-56-78",
            "612345678",
            "33612345678",
            "0033612345678",
            "00330612345678",
            "+33612345678",
            "+33 (0) 6.12.34.56.78",
        ] {
            let phone = phone(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((phone.digits.as_str(), phone.mobile), ("612345678", true), "{text}");
        }
        assert_eq!(phone("0144556677").map(|it| it.mobile), Some(false));
        for text in ["", "12", "00 00 00 00 00", "+41 22 555 12 12", "06123456789", "abc"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn mail_addresses_that_are_none() {
        for text in [
            "",
            "@",
            "a@",
            "@b.fr",
            "a@b",
            "a@@b.fr",
            "a b@c.fr",
            "a@.fr",
            ".@gmail.com",
        ] {
            assert_eq!(email(text), None, "{text}");
        }
        assert_eq!(email("X@GoogleMail.com").as_deref(), Some("x@gmail.com"));
    }
}
