//! Query files: header, parameters, library.
