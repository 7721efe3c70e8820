//! One typed configuration: defaults, then file, then environment, then flags; all faults reported at once.
//!
//! A key is added in one place: the list [`KEYS`]. The file is TOML with the same names; the environment has them in
//! capitals behind `CHALANDISE_`; the command line has them as `--name`.

mod network;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chalandise_faults::{Document, Fault, Faults, allowed};
use toml::de::{DeTable, DeValue};

pub use network::{DECAYS, DISTANCES, Network};

/// The whole configuration; `command` hands each room its own part.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The lake: a folder or URL.
    pub lake: String,
    /// File of what users write down; beside the lake when none, see [`Config::notebook`].
    pub notebook: Option<PathBuf>,
    /// Address on which the server listens; loopback only.
    pub address: SocketAddr,
    /// Folder that holds `queries/`, `data/` and `static/`.
    pub resources: PathBuf,
    /// Bytes that all queries may hold together.
    pub memory_limit_bytes: usize,
    /// Bytes that queries may spill.
    pub spill_limit_bytes: u64,
    /// Folder for spilled data; the system's own when none.
    pub spill_folder: Option<PathBuf>,
    /// Parallel parts of a query.
    pub partitions: usize,
    /// Groups of fewer customers carry no figure on maps and surveys.
    pub min_group_size: u32,
    /// Time after which a query is given up.
    pub deadline: Duration,
    /// Plain Parquet folders shown as tables: name and folder.
    pub attached: Vec<(String, PathBuf)>,
    /// What a build is told of the network models.
    pub network: Network,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            lake: "lake".into(),
            notebook: None,
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            resources: default_resources(),
            memory_limit_bytes: 1 << 30,
            spill_limit_bytes: 8 << 30,
            spill_folder: None,
            partitions: std::thread::available_parallelism().map_or(2, usize::from),
            min_group_size: 11,
            deadline: Duration::from_secs(30),
            attached: Vec::new(),
            network: Network::default(),
        }
    }
}

/// One key of the configuration.
pub struct Key {
    /// Name in the file, that of its table before a point; in capitals behind `CHALANDISE_` in the environment, `_` for the point.
    pub name: &'static str,
    /// What is allowed, for messages and the documentation.
    pub allowed: &'static str,
    /// What it is for.
    pub doc: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
}

/// All keys but `attach`, which is a table of names and folders, and those of the table `[network]`.
pub const KEYS: &[Key] = &[
    Key {
        name: "lake",
        allowed: "a folder, or a file:// URL",
        doc: "Where the lake is.",
        set: |config, text| {
            config.lake = not_empty(text)?.to_owned();
            Ok(())
        },
    },
    Key {
        name: "notebook",
        allowed: "the path of a file in an existing folder, such as /data/notebook.sqlite",
        doc: "Scenarios and whatever else users write down; beside the lake when not given.",
        set: |config, text| {
            let path = PathBuf::from(not_empty(text)?);
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if path.is_dir() {
                return Err("it is a folder".into());
            }
            if folder.is_some_and(|folder| !folder.is_dir()) {
                return Err("its folder does not exist".into());
            }
            config.notebook = Some(path);
            Ok(())
        },
    },
    Key {
        name: "address",
        allowed: "a loopback address and port, such as 127.0.0.1:8080",
        doc: "Where the server listens.",
        set: |config, text| {
            let address: SocketAddr = text.parse().map_err(|_| "it is no address with a port".to_owned())?;
            if !address.ip().is_loopback() {
                return Err(
                    "it is not a loopback address: until there are accounts the server serves one local user".into(),
                );
            }
            config.address = address;
            Ok(())
        },
    },
    Key {
        name: "resources",
        allowed: "a folder that holds queries/ and data/",
        doc: "Query files, page files, mappings and geography.",
        set: |config, text| {
            config.resources = PathBuf::from(not_empty(text)?);
            if config.resources.join("queries").is_dir() {
                Ok(())
            } else {
                Err("the folder has no `queries` folder".into())
            }
        },
    },
    Key {
        name: "memory_limit",
        allowed: "a size of at least 64 MiB, such as 1 GiB",
        doc: "Memory of all queries together.",
        set: |config, text| {
            let bytes = size(text)?;
            if bytes < 64 << 20 {
                return Err("it is under 64 MiB".into());
            }
            config.memory_limit_bytes =
                usize::try_from(bytes).map_err(|_| "it is more than this machine can address".to_owned())?;
            Ok(())
        },
    },
    Key {
        name: "spill_limit",
        allowed: "a size, such as 8 GiB",
        doc: "Disk that queries may use for spilled data.",
        set: |config, text| {
            config.spill_limit_bytes = size(text)?;
            Ok(())
        },
    },
    Key {
        name: "spill_folder",
        allowed: "an existing folder",
        doc: "Where queries spill.",
        set: |config, text| {
            let folder = PathBuf::from(not_empty(text)?);
            if !folder.is_dir() {
                return Err("there is no such folder".into());
            }
            config.spill_folder = Some(folder);
            Ok(())
        },
    },
    Key {
        name: "partitions",
        allowed: "a whole number from 1 to 256",
        doc: "Parallel parts of a query.",
        set: |config, text| {
            config.partitions = whole(text, 1, 256)? as usize;
            Ok(())
        },
    },
    Key {
        name: "min_group_size",
        allowed: "a whole number from 1 to 1000",
        doc: "Groups of fewer customers carry no figure.",
        set: |config, text| {
            config.min_group_size = whole(text, 1, 1000)?;
            Ok(())
        },
    },
    Key {
        name: "deadline_seconds",
        allowed: "a whole number from 1 to 3600",
        doc: "Time after which a query is given up.",
        set: |config, text| {
            config.deadline = Duration::from_secs(u64::from(whole(text, 1, 3600)?));
            Ok(())
        },
    },
];

