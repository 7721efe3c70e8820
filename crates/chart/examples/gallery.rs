//! All example charts on one page, as pages show them: `cargo run -p chalandise-chart --example gallery -- gallery.html`;
//! names of examples behind it draw only these.

use std::fmt::Write;
use std::path::Path;

use chalandise_chart::{Language, Theme, theme};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("give the file to write")?;
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/fonts/inter-chalandise.woff2");
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><title>Charts</title><style>@font-face{{font-family:'Inter Chalandise';\
         font-weight:400 700;src:url(file://{})}}{}body{{margin:24px;background:var(--page);color:var(--muted);\
         font:12px/16px 'Inter Chalandise',sans-serif}}figure{{display:inline-block;vertical-align:top;margin:0 32px 32px 0}}</style>\
         <script>document.documentElement.dataset.theme=new URLSearchParams(location.search).get('theme')||'light'</script>",
        font.canonicalize()?.display(),
        theme::css(),
    );
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    for (nth, example) in support::Example::all().iter().enumerate() {
        if !wanted.is_empty() && !wanted.contains(&example.name) {
            continue;
        }
        for width_px in example.widths() {
            let id = format!("g{nth}-{width_px}");
            let svg = example.draw_as(&id, Language::French, Theme::Css, f64::from(*width_px))?;
            write!(
                page,
                "<figure><figcaption>{} {width_px}</figcaption>{svg}</figure>",
                example.name
            )?;
        }
    }
    std::fs::write(out, page)?;
    Ok(())
}
