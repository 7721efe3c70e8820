//! CDNOW, to the cent; overlapping exports; what is refused.

use chalandise::import::{ImportPlan, Imported};

use super::{TestLake, cdnow, contents};

#[tokio::test]
async fn the_sample_imports_to_the_cent() {
    let test = TestLake::new();
    let imported = test.import("cdnow", &[cdnow()]).await.expect("a clean import");
    let Imported::Done { version, report } = imported else {
        panic!("nothing was imported")
    };
    assert_eq!(version.number, 1);
    assert_eq!(version.currency.as_deref(), Some("USD"));
    let flow = &report.account.table("orders").expect("orders are in the account").flow;
    assert_eq!((flow.came_in.rows, flow.came_in.money), (6919, 24_409_194));
    assert_eq!(flow.kept, flow.came_in, "nothing of it is dirty");
    let orders =
        "select count(*), count(distinct customer_id), sum(net_revenue), min(ordered_on), max(ordered_on) from orders";
    assert_eq!(test.csv(orders).await, "6919,2357,244091.94,1997-01-01,1998-06-30");
    let customers = "select count(*), count(acquired_on), min(acquired_on), max(acquired_on) from customers";
    assert_eq!(test.csv(customers).await, "2357,2357,1997-01-01,1997-03-25");
}

#[tokio::test]
async fn the_same_file_again_does_nothing() {
    let test = TestLake::new();
    test.import("cdnow", &[cdnow()]).await.expect("a clean import");
    let before = contents(&test.folder.path().join("lake"));
    let again = test.import("cdnow", &[cdnow()]).await.expect("no error");
    assert!(matches!(again, Imported::Known { files: 1 }), "{again:?}");
    assert!(contents(&test.folder.path().join("lake")) == before, "the lake changed");
}

#[tokio::test]
async fn a_dry_run_shows_the_account_and_writes_no_lake_version() {
    let test = TestLake::new();
    let plan = ImportPlan {
        dry_run: true,
        ..ImportPlan::default()
    };
    let imported = test.import_with("cdnow", &[cdnow()], &plan).await.expect("no error");
    let Imported::DryRun(report) = imported else {
        panic!("not a dry run")
    };
    assert_eq!(
        report.account.table("orders").expect("in the account").flow.kept.rows,
        6919
    );
    assert!(test.lake.newest().await.expect("readable").is_none());
}

#[tokio::test]
async fn a_second_currency_is_refused_and_nothing_changes() {
    let test = TestLake::new();
    test.import("cdnow", &[cdnow()]).await.expect("a clean import");
    let stores = test.write(
        "stores.csv",
        "store_id,name,format,latitude,longitude,region,sales_area_m2,opened_on,closed_on,annual_fixed_cost,gross_margin_rate\n\
         1,Nantes,city,47.2184,-1.5536,Pays de la Loire,1200,2010-01-01,,250000.00,0.52\n",
    );
    let error = test.import("stores", &[stores]).await.expect_err("another currency");
    assert_eq!(
        error.to_string(),
        "the lake holds USD, the mapping states EUR; one lake holds one currency: import into another lake"
    );
    assert_eq!(
        test.lake
            .newest()
            .await
            .expect("readable")
            .map(|version| version.number),
        Some(1)
    );
}

const STORES: &str = "store_id,name,format,latitude,longitude,region,sales_area_m2,opened_on,closed_on,annual_fixed_cost,gross_margin_rate\n";

#[tokio::test]
async fn overlapping_exports_replace_skip_and_keep() {
    let test = TestLake::new();
    let nantes = "1,Nantes,city,47.2184,-1.5536,Pays de la Loire,1200,2010-01-01,,250000.00,0.52\n";
    let rennes = "2,Rennes,city,48.1173,-1.6778,Bretagne,900,2012-05-01,,200000.00,0.50\n";
    let larger = "1,Nantes,city,47.2184,-1.5536,Pays de la Loire,1500,2010-01-01,,250000.00,0.52\n";
    let lille = "3,Lille,city,50.6292,3.0573,Hauts-de-France,800,2015-05-01,,210000.00,0.51\n";
    let first = test.write("stores.csv", &format!("{STORES}{nantes}{rennes}"));
    test.import("stores", &[first]).await.expect("a clean import");
    let second = test.write("stores_2.csv", &format!("{STORES}{larger}{rennes}{lille}"));
    let imported = test.import("stores", &[second]).await.expect("a clean import");
    let Imported::Done { report, .. } = imported else {
        panic!("nothing was imported")
    };
    let flow = &report.account.table("stores").expect("in the account").flow;
    assert_eq!(
        (
            flow.kept.rows,
            flow.replaced.rows,
            flow.skipped.rows,
            flow.rejected.rows
        ),
        (1, 1, 1, 0)
    );
    let areas = test
        .csv("select store_id, sales_area_m2 from stores order by store_id")
        .await;
    assert_eq!(areas, "1,1500.0\n2,900.0\n3,800.0");
}

#[tokio::test]
async fn two_stores_with_one_id_and_different_content_are_both_refused() {
    let test = TestLake::new();
    let rows = "1,Nantes,city,47.2184,-1.5536,Pays de la Loire,1200,2010-01-01,,250000.00,0.52\n\
                1,Nantes,city,47.2184,-1.5536,Pays de la Loire,1300,2010-01-01,,250000.00,0.52\n\
                2,Rennes,city,48.1173,-1.6778,Bretagne,900,2012-05-01,,200000.00,0.50\n";
    let file = test.write("stores.csv", &format!("{STORES}{rows}"));
    let imported = test.import("stores", &[file]).await.expect("one store is sound");
    let Imported::Done { report, .. } = imported else {
        panic!("nothing was imported")
    };
    assert_eq!(report.account.rejected_rows(), 2, "{}", report.account);
    assert!(
        report
            .samples
            .iter()
            .any(|sample| sample.contains("stores.csv, line 2")),
        "{:?}",
        report.samples
    );
    assert_eq!(report.rejects.len(), 1);
    assert_eq!(test.csv("select store_id from stores").await, "2");
}
