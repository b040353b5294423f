//! Enums that are kept as texts.

/// Declares enums whose variants are known by a text: in the database, on the wire or in a setting.
///
/// ```ignore
/// text_enum! {
///     pub enum State {
///         /// By a person.
///         Paused = "paused",
///         Active = "active",
///     }
/// }
/// ```
///
/// Each is a [`Column`](crate::Column), and a value in statements. A column with another text cannot be
/// read.
#[macro_export]
macro_rules! text_enum {
    ($(
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        impl $name {
            pub const ALL: [Self; Self::TEXTS.len()] = [$(Self::$variant),+];
            pub const TEXTS: [&'static str; [$($text),+].len()] = [$($text),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl $crate::Column for $name {
            fn from_cell(cell: $crate::Cell<'_>) -> ::std::result::Result<Self, String> {
                match cell {
                    $crate::Cell::Text(text) => Self::parse(text)
                        .ok_or_else(|| format!("{text} is none of {}", Self::TEXTS.join(", "))),
                    other => Err(format!("expected a text, found {other:?}")),
                }
            }
        }

        impl<'a> From<&'a $name> for $crate::Param<'a> {
            fn from(value: &'a $name) -> Self {
                Self::from(value.as_str())
            }
        }
    )+};
}
