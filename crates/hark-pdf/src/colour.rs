/// Red, green and blue.
#[derive(Debug, Clone, Copy)]
pub struct Colour(pub u8, pub u8, pub u8);
