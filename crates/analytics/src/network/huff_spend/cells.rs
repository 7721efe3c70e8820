//! What each cell says about each store at given parameters, all its spans together: the unit in which chance is independent, since a
//! customer orders again, and in several stores, but lives in one cell.

use super::model::{Point, Shares, SpendModel};
use super::moments::Parted;
use super::situations::Row;
use crate::numeric::side_by_side;

/// A cell's view of one store; money throughout.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoreView {
    pub(super) flow: f64,
    pub(super) predicted: f64,
    /// Derivative of the quasi likelihood by the store's utility.
    pub(super) score: f64,
    /// Expected information on the store's utility.
    pub(super) information: f64,
    /// Derivatives of the predicted revenue of all stores, and of all rivals, by the store's utility.
    pub(super) slope: f64,
    pub(super) rival_slope: f64,
}

/// A cell's view of what all its stores share; money throughout.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SharedView {
    /// Derivative of the quasi likelihood.
    pub(super) score: f64,
    /// Derivatives of the predicted revenue of all stores, and of all rivals.
    pub(super) slope: f64,
    pub(super) rival_slope: f64,
}

/// A cell at given parameters.
pub(super) struct CellView<'a> {
    /// The stores that it reaches, in rising order.
    pub(super) stores: &'a [u16],
    /// By store, of all stores; only those it reaches are meant.
    pub(super) views: &'a [StoreView],
    /// By the coefficient of distance, by the utility of the outside, and by each column's exponent as far as it moves rivals.
    pub(super) shared: &'a [SharedView],
    /// What the rivals are predicted to take.
    pub(super) taken: f64,
}

/// Places among the shared views; columns follow.
const DISTANCE: usize = 0;
const OUTSIDE: usize = 1;

/// A cell in the making, with its memory.
struct Gathered {
    stores: Vec<u16>,
    views: Vec<StoreView>,
    seen: Vec<bool>,
    shared: Vec<SharedView>,
    taken: f64,
    parted: Parted,
}

impl SpendModel<'_> {
    /// Shows every cell to `add`; one result for each piece of the rows, in their order.
    pub(super) fn visit_cells<A: Send>(
        &self,
        point: &Point,
        start: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &CellView<'_>) + Sync,
    ) -> Vec<A> {
        side_by_side(self.pieces.len() as u64, |piece| {
            let mut sum = start();
            let mut cell = Gathered::new(self);
            let rows = self.pieces[piece as usize].clone();
            for number in rows.clone() {
                let row = self.situations.row(number);
                cell.add(self, &row, point);
                let next = (number + 1 < rows.end).then(|| self.situations.row(number + 1).cell);
                if next != Some(row.cell) {
                    cell.show(|view| add(&mut sum, view));
                }
            }
            sum
        })
    }
}

impl Gathered {
    fn new(model: &SpendModel<'_>) -> Gathered {
        Gathered {
            stores: Vec::new(),
            views: vec![StoreView::default(); model.stores()],
            seen: vec![false; model.stores()],
            shared: vec![SharedView::default(); model.beside()],
            taken: 0.0,
            parted: model.parted_once(),
        }
    }

    fn add(&mut self, model: &SpendModel<'_>, row: &Row<'_>, point: &Point) {
        let shares = model.shares(row, point, &mut self.parted);
        let (lost, taken) = (row.potential * shares.outside, row.potential * shares.rivals);
        let unseen = lost + taken;
        let curved = row.revenue + unseen;
        let twice = 1.0 + (shares.outside + shares.rivals);
        for (store, share) in row.stores.iter().zip(&self.parted.shares) {
            let index = usize::from(*store);
            if !self.seen[index] {
                self.seen[index] = true;
                self.stores.push(*store);
            }
            let view = &mut self.views[index];
            view.predicted += row.potential * share;
            view.score -= curved * share;
            view.information += row.potential * (share - share * share * twice);
            view.slope += unseen * share;
            view.rival_slope -= taken * share;
        }
        for (place, flow) in row.flows() {
            let view = &mut self.views[usize::from(row.stores[place])];
            view.flow += flow;
            view.score += flow;
            self.shared[DISTANCE].score += flow * model.distances[row.first + place];
        }
        let distance = &mut self.shared[DISTANCE];
        distance.score -= curved * shares.distance;
        distance.slope += unseen * shares.distance;
        let outside = &mut self.shared[OUTSIDE];
        outside.score += lost - curved * shares.outside;
        outside.slope -= lost * (1.0 - shares.outside);
        if !row.rivals.is_empty() {
            self.add_rivals(row, &shares);
        }
    }

    /// What rivals add by what is shared. The mean of x over all alternatives is that over the rivals for their columns.
    fn add_rivals(&mut self, row: &Row<'_>, shares: &Shares) {
        let taken = row.potential * shares.rivals;
        let unseen = row.potential * shares.outside + taken;
        self.taken += taken;
        let Some((by_distance, by_columns)) = self.parted.rivals.first.split_last() else {
            return;
        };
        let distance = &mut self.shared[DISTANCE];
        distance.score += row.potential * by_distance;
        distance.slope -= row.potential * by_distance;
        distance.rival_slope += row.potential * by_distance - taken * shares.distance;
        let outside = &mut self.shared[OUTSIDE];
        outside.slope += taken * shares.outside;
        outside.rival_slope -= taken * shares.outside;
        for (shared, mean) in self.shared[OUTSIDE + 1..].iter_mut().zip(by_columns) {
            shared.score += (row.potential - row.revenue - unseen) * mean;
            shared.slope -= (row.potential - unseen) * mean;
            shared.rival_slope += (row.potential - taken) * mean;
        }
    }

