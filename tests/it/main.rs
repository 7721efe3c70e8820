//! The one integration-test binary.

mod architecture;
mod browser;
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
mod truth;
mod words;
