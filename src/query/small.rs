//! `@small` lines of a header: which columns a group of too few customers hides.
//!
//! ```sql
//! -- @small customers by segment: clv, clv_share, case = few
//! -- @across sales_channel, region: counted
//! -- @together
//! ```
//!
//! `queries/README.md` says what they mean, [`super::hide`] what SQL they become.

use chalandise_faults::Fault;

/// One `@small` line with the lines that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Small {
    /// The column that counts the customers of a group.
    pub(super) count: String,
    /// The columns that tell the groups of an answer apart.
    pub(super) keys: Vec<String>,
    /// The step whose rows are the groups; none for those of the answer itself.
    pub(super) step: Option<String>,
    /// The columns that are hidden, and the word that stands in the place of one.
    pub(super) columns: Vec<(String, Option<String>)>,
    pub(super) across: Option<Across>,
    pub(super) together: Option<Together>,
    /// From 1.
    pub(super) line: usize,
}

/// Parameters whose values part the same customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Across {
    pub(super) params: Vec<String>,
    /// A step with the keys, a column for each parameter, and the count.
    pub(super) step: String,
    /// The column of it that has every customer in one value only.
    pub(super) once: Option<String>,
}

/// Rows of the answer that add up to what is shown elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Together {
    /// The columns that tell apart what adds up.
    pub(super) per: Vec<String>,
    /// The column that has every customer in one row only.
    pub(super) once: Option<String>,
}

/// The lines of a header that say it, in order.
pub(super) const TAGS: [&str; 3] = ["small", "across", "together"];

/// Adds a line to those before it.
pub(super) fn read(smalls: &mut Vec<Small>, file: &str, line: usize, tag: &str, text: &str) -> Option<Fault> {
    let fault = |what: &str, remedy: &str| Some(Fault::new(file, line, what, remedy));
    if tag == "small" {
        return match small(text, line) {
            Some(small) => {
                smalls.push(small);
                None
            }
            None => fault(
                "the line does not say which columns small groups hide",
                "write `-- @small customers by key: column, column`, `customers` being the column that counts a group's customers",
            ),
        };
    }
    let Some(small) = smalls.last_mut() else {
        return fault(
            &format!("`@{tag}` belongs to no `@small`"),
            "write it below the `@small` line whose columns it protects",
        );
    };
    if tag == "across" {
        small.across = across(text);
        return match small.across {
            Some(_) => None,
            None => fault(
                "the line does not say across which parameters",
                "write `-- @across parameter, parameter: step`, the step having their columns and the count",
            ),
        };
    }
    small.together = together(text);
    match small.together {
        Some(_) if small.keys.is_empty() => fault(
            "`@together` chooses among rows that nothing tells apart",
            "name the columns that do: `-- @small customers by key: ...`",
        ),
        Some(_) => None,
        None => fault(
            "the line does not say which rows add up",
            "write `-- @together`, or `-- @together per column`",
        ),
    }
}

fn is_name(word: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    word.bytes().next().is_some_and(letter) && word.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

fn name(word: &str) -> Option<String> {
    is_name(word).then(|| word.to_owned())
}

/// Names parted by commas.
fn names(text: &str) -> Option<Vec<String>> {
    text.split(',').map(|word| name(word.trim())).collect()
}

/// `head key_a names key_b names` by its key words, in any order, each once.
fn parts<'a>(text: &'a str, words: &[&str]) -> (&'a str, Vec<(&'a str, &'a str)>) {
    let mut starts: Vec<(usize, &str)> = Vec::new();
    let mut place = 0;
    for word in text.split(' ') {
        if words.contains(&word) {
            starts.push((place, &text[place..place + word.len()]));
        }
        place += word.len() + 1;
    }
    let head = &text[..starts.first().map_or(text.len(), |(start, _)| *start)];
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let said = starts.iter().zip(ends);
    let said = said.map(|((start, word), end)| (*word, text[start + word.len()..end].trim()));
    (head.trim(), said.collect())
}

