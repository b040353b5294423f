//! What a route or a method takes, as a type. The members of a struct say what parameters have to look
//! like, and the handler gets the struct: no name stands twice, and none is read that is not checked.
//!
//! ```text
//! params! {
//!     struct Close {
//!         rid: String,
//!         comment: Option<String>,
//!         pdf as "generateTranscriptPdf": Option<bool>,
//!     }
//! }
//!
//! async fn close(call: Call, close: Close) -> Answer
//! ```
//!
//! What stands above a member with `///` is what the API document says of it; what a name means wherever it
//! stands is said once, in `meanings`.
//!
//! `struct Open: MeteorMatch { … }` takes another shape than [`Shape::Object`], and so does one member
//! with `conditions: Value = SHAPE`. What stands behind a semicolon is checked too, but read elsewhere:
//! `; paging::COUNT, paging::OFFSET`.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::shape::{Field, Shape};

/// What can be a parameter: what it has to look like, and how it is read when it does.
pub trait Parameter: Sized {
    const SHAPE: Shape;
    /// As a member of an object, where an `Option` is what may be missing.
    const MEMBER: Shape = Self::SHAPE;
    const REQUIRED: bool = true;

    /// Nothing when it does not have the shape.
    fn read(value: &Value) -> Option<Self>;

    /// What a member that is missing is read as.
    fn missing() -> Option<Self> {
        None
    }

    fn member(members: &Map<String, Value>, name: &str) -> Option<Self> {
        members.get(name).map_or_else(Self::missing, Self::read)
    }
}

impl Parameter for String {
    const SHAPE: Shape = Shape::Text;

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

/// A member that is left as it was, or taken back by `null`, or changed.
#[derive(Debug, Clone)]
pub enum Change<T> {
    Keep,
    Reset,
    To(T),
}

impl<T: Parameter> Parameter for Change<T> {
    const SHAPE: Shape = Shape::Maybe(&T::SHAPE);
    const REQUIRED: bool = false;

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            Some(Self::Reset)
        } else {
            T::read(value).map(Self::To)
        }
    }

    fn missing() -> Option<Self> {
        Some(Self::Keep)
    }
}

impl<T> Change<T> {
    /// What was chosen before, changed; the value becomes another on its way.
    pub fn apply<O, E>(
        &self,
        chosen: &mut Option<O>,
        value: impl FnOnce(&T) -> Result<O, E>,
    ) -> Result<(), E> {
        match self {
            Self::Keep => {}
            Self::Reset => *chosen = None,
            Self::To(new) => *chosen = Some(value(new)?),
        }
        Ok(())
    }
}

/// A switch that has to be in this position.
#[derive(Debug, Clone, Copy)]
pub struct Only<const POSITION: bool>;

impl<const POSITION: bool> Parameter for Only<POSITION> {
    const SHAPE: Shape = Shape::Only(POSITION);

    fn read(value: &Value) -> Option<Self> {
        (value.as_bool() == Some(POSITION)).then_some(Self)
    }
}

/// What counts only if it is of its type; anything else is passed over.
#[derive(Debug, Clone, Default)]
pub struct Lenient<T>(pub Option<T>);

impl<T: Parameter> Parameter for Lenient<T> {
    const SHAPE: Shape = Shape::Anything;
    const REQUIRED: bool = false;

    fn read(value: &Value) -> Option<Self> {
        Some(Self(T::read(value)))
    }

    fn missing() -> Option<Self> {
        Some(Self(None))
    }
}

/// A text that is there: an empty one is as good as none.
pub fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A number above nothing, which clients also send as a text. What is no such number is as good as none.
pub fn at_least_one(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| *number > 0)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty(pub String);

impl Deref for NonEmpty {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Parameter for NonEmpty {
    const SHAPE: Shape = Shape::NonEmpty;

    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Self)
    }
}

