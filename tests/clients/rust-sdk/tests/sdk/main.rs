//! Warmfront through the AWS SDK for Rust: what the SDK sends is understood, and what it reads is typed.

mod distributions;
mod policies;
