//! Page files become validated pages; every fault of every file is reported in one go.

use super::figure::SUBTITLE_NAMES;
use super::filters::FilterList;
use super::kinds::{Kinds, column_kinds};
use super::load_filters::{check_parameters, filter_labels, filters, path};
use super::load_parts::{chart, key_entry, offer, parameters, read_words, required_words, style, word_lists};
use super::map_figure::COMMUNES;
use super::page::*;
use super::pages::Pages;
use super::path::PagePath;
use super::template::{Phrase, Template, WordLists};
use chalandise_chart::ColumnKind;
use chalandise_chart::format::Style;
use chalandise_faults::{Document, Fault, Faults, Section, did_you_mean};
use chalandise_query::{Library, Query};
use std::collections::BTreeMap;
use std::path::Path;

/// The file in a dashboard's folder that describes its page.
pub const PAGE_FILE: &str = "page.toml";

impl Pages {
    /// Reads `DIR/<dashboard>/page.toml` of every dashboard and checks each against the query library: queries exist,
    /// sentences name columns of their finding's query, charts fit their data, styles are known.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong in any of the files: file, line, what, remedy.
    pub fn load(dir: &Path, library: &Library) -> Result<Pages, Faults> {
        let mut faults = Faults::default();
        let known = FilterList::load(dir, library).unwrap_or_else(|found| {
            faults.extend(found);
            FilterList::default()
        });
        if !faults.is_empty() {
            // Every page would be found at fault for a filter that the list does not have.
            return Err(faults);
        }
        let mut pages = Vec::new();
        let mut folders: Vec<_> = std::fs::read_dir(dir)
            .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
            .unwrap_or_default();
        folders.sort();
        for file in folders
            .into_iter()
            .map(|folder| folder.join(PAGE_FILE))
            .filter(|file| file.is_file())
        {
            match read_page(&file, library, &known) {
                Ok(page) => pages.push(page),
                Err(found) => faults.extend(found),
            }
        }
        pages.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        if faults.is_empty() {
            faults.extend(between(&pages));
        }
        if faults.is_empty() {
            Ok(Pages { pages })
        } else {
            Err(faults)
        }
    }
}

/// What no page file shows alone: paths that meet, parents that do not exist.
fn between(pages: &[Page]) -> Faults {
    let mut faults = Faults::default();
    for (index, page) in pages.iter().enumerate() {
        if let Some(other) = pages[..index].iter().find(|other| other.path.meets(&page.path)) {
            let what = format!("path: the page {:?} is served there too", other.id);
            faults.push(whole_file(&page.file, what, "choose another path"));
        }
        if let Some(parent) = &page.parent
            && !pages
                .iter()
                .any(|other| other.id == *parent && other.path.parameter().is_none())
        {
            let what = format!("parent: there is no page {parent:?} with a plain path");
            let known: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
            faults.push(whole_file(&page.file, what, format!("pages: {}", known.join(", "))));
        }
    }
    faults
}

/// Reads and checks one page file.
fn read_page(file: &Path, library: &Library, known: &FilterList) -> Result<Page, Faults> {
    let text = match std::fs::read(file).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => return Err(whole_file(file, "the file is not UTF-8", "save it as UTF-8").into()),
        Err(_) => return Err(whole_file(file, "the file cannot be read", "check its rights").into()),
    };
    let document = Document::new(short_name(file), &text);
    let root = document.root();
    let page = PageReader {
        library,
        known,
        lists: BTreeMap::new(),
    }
    .page(file, Section::root(&document, &root, "the page"));
    if let Some(page) = &page {
        check_parameters(&Section::root(&document, &root, "the page"), page, library);
    }
    let faults = document.finish();
    match page {
        Some(page) if faults.is_empty() => Ok(page),
        _ => Err(faults),
    }
}

fn whole_file(file: &Path, what: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault::new(short_name(file), None, what, remedy)
}

/// The file as messages name it: folder and name, as the query library does.
fn short_name(file: &Path) -> String {
    let part = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
    format!(
        "{}/{}",
        part(file.parent().and_then(Path::file_name)),
        part(file.file_name())
    )
}

