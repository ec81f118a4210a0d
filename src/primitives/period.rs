use super::time::Timestamp;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A period of the UTC calendar, after which a renewing [`Budget`](crate::Budget) begins anew.
///
/// ```
/// use mandatum::primitives::Period;
/// use mandatum::Timestamp;
/// let new_year_2026 = Timestamp::from_unix(1_767_225_600)?;
/// assert_eq!(Period::Day.index(new_year_2026), 20_454);
/// assert_eq!(Period::Month.index(new_year_2026), 56 * 12);
/// assert!("year".parse::<Period>().is_err());
/// # Ok::<(), mandatum::primitives::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A day, from midnight to midnight.
    Day,
    /// A week, from Monday to Sunday as in ISO 8601.
    Week,
    /// A calendar month.
    Month,
}

/// Error for a text that is not `day`, `week` or `month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a period is `day`, `week` or `month`")]
pub struct PeriodError;

/// Seconds of a day. Unix time has no leap seconds.
const DAY: u64 = 86_400;

impl Period {
    /// All periods.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Returns the number of the period that contains a time. Period 0 contains the first second of
    /// 1970.
    #[must_use]
    pub const fn index(self, at: Timestamp) -> u64 {
        let days = at.as_unix() / DAY;
        match self {
            Self::Day => days,
            // 1970 began on a Thursday, three days after a Monday.
            Self::Week => days.saturating_add(3) / 7,
            Self::Month => month(days),
        }
    }

    /// Returns the name in JSON: `day`, `week` or `month`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl AsRef<str> for Period {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Returns the number of months since January 1970, by Howard Hinnant's `civil_from_days`.
///
/// His years begin in March. So a leap day is the last day of its year, and the lengths of the
/// months repeat every five months.
const fn month(days: u64) -> u64 {
    // Days since the 1st of March of the year 0.
    let days = days.saturating_add(719_468);
    // 400 years have 146,097 days.
    let (era, day) = (days / 146_097, days % 146_097);
    // The leap days before it are taken away: one in 4 years, but none in 100, and the era's last
    // day.
    let leapless = day
        .saturating_sub(day / 1_460)
        .saturating_add(day / 36_524)
        .saturating_sub(day / 146_096);
    let year_of_era = leapless / 365;
    let before = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era / 4)
        .saturating_sub(year_of_era / 100);
    let day_of_year = day.saturating_sub(before);
    // Five months from March on have 153 days.
    let month = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let year = era.saturating_mul(400).saturating_add(year_of_era);
    // January 1970 is the eleventh month of 1969 in years that begin in March.
    year.saturating_mul(12)
        .saturating_add(month)
        .saturating_sub(1969 * 12 + 10)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::ALL
            .into_iter()
            .find(|period| period.as_str() == text)
            .ok_or(PeriodError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks each month to the end of the year 9999 against the rule for leap years.
    #[test]
    fn months_are_those_of_the_calendar() {
        let (mut day, mut index) = (0_u64, 0_u64);
        for year in 1970_u64..10_000 {
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for length in [
                31,
                28 + u64::from(is_leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ] {
                for at in [day, day + 1, day + length - 1] {
                    for second in [0, DAY - 1] {
                        let at = Timestamp::from_unix(at * DAY + second).unwrap();
                        assert_eq!(Period::Month.index(at), index, "{at}");
                    }
                }
                (day, index) = (day + length, index + 1);
            }
        }
        assert_eq!(day * DAY - 1, Timestamp::MAX.as_unix());
    }

    #[test]
    fn weeks_begin_on_mondays_and_days_at_midnight() {
        // The 29th of December 2025 was a Monday, the first day of 2026's first week.
        let monday = 1_766_966_400;
        let week = |second| Period::Week.index(Timestamp::from_unix(second).unwrap());
        assert_eq!(week(monday), week(monday - 1) + 1);
        assert_eq!(week(monday), week(monday + 7 * DAY - 1));
        assert_eq!(week(monday + 7 * DAY), week(monday) + 1);
        assert_eq!((week(0), week(4 * DAY - 1), week(4 * DAY)), (0, 0, 1));
        assert_eq!(Period::Day.index(Timestamp::from_unix(DAY - 1).unwrap()), 0);
        assert_eq!(Period::Day.index(Timestamp::from_unix(DAY).unwrap()), 1);
    }
}
