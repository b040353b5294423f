use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn shift(day: usize, start: &str, finish: &str) -> Shift {
    Shift {
        day,
        start: ClockTime::parse(start).unwrap(),
        finish: ClockTime::parse(finish).unwrap(),
    }
}

fn plan(zone_name: &str, shifts: &[(usize, &str, &str)]) -> Plan {
    let shifts = shifts
        .iter()
        .map(|(day, start, finish)| shift(*day, start, finish));
    Plan::new(zone(zone_name).unwrap(), shifts.collect(), Vec::new())
}

fn exception(first: &str, last: &str, spans: &[(&str, &str)]) -> Exception {
    let time = |text| ClockTime::parse(text).unwrap();
    Exception {
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
        spans: spans
            .iter()
            .map(|(start, finish)| (time(start), time(finish)))
            .collect(),
    }
}

fn changes(plan: &Plan, from: &str, most: usize) -> Vec<String> {
    let next = |at: &Timestamp| plan.next_change(*at);
    let first = plan.next_change(at(from));
    let changes = std::iter::successors(first, next).take(most);
    changes
        .map(|at| at.iso().replace(":00.000Z", "Z"))
        .collect()
}

#[test]
fn times_are_read_as_clocks_show_them() {
    for (text, minutes) in [
        ("00:00", 0),
        ("8:05", 485),
        ("23:59", 1439),
        ("24:00", 1440),
    ] {
        assert_eq!(ClockTime::parse(text), Some(ClockTime(minutes)));
    }
    for text in [
        "", "8", "24:01", "25:00", "12:60", "-1:00", "+1:00", "12:00:00", "é:00", "012:00",
    ] {
        assert_eq!(ClockTime::parse(text), None, "{text}");
    }
}

#[test]
fn a_plain_week_opens_and_closes() {
    let plan = plan(
        "Europe/Berlin",
        &[(0, "08:00", "20:00"), (1, "09:30", "12:00")],
    );
    // a Sunday in winter
    assert_eq!(
        changes(&plan, "2026-01-04T12:00:00Z", 5),
        [
            "2026-01-05T07:00Z",
            "2026-01-05T19:00Z",
            "2026-01-06T08:30Z",
            "2026-01-06T11:00Z",
            "2026-01-12T07:00Z"
        ]
    );
    assert!(!plan.is_open(at("2026-01-05T06:59:59.999Z")));
    assert!(plan.is_open(at("2026-01-05T07:00:00Z")));
    assert!(plan.is_open(at("2026-01-05T18:59:59.999Z")));
    assert!(!plan.is_open(at("2026-01-05T19:00:00Z")));
    // the same hours are an hour earlier in UTC in summer
    assert!(plan.is_open(at("2026-07-06T06:00:00Z")));
}

#[test]
fn a_week_has_each_of_its_days_once_and_begins_today() {
    let plan = plan(
        "Europe/Berlin",
        &[
            (0, "13:00", "18:00"),
            (0, "08:00", "12:00"),
            (1, "00:00", "24:00"),
        ],
    );
    let week = |from: &str| {
        let spans = plan.week(at(from)).into_iter();
        let short = |at: Timestamp| at.iso()[..16].to_owned();
        spans
            .map(|(from, until)| [short(from), short(until)])
            .collect::<Vec<_>>()
    };
    // a Monday in winter, when its first hours are over, and the day before
    let days = [
        ["2026-01-05T07:00", "2026-01-05T11:00"],
        ["2026-01-05T12:00", "2026-01-05T17:00"],
        ["2026-01-05T23:00", "2026-01-06T23:00"],
    ];
    assert_eq!(week("2026-01-05T11:30:00Z"), days);
    assert_eq!(week("2026-01-04T12:00:00Z"), days);
}

#[test]
fn where_clocks_go_forward_the_skipped_hour_is_not_there() {
    // Sunday, 29 March 2026: 02:00 is followed by 03:00, at 01:00 UTC.
    let night = |start, finish| plan("Europe/Berlin", &[(6, start, finish)]);
    let from = "2026-03-28T12:00:00Z";
    assert_eq!(
        changes(&night("01:00", "02:30"), from, 2),
        ["2026-03-29T00:00Z", "2026-03-29T01:00Z"]
    );
    assert_eq!(
        changes(&night("02:30", "04:00"), from, 2),
        ["2026-03-29T01:00Z", "2026-03-29T02:00Z"]
    );
    assert_eq!(
        changes(&night("02:15", "02:45"), from, 1),
        ["2026-04-05T00:15Z"]
    );
    // a day of 23 hours
    assert_eq!(
        changes(&night("00:00", "24:00"), from, 2),
        ["2026-03-28T23:00Z", "2026-03-29T22:00Z"]
    );
}

