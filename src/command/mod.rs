//! One file per subcommand; the only room that prints.
