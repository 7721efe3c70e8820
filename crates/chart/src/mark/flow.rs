//! Flows between two ordered lists of groups: a bar per group at either side, a ribbon to scale per row of the data.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Context;
use crate::canvas::element::{Align, Element, Fill, Layer as Part, Shape};
use crate::canvas::geometry::Rect;
use crate::canvas::place::apart;
use crate::canvas::plan::{Plan, fitted};
use crate::format::{Say, Style, count_change, number};
use crate::scene::layer::Layer;
use crate::spec::{Side, Words};
use crate::text::{CENTER_PX, SIZE_PX, Weight, width_px};
use crate::theme::Color;

/// Height of a flow that names none, in pixels.
const HEIGHT_PX: f64 = 400.0;
/// The line of the sides' headings.
const HEAD_PX: f64 = 24.0;
const BAR_PX: f64 = 8.0;
/// Space between a bar and its ribbons, and between a bar and its label.
const OFF_RIBBON_PX: f64 = 2.0;
const OFF_LABEL_PX: f64 = 10.0;
/// Space between two groups.
const GAP_PX: f64 = 12.0;
/// From the middle of a label of two lines to either baseline's middle, and from one label to the next.
const HALF_PX: f64 = 7.5;
const LABEL_PX: f64 = 31.0;
/// Height that a panel of many groups has for each of them at least, so that their sizes still show.
const GROUP_PX: f64 = 40.0;
/// The thinnest ribbon that is seen.
const HAIR_PX: f64 = 0.8;
/// Labels narrower than this say nothing.
const NARROWEST_PX: f64 = 30.0;

/// A group with what leaves and what reaches it; none where it is not on that side.
struct Group {
    name: Option<String>,
    from: Option<f64>,
    to: Option<f64>,
}

/// One row: its groups' places in the list, and its size.
struct Flow {
    row: usize,
    from: usize,
    to: usize,
    value: f64,
}

/// All of a layer's data, groups from best to worst.
struct Flows {
    groups: Vec<Group>,
    flows: Vec<Flow>,
}

fn sides<'a>(layer: &Layer<'a>) -> Option<(&'a Side, &'a Side)> {
    Some((layer.mark.from.as_ref()?, layer.mark.to.as_ref()?))
}

impl Flows {
    fn new(layer: &Layer<'_>) -> Option<Flows> {
        let (from, to) = sides(layer)?;
        let values = layer.frame.column(&layer.mark.value.as_ref()?.column)?;
        let filling = layer.scene.filling(layer.frame);
        let name = |side: &Side, row: usize| filling.value(&side.column, row, Style::Text);
        let rows = layer.rows();
        // One list for both sides: the same group has one rank, whichever side says it first.
        let mut ranks: BTreeMap<Option<String>, (f64, usize)> = BTreeMap::new();
        for side in [from, to] {
            let order = side.order.as_deref().and_then(|order| layer.frame.column(order));
            let mut known: BTreeMap<Option<String>, (f64, usize)> = BTreeMap::new();
            for row in &rows {
                let rank = order.and_then(|order| order.number(*row)).unwrap_or(f64::INFINITY);
                let seen = ranks.len() + known.len();
                let entry = known.entry(name(side, *row)).or_insert((rank, seen));
                entry.0 = entry.0.min(rank);
            }
            for (name, rank) in known {
                ranks.entry(name).or_insert(rank);
            }
        }
        let mut names: Vec<(Option<String>, (f64, usize))> = ranks.into_iter().collect();
        names.sort_by(|(a, (rank_a, seen_a)), (b, (rank_b, seen_b))| {
            let missing = a.is_none().cmp(&b.is_none());
            missing.then(rank_a.total_cmp(rank_b)).then(seen_a.cmp(seen_b))
        });
        let mut groups: Vec<Group> = (names.into_iter())
            .map(|(name, _)| Group {
                name,
                from: None,
                to: None,
            })
            .collect();
        let places: BTreeMap<Option<String>, usize> = (groups.iter().enumerate())
            .map(|(nth, group)| (group.name.clone(), nth))
            .collect();
        let mut flows = vec![];
        for row in rows {
            // What is not known is not nobody.
            let Some(value) = values.number(row).map(|value| value.max(0.0)) else {
                continue;
            };
            let (Some(&from), Some(&to)) = (places.get(&name(from, row)), places.get(&name(to, row))) else {
                continue;
            };
            let add = |total: &mut Option<f64>| *total = Some((total.unwrap_or(0.0) + value).min(f64::MAX));
            add(&mut groups[from].from);
            add(&mut groups[to].to);
            flows.push(Flow { row, from, to, value });
        }
        Some(Flows { groups, flows })
    }

