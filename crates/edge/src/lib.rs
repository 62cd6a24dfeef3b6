//! One viewer request from accept to log.