#[test]
fn where_clocks_go_back_nobody_is_sent_home_twice() {
    // Sunday, 25 October 2026: 03:00 is followed by 02:00, at 01:00 UTC.
    let night = |start, finish| plan("Europe/Berlin", &[(6, start, finish)]);
    let from = "2026-10-24T12:00:00Z";
    assert_eq!(
        changes(&night("01:00", "02:30"), from, 3),
        [
            "2026-10-24T23:00Z",
            "2026-10-25T01:30Z",
            "2026-11-01T00:00Z"
        ]
    );
    assert_eq!(
        changes(&night("02:30", "04:00"), from, 2),
        ["2026-10-25T00:30Z", "2026-10-25T03:00Z"]
    );
    // a day of 25 hours
    assert_eq!(
        changes(&night("00:00", "23:59"), from, 2),
        ["2026-10-24T22:00Z", "2026-10-25T23:00Z"]
    );
}

#[test]
fn zones_that_change_at_midnight_or_by_half_an_hour_are_no_exception() {
    // Cairo, 24 April 2026: 00:00 is followed by 01:00; the Friday begins at 01:00.
    let friday = plan("Africa/Cairo", &[(4, "00:00", "02:00")]);
    assert_eq!(
        changes(&friday, "2026-04-23T12:00:00Z", 2),
        ["2026-04-23T22:00Z", "2026-04-23T23:00Z"]
    );
    // Lord Howe, 5 April 2026: back by half an hour at 02:00.
    let sunday = plan("Australia/Lord_Howe", &[(6, "01:00", "02:00")]);
    assert_eq!(
        changes(&sunday, "2026-04-04T00:00:00Z", 2),
        ["2026-04-04T14:00Z", "2026-04-04T15:30Z"]
    );
    // Samoa had no 30 December 2011, which was a Friday.
    let friday = plan("Pacific/Apia", &[(4, "08:00", "20:00")]);
    assert_eq!(
        changes(&friday, "2011-12-28T00:00:00Z", 1),
        ["2012-01-05T18:00Z"]
    );
}

#[test]
fn other_days_hold_instead_of_those_of_the_week() {
    let days: Vec<(usize, &str, &str)> = (0..5).map(|day| (day, "09:00", "18:00")).collect();
    let mut shop = plan("Europe/Berlin", &days);
    shop.exceptions = vec![
        exception("2026-12-24", "2026-12-24", &[("09:00", "12:30")]),
        exception("2026-12-25", "2026-12-27", &[]),
        exception("2027-01-09", "2027-01-09", &[("10:00", "22:00")]),
    ];
    assert_eq!(
        changes(&shop, "2026-12-23T18:00:00Z", 3),
        [
            "2026-12-24T08:00Z",
            "2026-12-24T11:30Z",
            "2026-12-28T08:00Z"
        ]
    );
    assert!(!shop.is_open(at("2026-12-25T10:00:00Z")));
    assert!(shop.is_open(at("2027-01-09T20:59:59Z")));
    let week = shop.week(at("2026-12-24T06:00:00Z"));
    assert_eq!(week.len(), 4);
    assert_eq!(week[0].1, at("2026-12-24T11:30:00Z"));
    assert_eq!(week[1].0, at("2026-12-28T08:00:00Z"));
}

#[test]
fn what_changes_behind_a_long_closing_is_found() {
    let mut plan = plan("Europe/Berlin", &[(0, "09:00", "18:00")]);
    plan.exceptions = vec![
        exception("2026-07-01", "2026-09-10", &[]),
        exception("2026-09-11", "2026-09-30", &[]),
    ];
    assert_eq!(
        changes(&plan, "2026-06-30T12:00:00Z", 1),
        ["2026-10-05T07:00Z"]
    );
    // Always open, but on one day that is far ahead; and further than it is looked.
    let week: Vec<(usize, &str, &str)> = (0..7).map(|day| (day, "00:00", "24:00")).collect();
    let mut always = self::plan("UTC", &week);
    always.exceptions = vec![exception("2026-12-25", "2026-12-25", &[])];
    assert_eq!(
        changes(&always, "2026-01-15T12:00:00Z", 3),
        ["2026-12-25T00:00Z", "2026-12-26T00:00Z"]
    );
    always.exceptions = vec![exception("2028-12-25", "2028-12-25", &[])];
    assert_eq!(changes(&always, "2026-01-15T12:00:00Z", 1), [""; 0]);
}

