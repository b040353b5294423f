//! The borders of a monitor and of an agent, as statements know them.

/// The departments of the units that somebody looks after; the number of the parameter with their account follows,
/// and a parenthesis. unit_monitor_once, then department_by_unit.
pub const DEPARTMENTS_OF: &str = "(SELECT department.id FROM unit_monitor JOIN department ON department.unit_id = unit_monitor.unit_id
    WHERE unit_monitor.account_id = ";

/// The departments whose queues an agent sees; the number of the parameter with their account follows, and a parenthesis.
/// department_agent_by_account, then primary key.
pub const QUEUES_OF: &str =
    "(SELECT department_id FROM department_agent JOIN department ON department.id = department_id
    WHERE department.enabled AND department_agent.account_id = ";
