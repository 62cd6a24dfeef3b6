//! Reads the fields of a shape: element names, and whether a member is required, optional or a list.

use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Ident, LitStr, PathArguments,
    Result, Type, spanned::Spanned,
};

/// How often a member may be absent, and how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// `T`: must be there.
    Required,
    /// `Option<T>`: may be absent.
    Optional,
    /// `Vec<T>`: absent is the empty list.
    List,
    /// `#[shape(flatten)]`: no element of its own.
    Flat,
}

/// One member of a shape.
pub struct Member {
    pub field: Ident,
    /// The element's name on the wire.
    pub name: String,
    /// The field's type without `Option`.
    pub value: Type,
    pub presence: Presence,
    /// Element name of the entries, for `Vec` and `Counted`.
    pub item: Option<String>,
    pub keep_empty: bool,
}

/// What `#[shape(...)]` says.
#[derive(Default)]
struct Options {
    name: Option<String>,
    item: Option<String>,
    keep_empty: bool,
    flatten: bool,
}

/// The shape's own name: the attribute's, or the struct's.
pub fn shape_name(input: &DeriveInput) -> Result<String> {
    let options = options(&input.attrs)?;
    if options.item.is_some() || options.keep_empty || options.flatten {
        return Err(Error::new(input.span(), "`item`, `keep_empty` and `flatten` belong on a field"));
    }
    Ok(options.name.unwrap_or_else(|| input.ident.to_string()))
}

/// The members in the order in which they are written.
pub fn members(input: &DeriveInput) -> Result<Vec<Member>> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "a shape is a struct; enumerations use `string_enum!`"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "a shape has named fields"));
    };
    fields.named.iter().map(member).collect()
}

fn member(field: &Field) -> Result<Member> {
    let options = options(&field.attrs)?;
    let ident = field.ident.clone().ok_or_else(|| Error::new(field.span(), "a shape has named fields"))?;
    let (value, presence) = match (argument_of(&field.ty, "Option"), argument_of(&field.ty, "Vec")) {
        (Some(inner), _) => (inner.clone(), Presence::Optional),
        (None, Some(_)) => (field.ty.clone(), Presence::List),
        (None, None) => (field.ty.clone(), Presence::Required),
    };
    if options.flatten {
        if presence != Presence::Required || options.name.is_some() || options.item.is_some() {
            return Err(Error::new(field.ty.span(), "`flatten` takes a shape and no other option"));
        }
        let name = String::new();
        return Ok(Member {
            field: ident,
            name,
            value,
            presence: Presence::Flat,
            item: None,
            keep_empty: false,
        });
    }
    let is_list = argument_of(&value, "Vec").is_some();
    let is_counted = argument_of(&value, "Counted").is_some();
    if presence == Presence::Optional && is_list {
        return Err(Error::new(field.ty.span(), "use `Vec`: an absent list is the empty list"));
    }
    let item = match options.item {
        Some(_) if !is_list && !is_counted => {
            return Err(Error::new(field.ty.span(), "`item` names the entries of a `Vec` or a `Counted`"));
        }
        None if is_list => Some("member".to_owned()),
        None if is_counted => return Err(Error::new(field.ty.span(), "a `Counted` needs `item`")),
        item => item,
    };
    let name = options.name.unwrap_or_else(|| camel_case(&ident.to_string()));
    Ok(Member { field: ident, name, value, presence, item, keep_empty: options.keep_empty })
}

fn options(attributes: &[Attribute]) -> Result<Options> {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("shape")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                options.name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("item") {
                options.item = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("keep_empty") {
                options.keep_empty = true;
            } else if meta.path.is_ident("flatten") {
                options.flatten = true;
            } else {
                return Err(meta.error("unknown option: use `name`, `item`, `keep_empty` or `flatten`"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// `T` of `Wrapper<T>`, judged by the last segment of the path.
fn argument_of<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

/// `caller_reference` is `CallerReference`.
fn camel_case(field: &str) -> String {
    field
        .trim_start_matches("r#")
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn refusal(input: &DeriveInput) -> String {
        match members(input) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_and_presence_follow_the_field() {
        let input: DeriveInput = parse_quote! {
            #[shape(name = "Outer")]
            struct Anything {
                caller_reference: String,
                #[shape(name = "WebACLId")]
                web_acl_id: Option<String>,
                entries: Vec<String>,
                #[shape(item = "CNAME")]
                aliases: Option<Counted<String>>,
                #[shape(flatten)]
                settings: Settings,
            }
        };
        assert_eq!(shape_name(&input).ok().as_deref(), Some("Outer"));
        let members = members(&input).unwrap_or_default();
        let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["CallerReference", "WebACLId", "Entries", "Aliases", ""]);
        let items: Vec<_> = members.iter().map(|member| member.item.as_deref()).collect();
        assert_eq!(items, [None, None, Some("member"), Some("CNAME"), None]);
        let presence: Vec<_> = members.iter().map(|member| member.presence).collect();
        use Presence::{Flat, List, Optional, Required};
        assert!(presence == [Required, Optional, List, Optional, Flat]);
    }

    #[test]
    fn declarations_that_cannot_be_read_are_refused_with_a_reason() {
        let cases: [(DeriveInput, &str); 6] = [
            (
                parse_quote!(
                    enum E {
                        A,
                    }
                ),
                "string_enum!",
            ),
            (
                parse_quote!(
                    struct S(String);
                ),
                "named fields",
            ),
            (
                parse_quote!(
                    struct S {
                        a: Option<Vec<String>>,
                    }
                ),
                "the empty list",
            ),
            (
                parse_quote!(
                    struct S {
                        a: Counted<String>,
                    }
                ),
                "needs `item`",
            ),
            (
                parse_quote!(
                    struct S {
                        #[shape(item = "X")]
                        a: String,
                    }
                ),
                "`Vec` or a `Counted`",
            ),
            (
                parse_quote!(
                    struct S {
                        #[shape(rename = "X")]
                        a: String,
                    }
                ),
                "unknown option",
            ),
        ];
        for (input, reason) in cases {
            let refusal = refusal(&input);
            assert!(refusal.contains(reason), "{refusal:?} does not say {reason:?}");
        }
    }
}