/// What stands on the page only in some cases of its finding names cases that there are.
fn check_cases(root: &Section<'_, '_>, finding: Option<&Finding>, cases: &[String]) {
    let Some(finding) = finding else { return };
    let whens = || finding.cases.iter().map(|case| case.when.as_deref());
    // A sentence for all other cases does not name them.
    if whens().any(|when| when.is_none()) && cases.len() > 1 {
        return;
    }
    for case in cases
        .iter()
        .filter(|case| !whens().any(|when| when == Some(case.as_str())))
    {
        root.fault(
            "cases",
            format!("the page's finding has no case {case:?}"),
            "write the value of `when` of one of [[finding.case]]",
        );
    }
}

/// The reading of one page file: the library that its queries must be in, and its word lists.
pub(super) struct PageReader<'l> {
    library: &'l Library,
    known: &'l FilterList,
    lists: WordLists,
}

impl<'l> PageReader<'l> {
    fn page(mut self, file: &Path, root: Section<'_, '_>) -> Option<Page> {
        let id = file.parent()?.file_name()?.to_str()?.to_owned();
        self.lists = word_lists(&root);
        let path = path(&root, self.known);
        let order = root.whole("order", 0..1000).unwrap_or(0);
        let title = required_words(&root, "title");
        let navigation = root.section("navigation").and_then(read_words);
        let part = root.section("part").and_then(read_words);
        let parent = root.text("parent");
        let feature = root.section("feature").and_then(|section| self.feature(section));
        let needs = self.tables(&root);
        let filters = filters(&root, path.as_ref().and_then(PagePath::parameter), self.known);
        let filter_labels = filter_labels(&root, self.known);
        let finding = self.finding(&root);
        let caveats = root
            .sections("caveat")
            .into_iter()
            .filter_map(|it| self.caveat(it))
            .collect();
        let indicators = root.section("indicators").and_then(|section| self.indicators(section));
        let map = root.section("map").and_then(|section| self.map(section));
        let outlines = root.section("outlines").and_then(|section| self.outline_files(section));
        let figures: Vec<_> = root
            .sections("figure")
            .into_iter()
            .filter_map(|figure| self.figure(figure))
            .collect();
        for (index, figure) in figures.iter().enumerate() {
            if figures[..index].iter().any(|other| other.id == figure.id) {
                root.fault(
                    "figure",
                    format!("two figures are called {:?}", figure.id),
                    "give each its own id",
                );
            }
        }
        if let Some(outlines) = &outlines
            && figures.iter().all(|figure| figure.id != outlines.figure)
        {
            root.fault(
                "outlines",
                format!("no figure is called {:?}", outlines.figure),
                "name the figure under which the links to the outlines stand",
            );
        }
        for cases in figures
            .iter()
            .map(|figure| &figure.cases)
            .chain(indicators.iter().map(|block| &block.cases))
        {
            check_cases(&root, finding.as_ref(), cases);
        }
        root.close();
        Some(Page {
            id,
            file: file.to_owned(),
            path: path?,
            order,
            title: title?,
            navigation,
            part,
            parent,
            feature,
            needs,
            filters,
            filter_labels,
            known_filters: self.known.clone(),
            finding: finding?,
            caveats,
            indicators,
            map,
            outlines,
            figures,
            lists: self.lists,
        })
    }

