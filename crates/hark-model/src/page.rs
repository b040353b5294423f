/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub offset: i64,
    pub limit: i64,
}

impl Page {
    pub const ALL: Self = Self {
        offset: 0,
        limit: i64::MAX,
    };
}
