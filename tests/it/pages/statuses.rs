//! What could not be computed: a sentence on the page with what to do, and the rest of the page as it is.

use std::process::Command;

use super::client::Site;
use crate::lake::{cdnow, root};

/// The page of the customers over a file like the CDNOW sample, imported and built by the program itself; and what the log said.
fn page(lines: &[String]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (lake, file) = (folder.path().join("lake"), folder.path().join("CDNOW.txt"));
    std::fs::write(&file, lines.join("\n")).expect("a file");
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
            .env("RUST_LOG", "chalandise=warn")
            .arg("--resources")
            .arg(root())
            .arg("--lake")
            .arg(&lake)
            .args(args)
            .output()
            .expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{log}");
        log
    };
    run(&["import", "--mapping", "cdnow", &file.display().to_string()]);
    let log = run(&["build"]);
    run(&["check"]);
    let site = Site::of(&lake);
    let answer = site.get("/customers?lang=fr");
    assert_eq!(answer.status, 200);
    let figure = site.get("/f/customers/segments.json?lang=fr");
    assert_eq!(figure.status, 200);
    (answer.text(), log)
}

fn sample() -> Vec<String> {
    let text = std::fs::read_to_string(cdnow()).expect("the sample");
    text.lines().map(str::to_owned).collect()
}

/// The first purchase of each customer.
fn firsts() -> Vec<String> {
    let mut lines = sample();
    lines.dedup_by_key(|line| line.split_whitespace().next().map(str::to_owned));
    lines
}

#[test]
fn too_few_customers_are_said_and_not_counted() {
    let (html, log) = page(&sample()[..30]);
    assert!(html.contains("Trop peu de clients pour prévoir leurs achats"), "{html}");
    assert!(log.contains("too few"), "{log}");
    // 8 customers: neither how many they are nor who moved from where to where.
    assert!(html.contains("Trop peu de clients changent de segment"));
    assert!(!html.contains("clients présents aux deux dates"));
    assert!(!html.contains("role=\"alert\"") && !html.contains("chalandise build"));
}

#[test]
fn customers_who_never_come_back_are_said() {
    let (html, log) = page(&firsts()[..400]);
    assert!(html.contains("Aucun client n’a racheté"), "{html}");
    assert!(log.contains("no customer bought again"), "{log}");
}

#[test]
fn a_model_without_a_maximum_is_said_with_what_is_used_in_its_place() {
    // Everybody buys so regularly that nobody can have left, and customers differ in what they spend.
    let begin = chrono::NaiveDate::from_ymd_opt(1997, 1, 1).expect("a day");
    let buys = |customer: u64| {
        let (first, pace) = (customer * 13 % 90, 20 + customer * 7 % 60);
        (first..540).step_by(pace as usize).map(move |day| (customer, day))
    };
    let mut lines: Vec<String> = (1..=200)
        .flat_map(buys)
        .map(|(customer, day)| {
            let on = begin + chrono::Days::new(day);
            let cents = (800 + customer * 110 % 4000) * (6 + day % 9) / 10;
            let dollars = format!("{}.{:02}", cents / 100, cents % 100);
            format!(" {customer:05} {customer:04} {}  1 {dollars}", on.format("%Y%m%d"))
        })
        .collect();
    lines.sort_unstable();
    let (html, log) = page(&lines);
    assert!(
        html.contains(
            "Le modèle retenu, BG/NBD, n’a pas de maximum sur ces données\u{202f}; valeurs d’après son cas limite, NBD (personne ne part)."
        ),
        "{html}"
    );
    assert!(html.contains("Le modèle Pareto/NBD n’a pas de maximum avant la période de contrôle"));
    assert!(log.contains("another is used in its place"), "{log}");
    assert!(!html.contains("la page est sans valeur client") && html.contains("La base vaut"));
}

#[test]
fn customers_who_were_there_before_the_data_begin_are_not_taken_for_new_ones() {
    // A panel of 300 households, all seen within three months but for a few who were away.
    let begin = chrono::NaiveDate::from_ymd_opt(1997, 1, 1).expect("a day");
    let buys = |customer: u64| {
        let first = if customer.is_multiple_of(60) {
            100 + customer % 200
        } else {
            customer * customer % 80
        };
        let pace = 9 + customer * 7 % 40;
        let leaves = if customer.is_multiple_of(5) {
            first + customer
        } else {
            400
        };
        (first..leaves.min(365))
            .step_by(pace as usize)
            .map(move |day| (customer, day))
    };
    let mut lines: Vec<String> = (1..=300)
        .flat_map(buys)
        .map(|(customer, day)| {
            let on = begin + chrono::Days::new(day + customer * day % 5);
            let cents = (800 + customer * 110 % 4000) * (6 + day % 9) / 10;
            let dollars = format!("{}.{:02}", cents / 100, cents % 100);
            format!(" {customer:05} {customer:04} {}  1 {dollars}", on.format("%Y%m%d"))
        })
        .collect();
    lines.sort_unstable();
    let (html, log) = page(&lines);
    assert!(html.contains("Les clients à venir ne sont pas connus"), "{html}");
    assert!(log.contains("left_censored"), "{log}");
    // Present customers are valued, and stand alone in the equity.
    assert!(html.contains("La base vaut") && html.contains("Les clients à venir ne sont pas encore prévus"));
    assert!(!html.contains("Avec les clients à venir, la base vaut"));
}

#[test]
fn amounts_too_dispersed_for_a_mean_are_said_and_purchases_are_forecast() {
    let lines: Vec<String> = sample()
        .iter()
        .zip(0_u32..)
        .map(|(line, number)| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let customer: u32 = fields[0].parse().expect("a number");
            // A purchase varies little, customers by six powers of ten.
            let own = 10_f64.powf(f64::from(customer * 37 % 100) / 15.0);
            let dollars = own * (0.5 + f64::from(number % 9) / 6.0);
            format!(" {} {} {}  1 {dollars:.2}", fields[0], fields[1], fields[2])
        })
        .collect();
    let (html, log) = page(&lines);
    assert!(
        html.contains("trop dispersés pour que leur moyenne soit prévue"),
        "{html}"
    );
    assert!(log.contains("no_mean"), "{log}");
    assert!(html.contains("La prévision"), "purchases are forecast and judged");
    // The mean observed takes the model's place.
    assert!(html.contains("la valeur d’un achat est la moyenne observée") && html.contains("La base vaut"));
}
