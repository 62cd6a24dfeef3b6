//! Declares CloudFront's enumerations of words.
//!
//! They are open: a word that is not listed is kept as `Other` and found by [`crate::inspect`], because CloudFront refuses it
//! with a code of its own, not as a document that cannot be read.

/// Declares an enumeration: one line per word, `Variant = "word"`.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
            /// A word that CloudFront does not know.
            Other(String),
        }

        impl $name {
            /// CloudFront's words.
            pub const KNOWN: &'static [&'static str] = &[$($word),+];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// Whether it is one of CloudFront's words.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        /// The empty word, which CloudFront does not know: it stands for what a caller has yet to fill in.
        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Content for $name {
            const KIND: $crate::Kind = $crate::Kind::Enumeration(Self::KNOWN);

            fn read(element: $crate::Element<'_, '_>) -> Result<Self, $crate::ReadError> {
                Ok(Self::from(element.text()?.as_str()))
            }

            fn write(&self, writer: &mut $crate::Writer) {
                writer.text(self.as_str());
            }

            fn inspect(&self, inspection: &mut $crate::Inspection) {
                if let Self::Other(word) = self {
                    inspection.unknown_value(word, Self::KNOWN);
                }
            }
        }
    };
}

pub(crate) use string_enum;
