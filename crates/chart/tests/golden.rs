//! Every example chart, in both languages, light and dark, at each of its widths, against the drawings in `tests/charts`.
//!
//! `BLESS=1 cargo test -p chalandise-chart --test golden` writes them anew; look at them before they are committed.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files should fail loudly"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use chalandise_chart::{Language, Theme, inspect};
use support::Example;

fn charts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/charts")
}

#[test]
fn every_example_is_drawn_as_before_and_without_overlap() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = vec![];
    let mut seen = vec![];
    for example in Example::all() {
        for (language, theme, width_px) in example.variants() {
            let svg = example.draw(language, theme, f64::from(width_px)).unwrap();
            for fault in inspect::faults(&svg) {
                wrong.push(format!(
                    "{} at {width_px} in {}: {fault}",
                    example.name,
                    language.code()
                ));
            }
            let file = format!(
                "{}.{}.{}.{width_px}.svg",
                example.name,
                language.code(),
                support::name_of(theme)
            );
            let path = charts().join(&file);
            if bless {
                fs::write(&path, &svg).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != svg {
                wrong.push(format!("{file} differs; look at it, then run with BLESS=1"));
            }
            seen.push(file);
        }
    }
    for entry in fs::read_dir(charts()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".svg") && !seen.contains(&name) && !name.starts_with("map") {
            wrong.push(format!("{name} belongs to no example; delete it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_gets_no_literal_colour() {
    for example in Example::all() {
        let svg = example.draw(Language::French, Theme::Css, 687.0).unwrap();
        assert!(!svg.contains("=\"#"), "{} has a literal colour", example.name);
        assert!(svg.contains("<title id=\"c-t\">") && svg.contains("<desc id=\"c-d\">"));
        assert_eq!(
            svg.contains("graphics-document"),
            svg.contains("<a href"),
            "{}",
            example.name
        );
        assert_eq!(
            svg.matches("<a href").count(),
            svg.matches("aria-label=").count(),
            "every link has a name"
        );
    }
}

#[test]
fn every_width_is_laid_out_without_overlap() {
    for example in Example::all() {
        for width_px in [
            24, 96, 200, 276, 320, 358, 390, 481, 499, 500, 640, 687, 880, 1200, 1600,
        ] {
            for language in [Language::French, Language::English] {
                let svg = example.draw(language, Theme::Css, f64::from(width_px)).unwrap();
                assert_eq!(
                    inspect::faults(&svg),
                    [],
                    "{} at {width_px} in {}",
                    example.name,
                    language.code()
                );
            }
        }
    }
}
