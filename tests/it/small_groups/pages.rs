//! Whole pages: no count of customers in titles, notes and tables is below the least size of a group, unless it is nobody.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::lake::{CHANNELS, LEAST, small_lake};
use crate::pages::client::Site;

const SEGMENTS: [&str; 6] = ["champions", "loyal", "promising", "dormant", "at_risk", "lost"];

/// The choices of the region's filter.
fn regions(html: &str) -> Vec<String> {
    let select = html.split("name=\"region\"").nth(1).unwrap_or_default();
    let options = select
        .split("</select>")
        .next()
        .unwrap_or_default()
        .split("<option value=\"");
    let names = options.skip(1).filter_map(|option| option.split('"').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'-' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn address(random: &mut ChaCha8Rng, regions: &[String]) -> String {
    let mut pairs = vec!["lang=en".to_owned()];
    if random.random_bool(0.7) {
        pairs.push(format!("sales_channel={}", CHANNELS[random.random_range(0..4)]));
    }
    if random.random_bool(0.7) {
        let region = &regions[random.random_range(0..regions.len())];
        pairs.push(format!("region={}", encoded(region)));
    }
    let path = match random.random_range(0..4) {
        0 => "/network".to_owned(),
        1 => format!("/customers/{}", SEGMENTS[random.random_range(0..6)]),
        _ => "/customers".to_owned(),
    };
    format!("{path}?{}", pairs.join("&"))
}

/// The text of a page, without its marks and without what is no figure of it.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        rest = &rest[start..];
        let end = ["script", "style"]
            .iter()
            .find(|name| rest[1..].starts_with(*name))
            .and_then(|name| rest.find(&format!("</{name}>")))
            .unwrap_or(0);
        let close = rest[end..].find('>').map_or(rest.len(), |close| end + close + 1);
        rest = &rest[close..];
    }
    text.push_str(rest);
    text.replace("&nbsp;", " ").replace(['\u{a0}', '\u{202f}'], " ")
}

/// Numbers in front of the word, such as 3 of "3 customers".
fn counts(text: &str) -> Vec<(usize, String)> {
    let all: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, pair) in all.windows(2).enumerate() {
        if !pair[1].starts_with("customer") {
            continue;
        }
        let digits = pair[0].replace(',', "");
        let limit = at > 0 && matches!(all[at - 1], "than" | "with");
        if let Ok(count) = digits.trim_start_matches('(').parse::<usize>()
            && !limit
        {
            found.push((count, all[at.saturating_sub(8)..(at + 6).min(all.len())].join(" ")));
        }
    }
    found
}

pub(super) fn judge(pages: usize) {
    let site = Site::of(small_lake());
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let regions = regions(&site.get("/customers?lang=en").text());
    assert!(regions.len() > 3, "{regions:?}");
    let mut seen = 0;
    for _ in 0..pages {
        let address = address(&mut random, &regions);
        let answer = site.get(&address);
        assert_eq!(answer.status, 200, "{address}");
        for (count, sentence) in counts(&words(&answer.text())) {
            seen += 1;
            assert!(count == 0 || count >= LEAST, "{address}: {sentence}");
        }
    }
    assert!(seen > pages / 2, "pages count customers: {seen}");
    // Two customers live there.
    let fewer = site.get("/customers?lang=fr&region=Normandie").text();
    assert!(
        fewer.contains("<h1>Trop peu de clients pour ces filtres"),
        "the title says why it has no figure"
    );
    assert!(fewer.contains("Trop peu de clients changent de segment pour ces filtres"));
}
