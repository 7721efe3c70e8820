//! A small grammar of graphics.