    fn show(&mut self, look: impl FnOnce(&CellView<'_>)) {
        self.stores.sort_unstable();
        look(&CellView {
            stores: &self.stores,
            views: &self.views,
            shared: &self.shared,
            taken: self.taken,
        });
        for store in self.stores.drain(..) {
            self.views[usize::from(store)] = StoreView::default();
            self.seen[usize::from(store)] = false;
        }
        self.shared.fill(SharedView::default());
        self.taken = 0.0;
    }
}

/// Sums over all cells; by store where not said otherwise.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) observed: Vec<f64>,
    pub(super) predicted: Vec<f64>,
    /// What the rivals are predicted to take.
    pub(super) taken: f64,
    /// Derivatives of the predicted revenue of all stores, by each store's utility and by what is shared.
    pub(super) slopes: Vec<f64>,
    /// The same of the predicted revenue of all rivals.
    pub(super) rival_slopes: Vec<f64>,
    /// Of each store's utility: squared scores of the cells, expected information, squared information of the cells.
    scores: Vec<f64>,
    information: Vec<f64>,
    concentration: Vec<f64>,
    /// Of all pairs of cell and store: squared residuals, and these divided by what was predicted; how many pairs.
    squares: f64,
    pearson: f64,
    pairs: usize,
}

impl Account {
    fn new(stores: usize, beside: usize) -> Account {
        Account {
            observed: vec![0.0; stores],
            predicted: vec![0.0; stores],
            taken: 0.0,
            slopes: vec![0.0; stores + beside],
            rival_slopes: vec![0.0; stores + beside],
            scores: vec![0.0; stores],
            information: vec![0.0; stores],
            concentration: vec![0.0; stores],
            squares: 0.0,
            pearson: 0.0,
            pairs: 0,
        }
    }

    fn add(&mut self, cell: &CellView<'_>) {
        for store in cell.stores.iter().map(|store| usize::from(*store)) {
            let view = cell.views[store];
            let residual = view.flow - view.predicted;
            self.observed[store] += view.flow;
            self.predicted[store] += view.predicted;
            self.slopes[store] += view.slope;
            self.rival_slopes[store] += view.rival_slope;
            self.scores[store] += view.score * view.score;
            self.information[store] += view.information;
            self.concentration[store] += view.information * view.information;
            self.squares += residual * residual;
            if view.predicted > 0.0 {
                self.pearson += residual * residual / view.predicted;
            }
        }
        self.pairs += cell.stores.len();
        self.taken += cell.taken;
        let stores = self.observed.len();
        let shared = self.slopes[stores..].iter_mut().zip(&mut self.rival_slopes[stores..]);
        for ((slope, rival_slope), view) in shared.zip(cell.shared) {
            *slope += view.slope;
            *rival_slope += view.rival_slope;
        }
    }

    fn merge(&mut self, other: &Account) {
        let both = [
            (&mut self.observed, &other.observed),
            (&mut self.predicted, &other.predicted),
            (&mut self.slopes, &other.slopes),
            (&mut self.rival_slopes, &other.rival_slopes),
            (&mut self.scores, &other.scores),
            (&mut self.information, &other.information),
            (&mut self.concentration, &other.concentration),
        ];
        for (own, other) in both {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
        self.squares += other.squares;
        self.pearson += other.pearson;
        self.pairs += other.pairs;
        self.taken += other.taken;
    }

    /// Sum of the predicted revenues.
    pub(super) fn inside(&self) -> f64 {
        self.predicted.iter().sum()
    }

    /// Variance of a pair's revenue over its mean, weighted by the mean: squared residuals over predicted revenue.
    pub(super) fn dispersion(&self) -> f64 {
        self.squares / self.inside()
    }

    /// The same with every pair weighing alike (Pearson's).
    pub(super) fn pearson_dispersion(&self, parameters: usize) -> f64 {
        self.pearson / (self.pairs.saturating_sub(parameters)).max(1) as f64
    }

    /// Variance over mean as the stores' levels feel it: squared scores of the cells over expected information, so that orders of one
    /// customer, in whichever store, count as one piece of news. Each cell pulls the level of its store towards itself, by its share in
    /// the store's information and the more the less the level is shrunk; squared scores are that much too small. `precisions` are
    /// 1 / variance of each store's effect, none where there are no effects.
    pub(super) fn level_dispersion(&self, precisions: Option<&[f64]>, before: f64) -> f64 {
        let (mut scores, mut information) = (0.0, 0.0);
        let stores = self.scores.iter().zip(&self.information).zip(&self.concentration);
        for (store, ((score, own), squared)) in stores.enumerate() {
            if *own > 0.0 {
                let free = precisions.map_or(0.0, |precisions| own / (own + before * precisions[store]));
                scores += score;
                information += own - free * squared / own;
            }
        }
        scores / information
    }
}

impl SpendModel<'_> {
    pub(super) fn account(&self, point: &Point) -> Account {
        let start = || Account::new(self.stores(), self.beside());
        let mut all = start();
        for piece in self.visit_cells(point, start, Account::add) {
            all.merge(&piece);
        }
        all
    }
}
