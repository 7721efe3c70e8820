//! Style, scripts, font, icon and base map: compiled into the binary, named by their content, cached for ever.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use chalandise_chart::{map, theme};
use chalandise_dashboard::AssetLinks;
use std::collections::BTreeMap;

/// Name by content, type, bytes.
#[derive(Debug)]
pub(super) struct Asset {
    pub(super) kind: &'static str,
    pub(super) bytes: Bytes,
}

/// The files under `/static/`.
#[derive(Debug)]
pub(super) struct Assets {
    files: BTreeMap<String, Asset>,
    links: AssetLinks,
    build: String,
}

const STYLE: &str = include_str!("../../static/css/chalandise.css");
const FONT: &[u8] = include_bytes!("../../static/fonts/inter-chalandise.woff2");
const ICON: &str = include_str!("../../static/css/icon.svg");
/// The font's name in the style sheet, replaced by its address.
const FONT_NAME: &str = "inter-chalandise.woff2";
/// The script modules, by stem.
const SCRIPTS: [(&str, &str); 3] = [
    ("tooltip", include_str!("../../static/js/tooltip.js")),
    ("map", include_str!("../../static/js/map.js")),
    ("scenario", include_str!("../../static/js/scenario.js")),
];

impl Assets {
    pub(super) fn new() -> Assets {
        let mut assets = Assets {
            files: BTreeMap::new(),
            links: AssetLinks::default(),
            build: String::new(),
        };
        let font = assets.add("inter-chalandise", "woff2", "font/woff2", Bytes::from_static(FONT));
        assets.links.style = assets.add("chalandise", "css", "text/css; charset=utf-8", style(&font).into());
        assets.links.icon = assets.add("icon", "svg", "image/svg+xml", ICON.into());
        for (stem, script) in SCRIPTS {
            let link = assets.add(stem, "js", "text/javascript; charset=utf-8", script.into());
            assets.links.scripts.push(link);
        }
        let base = map::base_map();
        assets.links.base_map = format!("/static/{}", base.file_name);
        let svg = Asset {
            kind: "image/svg+xml",
            bytes: Bytes::from_static(base.svg.as_bytes()),
        };
        assets.files.insert(base.file_name.clone(), svg);
        let names: Vec<&str> = assets.files.keys().map(String::as_str).collect();
        assets.build = format!("{} {}", env!("CARGO_PKG_VERSION"), names.join(" "));
        assets
    }

    /// Adds a file; gives its address.
    fn add(&mut self, stem: &str, extension: &str, kind: &'static str, bytes: Bytes) -> String {
        let hash = blake3::hash(&bytes).to_hex();
        let name = format!("{stem}.{}.{extension}", &hash[..12]);
        let address = format!("/static/{name}");
        self.files.insert(name, Asset { kind, bytes });
        address
    }

    /// The file of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }

    pub(super) fn links(&self) -> &AssetLinks {
        &self.links
    }

    /// What this build's answers follow from beside the data.
    pub(super) fn build(&self) -> &str {
        &self.build
    }
}

/// The style sheet, with the address of the font.
fn style(font: &str) -> String {
    [
        theme::css(),
        STYLE.replace(FONT_NAME, font),
        map::css(&map::PAGE_WIDTHS_PX),
    ]
    .concat()
}

/// Style, font and icon inside their addresses, for a page that is to stand alone in a file; no scripts.
pub fn assets_in_file() -> AssetLinks {
    let inside = |kind: &str, bytes: &[u8]| format!("data:{kind};base64,{}", BASE64_STANDARD.encode(bytes));
    AssetLinks {
        style: inside("text/css", style(&inside("font/woff2", FONT)).as_bytes()),
        icon: inside("image/svg+xml", ICON.as_bytes()),
        in_file: true,
        ..AssetLinks::default()
    }
}
