//! Example charts: a specification with its data in one file.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each user takes what it needs, and a broken example should fail loudly"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chalandise_chart::{ChartError, Column, Drawing, Frame, Frames, Language, Spec, Theme, Words, render};
use chrono::NaiveDate;
use serde::Deserialize;

/// Column name to values.
type Table = BTreeMap<String, Vec<toml::Value>>;

#[derive(Deserialize)]
struct File {
    title: Words,
    desc: Words,
    widths: Vec<u32>,
    chart: Spec,
    data: Table,
    #[serde(default)]
    named: BTreeMap<String, Table>,
}

/// One example.
pub struct Example {
    pub name: String,
    file: File,
    pub frames: Frames,
}

/// Numbers (`nan` is missing), days, or names (the empty name is missing).
fn column(values: &[toml::Value]) -> Column {
    let text = |value: &toml::Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let number = |value: &toml::Value| {
        value
            .as_float()
            .or(value.as_integer().map(|whole| whole as f64))
            .filter(|value| value.is_finite())
    };
    let day = |value: &toml::Value| value.to_string().parse::<NaiveDate>().ok();
    match values.first() {
        Some(toml::Value::Datetime(_)) => Column::Date(values.iter().map(day).collect()),
        Some(toml::Value::String(_)) => Column::Text(values.iter().map(text).collect()),
        Some(_) => Column::Number(values.iter().map(number).collect()),
        None => Column::Date(vec![]),
    }
}

fn frame(table: &Table) -> Frame {
    Frame::new(
        table
            .iter()
            .map(|(name, values)| (name.clone(), column(values)))
            .collect(),
    )
    .unwrap()
}

impl Example {
    /// All examples, by name.
    pub fn all() -> Vec<Example> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        paths.iter().map(|path| Example::read(path)).collect()
    }

    fn read(path: &Path) -> Example {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let file: File =
            toml::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let mut frames = Frames::new(if name == "nothing" {
            empty(&file.data)
        } else {
            frame(&file.data)
        });
        for (dataset, table) in &file.named {
            frames = frames.with(dataset, frame(table));
        }
        Example { name, file, frames }
    }

    /// Languages, themes and widths of the goldens: all languages in light, French in dark.
    pub fn variants(&self) -> Vec<(Language, Theme, u32)> {
        let pairs = [
            (Language::French, Theme::Light),
            (Language::English, Theme::Light),
            (Language::French, Theme::Dark),
        ];
        self.file
            .widths
            .iter()
            .flat_map(|width| pairs.map(|(language, theme)| (language, theme, *width)))
            .collect()
    }

    /// Draws the example with its own data.
    pub fn draw(&self, language: Language, theme: Theme, width_px: f64) -> Result<String, ChartError> {
        self.draw_frames(&self.frames, language, theme, width_px)
    }

    /// Draws the example with other data.
    pub fn draw_frames(
        &self,
        frames: &Frames,
        language: Language,
        theme: Theme,
        width_px: f64,
    ) -> Result<String, ChartError> {
        let drawing = self.drawing("c", language, theme, width_px);
        render(&self.file.chart, frames, &drawing)
    }

    /// Draws the example under an id of its own.
    pub fn draw_as(&self, id: &str, language: Language, theme: Theme, width_px: f64) -> Result<String, ChartError> {
        let drawing = self.drawing(id, language, theme, width_px);
        render(&self.file.chart, &self.frames, &drawing)
    }

    /// The widths that the example is made for, in pixels.
    pub fn widths(&self) -> &[u32] {
        &self.file.widths
    }

    fn drawing<'a>(&'a self, id: &'a str, language: Language, theme: Theme, width_px: f64) -> Drawing<'a> {
        Drawing {
            id,
            title: self.file.title.of(language),
            desc: self.file.desc.of(language),
            width_px,
            language,
            theme,
            currency: "EUR",
        }
    }
}

/// An empty array says nothing of its kind: the month is a day, the rest are numbers.
fn empty(table: &Table) -> Frame {
    let column = |name: &str| {
        if name == "month" {
            Column::Date(vec![])
        } else {
            Column::Number(vec![])
        }
    };
    Frame::new(table.keys().map(|name| (name.clone(), column(name))).collect()).unwrap()
}

/// The theme in a file name.
pub fn name_of(theme: Theme) -> &'static str {
    match theme {
        Theme::Css => "css",
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Print => "print",
    }
}