fn small(text: &str, line: usize) -> Option<Small> {
    let (left, right) = text.split_once(':')?;
    let (head, said) = parts(left, &["by", "in"]);
    let mut small = Small {
        count: name(head)?,
        keys: Vec::new(),
        step: None,
        columns: Vec::new(),
        across: None,
        together: None,
        line,
    };
    for (word, text) in said {
        match word {
            "by" if small.keys.is_empty() => small.keys = names(text)?,
            "in" if small.step.is_none() => small.step = Some(name(text)?),
            _ => return None,
        }
    }
    for column in right.split(',') {
        let (column, word) = match column.split_once('=') {
            Some((column, word)) => (column, Some(name(word.trim())?)),
            None => (column, None),
        };
        small.columns.push((name(column.trim())?, word));
    }
    Some(small)
}

fn across(text: &str) -> Option<Across> {
    let (params, of) = text.split_once(':')?;
    let (step, said) = parts(of, &["once"]);
    Some(Across {
        params: names(params)?,
        step: name(step)?,
        once: once(&said)?,
    })
}

fn together(text: &str) -> Option<Together> {
    let (head, said) = parts(text, &["per", "once"]);
    let per = said.iter().find(|(word, _)| *word == "per");
    let others: Vec<(&str, &str)> = said.iter().filter(|(word, _)| *word != "per").copied().collect();
    let is_whole = head.is_empty() && said.len() == others.len() + usize::from(per.is_some());
    if !is_whole {
        return None;
    }
    Some(Together {
        per: match per {
            Some((_, text)) => names(text)?,
            None => Vec::new(),
        },
        once: once(&others)?,
    })
}

fn once(said: &[(&str, &str)]) -> Option<Option<String>> {
    match said {
        [] => Some(None),
        [(_, text)] => Some(Some(name(text)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(lines: &[(&str, &str)]) -> (Vec<Small>, Vec<Fault>) {
        let mut smalls = Vec::new();
        let faults = lines.iter().enumerate();
        let faults = faults.filter_map(|(at, (tag, text))| read(&mut smalls, "a/b.sql", at + 1, tag, text));
        let faults = faults.collect();
        (smalls, faults)
    }

    #[test]
    fn lines_belong_to_the_small_line_above_them() {
        let (smalls, faults) = read_all(&[
            ("small", "customers by segment, month in summed: clv, case = few"),
            ("across", "sales_channel, region: counted once first_customers"),
            ("together", "per month once settled"),
            ("small", "customers_last_year: customers_last_year"),
        ]);
        assert_eq!(faults, []);
        let own = |text: &str| text.to_owned();
        assert_eq!(smalls[0].keys, ["segment", "month"]);
        assert_eq!(smalls[0].step.as_deref(), Some("summed"));
        assert_eq!(smalls[0].columns, [(own("clv"), None), (own("case"), Some(own("few")))]);
        assert_eq!(
            smalls[0].across,
            Some(Across {
                params: vec![own("sales_channel"), own("region")],
                step: own("counted"),
                once: Some(own("first_customers")),
            })
        );
        assert_eq!(
            smalls[0].together,
            Some(Together {
                per: vec![own("month")],
                once: Some(own("settled")),
            })
        );
        assert_eq!((smalls[1].across.as_ref(), smalls[1].together.as_ref()), (None, None));
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_of_its_line() {
        for (tag, text) in [
            ("small", "customers"),
            ("small", "customers by: clv"),
            ("small", "a customer: clv"),
            ("small", "customers in a in b: clv"),
            ("small", "customers: clv = 'few'"),
            ("across", "sales_channel: counted"),
            ("together", ""),
        ] {
            let (smalls, faults) = read_all(&[(tag, text)]);
            assert_eq!((smalls.len(), faults.len()), (0, 1), "{tag} {text}");
        }
        for (tag, text) in [
            ("across", "sales_channel counted"),
            ("across", "sales_channel: counted twice"),
            ("together", "all"),
            ("together", "per a per b"),
        ] {
            let (_, faults) = read_all(&[("small", "customers by segment: clv"), (tag, text)]);
            assert_eq!(faults.len(), 1, "{tag} {text}");
        }
        let (_, faults) = read_all(&[("small", "customers: clv"), ("together", "")]);
        assert_eq!(faults.len(), 1, "nothing tells the rows apart");
    }
}
