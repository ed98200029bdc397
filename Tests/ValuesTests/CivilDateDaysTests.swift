import Foundation
import Testing
import Values

struct CivilDateDaysTests {
    @Test func `days follow one another for four centuries, with their weekdays`() {
        var date = CivilDate(year: 1800, month: 1, day: 1)
        // 1 January 1800 was a Wednesday.
        var weekday = 4
        var wrong: [CivilDate] = []
        for number in date.dayNumber..<(date.dayNumber + 146_097) {
            if date.dayNumber != number || date.weekday != weekday || CivilDate(dayNumber: number) != date {
                wrong.append(date)
            }
            let isLast = date.day == CivilDate.days(in: date.month, of: date.year)
            let isYearEnd = isLast && date.month == 12
            let next = CivilDate(
                year: date.year + (isYearEnd ? 1 : 0), month: isLast ? date.month % 12 + 1 : date.month,
                day: isLast ? 1 : date.day + 1)
            if date.adding(days: 1) != next || next.adding(days: -1) != date { wrong.append(date) }
            (date, weekday) = (next, weekday % 7 + 1)
        }
        #expect(wrong == [])
        #expect(CivilDate(year: 1970, month: 1, day: 1).dayNumber == 0)
    }

    @Test func `a negative number of days is before 1970`() {
        #expect(CivilDate(dayNumber: -1).description == "1969-12-31")
        #expect(CivilDate(dayNumber: -719_528).description == "0000-01-01")
    }
}

struct ParisInstantTests {
    private static func seconds(_ text: String, _ minute: Int, _ showing: Paris.Showing) throws -> Int {
        let day = try #require(CivilDate(text))
        return Int(try #require(Paris.instant(of: day, minute: minute, showing)).timeIntervalSince1970)
    }

    /// Instants of the time zone database (IANA, Europe/Paris): clocks change at 01:00 UTC.
    @Test(arguments: [
        // 29 March 2026: 02:00 is followed by 03:00, at 1774746000.
        ("2026-03-29", 119, 1_774_745_940, 1_774_745_940), ("2026-03-29", 120, 1_774_746_000, 1_774_746_000),
        ("2026-03-29", 150, 1_774_746_000, 1_774_746_000), ("2026-03-29", 180, 1_774_746_000, 1_774_746_000),
        ("2026-03-29", 181, 1_774_746_060, 1_774_746_060), ("2026-03-29", 0, 1_774_738_800, 1_774_738_800),
        // 25 October 2026: 02:00 to 03:00 is shown twice, from 1792886400 and from 1792890000.
        ("2026-10-25", 119, 1_792_886_340, 1_792_886_340), ("2026-10-25", 120, 1_792_886_400, 1_792_890_000),
        ("2026-10-25", 150, 1_792_888_200, 1_792_891_800), ("2026-10-25", 180, 1_792_893_600, 1_792_893_600),
        // A plain day.
        ("2026-12-01", 600, 1_796_115_600, 1_796_115_600), ("2026-07-14", 1439, 1_784_066_340, 1_784_066_340),
    ])
    func `a time of day is an instant, two or none`(day: String, minute: Int, first: Int, last: Int) throws {
        #expect(try Self.seconds(day, minute, .first) == first)
        #expect(try Self.seconds(day, minute, .last) == last)
    }

    @Test func `what a clock shows leads back to its instant`() throws {
        for day in 0..<800 {
            let date = CivilDate(year: 2025, month: 1, day: 1).adding(days: day)
            for minute in stride(from: 0, to: 1440, by: 37) {
                let instant = try #require(Paris.instant(of: date, minute: minute))
                let shown = Paris.timeOfDay(at: instant)
                #expect(Paris.date(at: instant) == date && shown.weekday == date.weekday)
                // Only a minute that is skipped shows another one.
                #expect(shown.minute == minute || (120..<180).contains(minute) && shown.minute == 180)
            }
        }
        #expect(Paris.instant(of: CivilDate(year: 2026, month: 0, day: 0), minute: 0) == nil)
    }
}