    /// The larger number of groups on one side.
    fn most(&self) -> usize {
        let left = self.groups.iter().filter(|group| group.from.is_some()).count();
        let right = self.groups.iter().filter(|group| group.to.is_some()).count();
        left.max(right)
    }
}

/// Height of the panel: what it asks for, and more where the labels of its groups need it.
pub(crate) fn height_px(layer: &Layer<'_>, given: Option<f64>) -> f64 {
    let groups = Flows::new(layer).map_or(0, |flows| flows.most());
    given.unwrap_or(HEIGHT_PX).max(HEAD_PX + groups as f64 * GROUP_PX)
}

/// What is written of a group on one side.
struct Label {
    name: String,
    color: Color,
    value: String,
    change: Option<String>,
}

impl Label {
    /// The second line in as much as fits: figures are never cut.
    fn second(&self, room: f64) -> Option<String> {
        let whole = self
            .change
            .as_ref()
            .map(|change| format!("{}\u{a0}\u{a0}{change}", self.value));
        let mut forms = whole.into_iter().chain([self.value.clone()]);
        forms.find(|form| width_px(form, SIZE_PX, Weight::Regular) <= room)
    }

    fn wide_px(&self) -> f64 {
        let second = self.second(f64::INFINITY).unwrap_or_default();
        let name = width_px(&self.name, SIZE_PX, Weight::Bold);
        name.max(width_px(&second, SIZE_PX, Weight::Regular)) + 0.5
    }
}

/// The drawing of one flow in its panel.
struct Picture<'a, 'b> {
    context: &'a Context<'b>,
    flows: Flows,
    style: Style,
    /// The largest value, by which all others are measured: sums of extremes would overflow.
    largest: f64,
    /// Pixels of that value.
    scale: f64,
    plot: Rect,
}

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let layer = &context.layer;
    let (Some(flows), Some((from, to)), Some(value)) = (Flows::new(layer), sides(layer), &layer.mark.value) else {
        return;
    };
    let mut plot = context.area.plot;
    let mut headed = false;
    for (side, align, x) in [(from, Align::Start, plot.left), (to, Align::End, plot.right)] {
        if let Some(title) = &side.title {
            headed = true;
            let words = layer.scene.fill(title, layer.frame, 0);
            let (text, whole) = fitted(&words, plot.width() / 2.0 - 6.0, Weight::Regular, Color::Muted, align);
            if !text.text.is_empty() {
                plan.titled_text((x, plot.top + 12.0), text, Part::Front, whole.as_deref());
            }
        }
    }
    plot.top += if headed { HEAD_PX } else { 0.0 };
    let largest = flows.flows.iter().map(|flow| flow.value).fold(0.0, f64::max);
    let mut picture = Picture {
        context,
        style: value.format.unwrap_or(Style::CountShort),
        largest,
        scale: 0.0,
        plot,
        flows,
    };
    picture.scale = picture.fitting_scale();
    picture.draw(plan, value.change.unwrap_or(true));
}

impl Picture<'_, '_> {
    fn draw(&self, plan: &mut Plan, change: bool) {
        let plot = self.plot;
        let left: Vec<(usize, Label)> = self.labels(false, change);
        let right: Vec<(usize, Label)> = self.labels(true, change);
        let ribbons = (plot.width() * 0.3).max(60.0);
        let room = (plot.width() - 2.0 * (BAR_PX + OFF_LABEL_PX) - ribbons) / 2.0;
        let wide = |labels: &[(usize, Label)]| labels.iter().map(|(_, label)| label.wide_px()).fold(0.0, f64::max);
        let labelled = room >= NARROWEST_PX;
        let gutter = |wide: f64| if labelled { wide.min(room) + OFF_LABEL_PX } else { 0.0 };
        let (from, to) = (plot.left + gutter(wide(&left)), plot.right - gutter(wide(&right)));
        let bar = BAR_PX.min((to - from).max(0.0) / 4.0);
        let tops = [self.tops(false), self.tops(true)];
        let off = OFF_RIBBON_PX.min(bar / 4.0);
        self.ribbons(plan, &tops, (from + bar + off, to - bar - off));
        for (labels, tops, x) in [(&left, &tops[0], from), (&right, &tops[1], to - bar)] {
            for (group, label) in labels {
                let [top, height] = tops[*group];
                let title = self.sentence(&[&label.name], &label.second(f64::INFINITY).unwrap_or_default());
                let corners = [(x, top), (x + bar, top + height.max(1.0))];
                plan.canvas(&corners, |points| {
                    let bar = Element::new(points, Shape::Rect, Part::Mark(None));
                    bar.fill(Fill::Solid(Color::Ink)).title(Some(Arc::from(title)))
                });
            }
        }
        if labelled {
            self.write(plan, &left, &tops[0], (from - OFF_LABEL_PX, Align::End, room));
            self.write(plan, &right, &tops[1], (to + OFF_LABEL_PX, Align::Start, room));
        }
    }

