//! Pages as HTML. Everything works without script; a script may only make it quicker to use.

pub mod catalog;
mod figure;
pub mod filters;
mod frame;
mod indicators;
mod key;
pub mod notice;
mod overview;
mod table;

pub use figure::{ROWS_ON_OWN_PAGE, figure_page, sql_page};
pub use frame::{Frame as PageFrame, page_frame};
pub use indicators::sparkline;
pub use overview::page;
