//! The sheet that a chart is drawn on: what marks are made of ([`element`]), where a panel stands ([`area`]), which labels find room
//! ([`place`]), all of it gathered in order ([`plan`]) and written as SVG by plotters through our [`backend`].

pub(crate) mod area;
pub(crate) mod backend;
pub(crate) mod element;
pub(crate) mod geometry;
pub(crate) mod place;
pub(crate) mod plan;
