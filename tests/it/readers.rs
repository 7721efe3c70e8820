//! Who sees what: names, mails, telephones and addresses planted in an import are seen by the steward alone.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chalandise::lake::Reader;
use chalandise::notebook::Notebook;
use chalandise::query::Library;
use chalandise::serving::{self, Answer, Asked, Limits, Version};
use tokio::time::Instant;

use crate::lake::{TestLake, root};

/// What the planted data hold and nothing else does; telephones as given and as normalised.
const PLANTED: [&str; 6] = ["zqfirst", "zqlast", "zqmail", "zqstreet", "06998877", "336998877"];
/// Customers, each with tokens of their own.
const CUSTOMERS: u32 = 14;

/// A shop whose customers carry the tokens, and an order that is rejected with the row that a source wrote.
async fn planted() -> TestLake {
    let test = TestLake::new();
    let mut customers = "id_customer;firstname;lastname;email;birthday;newsletter;optin;is_guest;date_add\n".to_owned();
    let mut addresses =
        "id_address;id_country;id_customer;address1;address2;postcode;city;phone;phone_mobile;deleted\n".to_owned();
    let mut orders = "id_order;reference;id_customer;id_address_delivery;id_address_invoice;conversion_rate;\
                      total_discounts_tax_excl;total_paid_tax_excl;total_products;total_shipping_tax_excl;valid;date_add;date_upd\n"
        .to_owned();
    for n in 1..=CUSTOMERS {
        customers.push_str(&format!(
            "{n};Zqfirst{n};Zqlast{n};zqmail{n}@example.org;;0;0;0;2024-01-{n:02} 09:00:00\n"
        ));
        addresses.push_str(&format!(
            "{n};8;{n};{n} rue Zqstreet{n};;44000;Nantes;;06998877{n:02};0\n"
        ));
        for (order, month) in [(n, 2), (n + 100, 6)] {
            orders.push_str(&format!(
                "{order};REF{order};{n};{n};{n};1.000000;0.000000;40.000000;40.000000;0.000000;1;\
                 2024-{month:02}-{n:02} 10:00:00;2024-{month:02}-{n:02} 10:00:00\n"
            ));
        }
    }
    // An order whose day cannot be read, with a mail where its reference should be: the row goes to the rejects as it came.
    orders
        .push_str("999;zqmail99@example.org;1;1;1;1.000000;0.000000;40.000000;40.000000;0.000000;1;someday;someday\n");
    let files = [
        test.write("ps_customer.csv", &customers),
        test.write("ps_address.csv", &addresses),
        test.write("ps_orders.csv", &orders),
    ];
    test.import("prestashop", &files).await.expect("the shop imports");
    test
}

async fn version(test: &TestLake, reader: Reader) -> Version {
    let options = serving::Options {
        lake: test.lake.clone(),
        engine: test.engine.clone(),
        library: Arc::new(Library::load(&root().join("queries")).expect("sound queries")),
        notebook: Notebook::open_in_memory().expect("a notebook"),
        reader,
        cache_bytes: 1 << 20,
    };
    Version::newest(&options).await.expect("a lake version")
}

/// Everything that a reader is told of a statement: its rows, or its error.
async fn told(version: &Version, sql: &str) -> String {
    let limits = Limits::until(Instant::now() + Duration::from_secs(30));
    let asked = Asked::Sql(sql.to_owned());
    let answer = match Answer::open(version.data.session().clone(), asked, limits).await {
        Ok(answer) => answer.collect().await,
        Err(stopped) => Err(stopped),
    };
    match answer {
        Ok(rows) => arrow::util::pretty::pretty_format_batches(&rows.batches)
            .expect("rows are text")
            .to_string(),
        Err(stopped) => stopped.to_string(),
    }
}