    fn figure(&self, mut section: Section<'_, '_>) -> Option<Figure> {
        let id = section.required_text("id");
        if let Some(id) = &id {
            section.rename(format!("figure {id:?}"));
            if !id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            {
                section.fault(
                    "id",
                    "the id does not fit an address",
                    "use small letters, digits and _",
                );
            }
        }
        let name = required_words(&section, "name");
        let columns = section.whole("columns", 1..13).unwrap_or(12);
        let query = self.query(&section, "query");
        let parameters = parameters(&section, query);
        let data = self.named_data(&section);
        let labels = self.labels(&section, query);
        let finding = self.finding(&section);
        let subtitle = self.subtitle(&section, finding.as_ref());
        let n = section.section("n").and_then(|n| self.count(n, query));
        let map = section.section("map").and_then(|map| self.figure_map(map, query));
        let table = section
            .sections("table")
            .into_iter()
            .filter_map(|head| self.table_head(head, query, if map.is_some() { &[COMMUNES] } else { &[] }))
            .collect();
        let key = section.sections("key").into_iter().filter_map(key_entry).collect();
        let kinds = self.chart_columns(query, &labels, &data);
        let desk = chart(&section, "chart", kinds.as_ref());
        let phone = chart(&section, "phone", kinds.as_ref());
        if section.has("map") && (section.has("chart") || section.has("phone")) {
            section.fault(
                "map",
                "the figure has a chart as well",
                "leave out chart and phone, or map",
            );
        }
        let needs = self.tables(&section);
        let sort = section.text("sort");
        self.known_column(&section, "sort", sort.as_deref(), query);
        let rows = section
            .whole("rows", 1..10_000)
            .and_then(|rows| usize::try_from(rows).ok());
        let cases = section.texts("cases");
        section.close();
        Some(Figure {
            id: id?,
            name: name?,
            columns: u8::try_from(columns).unwrap_or(12),
            query: query?.name.clone(),
            parameters,
            data,
            labels,
            finding: finding?,
            subtitle: subtitle?,
            n,
            table,
            key,
            chart: desk,
            phone,
            map,
            needs,
            sort,
            rows,
            cases,
        })
    }

    /// The kinds of the columns that a chart may name: the main query's with the label columns, and the named data's.
    fn chart_columns(
        &self,
        query: Option<&Query>,
        labels: &[LabelColumn],
        data: &BTreeMap<String, String>,
    ) -> Option<(Kinds, BTreeMap<String, Kinds>)> {
        let mut main = column_kinds(query?);
        main.extend(labels.iter().map(|label| (label.name.clone(), ColumnKind::Text)));
        let named = data
            .iter()
            .filter_map(|(name, query)| Some((name.clone(), column_kinds(self.library.get(query)?))))
            .collect();
        Some((main, named))
    }

    fn labels(&self, section: &Section<'_, '_>, query: Option<&Query>) -> Vec<LabelColumn> {
        let Some(labels) = section.section("labels") else {
            return Vec::new();
        };
        labels
            .free_tables()
            .into_iter()
            .filter_map(|(name, label)| {
                let column = label.required_text("column");
                self.known_column(&label, "column", column.as_deref(), query);
                let list = label.required_text("words");
                if let Some(list) = &list {
                    self.known_list(&label, "words", list);
                }
                label.close();
                Some(LabelColumn {
                    name,
                    column: column?,
                    list: list?,
                })
            })
            .collect()
    }

    fn named_data(&self, section: &Section<'_, '_>) -> BTreeMap<String, String> {
        let Some(named) = section.section("data") else {
            return BTreeMap::new();
        };
        let all = named.free_texts();
        for (name, query) in &all {
            self.known_query(&named, name, query);
        }
        all.into_iter().collect()
    }

    fn count(&self, section: Section<'_, '_>, query: Option<&Query>) -> Option<Count> {
        let column = section.required_text("column");
        self.known_column(&section, "column", column.as_deref(), query);
        let of = required_words(&section, "of");
        section.close();
        Some(Count {
            column: column?,
            of: of?,
        })
    }

    /// A column of the table; `also` are those that the figure adds to its query's.
    fn table_head(&self, section: Section<'_, '_>, query: Option<&Query>, also: &[&str]) -> Option<TableHead> {
        let column = section.required_text("column");
        let own = column.as_deref().filter(|column| !also.contains(column));
        self.known_column(&section, "column", own, query);
        let label = required_words(&section, "label");
        let style = style(&section, "style").unwrap_or(Style::Text);
        let list = section.text("words");
        if let Some(list) = &list {
            self.known_list(&section, "words", list);
        }
        section.close();
        Some(TableHead {
            column: column?,
            label: label?,
            style,
            list,
        })
    }

