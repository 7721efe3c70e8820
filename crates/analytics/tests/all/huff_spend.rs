//! explore
use crate::support::spend::*;
use chalandise_analytics::huff_spend::*;

#[test]
fn explore() {
    for sigma in [0.0, 0.3] {
        let mut held = [0; 4];
        let mut heldm = [0; 3];
        let mut helde = [0; 4];
        let mut z = vec![vec![]; 4];
        let mut sig = vec![];
        let mut phi = vec![];
        let mut cov = (0.0, 0.0);
        let mut uz = vec![];
        for seed in 0..100 {
            let chain = Chain {
                sigma,
                ..Chain::small()
            };
            let d = draw(&chain, seed);
            let m = SpendModel::new(&d.situations, &d.columns, chain.decay).unwrap();
            let f = m.fit();
            assert!(f.converged());
            let se = f.standard_errors().unwrap();
            for i in 0..3 {
                held[i] += usize::from((f.parameters[i] - chain.truth[i]).abs() < 1.96 * se[i]);
                heldm[i] += usize::from(
                    (f.parameters[i] - chain.truth[i]).abs()
                        < 1.96 * f.model_covariance.as_ref().unwrap().get(i, i).sqrt(),
                );
            }
            held[3] += usize::from(
                (f.outside_share.value - d.outside_share).abs() < 1.96 * f.outside_share.standard_error.unwrap(),
            );
            let e = m.fit_effects(&f).unwrap();
            assert!(e.converged(), "{seed} {} {}", e.rounds, e.iterations);
            let se = e.standard_errors();
            for i in 0..3 {
                helde[i] += usize::from((e.parameters[i] - chain.truth[i]).abs() < 1.96 * se[i]);
                z[i].push((e.parameters[i] - chain.truth[i]) / se[i]);
            }
            let s = e.outside_share;
            z[3].push((s.value - d.outside_share) / s.standard_error.unwrap());
            helde[3] += usize::from((s.value - d.outside_share).abs() < 1.96 * s.standard_error.unwrap());
            sig.push(e.sigma);
            phi.push(e.level_dispersion);
            if e.sigma > 0.0 {
                for j in 0..40 {
                    uz.push((e.effects[j] - d.effects[j]) / e.effect_variances[j].sqrt());
                }
            }
            let l = m.leave_one_out(&e, Refit::OneStep).unwrap().errors.unwrap();
            cov.0 += l.coverage_80 / 100.0;
            cov.1 += l.coverage_95 / 100.0;
            if seed < 3 {
                println!(
                    "rows {} pairs {} cells {} share {:.3} {:?} se {:?} it {} phi {:.1} pearson {:.1} | effects {:?} {:?} sigma {} phi {:.1} {:.1} rounds {} it {} {:?}",
                    d.situations.rows(),
                    d.situations.pairs(),
                    f.cells,
                    d.outside_share,
                    f.parameters,
                    f.standard_errors(),
                    f.iterations,
                    f.dispersion,
                    f.pearson_dispersion,
                    e.parameters,
                    se,
                    e.sigma,
                    e.level_dispersion,
                    e.dispersion,
                    e.rounds,
                    e.iterations,
                    l
                );
            }
        }
        let rms = |v: &Vec<f64>| (v.iter().map(|x| x * x).sum::<f64>() / v.len() as f64).sqrt();
        let mean = |v: &Vec<f64>| v.iter().sum::<f64>() / v.len() as f64;
        println!(
            "sigma {sigma}: held {held:?} model {heldm:?} effects {helde:?} z mean {:?} rms {:?}",
            z.iter().map(mean).collect::<Vec<_>>(),
            z.iter().map(rms).collect::<Vec<_>>()
        );
        println!(
            "  sigma mean {} rms {} phi {} loo cov {cov:?} uz rms {} mean {}",
            mean(&sig),
            rms(&sig),
            mean(&phi),
            rms(&uz),
            mean(&uz)
        );
    }
}
