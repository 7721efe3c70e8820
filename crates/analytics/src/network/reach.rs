//! Which sites each place reaches, and how far they are: the pairs that models of store choice are made of.

use h3o::LatLng;

use crate::numeric::side_by_side;

/// Sites within reach of places: place after place, each one's in the order of the sites.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Where each place's sites start; one more than there are places.
    pub starts: Vec<u32>,
    /// Positions among the sites.
    pub sites: Vec<u16>,
    /// Distances in km, or minutes; none below the smallest.
    pub distances: Vec<f32>,
}

/// Degrees of latitude of one km on the sphere, rounded up.
const DEGREES_OF_A_KM: f64 = 1.0 / 111.0;
/// Places measured in one piece of work: fixed, though no result depends on it.
const PIECE: usize = 4_096;

impl Reach {
    /// The sites no farther than `largest_km` from each place along the great circle; distances below `smallest_km` count as that.
    ///
    /// At most 65,536 sites; those beyond are out of reach of everybody.
    ///
    /// ```
    /// use chalandise_analytics::network::reach::Reach;
    /// use h3o::LatLng;
    /// let nantes = LatLng::new(47.2184, -1.5536).expect("finite degrees");
    /// let angers = LatLng::new(47.4784, -0.5632).expect("finite degrees");
    /// let reach = Reach::great_circle(&[nantes], &[nantes, angers], 1.0, 80.0);
    /// assert_eq!(reach.sites, [0]);
    /// assert_eq!(reach.distances, [1.0]);
    /// ```
    #[must_use]
    pub fn great_circle(places: &[LatLng], sites: &[LatLng], smallest_km: f64, largest_km: f64) -> Reach {
        let sites = &sites[..sites.len().min(usize::from(u16::MAX) + 1)];
        let mut by_latitude: Vec<u16> = (0..sites.len()).map(|site| site as u16).collect();
        by_latitude.sort_by(|left, right| {
            let of = |site: &u16| sites[usize::from(*site)].lat();
            of(left).total_cmp(&of(right)).then(left.cmp(right))
        });
        let pieces = side_by_side(places.len().div_ceil(PIECE) as u64, |piece| {
            let piece = piece as usize;
            let last = ((piece + 1) * PIECE).min(places.len());
            let mut part = Reach::default();
            for place in &places[piece * PIECE..last] {
                part.measure(*place, sites, &by_latitude, smallest_km, largest_km);
            }
            part
        });
        Reach::joined(&pieces)
    }

    /// From lists by place, each sorted by site.
    #[must_use]
    pub fn from_lists(lists: impl IntoIterator<Item = Vec<(u16, f32)>>) -> Reach {
        let mut reach = Reach {
            starts: vec![0],
            ..Reach::default()
        };
        for list in lists {
            for (site, distance) in list {
                reach.sites.push(site);
                reach.distances.push(distance);
            }
            reach.starts.push(reach.sites.len() as u32);
        }
        reach
    }

    /// The sites that a place reaches, and their distances.
    pub fn of(&self, place: usize) -> impl Iterator<Item = (u16, f32)> + '_ {
        let range = self.starts[place] as usize..self.starts[place + 1] as usize;
        self.sites[range.clone()]
            .iter()
            .copied()
            .zip(self.distances[range].iter().copied())
    }

    fn measure(&mut self, place: LatLng, sites: &[LatLng], by_latitude: &[u16], smallest_km: f64, largest_km: f64) {
        let tall = largest_km * DEGREES_OF_A_KM;
        // A circle is widest north of its middle; at the poles it holds all longitudes.
        let narrow = (place.lat().abs() + tall).to_radians().cos();
        let wide = if narrow > 0.01 { tall / narrow } else { 360.0 };
        let first = by_latitude.partition_point(|site| sites[usize::from(*site)].lat() < place.lat() - tall);
        let from = self.sites.len();
        for site in &by_latitude[first..] {
            let other = sites[usize::from(*site)];
            if other.lat() > place.lat() + tall {
                break;
            }
            let apart = (other.lng() - place.lng()).abs();
            if apart.min(360.0 - apart) > wide {
                continue;
            }
            let distance_km = other.distance_km(place);
            if distance_km <= largest_km {
                self.sites.push(*site);
                self.distances.push(distance_km.max(smallest_km) as f32);
            }
        }
        self.sort_from(from);
        self.starts.push(self.sites.len() as u32);
    }

    fn sort_from(&mut self, from: usize) {
        let mut pairs: Vec<(u16, f32)> = self.sites[from..]
            .iter()
            .copied()
            .zip(self.distances[from..].iter().copied())
            .collect();
        pairs.sort_unstable_by_key(|(site, _)| *site);
        for (place, (site, distance)) in pairs.into_iter().enumerate() {
            self.sites[from + place] = site;
            self.distances[from + place] = distance;
        }
    }

    /// One after the other; a piece's `starts` are the ends of its places.
    fn joined(pieces: &[Reach]) -> Reach {
        let mut all = Reach {
            starts: vec![0],
            ..Reach::default()
        };
        for piece in pieces {
            let before = all.sites.len() as u32;
            all.starts.extend(piece.starts.iter().map(|end| before + end));
            all.sites.extend_from_slice(&piece.sites);
            all.distances.extend_from_slice(&piece.distances);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64) -> LatLng {
        LatLng::new(latitude, longitude).expect("finite degrees")
    }

    #[test]
    fn every_site_within_reach_is_found_and_no_other() {
        let sites: Vec<LatLng> = (0..600)
            .map(|n| point(42.0 + f64::from(n % 25) * 0.37, -4.0 + f64::from(n / 25) * 0.51))
            .collect();
        let places: Vec<LatLng> = (0..9_000)
            .map(|n| point(41.5 + f64::from(n % 90) * 0.11, -4.5 + f64::from(n / 90) * 0.13))
            .collect();
        let reach = Reach::great_circle(&places, &sites, 2.0, 80.0);
        assert_eq!(reach.starts.len(), places.len() + 1);
        for (number, place) in places.iter().enumerate().step_by(37) {
            let near: Vec<(u16, f32)> = sites
                .iter()
                .enumerate()
                .map(|(site, point)| (site as u16, point.distance_km(*place)))
                .filter(|(_, km)| *km <= 80.0)
                .map(|(site, km)| (site, km.max(2.0) as f32))
                .collect();
            assert_eq!(reach.of(number).collect::<Vec<_>>(), near, "{number}");
        }
    }

    #[test]
    fn the_date_line_is_no_border() {
        let reach = Reach::great_circle(&[point(0.0, 179.9)], &[point(0.0, -179.9)], 1.0, 80.0);
        assert_eq!(reach.sites, [0]);
    }
}
