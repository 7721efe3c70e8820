//! The pages in a real browser: Chromium through its driver, on a small demo retailer.
//!
//! Needs Debian's `chromium` and `chromium-driver`, and axe-core's `axe.min.js`: its path in `AXE_CORE`, or
//! `node_modules/axe-core/axe.min.js` in the checkout (`npm install --no-save axe-core`).

mod driver;
mod looks;
mod planner;
mod scripts;
