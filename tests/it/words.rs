//! The catalogues of words: what the code says stands in every language, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chalandise_chart::{Language, Say};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Where the code that has words for people lies.
const SOURCES: [&str; 3] = ["crates/locale/src", "crates/chart/src", "src"];

/// What takes a key, and whether it stands behind a dot.
const SAYING: [(&str, bool); 3] = [("word", true), ("words_with", true), ("marked", false)];

/// What puts a key through that its caller gave.
const PUT_THROUGH: &str = "src/dashboard/html/mod.rs: say . words_with (key , & arguments)";

/// Arguments that one language can do without: the French says what to write instead of what was read.
const NOT_IN_FRENCH: [(&str, &[&str]); 4] = [
    ("scenario-wrong-invisible", &["character"]),
    ("scenario-wrong-key", &["keys"]),
    ("scenario-wrong-option", &["options"]),
    ("scenario-wrong-too-long", &["length", "most"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A message of a catalogue.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    file: String,
    key: String,
    arguments: BTreeSet<String>,
}

/// The messages of a language, in the order of its files.
fn catalogue(language: Language) -> Vec<Message> {
    let folder = root().join("crates/locale/words").join(language.code());
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a folder of words")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files.iter().flat_map(|path| messages(path)).collect()
}

fn messages(path: &Path) -> Vec<Message> {
    let text = std::fs::read_to_string(path).expect("a file of words");
    let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let resource = fluent_syntax::parser::parse(text.as_str())
        .unwrap_or_else(|(_, faults)| panic!("{}: {}", path.display(), faults[0]));
    let messages = resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::Term(_) | Entry::Junk { .. } => panic!("{} has something else than messages", path.display()),
        _ => None,
    });
    messages
        .map(|message| {
            let mut arguments = BTreeSet::new();
            let value = message.value.as_ref().expect("a message has words");
            assert!(message.attributes.is_empty(), "{} has attributes", message.id.name);
            of_pattern(value, &mut arguments);
            Message {
                file: file.clone(),
                key: message.id.name.to_owned(),
                arguments,
            }
        })
        .collect()
}

fn of_pattern(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, arguments);
        }
    }
}

fn of_expression(expression: &Expression<&str>, arguments: &mut BTreeSet<String>) {
    let inline = match expression {
        Expression::Inline(inline) => inline,
        Expression::Select { selector, variants } => {
            for variant in variants {
                of_pattern(&variant.value, arguments);
            }
            selector
        }
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            arguments.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, arguments),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("words refer to nothing but their arguments: {other:?}"),
    }
}

/// What the code says: by key the arguments that it gives, and where; and the places that do not state key and arguments in full.
#[derive(Debug, Default)]
struct Said {
    keys: BTreeMap<String, Vec<(BTreeSet<String>, String)>>,
    unclear: Vec<String>,
}

impl Said {
    fn by_the_code() -> Said {
        let mut said = Said::default();
        for folder in SOURCES {
            said.folder(&root().join(folder));
        }
        said
    }

    fn folder(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
            let path = entry.path();
            let is_ours = !path.ends_with("tests") && !path.ends_with("tests.rs");
            if path.is_dir() && is_ours {
                self.folder(&path);
            } else if is_ours && path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let place = path
                    .strip_prefix(root())
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .into_owned();
                self.text(&text, &place);
            }
        }
    }

    fn text(&mut self, text: &str, place: &str) {
        self.stream(text.parse().expect("a source file has tokens"), place);
    }

    /// Reads tokens, so that what stands in a macro is seen like everything else.
    fn stream(&mut self, stream: TokenStream, place: &str) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut of_tests = false;
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            let is_block = group.delimiter() == Delimiter::Brace;
            if of_tests && is_block {
                of_tests = false;
                continue;
            }
            of_tests |= group.delimiter() == Delimiter::Bracket && group.stream().to_string() == "cfg (test)";
            let behind = |back: usize| {
                at.checked_sub(back)
                    .map(|at| tokens[at].to_string())
                    .unwrap_or_default()
            };
            let says = SAYING
                .iter()
                .any(|(name, with_dot)| behind(1) == *name && behind(2) != "fn" && (*with_dot == (behind(2) == ".")));
            if says && group.delimiter() == Delimiter::Parenthesis && !group.stream().is_empty() {
                let call = [behind(3), behind(2), behind(1), group.to_string()].join(" ");
                self.call(group.stream(), format!("{place}: {}", call.trim()));
            }
            self.stream(group.stream(), place);
        }
    }

    /// The key and the arguments of a call: `("key", &[("name", …), …])`.
    fn call(&mut self, stream: TokenStream, place: String) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut key = None;
        let mut arguments = BTreeSet::new();
        let mut clear = true;
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Literal(literal) => key = key.or_else(|| unquoted(&literal.to_string())),
                TokenTree::Punct(sign) if sign.as_char() == '&' => match tokens.get(at + 1) {
                    Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Bracket => {
                        for argument in separated(list.stream()) {
                            match name_of(&argument) {
                                Some(name) => clear &= arguments.insert(name),
                                None => clear = false,
                            }
                        }
                    }
                    _ => clear = false,
                },
                _ => {}
            }
        }
        match key.filter(|_| clear) {
            Some(key) => self.keys.entry(key).or_default().push((arguments, place)),
            None => self.unclear.push(place),
        }
    }
}

