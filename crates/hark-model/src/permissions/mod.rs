//! What a role may do. A permission is granted to roles; a caller needs one role that has it.

pub mod catalogue;
mod rows;

pub(crate) use self::rows::ALL;
pub use self::rows::{add, all, grant};
use hark_store::{Timestamp, record};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Permission from "permission" {
        pub id: String,
        pub roles: Vec<String>,
        pub updated_at: Timestamp,
    }
}
