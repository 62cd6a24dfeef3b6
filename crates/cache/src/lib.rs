//! Stored responses: lookup, fill, request collapsing, invalidation, the memory tier.