/// Before the name of a key in the environment.
const PREFIX: &str = "CHALANDISE_";

/// All faults of the configuration: of its file, of variables, of flags.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {0}")]
pub struct ConfigError(pub Faults);

impl Config {
    /// Puts defaults, file, environment and flags together, later ones winning.
    ///
    /// `variables` are the process's; `flags` are pairs of key and text.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault found.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: &[(&'static str, String)],
    ) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        let mut faults = Faults::new();
        if let Some(path) = file {
            match std::fs::read_to_string(path) {
                Ok(text) => faults.extend(config.read_file(&path.display().to_string(), &text)),
                Err(error) => faults.push(Fault::of_file(
                    path,
                    format!("the file cannot be read ({error})"),
                    "give the path of a TOML file",
                )),
            }
        }
        let mut ours: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX) && !is_of_a_service(name))
            .collect();
        ours.sort();
        for (name, text) in ours {
            let key = name[PREFIX.len()..].to_lowercase();
            if let Err((what, remedy)) = config.set(&key, &text) {
                faults.push(Fault::new(name, None, what, remedy));
            }
        }
        for (key, text) in flags {
            let flag = key.rsplit('.').next().unwrap_or(key);
            if let Err((what, remedy)) = config.set(key, text) {
                faults.push(Fault::new(format!("--{}", flag.replace('_', "-")), None, what, remedy));
            }
        }
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// The notebook's file: the key `notebook`, else `lake-notebook.sqlite` beside the lake's folder `lake`.
    pub fn notebook(&self) -> PathBuf {
        self.notebook.clone().unwrap_or_else(|| notebook_beside(&self.lake))
    }

    fn read_file(&mut self, path: &str, text: &str) -> Faults {
        let document = Document::new(path, text);
        let root = document.root();
        if document.is_sound() {
            for (key, value) in root.get_ref() {
                let at = key.span().start;
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("network", DeValue::Table(keys)) => {
                        for (key, value) in keys {
                            let name = format!("network.{}", key.get_ref());
                            self.set_value(&name, value.get_ref(), &document, key.span().start);
                        }
                    }
                    ("attach", DeValue::Table(folders)) => self.attach(folders, &document),
                    ("attach", _) => document.fault(
                        at,
                        "`attach` must be a table of names and folders",
                        "write it as in [attach] sales_2019 = \"/data/sales\"",
                    ),
                    (key, value) => self.set_value(key, value, &document, at),
                }
            }
        }
        document.finish()
    }

    fn set_value(&mut self, key: &str, value: &DeValue<'_>, document: &Document<'_>, at: usize) {
        match scalar(value) {
            Some(scalar) => {
                if let Err((what, remedy)) = self.set(key, &scalar) {
                    document.fault(at, what, remedy);
                }
            }
            None => document.fault(
                at,
                format!("`{key}` must be one text or number"),
                "write a single value",
            ),
        }
    }

    fn attach(&mut self, folders: &DeTable<'_>, document: &Document<'_>) {
        for (name, value) in folders {
            let at = name.span().start;
            let name = name.get_ref().as_ref();
            let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            match value.get_ref() {
                _ if !plain => document.fault(
                    at,
                    format!("attached name `{name}` cannot become a table"),
                    "name it with lower-case letters, digits and _, a letter first",
                ),
                DeValue::String(folder) if Path::new(folder.as_ref()).is_dir() => {
                    self.attached.push((name.to_owned(), PathBuf::from(folder.as_ref())));
                }
                DeValue::String(folder) => document.fault(
                    at,
                    format!("attached folder `{folder}` does not exist"),
                    "give a folder of Parquet files",
                ),
                _ => document.fault(
                    at,
                    format!("attached `{name}` is no folder"),
                    "give the path of a folder, in quotes",
                ),
            }
        }
    }

    /// Sets a key from its text, or says what is wrong with one of them and what to do.
    fn set(&mut self, name: &str, text: &str) -> Result<(), (String, String)> {
        let same = |key: &&Key| key.name == name || key.name.replace('.', "_") == name;
        let Some(key) = all_keys().find(same) else {
            let names: Vec<&str> = all_keys().map(|key| key.name).chain(["attach"]).collect();
            return Err((format!("there is no key `{name}`"), allowed(name, &names)));
        };
        (key.set)(self, text).map_err(|reason| {
            (
                format!("`{}` is `{text}`: {reason}", key.name),
                format!("allowed: {}", key.allowed),
            )
        })
    }
}

