import Foundation
import Testing
import Values

struct ParisTests {
    /// Instants of the time zone database (IANA, Europe/Paris), computed by another program.
    @Test(arguments: [
        ("1900-01-01", -2_208_989_361), ("1911-03-12", -1_855_872_000), ("1921-06-04", -1_532_998_800),
        ("1940-06-15", -932_436_000), ("1945-04-02", -781_059_600), ("1970-01-01", -3_600), ("1976-03-28", 196_815_600),
        ("2000-02-29", 951_778_800), ("2024-03-31", 1_711_839_600), ("2024-04-01", 1_711_922_400),
        ("2024-10-27", 1_729_980_000), ("2024-10-28", 1_730_070_000), ("2026-01-01", 1_767_222_000),
    ])
    func `midnight is that of Paris, in summer, in winter and a century ago`(text: String, seconds: Int) throws {
        let date = try #require(CivilDate(text))
        #expect(Paris.midnight(of: date) == seconds)
        #expect(Paris.date(at: Date(timeIntervalSince1970: Double(seconds))) == date)
        let yesterday = Paris.date(at: Date(timeIntervalSince1970: Double(seconds) - 1))
        #expect(yesterday < date)
    }

    @Test func `an incomplete date has no midnight`() {
        for (month, day) in [(0, 0), (6, 0), (2, 30)] {
            #expect(Paris.midnight(of: CivilDate(year: 2024, month: month, day: day)) == nil)
        }
    }

    @Test func `a day ends at the next midnight, even one of 23 or 25 hours`() {
        for (start, hours) in [(1_711_839_600.0, 23.0), (1_729_980_000, 25), (1_711_922_400, 24)] {
            for offset in [0, 1, hours * 3600 - 1] {
                let end = Paris.endOfDay(after: Date(timeIntervalSince1970: start + offset))
                #expect(end.timeIntervalSince1970 == start + hours * 3600)
            }
        }
    }

    @Test func `a month ends with its last day in Paris`() {
        for (instant, end) in [
            (1_780_264_799.0, 1_780_264_800.0), (1_798_757_999, 1_798_758_000), (1_798_758_000, 1_801_436_400),
        ] {
            #expect(Paris.endOfMonth(after: Date(timeIntervalSince1970: instant)).timeIntervalSince1970 == end)
        }
    }

    @Test func `the time of day follows the summer time`() {
        let sunday = Paris.timeOfDay(at: Date(timeIntervalSince1970: 1_711_839_600))
        #expect(sunday.minute == 0 && sunday.weekday == 1)
        let beforeChange = Paris.timeOfDay(at: Date(timeIntervalSince1970: 1_711_846_799))
        let afterChange = Paris.timeOfDay(at: Date(timeIntervalSince1970: 1_711_846_800))
        #expect(beforeChange.minute == 119 && afterChange.minute == 180)
    }

    @Test func `a clock stands still or starts where it is told`() {
        let instant = Date(timeIntervalSince1970: 1_711_839_600)
        #expect(WallClock.fixed(instant).now() == instant && WallClock.fixed(instant).today.description == "2024-03-31")
        #expect(abs(WallClock.starting(at: instant).now().timeIntervalSince(instant)) < 5)
    }
}
