//! Pure retail models.
