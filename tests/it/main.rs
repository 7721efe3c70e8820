//! The one integration-test binary.

mod architecture;
mod browser;
mod builds;
mod closings;
mod commands;
mod config;
mod demo;
mod distances;
mod generate;
mod huff;
mod import;
mod lake;
mod models;
mod network;
mod notebook;
mod pages;
mod queries;
mod readers;
mod small_groups;
mod truth;
mod words;