/// Whether an orchestrator sets the variable in every container for a service whose name begins with ours: Kubernetes gives the service
/// `chalandise` the variables `CHALANDISE_SERVICE_HOST`, `CHALANDISE_SERVICE_PORT_HTTP`, `CHALANDISE_PORT`, `CHALANDISE_PORT_8080_TCP_ADDR` and
/// so on. No key of ours has such a name; anything else behind the prefix is meant for us, and a typing error there is said.
fn is_of_a_service(name: &str) -> bool {
    let rest = &name[PREFIX.len() - 1..];
    rest.ends_with("_SERVICE_HOST")
        || rest.ends_with("_SERVICE_PORT")
        || rest.contains("_SERVICE_PORT_")
        || rest.ends_with("_PORT")
        || rest.contains("_PORT_")
}

/// All keys but `attach`.
pub fn all_keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().chain(network::KEYS)
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn not_empty(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() {
        Err("it is empty".into())
    } else {
        Ok(text)
    }
}

fn whole(text: &str, min: u32, max: u32) -> Result<u32, String> {
    let number: u32 = text.trim().parse().map_err(|_| "it is no whole number".to_owned())?;
    if (min..=max).contains(&number) {
        Ok(number)
    } else {
        Err("it is out of range".into())
    }
}

/// Bytes of a size such as `512 MiB` or `2GiB`.
fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(at);
    let number: u64 = digits
        .parse()
        .map_err(|_| "it does not start with a whole number".to_owned())?;
    let shift = match unit.trim() {
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        "" => return Err("it has no unit: write MiB, GiB or TiB".into()),
        _ => return Err("its unit is unknown: write MiB, GiB or TiB".into()),
    };
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| "it is too large".to_owned())
}