fn tokens(text: &str) -> Vec<&'static str> {
    let small = text.to_lowercase();
    PLANTED.into_iter().filter(|token| small.contains(token)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_reader_has_the_tables_that_are_theirs() {
    let test = planted().await;
    let personal: BTreeSet<&str> = chalandise::model::contract()
        .tables()
        .iter()
        .filter(|table| table.personal)
        .map(|table| table.name)
        .collect();
    assert!(personal.contains("customer_identity") && personal.contains("source_customers"));
    let readers = [
        (Reader::analyst(11), false),
        (Reader::steward(11), true),
        (Reader::program(), true),
    ];
    for (reader, sees) in readers {
        let version = version(&test, reader.clone()).await;
        for table in chalandise::model::contract().tables() {
            let rows = told(&version, &format!("select * from {}", table.name)).await;
            let exists = !rows.starts_with("the SQL cannot be run");
            assert_eq!(
                exists,
                sees || !table.personal,
                "{} for {}: {rows}",
                table.name,
                reader.key()
            );
            assert!(sees || tokens(&rows).is_empty(), "{} for {}", table.name, reader.key());
        }
        let listed = told(
            &version,
            "select table_name, column_name from information_schema.columns",
        )
        .await;
        for name in &personal {
            assert_eq!(
                listed.contains(name),
                sees,
                "{name} in information_schema for {}",
                reader.key()
            );
        }
        for kind in [
            "tables",
            "columns",
            "views",
            "routines",
            "parameters",
            "df_settings",
            "schemata",
        ] {
            let rows = told(&version, &format!("select * from information_schema.{kind}")).await;
            let none = personal.iter().all(|name| !rows.contains(name));
            assert!(sees || none, "information_schema.{kind} for {}", reader.key());
        }
    }
    let steward = version(&test, Reader::steward(11)).await;
    let rows = told(&steward, "select * from source_customers").await;
    assert!(tokens(&rows).len() >= 5, "the tokens are there to be found:\n{rows}");
}

/// Statements of somebody who wants what is not theirs.
fn hostile(lake: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["source_customers", "customer_identity"] {
        let spelled = [
            table.to_owned(),
            table.to_uppercase(),
            format!("\"{table}\""),
            format!("public.{table}"),
            format!("datafusion.public.{table}"),
            format!("datafusion.\"public\".\"{table}\""),
            format!("information_schema.{table}"),
            format!("lake.{table}"),
            format!("'lake://data{}/tables/{table}'", lake.display()),
            format!("'{}/tables/{table}'", lake.display()),
            format!("'file://{}/tables/{table}'", lake.display()),
        ];
        for name in &spelled {
            all.extend([
                format!("select * from {name}"),
                format!("select count(*) from {name}"),
                format!("table {name}"),
                format!("with t as (select * from {name}) select * from t"),
                format!("select * from orders where exists (select 1 from {name})"),
                format!("select (select max(email) from {name})"),
                format!("select customer_id from customers union all select customer_id from {name}"),
                format!("select cast(email as int) from {name}"),
            ]);
        }
        all.extend([
            format!("describe {table}"),
            format!("show columns from {table}"),
            format!("explain analyze select * from {table}"),
            format!("create table mine as select * from {table}"),
            format!("copy {table} to '/tmp/{table}.csv'"),
            format!("insert into orders select * from {table}"),
            format!("select * from read_parquet('{}/tables/{table}')", lake.display()),
            format!(
                "create external table e stored as parquet location '{}/tables/{table}'",
                lake.display()
            ),
            format!("select * from information_schema.columns where table_name = '{table}'"),
        ]);
    }
    all.extend(
        [
            "show tables",
            "show all",
            "select * from \"_chalandise/rejects\"",
            "select * from rejects",
            "set datafusion.catalog.default_schema = 'information_schema'",
            "select cast(customer_id as int) from customers",
            "select cast(source_customer_id as int) from orders",
            "select 1 / (length(customer_id) - length(customer_id)) from customers",
            "select to_date(customer_id) from customers",
            "select cast(postcode || city as date) from customers",
            "select array_agg(customer_id) from customers",
            "select * from customers",
            "select * from orders",
            "select * from scenarios",
        ]
        .map(str::to_owned),
    );
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_an_analyst_gives_a_planted_token() {
    let test = planted().await;
    let analyst = version(&test, Reader::analyst(11)).await;
    let lake = test
        .folder
        .path()
        .join("lake")
        .canonicalize()
        .expect("the lake's folder");
    let statements = hostile(&lake);
    assert!(statements.len() >= 200, "{} statements", statements.len());
    for sql in statements {
        let answer = told(&analyst, &sql).await;
        assert!(tokens(&answer).is_empty(), "{sql}\n{answer}");
    }
}

/// A server of the program, whose log is kept.
struct Served {
    process: std::process::Child,
    address: String,
    log: std::thread::JoinHandle<String>,
}

impl Served {
    fn start(test: &TestLake, arguments: &[&str]) -> Served {
        let mut process = program(test)
            .args(["serve", "--address", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe"));
        let mut log = String::new();
        let address = loop {
            let before = log.len();
            assert!(lines.read_line(&mut log).expect("a line") > 0, "it ended: {log}");
            if let Some((_, rest)) = log[before..].split_once("http://") {
                break rest.split('/').next().unwrap_or_default().to_owned();
            }
        };
        let log = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = lines.read_to_end(&mut bytes);
            log + &String::from_utf8_lossy(&bytes)
        });
        Served { process, address, log }
    }

    /// Head and body of an answer.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("the request leaves");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the answer comes");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// What it has logged, once it has ended.
    fn end(mut self) -> String {
        self.process.kill().expect("it can be ended");
        self.process.wait().expect("it ends");
        self.log.join().expect("its log")
    }
}

fn program(test: &TestLake) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
    command
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(test.folder.path().join("lake"));
    command
}

/// Every page without a value in its path, and every figure of every page in all its forms.
fn addresses() -> Vec<String> {
    let mut all: Vec<String> = [
        "/catalog",
        "/healthz",
        "/api/scenario?change=close:S1",
        "/nowhere?email=zq",
    ]
    .map(str::to_owned)
    .to_vec();
    let folders = std::fs::read_dir(root().join("queries")).expect("queries").flatten();
    for folder in folders {
        let Ok(text) = std::fs::read_to_string(folder.path().join("page.toml")) else {
            continue;
        };
        let page: toml::Table = toml::from_str(&text).expect("TOML");
        let id = folder.file_name().to_string_lossy().into_owned();
        let path = page["path"].as_str().expect("a path");
        let value = match path {
            path if path.contains("{segment}") => "?segment=champions",
            path if path.contains("{store}") => "?store=S1",
            _ => {
                all.extend([
                    path.to_owned(),
                    format!("{path}?lang=en&region=Zqlast1"),
                    format!("{path}?sales_channel=web"),
                ]);
                ""
            }
        };
        for figure in page.get("figure").and_then(toml::Value::as_array).into_iter().flatten() {
            let figure = figure["id"].as_str().expect("an id");
            let forms = ["", ".svg", ".csv", ".json", ".parquet", ".sql"];
            all.extend(forms.map(|form| format!("/f/{id}/{figure}{form}{value}")));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_file_catalogue_or_log_has_a_planted_token() {
    let test = planted().await;
    let (served, test) = tokio::task::spawn_blocking(move || {
        let built = program(&test).arg("build").output().expect("the program runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        (Served::start(&test, &[]), test)
    })
    .await
    .expect("the server starts");
    let catalogue = served.get("/catalog?lang=en");
    assert!(catalogue.contains("table-orders") && !catalogue.contains("source_customers"));
    let addresses = addresses();
    assert!(addresses.len() > 300, "{} addresses", addresses.len());
    for path in addresses
        .iter()
        .filter(|path| !path.contains("Zq") && !path.contains("zq"))
    {
        let answer = served.get(path);
        assert!(tokens(&answer).is_empty(), "{path}: {:?}", tokens(&answer));
    }
    for sql in ["source_customers", "customer_identity"] {
        let answer = served.get(&format!("/sql/{sql}"));
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    }
    let log = served.end();
    assert!(log.contains("request"), "the log has its lines: {log}");
    assert!(tokens(&log).is_empty(), "{log}");

    let steward = Served::start(&test, &["--personal"]);
    assert!(steward.get("/catalog?lang=en").contains("source_customers"));
    assert!(steward.end().contains("Personal data are shown"), "a line of warning");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_opens_the_analysts_session_unless_the_steward_asks() {
    let test = planted().await;
    let sql = "select * from source_customers";
    let analyst = program(&test).args(["query", sql]).output().expect("the program runs");
    let said = String::from_utf8_lossy(&analyst.stderr).into_owned() + &String::from_utf8_lossy(&analyst.stdout);
    assert!(!analyst.status.success() && tokens(&said).is_empty(), "{said}");
    let steward = program(&test)
        .args(["query", "--personal", sql])
        .output()
        .expect("the program runs");
    assert!(steward.status.success());
    assert!(tokens(&String::from_utf8_lossy(&steward.stdout)).contains(&"zqmail"));
    assert!(String::from_utf8_lossy(&steward.stderr).contains("Personal data are shown"));
    let unhidden = program(&test)
        .args([
            "query",
            "network/cells",
            "-p",
            "min_group_size=0",
            "-p",
            "from_on=2024-01-01",
            "-p",
            "to_on=2024-12-31",
        ])
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&unhidden.stderr).into_owned();
    assert!(
        !unhidden.status.success() && said.contains("key of the configuration"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn attached_rejects_are_personal() {
    let test = planted().await;
    let lake = test.folder.path().join("lake");
    let rejects = lake.join("_chalandise/rejects");
    assert!(rejects.is_dir(), "a row was rejected");
    let config = test.write(
        "chalandise.toml",
        &format!("[attach]\nrefused = {:?}\n", rejects.display().to_string()),
    );
    let ask = |arguments: &[&str]| {
        let output = program(&test)
            .arg("--config")
            .arg(&config)
            .arg("query")
            .args(arguments)
            .arg("select * from refused")
            .output()
            .expect("the program runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    };
    let (answered, said) = ask(&[]);
    assert!(!answered && tokens(&said).is_empty(), "{said}");
    let (answered, said) = ask(&["--personal"]);
    assert!(answered && tokens(&said).contains(&"zqmail"), "{said}");
}
