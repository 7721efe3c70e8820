//! How attraction falls with distance.

/// A form of distance decay: attraction is multiplied by e^(b g(d)), with b below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// g(d) = ln d, so that d^b is left.
    Power,
    /// g(d) = d.
    Exponential,
    /// g(d) = sqrt d.
    SqrtExponential,
    /// g(d) = d^2.
    Gaussian,
}

impl Decay {
    /// Every form.
    pub const ALL: [Decay; 4] = [
        Decay::Power,
        Decay::Exponential,
        Decay::SqrtExponential,
        Decay::Gaussian,
    ];

    /// g(d).
    pub fn transform(self, distance: f64) -> f64 {
        match self {
            Decay::Power => distance.ln(),
            Decay::Exponential => distance,
            Decay::SqrtExponential => distance.sqrt(),
            Decay::Gaussian => distance * distance,
        }
    }

    /// Name in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Decay::Power => "power",
            Decay::Exponential => "exponential",
            Decay::SqrtExponential => "sqrt-exponential",
            Decay::Gaussian => "gaussian",
        }
    }
}