    fn total(&self, group: usize, to: bool) -> Option<f64> {
        let group = &self.flows.groups[group];
        if to { group.to } else { group.from }
    }

    fn labels(&self, to: bool, change: bool) -> Vec<(usize, Label)> {
        let named = |group: usize| {
            let total = self.total(group, to)?;
            let other = self.total(group, false).filter(|_| to && change);
            let change = other.map(|before| self.change(before, total));
            let name = self.name(group);
            let known = self.flows.groups[group].name.is_some();
            let color = if known { Color::Ink } else { Color::Muted };
            let value = self.amount(total);
            Some((
                group,
                Label {
                    name,
                    color,
                    value,
                    change,
                },
            ))
        };
        (0..self.flows.groups.len()).filter_map(named).collect()
    }

    /// The group's name; the missing one's as either side says it.
    fn name(&self, group: usize) -> String {
        let layer = &self.context.layer;
        self.flows.groups[group].name.clone().unwrap_or_else(|| {
            let said = sides(layer).and_then(|(from, to)| from.missing.as_ref().or(to.missing.as_ref()));
            said.map_or_else(|| "–".to_owned(), |words: &Words| layer.scene.words(words))
        })
    }

    fn amount(&self, value: f64) -> String {
        let scene = &self.context.layer.scene;
        match self.style {
            Style::MoneyUnit | Style::SignedMoneyUnit => scene.unit.number(value, self.style, scene.drawing.language),
            style => number(value, style, scene.drawing.language, scene.drawing.currency),
        }
    }

    /// The change from one side to the other, written as the amount beside it is.
    fn change(&self, before: f64, after: f64) -> String {
        let scene = &self.context.layer.scene;
        let change = after - before;
        let style = match self.style {
            Style::CountShort => return count_change(change, before.max(after), scene.drawing.language),
            Style::MoneyUnit => {
                return scene
                    .unit
                    .number(change, Style::SignedMoneyUnit, scene.drawing.language);
            }
            Style::Count => Style::SignedCount,
            Style::Money | Style::MoneyShort => Style::SignedMoneyShort,
            Style::Percent | Style::PercentBare(_) => Style::SignedPoints,
            Style::Decimal(places) => Style::SignedDecimal(places),
            _ => Style::SignedDecimal(0),
        };
        number(change, style, scene.drawing.language, scene.drawing.currency)
    }

    /// Groups and a figure in words, such as `Fidèles → À risque : 24 k`.
    fn sentence(&self, groups: &[&str], figure: &str) -> String {
        Say(self.context.layer.scene.drawing.language).labelled(&groups.join(" → "), figure)
    }

    /// Each group's share of a side, in largest values; none where it is not on that side.
    fn shares(&self, to: bool) -> Vec<Option<f64>> {
        let groups = 0..self.flows.groups.len();
        let mut shares: Vec<Option<f64>> = groups.map(|group| self.total(group, to).map(|_| 0.0)).collect();
        for flow in &self.flows.flows {
            if let Some(share) = &mut shares[if to { flow.to } else { flow.from }] {
                *share += flow.value / self.largest.max(f64::MIN_POSITIVE);
            }
        }
        shares
    }

    /// What a group takes of the height at a scale: its bar and a gap, at least the room of its label, so that no label has to
    /// move to where another group is.
    fn slot(share: f64, scale: f64) -> f64 {
        (share * scale + GAP_PX).max(LABEL_PX)
    }