    /// `finding = { query, case = [...] }`, as a section of a page or a figure.
    fn finding(&self, parent: &Section<'_, '_>) -> Option<Finding> {
        let Some(section) = parent.section("finding") else {
            if !parent.has("finding") {
                parent.fault(
                    "finding",
                    "finding is missing",
                    "add [finding] with a query and at least one [[finding.case]]",
                );
            }
            return None;
        };
        let query = self.query(&section, "query");
        let mut cases = Vec::new();
        for case in section.sections("case") {
            let when = case.text("when");
            let title = self.phrase(&case, "title", query);
            let lede = case.has("lede").then(|| self.phrase(&case, "lede", query)).flatten();
            let offer = case.section("offer").and_then(offer);
            case.close();
            if let Some(title) = title {
                cases.push(Case {
                    when,
                    title,
                    lede,
                    offer,
                });
            }
        }
        if cases.iter().any(|case| case.when.is_some()) {
            self.known_column(&section, "query", Some("case"), query);
        }
        if !cases.iter().any(|case| case.when.is_none()) {
            section.fault(
                "case",
                "no sentence stands for all other cases",
                "add a case without `when`",
            );
        }
        section.close();
        Some(Finding {
            query: query?.name.clone(),
            cases,
        })
    }

    /// A subtitle may name what every figure knows beside the finding's columns.
    fn subtitle(&self, section: &Section<'_, '_>, finding: Option<&Finding>) -> Option<Phrase> {
        let query = finding.and_then(|finding| self.library.get(&finding.query));
        self.sentence(section, "subtitle", query, &SUBTITLE_NAMES)
    }

    /// A sentence in both languages whose placeholders are columns of a query.
    pub(super) fn phrase(&self, section: &Section<'_, '_>, key: &'static str, query: Option<&Query>) -> Option<Phrase> {
        self.sentence(section, key, query, &[])
    }

    fn sentence(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
        query: Option<&Query>,
        also: &[&str],
    ) -> Option<Phrase> {
        let words = required_words(section, key)?;
        let template = |text: &str| match Template::parse(text) {
            Ok(template) => Some(template),
            Err(fault) => {
                section.fault(key, fault.to_string(), "write {column} or {column:style}");
                None
            }
        };
        let (fr, en) = (template(&words.fr), template(&words.en));
        let phrase = Phrase { fr: fr?, en: en? };
        for sentence in [&phrase.fr, &phrase.en] {
            for column in sentence.columns().filter(|column| !also.contains(column)) {
                self.known_column(section, key, Some(column), query);
            }
            for list in sentence.lists() {
                self.known_list(section, key, list);
            }
        }
        Some(phrase)
    }

    pub(super) fn query(&self, section: &Section<'_, '_>, key: &'static str) -> Option<&'l Query> {
        let name = section.required_text(key)?;
        self.known_query(section, key, &name)
    }

    pub(super) fn known_query(&self, section: &Section<'_, '_>, key: &str, name: &str) -> Option<&'l Query> {
        let found = self.library.get(name);
        if found.is_none() {
            let remedy = did_you_mean(name, self.library.names(), || {
                format!("add the file queries/{name}.sql")
            });
            section.fault(key, format!("there is no query {name:?}"), remedy);
        }
        found
    }

    pub(super) fn known_column(
        &self,
        section: &Section<'_, '_>,
        key: &str,
        column: Option<&str>,
        query: Option<&Query>,
    ) {
        let (Some(column), Some(query)) = (column, query) else {
            return;
        };
        let known = || query.columns.iter().map(|column| column.name.as_str());
        if known().any(|name| name == column) {
            return;
        }
        let remedy = did_you_mean(column, known(), || {
            format!("its columns: {}", known().collect::<Vec<_>>().join(", "))
        });
        section.fault(
            key,
            format!("the query {:?} declares no column {column:?}", query.name),
            remedy,
        );
    }

    fn known_list(&self, section: &Section<'_, '_>, key: &str, list: &str) {
        if !self.lists.contains_key(list) {
            let known = self.lists.keys().map(String::as_str);
            let remedy = did_you_mean(list, known, || format!("add [words.{list}]"));
            section.fault(key, format!("there is no word list {list:?}"), remedy);
        }
    }

    pub(super) fn tables(&self, section: &Section<'_, '_>) -> Vec<String> {
        let names = section.texts("needs");
        for name in &names {
            let known = || chalandise_model::contract().tables().iter().map(|table| table.name);
            if !known().any(|table| table == name) {
                let remedy = did_you_mean(name, known(), || {
                    format!("the lake's tables: {}", known().collect::<Vec<_>>().join(", "))
                });
                section.fault("needs", format!("the lake has no table {name:?}"), remedy);
            }
        }
        names
    }
}
