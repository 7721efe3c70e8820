//! Every route, one file per noun.
