//! The demo's source files as a reader sees them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chalandise::generate::{GenerateError, Law, Options, Summary, generate};
use flate2::read::GzDecoder;
use std::io::Read;

const COSTS: &str = "costs/COUTS_MARKETING.csv";

fn made(out: &Path, customers: u64, only: Option<Vec<Law>>) -> Summary {
    let options = Options {
        customers,
        seed: 5,
        only,
        ..Options::demo(out.to_owned())
    };
    generate(&options, &mut |_| {}).expect("a writable folder")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn hashes(folder: &Path) -> BTreeMap<String, String> {
    files(folder)
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(folder).expect("inside");
            let bytes = std::fs::read(&path).expect("a file");
            let hash = blake3::hash(&bytes).to_hex().to_string();
            (name.to_string_lossy().into_owned(), hash)
        })
        .collect()
}

fn text(folder: &Path, name: &str) -> String {
    let bytes = std::fs::read(folder.join(name)).expect("a file");
    if name.starts_with("shop")
        || name.starts_with("stores")
        || name.starts_with("costs")
        || name.ends_with("campaigns.csv")
    {
        return String::from_utf8(bytes).expect("UTF-8");
    }
    let bytes = if name.ends_with(".gz") {
        let mut plain = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).expect("gzip");
        plain
    } else {
        bytes
    };
    let (text, _, damaged) = encoding_rs::WINDOWS_1252.decode(&bytes);
    assert!(!damaged);
    text.into_owned()
}

/// Rows as lists of cells, header left out.
fn rows(folder: &Path, name: &str, delimiter: u8) -> Vec<Vec<String>> {
    let text = text(folder, name);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.expect("equal cells").iter().map(str::to_owned).collect())
        .collect()
}

/// Cents of an amount with either decimal mark, zeros after the cents allowed.
fn cents(amount: &str) -> i64 {
    let (whole, part) = amount.split_once([',', '.']).expect("a decimal mark");
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    assert!(part[2..].bytes().all(|digit| digit == b'0'));
    whole.parse::<i64>().expect("digits") * 100 + sign * part[..2].parse::<i64>().expect("digits")
}

#[test]
fn the_same_seed_twice_is_the_same_bytes_and_another_seed_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two, three) = (
        folder.path().join("one"),
        folder.path().join("two"),
        folder.path().join("three"),
    );
    made(&one, 1_500, None);
    made(&two, 1_500, None);
    assert_eq!(hashes(&one), hashes(&two));
    let options = Options {
        customers: 1_500,
        seed: 6,
        ..Options::demo(three.clone())
    };
    generate(&options, &mut |_| {}).expect("a writable folder");
    let (one, three) = (hashes(&one), hashes(&three));
    assert_ne!(one["erp/F_DOCENTETE_2025.csv"], three["erp/F_DOCENTETE_2025.csv"]);
}

#[test]
fn a_demo_has_the_size_that_was_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = made(folder.path(), 5_000, None);
    assert!((4_700..5_400).contains(&summary.customers), "{}", summary.customers);
    assert!(summary.orders > 4 * summary.customers);
}

