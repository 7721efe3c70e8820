//! Page files become validated pages, pages become HTML.
