/// Declares structs as they are written into a body or an answer, each member with its value beside it:
///
/// ```ignore
/// written! {
///     [#[derive(Serialize)]]
///
///     struct Person<'a> of(person: &'a Person) {
///         id: &'a str = &person.id,
///         name?: Option<&'a str> = person.name.as_deref(),
///     }
///
///     struct People<'a> {
///         items: Vec<Person<'a>>,
///     }
/// }
/// ```
///
/// What stands in brackets holds for each of them. A member with a question mark is left out where
/// there is none. Behind `-> Option` values may end with `?`. Where nothing says from what a struct is
/// made, its members are as public as it is.
#[macro_export]
macro_rules! written {
    ($each:tt $(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(<$life:lifetime>)? $(of $given:tt $(-> $option:ident)?)? { $($members:tt)* }
    )+) => {$(
        $crate::written!(
            @one $each [$(#[$meta])*] $vis $name [$($life)?] [$($given $($option)?)?] { $($members)* }
        );
    )+};
    (@one $each:tt $meta:tt $vis:vis $name:ident $life:tt [] $members:tt) => {
        $crate::written!(@struct $each $meta $vis $name $life $vis members $members);
    };
    (
        @one $each:tt $meta:tt $vis:vis $name:ident [$($life:lifetime)?]
        [($($given:ident: $from:ty),* $(,)?) $($option:ident)?] {
            $(
                $(#[$member_meta:meta])*
                $member:ident $(? $($never:lifetime)?)?: $type:ty = $value:expr
            ),* $(,)?
        }
    ) => {
        $crate::written!(
            @struct $each $meta $vis $name [$($life)?] members {
                $($(#[$member_meta])* $member $(? $($never)?)?: $type),*
            }
        );

        impl $(<$life>)? $name $(<$life>)? {
            $vis fn of($($given: $from),*) -> $crate::written!(@type $($option)?) {
                $crate::written!(@value $($option)? Self { $($member: $value),* })
            }
        }
    };
    (
        @struct [$(#[$each:meta])*] [$(#[$meta:meta])*] $vis:vis $name:ident [$($life:lifetime)?]
        $of_members:vis members {
            $(
                $(#[$member_meta:meta])*
                $member:ident $(? $($never:lifetime)?)?: $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[$each])*
        $(#[$meta])*
        $vis struct $name $(<$life>)? {
            $(
                $(#[$member_meta])*
                $(#[serde(skip_serializing_if = "Option::is_none")] $($never)?)?
                $of_members $member: $type,
            )*
        }
    };
    (@type) => { Self };
    (@type Option) => { Option<Self> };
    (@value Self $value:tt) => { Self $value };
    (@value Option Self $value:tt) => { Some(Self $value) };
}