#[test]
fn headers_encodings_and_line_ends_are_those_of_their_systems() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    made(out, 800, None);
    let heads = [
        (
            "stores/stores.csv",
            "store_id,name,format,latitude,longitude,region,sales_area_m2,opened_on,closed_on,annual_fixed_cost,gross_margin_rate\n",
        ),
        (
            "erp/F_COMPTET.csv",
            "CT_Num;CT_Intitule;CT_Adresse;CT_Complement;CT_CodePostal;CT_Ville;CT_Telephone;CT_EMail;CT_DateCreate;CT_Latitude;CT_Longitude\r\n",
        ),
        (
            "erp/F_DOCENTETE_2024.csv",
            "DO_Domaine;DO_Type;DO_Piece;DO_Date;DO_Tiers;DO_Souche;DE_No;DO_Ref;DO_TotalHT;DO_MargeHT;DO_NbArticles;DO_PieceOrig;cbModification\r\n",
        ),
        (
            "erp/F_DOCLIGNE_2026.csv",
            "DO_Piece;DL_Ligne;AR_Ref;FA_CodeFamille;DL_Qte;DL_MontantHT\r\n",
        ),
        (
            "shop/ps_customer.csv",
            "id_customer;id_gender;firstname;lastname;email;birthday;newsletter;optin;is_guest;active;deleted;date_add\n",
        ),
        (
            "shop/ps_address.csv",
            "id_address;id_customer;company;lastname;firstname;address1;address2;postcode;city;phone;phone_mobile;deleted;latitude;longitude\n",
        ),
        (
            "shop/ps_orders.csv",
            "id_order;reference;id_customer;id_address_delivery;id_address_invoice;current_state;payment;conversion_rate;total_discounts_tax_excl;total_paid_tax_incl;total_paid_tax_excl;total_products;total_shipping_tax_excl;valid;date_add;date_upd\n",
        ),
        (
            "shop/ps_order_detail.csv",
            "id_order_detail;id_order;product_id;product_name;product_category;product_quantity;total_price_tax_excl;purchase_supplier_price\n",
        ),
        (
            "shop/ps_order_slip.csv",
            "id_order_slip;id_order;id_customer;total_products_tax_excl;date_add;date_upd\n",
        ),
        ("shop/ps_order_cart_rule.csv", "id_order;id_cart_rule\n"),
        ("shop/ps_cart_rule.csv", "id_cart_rule;code\n"),
        (
            "mailings/campaigns.csv",
            "\u{feff}campaign_id;name;medium;dropped_on;in_home_on;unit_cost;fixed_cost;matchback_window_days\n",
        ),
        (COSTS, "\u{feff}Mois;Poste;Canal;Montant HT\r\n"),
        (
            "mailings/CAT-2025-03.csv.gz",
            "recipient_id;address1;address2;address3;address4;address5;address6;zip;city;mailed_date;in_home_date;campaign_id;segment;key_code;test_cell;wave\r\n",
        ),
    ];
    for (name, head) in heads {
        let text = text(out, name);
        assert!(
            text.starts_with(head),
            "{name}: {}",
            &text[..head.len().min(text.len())]
        );
    }
    let erp = text(out, "erp/F_COMPTET.csv");
    assert_eq!(erp.matches('\n').count(), erp.matches("\r\n").count());
    // Most names of the ERP are capitals without accents; a few counters type accents, in Windows-1252.
    let names: Vec<String> = rows(out, "erp/F_COMPTET.csv", b';')
        .into_iter()
        .map(|mut row| row.swap_remove(1))
        .collect();
    let capitals = names.iter().filter(|name| **name == name.to_uppercase()).count();
    assert!(capitals as f64 > 0.9 * names.len() as f64 && capitals < names.len());
    assert!(erp.contains('é') && text(out, "mailings/CAT-2025-03.csv.gz").contains('é'));
    assert!(!erp.contains('\u{fffd}'));
    for year in 2023..=2026 {
        assert!(out.join(format!("erp/F_DOCENTETE_{year}.csv")).is_file());
    }
    for row in rows(out, "mailings/CAT-2025-03.csv.gz", b';') {
        assert!(row[1..7].iter().all(|line| line.chars().count() <= 38));
        assert!(row[14] == "test" || row[14] == "control");
        assert_eq!(row[7].len(), 5);
    }
}