impl Parameter for bool {
    const SHAPE: Shape = Shape::Flag;

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Parameter for i64 {
    const SHAPE: Shape = Shape::Integer;

    /// The older checker lets fractions pass for whole numbers.
    fn read(value: &Value) -> Option<Self> {
        value.as_i64().or_else(|| Some(value.as_f64()? as Self))
    }
}

impl Parameter for f64 {
    const SHAPE: Shape = Shape::Number;

    fn read(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

/// Anything: the handler has its own words for what is wrong.
impl Parameter for Value {
    const SHAPE: Shape = Shape::Anything;

    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl Parameter for Map<String, Value> {
    const SHAPE: Shape = Shape::Open;

    fn read(value: &Value) -> Option<Self> {
        value.as_object().cloned()
    }
}

impl<T: Parameter> Parameter for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::read).collect()
    }
}

/// As a member of an object what may be missing; inside of something else what may be `null`.
impl<T: Parameter> Parameter for Option<T> {
    const SHAPE: Shape = Shape::Maybe(&T::SHAPE);
    const MEMBER: Shape = T::SHAPE;
    const REQUIRED: bool = false;

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            Some(None)
        } else {
            T::read(value).map(Some)
        }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

#[derive(Debug, Clone)]
pub struct AtLeastOne<T>(pub Vec<T>);

impl<T: Parameter> Parameter for AtLeastOne<T> {
    const SHAPE: Shape = Shape::SomeOf(&T::SHAPE);

    fn read(value: &Value) -> Option<Self> {
        Vec::read(value).map(Self)
    }
}

/// One of a few words.
pub trait Choice: Copy + 'static {
    const ALL: &'static [Self];
    const WORDS: &'static [&'static str];

    fn word(self) -> &'static str;
}

impl<C: Choice> Parameter for C {
    const SHAPE: Shape = Shape::OneOf(C::WORDS);

    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        C::ALL.iter().copied().find(|one| one.word() == text)
    }
}

/// Enums of `text_enum!` of which a parameter or an answer is one.
macro_rules! choices {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::params::Choice for $type {
            const ALL: &'static [Self] = &<$type>::ALL;
            const WORDS: &'static [&'static str] = &<$type>::TEXTS;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )+};
}
pub(crate) use choices;

/// The positional parameters of a method of the real-time API.
pub trait Arguments: Sized {
    /// Nothing when one of them is of another type.
    fn read(given: &[Value]) -> Option<Self>;
}

/// What is left out is as good as `null`.
fn argument<T: Parameter>(given: &[Value], index: usize) -> Option<T> {
    given.get(index).map_or_else(T::missing, T::read)
}

macro_rules! arguments {
    ($($type:ident $index:literal),*) => {
        impl<$($type: Parameter),*> Arguments for ($($type,)*) {
            fn read(_given: &[Value]) -> Option<Self> {
                Some(($(argument::<$type>(_given, $index)?,)*))
            }
        }
    };
}
arguments!();
arguments!(A 0);
arguments!(A 0, B 1);
arguments!(A 0, B 1, C 2);
arguments!(A 0, B 1, C 2, D 3);

/// A member of a struct, as its type says.
pub const fn field<P: Parameter>(name: &'static str, about: &'static str) -> Field {
    Field {
        name,
        shape: P::MEMBER,
        required: P::REQUIRED,
        about,
    }
}

