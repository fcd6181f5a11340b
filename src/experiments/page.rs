//! The pages of a panel.

use super::Choice;

/// One of the pages between which a reader turns; part of the look.
pub trait Page: Choice {
    /// Its name on its tab.
    fn title(self) -> &'static str;
    /// What is to be seen there: the tab's tooltip.
    fn meaning(self) -> &'static str;
}

/// Declares the pages of a panel, the first of which is open at first: what is to be seen there as a doc comment, the name in
/// a file and on the command line, and the name on the tab.
#[macro_export]
macro_rules! pages {
    (
        $(#[$outer:meta])*
        pub enum $Name:ident {
            $( $(#[doc = $meaning:literal])+ $Page:ident = $name:literal, $title:literal ; )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $Name {
            $( $(#[doc = $meaning])+ #[serde(rename = $name)] $Page, )+
        }

        impl Default for $Name {
            fn default() -> Self {
                <Self as $crate::experiments::Choice>::ALL[0]
            }
        }

        impl $crate::experiments::Choice for $Name {
            const ALL: &'static [Self] = &[$(Self::$Page),+];
            const NAMES: &'static [&'static str] = &[$($name),+];
        }

        impl $crate::experiments::Page for $Name {
            fn title(self) -> &'static str {
                match self {
                    $( Self::$Page => $title, )+
                }
            }

            fn meaning(self) -> &'static str {
                match self {
                    $( Self::$Page => concat!($($meaning),+).trim_ascii(), )+
                }
            }
        }
    };
}