    /// The largest scale at which the groups of both sides fit into the height, found by halving.
    fn fitting_scale(&self) -> f64 {
        let room = self.plot.height() + GAP_PX;
        let sides = [self.shares(false), self.shares(true)];
        let fits = |scale: f64| {
            let need = |side: &Vec<Option<f64>>| {
                side.iter()
                    .flatten()
                    .map(|share| Self::slot(*share, scale))
                    .sum::<f64>()
            };
            sides.iter().all(|side| need(side) <= room)
        };
        let (mut low, mut high) = (0.0, room);
        for _ in 0..48 {
            let middle = (low + high) / 2.0;
            if fits(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Upper edge and height of each group on one side; what a side has left over goes between its groups.
    fn tops(&self, to: bool) -> Vec<[f64; 2]> {
        let shares = self.shares(to);
        let count = shares.iter().flatten().count();
        let used: f64 = shares
            .iter()
            .flatten()
            .map(|share| Self::slot(*share, self.scale))
            .sum();
        let spare = (self.plot.height() + GAP_PX - used).max(0.0) / count.saturating_sub(1).max(1) as f64;
        let mut y = self.plot.top - GAP_PX / 2.0;
        let mut tops = vec![];
        for share in shares {
            let Some(share) = share else {
                tops.push([y, 0.0]);
                continue;
            };
            let (slot, height) = (Self::slot(share, self.scale), share * self.scale);
            tops.push([y + (slot - height) / 2.0, height]);
            y += slot + spare;
        }
        tops
    }

    fn thick(&self, flow: &Flow) -> f64 {
        flow.value / self.largest.max(f64::MIN_POSITIVE) * self.scale
    }

    /// Ribbons leave and reach their groups in the order of the groups at their other ends, so that they cross least.
    fn ribbons(&self, plan: &mut Plan, tops: &[Vec<[f64; 2]>; 2], (from, to): (f64, f64)) {
        let layer = &self.context.layer;
        let mut order: Vec<&Flow> = self.flows.flows.iter().filter(|flow| flow.value > 0.0).collect();
        let mut left: Vec<f64> = tops[0].iter().map(|[top, _]| *top).collect();
        let mut right: Vec<f64> = tops[1].iter().map(|[top, _]| *top).collect();
        order.sort_by_key(|flow| (flow.from, flow.to));
        let mut drawn: Vec<(&Flow, f64)> = vec![];
        for flow in order {
            drawn.push((flow, left[flow.from]));
            left[flow.from] += self.thick(flow);
        }
        drawn.sort_by_key(|(flow, _)| (flow.to, flow.from));
        let mut ribbons: Vec<(&Flow, f64, f64)> = vec![];
        for (flow, start) in drawn {
            ribbons.push((flow, start, right[flow.to]));
            right[flow.to] += self.thick(flow);
        }
        // Stable ones behind, then the thick before the thin, so that none is hidden.
        ribbons.sort_by(|(a, ..), (b, ..)| {
            let moved = (a.from != a.to).cmp(&(b.from != b.to));
            moved.then(b.value.total_cmp(&a.value)).then(a.row.cmp(&b.row))
        });
        for (flow, start, end) in ribbons {
            let thick = self.thick(flow);
            let (start, end) = (start + thick / 2.0, end + thick / 2.0);
            let half = thick.max(HAIR_PX) / 2.0;
            let corners = [
                (from, start - half),
                (to, end - half),
                (to, end + half),
                (from, start + half),
            ];
            let title = layer
                .scene
                .tooltip(layer.mark, layer.frame, flow.row)
                .unwrap_or_else(|| {
                    let (from, to) = (self.name(flow.from), self.name(flow.to));
                    Arc::from(self.sentence(&[&from, &to], &self.amount(flow.value)))
                });
            let fill = self.fill(flow);
            plan.canvas(&corners, |points| {
                Element::new(points, Shape::Ribbon, self.context.element_layer(flow.row))
                    .fill(fill)
                    .title(Some(title))
            });
        }
    }

    /// Up to a better group, down to a worse one, or stable; to or from no group at all is neither.
    fn fill(&self, flow: &Flow) -> Fill {
        let unknown = |group: usize| self.flows.groups[group].name.is_none();
        match flow.to.cmp(&flow.from) {
            _ if unknown(flow.from) || unknown(flow.to) => Fill::Sheer(Color::PySoft, 0.75),
            std::cmp::Ordering::Equal => Fill::Sheer(Color::PySoft, 0.75),
            std::cmp::Ordering::Less => Fill::Sheer(Color::Gain, 0.5),
            std::cmp::Ordering::Greater => Fill::Sheer(Color::Loss, 0.5),
        }
    }

    /// Names over figures beside the bars, moved apart where groups are thin.
    fn write(
        &self,
        plan: &mut Plan,
        labels: &[(usize, Label)],
        tops: &[[f64; 2]],
        (x, align, room): (f64, Align, f64),
    ) {
        let wished = labels.iter().map(|(group, _)| {
            let [top, height] = tops[*group];
            top + height / 2.0
        });
        let (top, bottom) = (self.plot.top + HALF_PX + 5.0, self.plot.bottom - HALF_PX - 6.0);
        let middles = apart(&wished.collect::<Vec<_>>(), LABEL_PX, top, bottom);
        for ((_, label), middle) in labels.iter().zip(middles) {
            let second = label.second(room);
            let half = if second.is_some() { HALF_PX } else { 0.0 };
            let (name, whole) = fitted(&label.name, room, Weight::Bold, label.color, align);
            if !name.text.is_empty() {
                let at = (x, middle - half + CENTER_PX);
                plan.titled_text(at, name, Part::Front, whole.as_deref());
            }
            if let Some(second) = second {
                let (figure, _) = fitted(&second, f64::INFINITY, Weight::Regular, Color::Ink2, align);
                plan.text((x, middle + half + CENTER_PX), figure, Part::Front);
            }
        }
    }
}
