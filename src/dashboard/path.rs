//! Where a page is served: a plain path, or one with a parameter, `/customers/{segment}`, for a page per value.

use super::filters::{Filter, FilterList};

/// First parts of paths that the server keeps for itself.
const RESERVED: [&str; 5] = ["f", "sql", "catalog", "static", "healthz"];

/// The path of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePath {
    text: String,
    parameter: Option<Filter>,
}

/// What is wrong with a path, and what to write.
pub type PathFault = (String, String);

impl PagePath {
    /// Reads a path. A part in braces names a filter with a list of values.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str, known: &FilterList) -> Result<PagePath, PathFault> {
        let Some(parts) = text.strip_prefix('/').map(|rest| rest.split('/')) else {
            return Err((format!("{text:?} is no path"), "begin it with /".into()));
        };
        let mut parameter = None;
        for (index, part) in parts.enumerate() {
            if index == 0 && RESERVED.contains(&part) {
                return Err((format!("the server itself answers /{part}"), "choose another".into()));
            }
            let named = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match named.map(|name| with_values(name, known)) {
                Some(Ok(_)) if parameter.is_some() => {
                    return Err(("a path has one parameter".into(), "leave out the others".into()));
                }
                Some(Ok(filter)) => parameter = Some(filter),
                Some(Err(fault)) => return Err(fault),
                None if text == "/" || is_plain(part) => {}
                None => {
                    return Err((
                        format!("{part:?} does not fit an address"),
                        "use small letters, digits, - and _".into(),
                    ));
                }
            }
        }
        Ok(PagePath {
            text: text.to_owned(),
            parameter,
        })
    }

    /// As the page file writes it, and the router reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The filter whose value the path states.
    #[must_use]
    pub fn parameter(&self) -> Option<&Filter> {
        self.parameter.as_ref()
    }

    /// The path with a value in place of its parameter.
    #[must_use]
    pub fn with(&self, value: &str) -> String {
        match &self.parameter {
            Some(filter) => self.text.replace(&format!("{{{}}}", filter.name), value),
            None => self.text.clone(),
        }
    }

    /// Whether a path is this one, whatever stands in place of the parameter: then what stands there, else "".
    #[must_use]
    pub fn fit<'a>(&self, path: &'a str) -> Option<&'a str> {
        let (mut ours, mut theirs) = (self.text.split('/'), path.split('/'));
        let mut value = "";
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Some(value),
                (Some(part), Some(given)) if part.starts_with('{') => value = given,
                (Some(part), Some(given)) if part == given => {}
                _ => return None,
            }
        }
    }

    /// Whether some path fits both.
    #[must_use]
    pub fn meets(&self, other: &PagePath) -> bool {
        let (ours, theirs): (Vec<&str>, Vec<&str>) = (self.text.split('/').collect(), other.text.split('/').collect());
        let same = |(a, b): (&&str, &&str)| a == b || (a.starts_with('{') && b.starts_with('{'));
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
    }
}

fn with_values(name: &str, known: &FilterList) -> Result<Filter, PathFault> {
    let listed = || known.all().iter().filter(|filter| filter.is_listed());
    listed().find(|filter| filter.name == name).cloned().ok_or_else(|| {
        let names: Vec<&str> = listed().map(|filter| filter.name.as_str()).collect();
        (
            format!("{name:?} is no filter with a list of values"),
            format!("parameters of a path: {}", names.join(", ")),
        )
    })
}

fn is_plain(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !part.is_empty() && part.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::shipped;

    #[test]
    fn a_path_with_a_parameter_fits_one_part_in_its_place() {
        let path = PagePath::parse("/customers/{segment}", &shipped()).unwrap();
        assert_eq!(path.parameter().unwrap().name, "segment");
        assert_eq!(path.fit("/customers/lost"), Some("lost"));
        assert_eq!(path.fit("/customers"), None);
        assert_eq!(path.fit("/customers/lost/more"), None);
        assert_eq!(path.with("at_risk"), "/customers/at_risk");
        assert_eq!(PagePath::parse("/", &shipped()).unwrap().fit("/"), Some(""));
        assert!(path.meets(&PagePath::parse("/customers/{sales_channel}", &shipped()).unwrap()));
        assert!(!path.meets(&PagePath::parse("/customers", &shipped()).unwrap()));
    }

    #[test]
    fn what_cannot_be_served_is_said() {
        for (path, words) in [
            ("customers", "is no path"),
            ("/sql/own", "the server itself"),
            ("/customers/{period}", "no filter with a list"),
            ("/{segment}/{recency_score}", "one parameter"),
            ("/Clients", "does not fit an address"),
            ("/customers/", "does not fit an address"),
            ("/a{segment}", "does not fit an address"),
        ] {
            let (what, _) = PagePath::parse(path, &shipped()).unwrap_err();
            assert!(what.contains(words), "{path}: {what}");
        }
    }
}
