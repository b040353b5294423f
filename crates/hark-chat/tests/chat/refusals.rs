//! Refusals, in their order.
