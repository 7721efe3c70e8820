//! What a page adds to the figure: the stylesheet of its widths and the links that move the view.

use std::fmt::Write as _;

use super::picture::{LEGEND_INSIDE_PX, NARROW_PX};
use super::view::{ASPECT, Direction, View};
use crate::format::{Language, Say};
use crate::svg::escape;

/// Pixels beside the picture that the page keeps free: its margins on a desktop and on a phone.
const MARGINS_PX: (f64, f64) = (80.0, 32.0);

/// The stylesheet of maps laid out at these widths, descending: which layout shows in which window, where legend and
/// buttons lie, how a cell under the pointer looks. It builds on [`crate::theme::css`].
#[must_use]
pub fn css(widths_px: &[f64]) -> String {
    let mut css = String::from(
        ".map-box{position:relative;overflow:hidden}\n\
         .map{touch-action:pan-x pan-y}\n\
         .map .shared{overflow:hidden}\n\
         .map .cells a:hover path,.map .cells a:focus-visible path{stroke:var(--ink);stroke-width:15}\n\
         .map .stores a:hover circle,.map .stores a:focus-visible circle{stroke-width:2.25}\n\
         .map a:focus{outline:none}\n\
         .map:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}\n\
         .map.dragging{cursor:grabbing}.map.dragging a{pointer-events:none}.map[aria-busy]{opacity:.85}\n\
         .tip{position:fixed;z-index:9;max-width:280px;padding:4px 8px;font-size:12px;line-height:16px;pointer-events:none;\
         color:var(--page);background:var(--ink)}\n\
         .map-controls{position:absolute;z-index:1;left:0;top:8px;display:flex;flex-direction:column}\n\
         .map-controls a{box-sizing:border-box;width:32px;height:32px;line-height:30px;text-align:center;\
         text-decoration:none;font-size:20px;color:var(--ink);background:var(--page);border:1px solid var(--axis)}\n\
         .map-controls a+a{border-top:0}\n\
         @media (scripting:enabled){.map-box .map-controls .pan:not(:focus){position:absolute;width:1px;height:1px;\
         overflow:hidden;clip-path:inset(50%)}}\n\
         .map-legend{position:absolute;z-index:1;left:0;bottom:0}\n\
         .map-legend.plate{background:color-mix(in srgb,var(--sea) 94%,transparent);padding:12px 12px 0 0}\n",
    );
    for (index, width_px) in widths_px.iter().enumerate() {
        let rules = layout(widths_px, *width_px);
        // The first is the rule, each further one an exception below the window that the one before needs.
        match index {
            0 => css.push_str(&rules),
            _ => {
                let needed = window_px(widths_px[index - 1]);
                let crosses = |limit_px: f64| widths_px[index - 1] >= limit_px && *width_px < limit_px;
                let _ = write!(css, "@media screen and (max-width:{:.2}px){{\n{rules}", needed - 0.02);
                if crosses(LEGEND_INSIDE_PX) {
                    css.push_str(LEGEND_BELOW);
                }
                if crosses(NARROW_PX) {
                    css.push_str(FINGERS);
                }
                css.push_str("}\n");
            }
        }
    }
    css.push_str(&super::figure::css());
    css
}

/// A legend under the map.
const LEGEND_BELOW: &str = ".map-legend,.map-legend.plate{position:static;padding:0;margin-top:16px}\n";
/// Buttons for fingers, where a thumb reaches them.
const FINGERS: &str = ".map-controls{left:auto;right:0}.map-controls a{width:44px;height:44px;line-height:42px}\n";

/// The window from which on a width fits.
fn window_px(width_px: f64) -> f64 {
    width_px
        + if width_px < NARROW_PX {
            MARGINS_PX.1
        } else {
            MARGINS_PX.0
        }
}

/// Shows the layout of one width and hides the others.
fn layout(widths_px: &[f64], shown_px: f64) -> String {
    let mut css = format!(".map{{width:{shown_px}px;height:{}px}}\n", (shown_px / ASPECT).round());
    for width_px in widths_px {
        let display = if *width_px == shown_px { "inline" } else { "none" };
        let _ = writeln!(css, ".w-{}{{display:{display}}}", width_px.round());
    }
    css
}

/// The links that zoom and pan: `href` turns a view into the address of the same page at that view.
///
/// In a `.map-box` with script, which drags, the links that pan are for the keyboard: they show when focused. The links carry
/// `data-zoom` and `data-pan`, by which the script takes them over.
#[must_use]
pub fn controls(view: &View, language: Language, href: impl Fn(&View) -> String) -> String {
    let say = Say(language);
    let mut html = format!("<nav class=\"map-controls\" aria-label=\"{}\">", say.word("chart-move"));
    let mut link = |attributes: &str, target: &View, name: &str, sign: &str| {
        let mut address = String::new();
        escape(&href(target), &mut address);
        let _ = write!(
            html,
            "<a {attributes} href=\"{address}\" aria-label=\"{name}\">{sign}</a>"
        );
    };
    if let Some(closer) = view.zoom_in() {
        link("data-zoom=\"in\"", &closer, say.word("chart-zoom-in"), "+");
    }
    if let Some(wider) = view.zoom_out() {
        link("data-zoom=\"out\"", &wider, say.word("chart-zoom-out"), "−");
    }
    let pans = [
        (
            Direction::North,
            "class=\"pan\" data-pan=\"north\"",
            say.word("chart-north"),
            "↑",
        ),
        (
            Direction::South,
            "class=\"pan\" data-pan=\"south\"",
            say.word("chart-south"),
            "↓",
        ),
        (
            Direction::East,
            "class=\"pan\" data-pan=\"east\"",
            say.word("chart-east"),
            "→",
        ),
        (
            Direction::West,
            "class=\"pan\" data-pan=\"west\"",
            say.word("chart-west"),
            "←",
        ),
    ];
    for (direction, attributes, name, sign) in pans {
        link(attributes, &view.pan(direction), name, sign);
    }
    html.push_str("</nav>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::PAGE_WIDTHS_PX;

    #[test]
    fn each_window_shows_one_layout() {
        let css = css(&PAGE_WIDTHS_PX);
        assert_eq!(css.matches("display:inline").count(), PAGE_WIDTHS_PX.len());
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        assert!(css.contains("@media screen and (max-width:983.98px){\n.map{width:680px;height:584px}"));
        assert!(css.contains("@media screen and (max-width:389.98px){\n.map{width:288px"));
    }

    #[test]
    fn links_move_the_view_and_stop_at_france() {
        let html = controls(&View::france(), Language::French, |view| {
            format!("?layer=orders&view={view}")
        });
        assert!(
            html.contains("data-zoom=\"in\" href=\"?layer=orders&amp;view=") && !html.contains("data-zoom=\"out\"")
        );
        assert_eq!(html.matches("class=\"pan\"").count(), 4);
    }
}
