//! The border of a monitor, as statements know it.

/// The departments of the units that somebody looks after; the number of the parameter with their account follows,
/// and a parenthesis. unit_monitor_once, then department_by_unit.
pub const DEPARTMENTS_OF: &str = "(SELECT department.id FROM unit_monitor JOIN department ON department.unit_id = unit_monitor.unit_id
    WHERE unit_monitor.account_id = ";
