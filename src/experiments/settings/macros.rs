//! The declaration of settings.

/// Declares a struct of settings, once and for all.
///
/// Each line is a setting: its meaning as a doc comment, in the words that a reader sees; `name: type = default`; and
/// `, in range` where the type has one. `, as other::Settings::name()` takes the meaning from a setting of another struct,
/// so that the same thing is said in the same words. Besides the struct with its `Default` this gives
/// [`Fields`](crate::experiments::settings::Fields), and for each setting a function of its name that names it to a form:
/// `form.field(ui, Settings::lr(), "Learning rate")`.
///
/// A look may end with a `saved { .. }` block of values that are kept in a file but have no name on the command line.
#[macro_export]
macro_rules! settings {
    (
        $(#[$outer:meta])*
        pub struct $Name:ident {
            $(
                $(#[doc = $meaning:literal])+
                $field:ident : $type:ty = $default:expr $(, in $range:expr)? $(, as $like:expr)? ;
            )*
            $( saved {
                $( $(#[$attribute:meta])+ $kept:ident : $kept_type:ty = $kept_default:expr ; )+
            } )?
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(default)]
        pub struct $Name {
            $( $(#[doc = $meaning])+ pub $field: $type, )*
            $( $( $(#[$attribute])+ pub $kept: $kept_type, )+ )?
        }

        impl Default for $Name {
            fn default() -> Self {
                Self { $( $field: $default, )* $( $( $kept: $kept_default, )+ )? }
            }
        }

        impl $crate::experiments::settings::Fields for $Name {
            const FIELDS: &'static [&'static $crate::experiments::settings::Field<Self>] = &[$( Self::$field(), )*];
        }

        impl $Name {
            $(
                $(#[doc = $meaning])+
                #[must_use]
                pub const fn $field() -> &'static $crate::experiments::settings::Field<Self> {
                    use $crate::experiments::settings::{Field, Setting, Spec, assign, bound};
                    const FIELD: Field<$Name> = Field::new(
                        Spec {
                            name: stringify!($field),
                            meaning: $crate::settings!(@meaning [$($meaning),+] $($like)?),
                            kind: || <$type as Setting>::kind(&$crate::settings!(@range $($range)?)),
                        },
                        |values| Setting::write(&values.$field),
                        |values, text| assign(&mut values.$field, text, &$crate::settings!(@range $($range)?)),
                        |values| bound(&mut values.$field, &$crate::settings!(@range $($range)?)),
                    );
                    &FIELD
                }
            )*
        }
    };
    (@range) => { () };
    (@range $range:expr) => { $range };
    (@meaning [$($meaning:literal),+]) => { concat!($($meaning),+).trim_ascii() };
    (@meaning [$($meaning:literal),+] $like:expr) => { $like.meaning() };
}
