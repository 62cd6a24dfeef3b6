//! Versioned documents: read, list, compare-and-commit, watch.
