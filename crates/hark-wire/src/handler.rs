//! What answers a route: a function of the call, and of its parameters if it has any. What it takes and
//! what it answers are types, from which the shape of its parameters and the API document are made.

use std::pin::Pin;

use hark_store::Error;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::Parameter;
use crate::shape::Shape;

pub type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// `async fn close(call: Call) -> Answer`, or `async fn close(call: Call, close: Close) -> Answer`.
pub trait Handler<Taken>: Copy + Send + 'static {
    const TAKES: Shape;
    const ANSWERS: &'static [Described];

    fn handle(self, call: Call) -> Answering;
}

/// One kind of answer, for the API document.
#[derive(Clone, Copy)]
pub struct Described {
    pub status: u16,
    pub description: &'static str,
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Described {
    pub const fn of<T: JsonSchema>(status: u16) -> Self {
        Self {
            status,
            description: "Done",
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }
}

/// What a handler may answer.
pub trait IntoAnswer {
    const DESCRIBED: &'static [Described] = &[];

    fn into_answer(self) -> Answer;
}

impl IntoAnswer for Answer {
    fn into_answer(self) -> Answer {
        self
    }
}

/// 200, with a document.
pub struct Done<T>(pub T);

impl<T: Serialize + JsonSchema> IntoAnswer for Result<Done<T>, Failure> {
    const DESCRIBED: &'static [Described] = &[Described::of::<T>(200)];

    fn into_answer(self) -> Answer {
        self.map(|Done(document)| Reply::Bare(json!(document)))
    }
}

/// 201, with what was made.
pub struct Made<T>(pub T);

impl<T: Serialize + JsonSchema> IntoAnswer for Result<Made<T>, Failure> {
    const DESCRIBED: &'static [Described] = &[Described::of::<T>(201)];

    fn into_answer(self) -> Answer {
        self.map(|Made(document)| Reply::Made(json!(document)))
    }
}

impl<F, Fut> Handler<()> for F
where
    F: Fn(Call) -> Fut + Copy + Send + 'static,
    Fut: Future<Output: IntoAnswer> + Send + 'static,
{
    const TAKES: Shape = Shape::Anything;
    const ANSWERS: &'static [Described] = <Fut::Output as IntoAnswer>::DESCRIBED;

    fn handle(self, call: Call) -> Answering {
        Box::pin(async move { self(call).await.into_answer() })
    }
}

impl<F, P, Fut> Handler<(P,)> for F
where
    F: Fn(Call, P) -> Fut + Copy + Send + 'static,
    P: Parameter,
    Fut: Future<Output: IntoAnswer> + Send + 'static,
{
    const TAKES: Shape = P::SHAPE;
    const ANSWERS: &'static [Described] = <Fut::Output as IntoAnswer>::DESCRIBED;

    fn handle(self, call: Call) -> Answering {
        Box::pin(async move {
            // They have its shape already, so that nobody but ourselves can be the cause.
            let taken = P::read(&call.params).ok_or_else(|| {
                Failure::Store(Error::Panicked(
                    "parameters have their shape, and cannot be read".into(),
                ))
            })?;
            self(call, taken).await.into_answer()
        })
    }
}
