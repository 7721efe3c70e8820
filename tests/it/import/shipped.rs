//! The shipped mappings on real and on small made files, to the cent.

use chalandise::generate::{Options, generate};

use super::support::{Bench, project, rejects, rows, shipped};

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_mapping_plans() {
    for name in [
        "cdnow",
        "complete-journey",
        "prestashop",
        "sage100",
        "mailing",
        "campaigns",
        "stores",
        "costs",
        "travel-times",
        "store-attributes",
        "competitors",
    ] {
        let mapping = shipped(name);
        assert_eq!(mapping.name, name);
        mapping.check().await.unwrap_or_else(|error| panic!("{error}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cdnow_comes_in_to_the_cent() {
    let bench = Bench::new().path(project("tests/fixtures/cdnow/CDNOW_sample.txt"));
    let staged = bench.stage(&shipped("cdnow")).await.expect("good data");
    let orders = &staged.tables[0];
    assert_eq!((orders.table, orders.rows, orders.money), ("orders", 6_919, 24_409_194));
    let customers = &staged.tables[1];
    assert_eq!((customers.table, customers.rows), ("customers", 2_357));
    assert_eq!(staged.account.rejected_rows(), 0);
    let file = &staged.account.files[0];
    assert_eq!((file.flow.came_in.rows, file.flow.came_in.money), (6_919, 24_409_194));
    assert_eq!(staged.currency, "USD");
    let first = rows(
        &staged,
        "orders",
        &["order_id", "customer_id", "ordered_on", "net_revenue", "items"],
    );
    assert!(first.contains(&"cdnow:00004-1 | cdnow:00004 | 1997-01-01 | 29.33 | 2".to_owned()));
}

const CUSTOMERS: &str = "\
id_customer;id_gender;firstname;lastname;email;birthday;newsletter;optin;is_guest;active;deleted;date_add
1;1;\"Jean-Pierre\";\"d’Orléans\";\" JP@Gmial.com \";\"1970-05-02\";1;1;0;1;0;\"2023-01-05 10:00:00\"
2;2;\"Anne\";\"Le Goff\";\"anne@orange.fr\";\"0000-00-00\";0;0;1;1;0;\"2023-02-05 10:00:00\"
";
const ADDRESSES: &str = "\
id_address;id_customer;company;lastname;firstname;address1;address2;postcode;city;phone;phone_mobile;deleted;latitude;longitude
10;1;\"\";\"d’Orléans\";\"Jean-Pierre\";\"12 bis, avenue du Général Leclerc\";\"Bât. B\n2e étage\";\"75002\";\"Paris\";\"\";\"06 12 34 56 78\";0;48.8686;2.3411
11;1;\"\";\"d’Orléans\";\"Jean-Pierre\";\"1 rue Vieille\";\"\";\"1000\";\"Bourg-en-Bresse\";\"\";\"\";1;;
12;2;\"\";\"Le Goff\";\"Anne\";\"3 quai Perrache\";\"\";\"69002\";\"LYON CEDEX 02\";\"04 72 00 00 00\";\"\";0;4.8271;45.7485
";
const ORDERS: &str = "\
id_order;reference;id_customer;id_address_delivery;id_address_invoice;current_state;payment;conversion_rate;total_discounts_tax_excl;total_paid_tax_incl;total_paid_tax_excl;total_products;total_shipping_tax_excl;valid;date_add;date_upd
100;\"ABCDEFGHI\";1;10;10;5;\"Carte\";1.000000;0.000000;125.880000;104.900000;100.000000;4.900000;1;\"2024-07-01 23:30:00\";\"2024-07-02 08:00:00\"
101;\"ABCDEFGHJ\";2;12;12;5;\"Carte\";1.000000;0.000000;60.000000;50.000000;50.000000;0.000000;1;\"2024-12-31 23:30:00\";\"0000-00-00 00:00:00\"
102;\"ABCDEFGHK\";2;12;12;8;\"Carte\";1.000000;0.000000;60.000000;50.000000;50.000000;0.000000;0;\"0000-00-00 00:00:00\";\"0000-00-00 00:00:00\"
";
const DETAILS: &str = "\
id_order_detail;id_order;product_id;product_name;product_category;product_quantity;total_price_tax_excl;purchase_supplier_price
1;100;7;\"Table; ronde\";\"tables\";2;60.000000;20.000000
2;100;8;\"Chaise\";\"chaises\";1;40.000000;15.000000
3;101;8;\"Chaise\";\"chaises\";1;50.000000;15.000000
4;102;8;\"Chaise\";\"chaises\";1;50.000000;15.000000
";
const SLIPS: &str = "\
id_order_slip;id_order;id_customer;total_products_tax_excl;date_add;date_upd
5;100;1;40.000000;\"2024-07-20 12:00:00\";\"2024-07-20 12:00:00\"
";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_another_currency_its_lines_and_its_refund_come_in_the_shops_own() {
    // Order 100 was paid at 1.25 to the shop's currency; the cost of one of its articles is not known.
    let orders = ORDERS.replacen("\"Carte\";1.000000", "\"Carte\";1.250000", 1);
    let details = DETAILS.replace("1;40.000000;15.000000", "1;40.000000;");
    let slips = SLIPS.replace("5;100;1;40.000000", "5;100;1;100.000000");
    let bench = Bench::new()
        .file("ps_customer.csv", CUSTOMERS)
        .file("ps_address.csv", ADDRESSES)
        .file("ps_orders.csv", orders)
        .file("ps_order_detail.csv", details)
        .file("ps_order_slip.csv", slips);
    let staged = bench
        .stage(&shipped("prestashop"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(&staged, "orders", &["order_id", "net_revenue", "gross_margin"]),
        [
            "shop:100 | 80.00 | -",
            "shop:101 | 50.00 | 35.00",
            "shop:slip-5 | -80.00 | -"
        ]
    );
    assert_eq!(
        rows(&staged, "order_lines", &["order_id", "line", "net_revenue"]),
        ["shop:100 | 1 | 48.00", "shop:100 | 2 | 32.00", "shop:101 | 3 | 50.00"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_shop_comes_in_with_its_refunds_margins_and_places() {
    let bench = Bench::new()
        .file("ps_customer.csv", CUSTOMERS)
        .file("ps_address.csv", ADDRESSES)
        .file("ps_orders.csv", ORDERS)
        .file("ps_order_detail.csv", DETAILS)
        .file("ps_order_slip.csv", SLIPS)
        .file("ps_order_cart_rule.csv", "id_order;id_cart_rule\n100;2\n100;1\n")
        .file("ps_cart_rule.csv", "id_cart_rule;code\n1;\"NOEL24\"\n2;\"PRINTEMPS\"\n");
    let staged = bench
        .stage(&shipped("prestashop"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(
            &staged,
            "orders",
            &[
                "order_id",
                "kind",
                "refunded_order_id",
                "ordered_on",
                "ordered_at",
                "net_revenue",
                "gross_margin",
                "items",
                "key_code",
                "location_precision",
                "region"
            ]
        ),
        vec![
            "shop:100 | order | - | 2024-07-01 | 2024-07-01T21:30:00Z | 100.00 | 45.00 | 3 | NOEL24 | address | Île-de-France",
            "shop:101 | order | - | 2024-12-31 | 2024-12-31T22:30:00Z | 50.00 | 35.00 | 1 | - | address | Auvergne-Rhône-Alpes",
            "shop:slip-5 | refund | shop:100 | 2024-07-20 | 2024-07-20T10:00:00Z | -40.00 | -18.00 | - | - | address | Île-de-France",
        ]
    );
    let orders = staged.account.table("orders").expect("orders");
    assert_eq!((orders.flow.left_out.rows, orders.flow.left_out.money), (1, 5_000));
    assert_eq!(
        rows(
            &staged,
            "source_customers",
            &[
                "source_customer_id",
                "first_name",
                "last_name",
                "email",
                "mobile",
                "phone",
                "address_line",
                "postcode",
                "city",
                "birth_year",
                "is_guest"
            ]
        ),
        vec![
            "1 | JEAN PIERRE | D ORLEANS | jp@gmail.com | 612345678 | - | 12 BIS AV DU GAL LECLERC | 75002 | PARIS | 1970 | false",
            "2 | ANNE | LE GOFF | anne@orange.fr | - | 472000000 | 3 QUAI PERRACHE | 69002 | LYON | - | true",
        ]
    );
    let lines = rows(
        &staged,
        "order_lines",
        &["order_id", "line", "category", "quantity", "net_revenue"],
    );
    assert_eq!(lines.len(), 3, "the line of the unpaid order is left out: {lines:?}");
    let addresses = staged.account.file("ps_address.csv").expect("addresses");
    assert_eq!(addresses.repairs.get("swapped_coordinates"), Some(&1));
    assert_eq!(addresses.repairs.get("pad_postcode"), Some(&1));
    assert_eq!(addresses.flow.repaired.rows, 2);
    assert!(rejects(&staged).is_empty());
}

fn latin(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252
        .encode(&text.replace('\n', "\r\n"))
        .0
        .into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erp_comes_in_with_its_dialect() {
    let bench = Bench::new()
        .file("F_COMPTET.csv", latin("CT_Num;CT_Intitule;CT_Adresse;CT_Complement;CT_CodePostal;CT_Ville;CT_Telephone;CT_EMail;CT_DateCreate;CT_Latitude;CT_Longitude\nC0000001;Mme LE GOFF\u{a0}HELENE;5 AV DES ÉCOLES;;1000;BOURG EN BRESSE;474000000;;05/01/2023;;\nC0000002;M Dupont Jean;1 RUE NEUVE;;35000;RENNES;06.12.34.56.78;j@free.fr;06/01/2023;48,1173;-1,6778\n"))
        .file("F_DOCENTETE_2024.csv", latin("DO_Domaine;DO_Type;DO_Piece;DO_Date;DO_Tiers;DO_Souche;DE_No;DO_Ref;DO_TotalHT;DO_MargeHT;DO_NbArticles;DO_PieceOrig;cbModification\n0;6;FA2400001;02/03/2024;C0000001;0;S001;;1 234,50;400,00;3;;02/03/2024 18:05:00\n0;7;FA2400002;03/03/2024;;0;S001;;10,00;4,00;1;;03/03/2024 09:00:00\n0;6;FA2400003;04/03/2024;C0000002;2;;NOEL;99,90;30,00;1;;04/03/2024 09:00:00\n0;5;AV2400001;10/03/2024;C0000001;0;S001;;-34,50;-10,00;-1;FA2400001;10/03/2024 09:00:00\n0;1;DE2400001;10/03/2024;C0000001;0;S001;;500,00;10,00;1;;10/03/2024 09:00:00\n"))
        .file("F_DOCLIGNE_2024.csv", latin("DO_Piece;DL_Ligne;AR_Ref;FA_CodeFamille;DL_Qte;DL_MontantHT\nFA2400001;1;T1;TABLES;2,00;1234,50\nDE2400001;1;T1;TABLES;1,00;500,00\n"));
    let staged = bench
        .stage(&shipped("sage100"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(
            &staged,
            "orders",
            &[
                "order_id",
                "kind",
                "refunded_order_id",
                "customer_id",
                "sales_channel",
                "store_id",
                "net_revenue",
                "updated_at",
                "region",
                "location_precision"
            ]
        ),
        vec![
            "erp:AV2400001 | refund | erp:FA2400001 | erp:C0000001 | store | S001 | -34.50 | 2024-03-10T08:00:00Z | Auvergne-Rhône-Alpes | commune",
            "erp:FA2400001 | order | - | erp:C0000001 | store | S001 | 1234.50 | 2024-03-02T17:05:00Z | Auvergne-Rhône-Alpes | commune",
            "erp:FA2400002 | order | - | - | store | S001 | 10.00 | 2024-03-03T08:00:00Z | - | -",
            "erp:FA2400003 | order | - | erp:C0000002 | phone | - | 99.90 | 2024-03-04T08:00:00Z | Bretagne | address",
        ]
    );
    assert_eq!(
        rows(
            &staged,
            "source_customers",
            &[
                "source_customer_id",
                "first_name",
                "last_name",
                "full_name_given",
                "address_line",
                "phone",
                "mobile",
                "postcode"
            ]
        ),
        vec![
            "C0000001 | HELENE | LE GOFF | Mme LE GOFF HELENE | 5 AV DES ECOLES | 474000000 | - | 01000",
            "C0000002 | JEAN | DUPONT | M Dupont Jean | 1 RUE NEUVE | 612345678 | 612345678 | 35000",
        ]
    );
    let orders = staged.account.table("orders").expect("orders");
    assert_eq!(
        orders.reasons.get("left out: neither invoice nor credit note"),
        Some(&1)
    );
    let lines = staged.account.table("order_lines").expect("lines");
    assert_eq!((lines.flow.kept.rows, lines.flow.left_out.money), (1, 50_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_campaigns_and_mailings_come_in() {
    let stores = "store_id,name,format,latitude,longitude,region,sales_area_m2,opened_on,closed_on,annual_fixed_cost,gross_margin_rate\nS001,\"Rennes, centre\",city,48.1100,-1.6800,BRETAGNE,900,2010-03-01,,250000.00,0.41\nS002,Nowhere,city,0,0,,900,2010-03-01,2030-01-31,250000.00,0.41\n";
    let bench = Bench::new().file("stores.csv", stores);
    let staged = bench
        .stage(&shipped("stores"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(
            &staged,
            "stores",
            &[
                "store_id",
                "name",
                "region",
                "latitude",
                "h3_cell",
                "closed_on",
                "_repaired"
            ]
        ),
        vec![
            "S001 | Rennes, centre | Bretagne | 48.11 | 617422171275788287 | - | false",
            "S002 | Nowhere | - | - | - | 2030-01-31 | true",
        ]
    );
    let campaigns = "\u{feff}campaign_id;name;medium;dropped_on;in_home_on;unit_cost;fixed_cost;matchback_window_days\nNOEL24;Noël;courrier;2024-11-20;2024-11-25;0,85;12000,00;45\n";
    let bench = Bench::new().file("campaigns.csv", campaigns);
    let staged = bench
        .stage(&shipped("campaigns"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(
            &staged,
            "campaigns",
            &["campaign_id", "name", "medium", "in_home_on", "unit_cost", "fixed_cost"]
        ),
        vec!["NOEL24 | Noël | letter | 2024-11-25 | 0.85 | 12000.00"]
    );
    let mailing = latin(
        "recipient_id;address1;address2;address3;address4;address5;address6;zip;city;mailed_date;in_home_date;campaign_id;segment;key_code;test_cell;wave\nerp:C0000001;Mme Hélène LE GOFF;;;5 AV DES ECOLES;;01000 BOURG EN BRESSE;01000;BOURG EN BRESSE;2024-11-20;2024-11-25;NOEL24;fidèles;K1;test;1\nC0000002;M Jean DUPONT;;;1 RUE NEUVE;;35000 RENNES;35000;RENNES;2024-11-20;2024-11-25;NOEL24;fidèles;K1;control;1\n",
    );
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, &mailing).expect("in memory");
    let bench = Bench::new().file("NOEL24.csv.gz", gz.finish().expect("in memory"));
    let staged = bench
        .stage(&shipped("mailing"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(
            &staged,
            "mailings",
            &[
                "campaign_id",
                "source",
                "source_customer_id",
                "customer_id",
                "segment",
                "test_cell",
                "wave"
            ]
        ),
        vec!["NOEL24 | erp | C0000001 | erp:C0000001 | fidèles | test | 1"]
    );
    assert_eq!(
        rejects(&staged),
        vec!["NOEL24.csv.gz | 3 | source_customer_id | no value | a value is required"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controllers_costs_come_in_to_the_cent() {
    // As spreadsheets give them: a mark at the start, thousands parted by a narrow space, blanks, capitals, a serial
    // number where a date was, another day than the first, a row of totals.
    let costs = "\u{feff}Mois;Poste;Canal;Montant HT\r\n\
        01/09/2024;Acquisition;search;12\u{202f}345,67\r\n\
        01/09/2024;FIDÉLISATION;E-mail ;1 000,00\r\n\
        45536;Service client;sav;250,5\r\n\
        15/10/2024;retention;catalogue;99.90\r\n\
        01/10/2024;Acquisition;search;-10,00\r\n\
        01/10/2024;Sponsoring;magasin;500,00\r\n\
        31/01/2026;Acquisition;search;70,00\r\n\
        01/10/2024;Acquisition;;80,00\r\n\
        01/11/2024;Acquisition;search;\r\n\
        Total;;;14 346,07\r\n";
    let bench = Bench::new().file("COUTS_MARKETING.csv", costs);
    let staged = bench
        .stage(&shipped("costs"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    staged.account.check().expect("a balanced account");
    assert_eq!(
        rows(
            &staged,
            "marketing_costs",
            &["month", "purpose", "channel", "cost", "_repaired"]
        ),
        [
            "2024-09-01 | acquisition | search | 12345.67 | false",
            "2024-09-01 | retention | e-mail | 1000.00 | true",
            "2024-09-01 | service | sav | 250.50 | true",
            "2024-10-01 | retention | catalogue | 99.90 | true",
        ]
    );
    assert_eq!(
        rejects(&staged),
        [
            "COUTS_MARKETING.csv | 10 | Montant HT | no value | a value is required",
            "COUTS_MARKETING.csv | 11 | Mois | text where a date is expected | the mapping allows %d/%m/%Y, %Y-%m-%d",
            "COUTS_MARKETING.csv | 6 | Montant HT | a negative amount | the mapping does not allow amounts below 0",
            "COUTS_MARKETING.csv | 7 | Poste | a code that is not in the mapping | the code has no meaning here; add it to `values` of the mapping",
            "COUTS_MARKETING.csv | 8 | Mois | a date in the future | the last plausible day of this import is 2025-12-31",
            "COUTS_MARKETING.csv | 9 | Canal | no value | a value is required",
        ]
    );
    let table = staged.account.table("marketing_costs").expect("costs");
    assert_eq!((table.flow.kept.rows, table.flow.kept.money), (1, 1_234_567));
    assert_eq!((table.flow.repaired.rows, table.flow.repaired.money), (3, 135_040));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_told_twice_with_two_amounts_is_kept_aside() {
    let costs = "Mois;Poste;Canal;Montant HT\n01/09/2024;Acquisition;search;10,00\n01/09/2024;Acquisition;search;11,00\n01/09/2024;Acquisition;social;5,00\n01/09/2024;Acquisition;social;5,00\n";
    let bench = Bench::new().file("couts.csv", costs);
    let staged = bench
        .stage(&shipped("costs"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(&staged, "marketing_costs", &["channel", "cost"]),
        ["social | 5.00"]
    );
    let reason = "the key stands twice in this file with different content";
    let rejects = rejects(&staged);
    assert_eq!(rejects.len(), 2, "{rejects:?}");
    assert!(rejects.iter().all(|reject| reject.ends_with(reason)), "{rejects:?}");
    assert_eq!(staged.account.files[0].flow.skipped.rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_costs_of_the_demo_come_in_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        customers: 300,
        ..Options::demo(folder.path().to_owned())
    };
    let summary = generate(&options, &mut |_| {}).expect("a writable folder");
    let mut bench = Bench::new().path(folder.path().join("costs/COUTS_MARKETING.csv"));
    bench.options.not_after = None;
    let staged = bench
        .stage(&shipped("costs"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(rejects(&staged).is_empty());
    let written = summary.files["costs/COUTS_MARKETING.csv"].rows;
    assert_eq!(
        (staged.tables[0].table, staged.tables[0].rows),
        ("marketing_costs", written)
    );
    let truth = std::fs::read_to_string(folder.path().join("truth.json")).expect("truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    let told: i128 = ["acquisition", "retention", "service"]
        .map(|purpose| {
            truth["laws"]["marketing_costs"]["total_cost"][purpose]
                .as_str()
                .expect("an amount")
                .replace('.', "")
        })
        .iter()
        .map(|digits| digits.parse::<i128>().expect("digits"))
        .sum();
    assert_eq!(staged.tables[0].money, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_come_in_from_cells_points_and_communes() {
    let ways = "h3_cell,latitude,longitude,commune_code,postcode,city,store_id,minutes\n\
                88184455b1fffff,,,,,,S001,12.5\n\
                ,48.1100,-1.6800,,,,S001,7\n\
                ,48.1101,-1.6801,,,,S001,9\n\
                ,,,35238,,,S002,20\n\
                ,,,,35400,SAINT MALO,S002,55\n\
                87184455bffffff,,,,,,S001,10\n\
                ,,,99999,,,S001,10\n\
                88184455b1fffff,,,,,,S002,2000\n";
    let bench = Bench::new().file("travel_times.csv", ways);
    let staged = bench
        .stage(&shipped("travel-times"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let cell = |latitude: f64, longitude: f64| {
        let point = h3o::LatLng::new(latitude, longitude).expect("degrees");
        u64::from(point.to_cell(h3o::Resolution::Eight))
    };
    let found = rows(
        &staged,
        "travel_times",
        &["store_id", "minutes", "commune_code", "h3_cell"],
    );
    assert_eq!(found.len(), 4, "{found:?}");
    // Two points of one cell are one row, their mean.
    assert!(
        found.contains(&format!("S001 | 8.0 | - | {}", cell(48.11, -1.68))),
        "{found:?}"
    );
    assert!(
        found.contains(&format!("S001 | 12.5 | - | {}", 0x0881_8445_5b1f_ffff_u64)),
        "{found:?}"
    );
    for (commune, minutes) in [("35238", "20.0"), ("35288", "55.0")] {
        let of = |row: &&String| row.starts_with(&format!("S002 | {minutes} | {commune} | "));
        assert_eq!(found.iter().filter(of).count(), 1, "{commune}: {found:?}");
    }
    let refused = rejects(&staged);
    assert_eq!(refused.len(), 3, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_of_stores_and_competitors_come_in() {
    let attributes =
        "store_id,attribute,value\nS001,Parking_places,120\nS001,parking_places ,-3\nK1,parking_places,80\n";
    let bench = Bench::new().file("store_attributes.csv", attributes);
    let staged = bench
        .stage(&shipped("store-attributes"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(&staged, "store_attributes", &["store_id", "attribute", "value"]),
        vec!["K1 | parking_places | 80.0", "S001 | parking_places | 120.0"]
    );
    assert_eq!(rejects(&staged).len(), 1);
    let rivals = "id,enseigne,lat,lon,code_postal,ville,surface_m2\nK1,Rival,48.1,-1.7,,,900\nK2,Rival,,,35000,Rennes,1200\nK3,Rival,,,,,700\n";
    let bench = Bench::new().file("competitors.csv", rivals);
    let staged = bench
        .stage(&shipped("competitors"))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let found = rows(&staged, "competitors", &["competitor_id", "banner", "sales_area_m2"]);
    assert_eq!(found, vec!["K1 | Rival | 900.0", "K2 | Rival | 1200.0"]);
    // Without a place there is no competition.
    assert_eq!(rejects(&staged).len(), 1);
}
