//! Turns a DistributionConfig into the compiled model, and is the only validator.