#[test]
fn money_in_the_files_is_the_money_of_the_summary() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    let summary = made(out, 2_500, None);
    let (mut orders, mut order_cents, mut refunds, mut refund_cents) = (0, 0, 0, 0);
    let mut pieces = BTreeMap::new();
    for year in 2023..=2026 {
        let mut seen = std::collections::BTreeSet::new();
        for row in rows(out, &format!("erp/F_DOCENTETE_{year}.csv"), b';') {
            if !seen.insert(row[2].clone()) {
                continue;
            }
            let value = cents(&row[8]);
            if row[1] == "5" {
                refunds += 1;
                refund_cents += value;
                assert!(value < 0 && pieces.get(&row[11]).is_some_and(|order| -value <= *order));
            } else {
                orders += 1;
                order_cents += value;
                pieces.insert(row[2].clone(), value);
            }
        }
        let mut lines = BTreeMap::new();
        for row in rows(out, &format!("erp/F_DOCLIGNE_{year}.csv"), b';') {
            *lines.entry(row[0].clone()).or_insert(0_i64) += cents(&row[5]);
        }
        assert!(lines.iter().all(|(piece, value)| pieces[piece] == *value));
        assert_eq!(lines.len(), seen.iter().filter(|piece| piece.starts_with("FA")).count());
    }
    let mut shop = BTreeMap::new();
    for row in rows(out, "shop/ps_orders.csv", b';') {
        if row[13] == "1" {
            shop.insert(row[0].clone(), cents(&row[10]) - cents(&row[12]));
        }
    }
    orders += shop.len() as u64;
    order_cents += shop.values().sum::<i64>();
    for row in rows(out, "shop/ps_order_slip.csv", b';') {
        refunds += 1;
        refund_cents -= cents(&row[3]);
        assert!(shop[&row[1]] >= cents(&row[3]));
    }
    for row in rows(out, "shop/ps_order_detail.csv", b';') {
        *shop.get_mut(&row[1]).expect("a valid order") -= cents(&row[6]);
    }
    assert!(shop.values().all(|left| *left == 0));
    assert_eq!((orders, order_cents), (summary.orders, summary.order_cents));
    assert_eq!((refunds, refund_cents), (summary.refunds, summary.refund_cents));
}

#[test]
fn keys_between_the_files_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    made(out, 2_500, None);
    let keys = |name: &str, column: usize, delimiter: u8| -> std::collections::BTreeSet<String> {
        rows(out, name, delimiter)
            .into_iter()
            .map(|mut row| row.swap_remove(column))
            .collect()
    };
    let accounts = keys("erp/F_COMPTET.csv", 0, b';');
    let stores = keys("stores/stores.csv", 0, b',');
    let customers = keys("shop/ps_customer.csv", 0, b';');
    let addresses = keys("shop/ps_address.csv", 0, b';');
    let (mut anonymous, mut receipts) = (0, 0);
    for year in 2023..=2026 {
        for row in rows(out, &format!("erp/F_DOCENTETE_{year}.csv"), b';') {
            assert!(row[4].is_empty() || accounts.contains(&row[4]));
            assert_eq!(row[6].is_empty(), row[5] != "0", "only store orders carry a store");
            assert!(row[6].is_empty() || stores.contains(&row[6]));
            if row[5] == "0" && row[1] != "5" {
                receipts += 1;
                anonymous += u32::from(row[4].is_empty());
            }
        }
    }
    let share = f64::from(anonymous) / f64::from(receipts);
    assert!((0.06..0.10).contains(&share), "{share}");
    for row in rows(out, "shop/ps_orders.csv", b';') {
        assert!(customers.contains(&row[2]) && addresses.contains(&row[3]));
    }
    for row in rows(out, "mailings/LET-2025-06.csv.gz", b';') {
        let (source, id) = row[0].split_once(':').expect("source:id");
        assert!(if source == "erp" { &accounts } else { &customers }.contains(id));
    }
}

#[test]
fn laws_can_be_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    let summary = made(out, 1_000, Some(vec![Law::Purchasing]));
    assert_eq!(summary.refunds, 0);
    assert!(summary.dirt.is_empty(), "{:?}", summary.dirt);
    assert!(summary.orders > 4_000);
    assert!(rows(out, "stores/stores.csv", b',').is_empty());
    assert!(rows(out, "mailings/campaigns.csv", b';').is_empty());
    assert!(rows(out, "shop/ps_orders.csv", b';').is_empty());
    let truth = std::fs::read_to_string(out.join("truth.json")).expect("truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    assert_eq!(truth["laws"]["mailings"]["on"], false);
    assert_eq!(
        truth["laws"]["purchasing"]["model"],
        "BG/NBD and Gamma-Gamma, in operational weeks"
    );

    let stores = folder.path().join("stores only");
    let summary = made(&stores, 1_000, Some(vec![Law::Stores]));
    assert_eq!((summary.orders, summary.customers), (0, 0));
    assert_eq!(rows(&stores, "stores/stores.csv", b',').len(), 340);
}