#[test]
fn always_and_never_do_not_change() {
    let days = |start: &'static str, finish: &'static str| -> Vec<(usize, &str, &str)> {
        (0..7).map(|day| (day, start, finish)).collect()
    };
    for finish in ["24:00", "23:59"] {
        let always = plan("America/New_York", &days("00:00", finish));
        assert!(always.is_open(at("2026-11-01T05:59:59Z")));
        assert_eq!(always.next_change(at("2026-10-30T00:00:00Z")), None);
    }
    let never = plan("UTC", &[]);
    assert!(!never.is_open(at("2026-01-01T00:00:00Z")));
    assert_eq!(never.next_change(at("2026-01-01T00:00:00Z")), None);
    // two days that touch are one
    let two = plan("UTC", &[(0, "12:00", "24:00"), (1, "00:00", "12:00")]);
    assert_eq!(
        changes(&two, "2026-01-05T00:00:00Z", 2),
        ["2026-01-05T12:00Z", "2026-01-06T12:00Z"]
    );
    assert!(zone("Mars/Olympus").is_none());
    for moment in [
        i64::MIN,
        i64::MAX,
        -377_705_023_201_000,
        253_402_207_200_000,
    ] {
        let _answer = two.is_open(Timestamp::from_millis(moment));
        let _answer = two.next_change(Timestamp::from_millis(moment));
    }
}

#[test]
fn times_move_over_the_ends_of_days_and_of_the_week() {
    let time = |text| ClockTime::parse(text).unwrap();
    assert_eq!(shifted(0, time("08:00"), 120), ("Monday", "06:00".into()));
    assert_eq!(shifted(0, time("01:00"), 120), ("Sunday", "23:00".into()));
    assert_eq!(shifted(6, time("24:00"), -330), ("Monday", "05:30".into()));
}

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
];

fn any_plan() -> impl Strategy<Value = Plan> {
    let shift = (0..7_usize, 0..1440_i16, 1..=1440_i16).prop_map(|(day, start, length)| Shift {
        day,
        start: ClockTime(start),
        finish: ClockTime((start + length).min(1440)),
    });
    let zone_name = proptest::sample::select(ZONES);
    (zone_name, proptest::collection::vec(shift, 0..9))
        .prop_map(|(name, shifts)| Plan::new(zone(name).unwrap(), shifts, Vec::new()))
}

/// From 2001 to 2037.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    (978_307_200_000..2_114_380_800_000_i64).prop_map(Timestamp::from_millis)
}

proptest! {
    #[test]
    fn nothing_changes_before_the_next_change(plan in any_plan(), from in any_moment(), part in 0.0..1.0_f64) {
        let now = plan.is_open(from);
        match plan.next_change(from) {
            Some(next) => {
                prop_assert!(next > from);
                prop_assert_ne!(plan.is_open(next), now);
                let between = from.plus_millis((next.millis_since(from) as f64 * part) as i64);
                prop_assert_eq!(plan.is_open(between), now || between == next);
                prop_assert_eq!(plan.is_open(next.plus_millis(-1)), now);
            }
            None => {
                let later = from.plus_millis((14.0 * 86_400_000.0 * part) as i64);
                prop_assert_eq!(plan.is_open(later), now);
            }
        }
    }

    /// Where clocks are not being changed, the rule is what the clock on the wall says.
    #[test]
    fn the_clock_on_the_wall_agrees(plan in any_plan(), at in any_moment()) {
        let moment = Moment::from_millisecond(at.millis()).unwrap();
        let calm = |hours| plan.zone.to_offset(moment + SignedDuration::from_hours(hours));
        prop_assume!(calm(-48) == calm(0) && calm(0) == calm(48));
        let wall = plan.zone.to_datetime(moment);
        let minute = i16::from(wall.hour()) * 60 + i16::from(wall.minute());
        let day = index_of(wall.date().weekday());
        let open = plan.shifts.iter().any(|shift| {
            shift.day == day && shift.start.0 <= minute && minute < shift.finish.as_finish().0
        });
        prop_assert_eq!(plan.is_open(at), open);
    }
}
