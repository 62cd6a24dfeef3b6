//! The one derive macro: reads and writes a CloudFront shape.
//!
//! `#[derive(Shape)]` on a plain struct with named fields writes the struct's codec (`Content`), its metadata (`Shape`) and its
//! inspection. It decides nothing about CloudFront: element names come from field names (`caller_reference` is
//! `CallerReference`) or from the attribute, requiredness from the type (`Option` and lists may be absent).
//!
//! On the struct: `#[shape(name = "KGKeyPairIds")]`. On a field: `name = "ARN"`, `item = "CNAME"` (the element name inside a
//! list; `member` when not given), `keep_empty` (the list's element is written even when the list is empty) and `flatten` (the
//! field is a shape whose members stand among this one's).

mod expand;
mod fields;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Writes the implementations of `shapes::Content` and `shapes::Shape`.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::shape(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