/// The notebook of a lake: `/data/lake-notebook.sqlite` beside `/data/lake`, since the folder of a lake holds data only and
/// may be swept, copied or kept in an object store. `notebook.sqlite` here when the lake is no folder with a name.
fn notebook_beside(lake: &str) -> PathBuf {
    let folder = match url::Url::parse(lake) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().unwrap_or_default(),
        // One letter is a drive.
        Ok(url) if url.scheme().len() > 1 => PathBuf::new(),
        _ => PathBuf::from(lake),
    };
    // `.` and `..` have a name only once they are resolved.
    let named = match folder.file_name() {
        Some(_) => folder,
        None => folder.canonicalize().unwrap_or_default(),
    };
    match named.file_name() {
        Some(name) => {
            let mut name = name.to_owned();
            name.push("-notebook.sqlite");
            named.with_file_name(name)
        }
        None => PathBuf::from("notebook.sqlite"),
    }
}

/// The folder of queries and data: here, above the program, or where it was built.
fn default_resources() -> PathBuf {
    let fits = |folder: &Path| folder.join("queries").is_dir() && folder.join("data").is_dir();
    let here = PathBuf::from(".");
    if fits(&here) {
        return here;
    }
    let program = std::env::current_exe().unwrap_or_default();
    let above = program.ancestors().skip(1).take(4).find(|folder| fits(folder));
    above.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_sources_win() {
        let variables = [("CHALANDISE_LAKE".to_owned(), "from-environment".to_owned())];
        let config = Config::load(None, variables.clone(), &[]).expect("valid");
        assert_eq!(config.lake, "from-environment");
        let config = Config::load(None, variables, &[("lake", "from-flag".to_owned())]).expect("valid");
        assert_eq!(config.lake, "from-flag");
    }

    #[test]
    fn the_notebook_lies_beside_the_lake() {
        let cases = [
            ("lake", "lake-notebook.sqlite"),
            ("/data/lake/", "/data/lake-notebook.sqlite"),
            ("data/lake.v2/.", "data/lake.v2-notebook.sqlite"),
            ("file:///data/my%20lake/", "/data/my lake-notebook.sqlite"),
            ("s3://bucket/lake", "notebook.sqlite"),
            ("/", "notebook.sqlite"),
        ];
        for (lake, notebook) in cases {
            assert_eq!(notebook_beside(lake), Path::new(notebook), "{lake}");
        }
        let here = std::env::current_dir().expect("a folder");
        let name = here.file_name().expect("a name").to_string_lossy();
        assert_eq!(
            notebook_beside("."),
            here.with_file_name(format!("{name}-notebook.sqlite"))
        );
    }

    #[test]
    fn a_stated_notebook_wins_and_must_have_a_folder() {
        let stated = |path: &str| Config::load(None, [], &[("notebook", path.to_owned())]);
        assert_eq!(
            stated("elsewhere.sqlite").expect("valid").notebook(),
            Path::new("elsewhere.sqlite")
        );
        for (path, reason) in [
            ("", "empty"),
            ("/", "is a folder"),
            ("/no/such/file", "folder does not exist"),
        ] {
            let error = stated(path).expect_err("refused").to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn variables_of_a_service_are_left_alone_and_near_misses_of_keys_are_not() {
        let set = |name: &str| Config::load(None, [(name.to_owned(), "tcp://10.0.0.7:8080".to_owned())], &[]);
        for name in [
            "CHALANDISE_PORT",
            "CHALANDISE_PORT_8080_TCP",
            "CHALANDISE_PORT_8080_TCP_PROTO",
            "CHALANDISE_SERVICE_HOST",
            "CHALANDISE_SERVICE_PORT",
            "CHALANDISE_SERVICE_PORT_HTTP",
            "CHALANDISE_WEB_SERVICE_HOST",
            "CHALANDISE_WEB_PORT",
        ] {
            assert_eq!(set(name), Ok(Config::default()), "{name}");
        }
        for name in [
            "CHALANDISE_LAK",
            "CHALANDISE_PORTS",
            "CHALANDISE_SERVICE",
            "CHALANDISE_HOST",
        ] {
            assert!(set(name).is_err(), "{name}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("2 GiB"), Ok(2 << 30));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert!(size("1000").is_err());
        assert!(size("99999999999999 TiB").is_err());
    }
}
