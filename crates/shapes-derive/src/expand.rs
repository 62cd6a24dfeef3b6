//! Writes the implementations for one shape.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Result};

use crate::fields::{Member, Presence, members, shape_name};

/// The two implementations of a shape.
pub fn shape(input: &DeriveInput) -> Result<TokenStream> {
    let name = shape_name(input)?;
    let members = members(input)?;
    let ident = &input.ident;
    let metadata = members.iter().map(metadata);
    let read = read(&members);
    let writes = members.iter().map(write);
    let inspects = members.iter().map(inspect);
    let own_count = own_count(&members);
    Ok(quote! {
        impl ::shapes::Shape for #ident {
            const NAME: &'static str = #name;
            const MEMBERS: &'static [::shapes::Member] = &[#(#metadata),*];
        }

        impl ::shapes::Content for #ident {
            const KIND: ::shapes::Kind = ::shapes::Kind::Structure {
                name: <Self as ::shapes::Shape>::NAME,
                members: <Self as ::shapes::Shape>::MEMBERS,
            };

            fn read(element: ::shapes::Element<'_, '_>) -> ::core::result::Result<Self, ::shapes::ReadError> {
                #read
            }

            fn write(&self, writer: &mut ::shapes::Writer) {
                #(#writes)*
            }

            fn inspect(&self, inspection: &mut ::shapes::Inspection) {
                #own_count
                #(#inspects)*
            }
        }
    })
}

fn metadata(member: &Member) -> TokenStream {
    let Member { name, value, presence, item, .. } = member;
    let required = matches!(presence, Presence::Required | Presence::Flat);
    let (kind, item) = match item {
        Some(item) => (quote!(<#value as ::shapes::List>::KIND), quote!(Some(#item))),
        None => (quote!(<#value as ::shapes::Content>::KIND), quote!(None)),
    };
    quote!(::shapes::Member { name: #name, required: #required, kind: #kind, item: #item })
}

fn read(members: &[Member]) -> TokenStream {
    let own: Vec<_> = members.iter().filter(|member| member.presence != Presence::Flat).collect();
    let flat: Vec<_> = members.iter().filter(|member| member.presence == Presence::Flat).collect();
    let slots: Vec<_> = (0..own.len()).map(|index| format_ident!("member_{index}")).collect();
    let types = own.iter().map(|member| &member.value);
    let arms = own.iter().zip(&slots).map(|(Member { name, item, .. }, slot)| match item {
        Some(item) => quote!(#name => child.read_list_into(&mut #slot, #item)?),
        None => quote!(#name => child.read_into(&mut #slot)?),
    });
    let flat_types = flat.iter().map(|member| &member.value);
    let fields = own.iter().zip(&slots).map(|(Member { field, name, presence, .. }, slot)| match presence {
        Presence::Required => quote!(#field: element.require(#name, #slot)?),
        Presence::List => quote!(#field: #slot.unwrap_or_default()),
        Presence::Optional | Presence::Flat => quote!(#field: #slot),
    });
    let names: Vec<_> = own.iter().map(|member| &member.name).collect();
    let flat_fields = flat.iter().map(|Member { field, value, .. }| {
        quote!(#field: <#value as ::shapes::Content>::read(element.without(&[#(#names),*]))?)
    });
    quote! {
        #(let mut #slots: ::core::option::Option<#types> = ::core::option::Option::None;)*
        for child in element.children() {
            let child = child?;
            match child.name() {
                #(#arms,)*
                #(name if <#flat_types as ::shapes::Shape>::declares(name) => {})*
                _ => return ::core::result::Result::Err(child.unknown()),
            }
        }
        ::core::result::Result::Ok(Self { #(#fields,)* #(#flat_fields,)* })
    }
}

fn write(member: &Member) -> TokenStream {
    let Member { field, name, presence, item, keep_empty, .. } = member;
    match (presence, item) {
        (Presence::Flat, _) => quote!(::shapes::Content::write(&self.#field, writer);),
        (Presence::Required, None) => quote!(writer.element(#name, &self.#field);),
        (Presence::Optional, None) => quote! {
            if let ::core::option::Option::Some(value) = &self.#field {
                writer.element(#name, value);
            }
        },
        (Presence::Optional, Some(item)) => quote! {
            if let ::core::option::Option::Some(value) = &self.#field {
                writer.list(#name, #item, value);
            }
        },
        (Presence::List, Some(item)) if !keep_empty => quote! {
            if !self.#field.is_empty() {
                writer.list(#name, #item, &self.#field);
            }
        },
        (_, Some(item)) => quote!(writer.list(#name, #item, &self.#field);),
        // A list without an item name does not leave `fields`: `member` is filled in there.
        (Presence::List, None) => quote!(writer.element(#name, &self.#field);),
    }
}

fn inspect(member: &Member) -> TokenStream {
    let Member { field, name, presence, item, .. } = member;
    let method = match item {
        Some(_) => quote!(list),
        None => quote!(member),
    };
    match presence {
        Presence::Flat => quote!(::shapes::Content::inspect(&self.#field, inspection);),
        Presence::Optional => quote! {
            if let ::core::option::Option::Some(value) = &self.#field {
                inspection.#method(#name, value);
            }
        },
        Presence::Required | Presence::List => quote!(inspection.#method(#name, &self.#field);),
    }
}

/// A structure with `Quantity` and `Items` beside other members compares the two itself.
fn own_count(members: &[Member]) -> TokenStream {
    let quantity = members.iter().find(|member| member.name == "Quantity");
    let items = members.iter().find(|member| member.name == "Items" && member.presence == Presence::List);
    match (quantity, items) {
        (Some(Member { field: quantity, .. }), Some(Member { field: items, .. })) => {
            quote!(inspection.count(self.#quantity, self.#items.len());)
        }
        _ => TokenStream::new(),
    }
}