/// What is said of a member whose own name begins with `_`, where nothing else is.
pub const fn about(member: &str, said: &'static str) -> &'static str {
    let unused = matches!(member.as_bytes(), [b'_', ..]);
    if unused && said.is_empty() {
        "Taken and not used"
    } else {
        said
    }
}

macro_rules! params {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(: $kind:ident)? {
            $($(#[doc = $about:literal])* $field:ident $(as $wire:literal)?: $type:ty $(= $shape:expr)?),* $(,)?
            $(; $($elsewhere:expr),+ $(,)?)?
        }
    )+) => {$(
        $(#[$meta])*
        $vis struct $name {
            $($(#[doc = $about])* pub $field: $type,)*
        }

        impl $crate::params::Parameter for $name {
            const SHAPE: $crate::shape::Shape = $crate::params::params!(@shape [
                $($crate::params::field::<$type>(
                    $crate::params::params!(@name $field $($wire)?),
                    $crate::params::about(stringify!($field), concat!($($about),*)),
                )$(.shaped($shape))?,)*
                $($($elsewhere,)+)?
            ] $($kind)?);

            fn read(value: &serde_json::Value) -> Option<Self> {
                let _members = value.as_object()?;
                Some(Self {
                    $($field: $crate::params::Parameter::member(
                        _members,
                        $crate::params::params!(@name $field $($wire)?),
                    )?,)*
                })
            }
        }
    )+};
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };
    (@shape $fields:tt) => { $crate::shape::Shape::Object(&$fields) };
    (@shape $fields:tt $kind:ident) => { $crate::shape::Shape::$kind(&$fields) };
}
pub(crate) use params;

/// Parameters that have one of several forms: `either!(enum Named { Id(ById), Name(ByName) })`.
macro_rules! either {
    ($vis:vis enum $name:ident { $($variant:ident($type:ty)),+ $(,)? }) => {
        $vis enum $name {
            $($variant($type)),+
        }

        impl $crate::params::Parameter for $name {
            const SHAPE: $crate::shape::Shape = $crate::shape::Shape::Either(&[
                $(<$type as $crate::params::Parameter>::SHAPE),+
            ]);

            fn read(value: &serde_json::Value) -> Option<Self> {
                None$(.or_else(|| $crate::params::Parameter::read(value).map(Self::$variant)))+
            }
        }
    };
}
pub(crate) use either;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    params! {
        struct Person {
            id as "_id": String,
            tags: Option<Vec<String>>,
            note: Option<Option<String>>,
            _unused as "clientAction": Option<bool>,
            ; Field::optional("count", Shape::Number),
        }

        struct Nameless {
            token: String,
        }
    }

    either!(
        enum Someone {
            Known(Person),
            Nameless(Nameless),
        }
    );

    #[test]
    fn what_fits_the_shape_of_a_struct_can_be_read() {
        let mut value = json!({"_id": 5, "tags": [true], "note": null, "count": "7"});
        Person::SHAPE.fit(&mut value).unwrap();
        let person = Person::read(&value).unwrap();
        assert_eq!(person.id, "5");
        assert_eq!(person.tags, Some(vec!["true".to_owned()]));
        assert_eq!(person.note, None);
        let mut bare = json!({"_id": "a"});
        Person::SHAPE.fit(&mut bare).unwrap();
        assert!(Person::read(&bare).unwrap().tags.is_none());
        for wrong in [
            json!({}),
            json!({"_id": "a", "id": "a"}),
            json!({"_id": "a", "tags": null}),
        ] {
            assert!(Person::SHAPE.fit(&mut wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_of_several_forms_is_read_as_the_one_that_fits() {
        for (value, is) in [(json!({"_id": "a"}), "a"), (json!({"token": "t"}), "t")] {
            let read = match Someone::read(&value).unwrap() {
                Someone::Known(person) => person.id,
                Someone::Nameless(nameless) => nameless.token,
            };
            assert_eq!(read, is);
        }
        assert!(Someone::read(&json!({})).is_none());
    }

    #[test]
    fn positional_parameters_may_be_left_out_where_an_option_stands() {
        type Taken = (String, Lenient<f64>, Option<String>);
        let (text, number, last) = Taken::read(&[json!("r"), json!("many")]).unwrap();
        assert_eq!((&*text, number.0, last), ("r", None, None));
        assert!(Taken::read(&[]).is_none());
        assert!(Taken::read(&[json!("r"), json!(1), json!(2)]).is_none());
    }
}