#[test]
fn marketing_costs_switched_off_leave_every_other_file_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (with, without) = (folder.path().join("with"), folder.path().join("without"));
    made(&with, 1_500, None);
    let others = Law::ALL.into_iter().filter(|law| *law != Law::MarketingCosts).collect();
    made(&without, 1_500, Some(others));
    let truth = |out: &Path| -> serde_json::Value {
        let text = std::fs::read_to_string(out.join("truth.json")).expect("truth");
        serde_json::from_str(&text).expect("JSON")
    };
    let (mut on, mut off) = (truth(&with), truth(&without));
    assert_eq!(off["laws"]["marketing_costs"]["on"], false);
    assert!(rows(&without, COSTS, b';').is_empty());

    // The parameters are there, and the totals are those of the file.
    let law = on["laws"]["marketing_costs"].take();
    assert_eq!(law["on"], true);
    assert_eq!(law["lines"][0]["channel"], "search");
    assert_eq!(law["lines"][0]["share_of_revenue"], 0.058);
    assert_eq!(law["lines"][0]["of_the_revenue_by"], serde_json::json!(["web"]));
    let mut totals: BTreeMap<&str, i64> = BTreeMap::new();
    let written = rows(&with, COSTS, b';');
    assert_eq!(written.len(), 36 * law["lines"].as_array().expect("lines").len());
    for row in &written {
        let purpose = match row[1].to_lowercase().as_str() {
            "acquisition" => "acquisition",
            "fidélisation" => "retention",
            "service client" => "service",
            other => panic!("{other}"),
        };
        *totals.entry(purpose).or_default() += cents(&row[3].replace('\u{202f}', ""));
    }
    for (purpose, total) in totals {
        let told = law["total_cost"][purpose].as_str().expect("an amount");
        assert_eq!(cents(told), total, "{purpose}");
    }

    // Nothing else differs: no file, and in truth.json only what tells of the costs.
    let (mut one, mut two) = (hashes(&with), hashes(&without));
    for files in [&mut one, &mut two] {
        assert!(files.remove(COSTS).is_some());
        assert!(files.remove("truth.json").is_some());
    }
    assert_eq!(one, two);
    for truth in [&mut on, &mut off] {
        truth["laws"]["marketing_costs"].take();
        truth["files"][COSTS].take();
        truth["dirt"]["cost_rows_typed_by_hand"].take();
    }
    assert_eq!(on, off);
}

#[test]
fn options_that_make_no_sense_are_refused_with_a_remedy() {
    let refused = |change: fn(&mut Options)| {
        let mut options = Options::demo("unused".into());
        change(&mut options);
        generate(&options, &mut |_| {}).expect_err("refused").to_string()
    };
    assert_eq!(
        refused(|options| options.customers = 0),
        "option customers cannot be used: give a number from 1 to 5000000"
    );
    assert!(refused(|options| options.months = 0).contains("option months"));
    assert!(refused(|options| options.pace = f64::NAN).contains("option pace"));
    let unknown = "purchasin".parse::<Law>().expect_err("unknown");
    assert!(matches!(unknown, GenerateError::UnknownLaw { .. }));
    assert!(
        unknown
            .to_string()
            .contains("purchasing, history, same-day, seasonality")
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("taken");
    std::fs::write(&file, "a file").expect("written");
    let options = Options {
        customers: 10,
        ..Options::demo(file.clone())
    };
    let message = generate(&options, &mut |_| {}).expect_err("not a folder").to_string();
    assert!(message.contains("taken") && message.contains("writable"), "{message}");
}