/// The parts between commas.
fn separated(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
    let parts = tokens.split(is_comma).filter(|part| !part.is_empty());
    parts.map(<[TokenTree]>::to_vec).collect()
}

/// The name of an argument written as `("name", …)`.
fn name_of(argument: &[TokenTree]) -> Option<String> {
    let [TokenTree::Group(pair)] = argument else {
        return None;
    };
    match pair.stream().into_iter().next()? {
        TokenTree::Literal(literal) => unquoted(&literal.to_string()),
        _ => None,
    }
}

fn unquoted(literal: &str) -> Option<String> {
    Some(literal.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

#[test]
fn languages_have_the_same_words_in_the_same_order() {
    let [french, english] = Language::ALL.map(catalogue);
    let keys = |messages: &[Message]| -> Vec<(String, String)> {
        let keys = messages
            .iter()
            .map(|message| (message.file.clone(), message.key.clone()));
        keys.collect()
    };
    for (french, english) in keys(&french).iter().zip(&keys(&english)) {
        assert_eq!(french, english, "where the languages part");
    }
    assert_eq!(
        french.len(),
        english.len(),
        "one language has words that the other lacks"
    );

    let mut wrong = Vec::new();
    for (french, english) in french.iter().zip(&english) {
        let spared = NOT_IN_FRENCH.iter().find(|(key, _)| *key == french.key);
        let spared: BTreeSet<String> = spared
            .into_iter()
            .flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned()))
            .collect();
        let said: BTreeSet<String> = french.arguments.union(&spared).cloned().collect();
        if said != english.arguments || !french.arguments.is_disjoint(&spared) {
            wrong.push(format!(
                "{}: {:?} in French, {:?} in English",
                french.key, french.arguments, english.arguments
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "arguments that one language lacks:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_key_begins_with_the_name_of_its_file_and_stands_once() {
    let mut keys = BTreeSet::new();
    for message in catalogue(Language::English) {
        let Message { file, key, .. } = message;
        assert!(key.starts_with(&format!("{file}-")), "{key} stands in {file}.ftl");
        assert!(keys.insert(key.clone()), "{key} stands twice");
    }
}

#[test]
fn what_the_code_says_is_in_the_catalogue_and_nothing_else() {
    let said = Said::by_the_code();
    assert_eq!(
        said.unclear,
        [PUT_THROUGH],
        "calls that do not state their key and their arguments"
    );

    let catalogue: BTreeMap<String, BTreeSet<String>> = catalogue(Language::English)
        .into_iter()
        .map(|message| (message.key, message.arguments))
        .collect();
    let mut wrong = Vec::new();
    for (key, calls) in &said.keys {
        for (given, place) in calls {
            match catalogue.get(key) {
                None => wrong.push(format!("no such key: {place}")),
                Some(taken) if taken != given => wrong.push(format!("{key} takes {taken:?}: {place}")),
                Some(_) => {}
            }
        }
    }
    let unsaid = catalogue.keys().filter(|key| !said.keys.contains_key(*key));
    wrong.extend(unsaid.map(|key| format!("nothing says {key}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files that lie in the folder are those that the program has.
#[test]
fn the_program_has_every_file() {
    for language in Language::ALL {
        let say = Say(language);
        for Message { key, arguments, .. } in catalogue(language) {
            let key: &'static str = key.leak();
            let words = match arguments.is_empty() {
                true => say.word(key).to_owned(),
                false => say.words_with(key, &[]),
            };
            assert_ne!(words, key, "{language:?}");
        }
    }
}

#[test]
fn calls_are_seen_wherever_they_stand() {
    let mut said = Said::default();
    said.text(
        r#"
        fn word(self, key: &str) {}
        fn f() {
            say.word("a-plain");
            html! { p title=(say.word("a-macro")) { @if x { (marked(say, "a-marked", &[("one", 1.into())], &[("two", m)])) } } }
            vec![say.words_with("a-with", &[("name", x.f(&[("not", 1)]).into()), ("other", y),])];
            purpose.word();
            say.word(key);
            say.words_with("a-far", &arguments);
            say.words_with("a-half", &[name, ("other", y)]);
        }
        #[cfg(test)]
        mod tests { fn f() { say.word("a-test"); } }
        fn g() { say.word("a-later"); }
        "#,
        "x.rs",
    );
    let keys: Vec<(&str, Vec<&str>)> = said
        .keys
        .iter()
        .map(|(key, calls)| (key.as_str(), calls[0].0.iter().map(String::as_str).collect()))
        .collect();
    let expected: [(&str, Vec<&str>); 5] = [
        ("a-later", vec![]),
        ("a-macro", vec![]),
        ("a-marked", vec!["one", "two"]),
        ("a-plain", vec![]),
        ("a-with", vec!["name", "other"]),
    ];
    assert_eq!(keys, expected);
    assert_eq!(said.unclear.len(), 3, "{:?}", said.unclear);
}
