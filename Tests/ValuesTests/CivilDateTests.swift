import Testing
import Values

struct CivilDateTests {
    @Test(arguments: [
        ("1987-06-27", "1987-06-27"), ("27/06/1987", "1987-06-27"), ("1987-06-27T10:00:00+02:00", "1987-06-27"),
        ("1987-06-27 10:00", "1987-06-27"), ("1987-00-00", "1987-00-00"), ("0000-00-00", "0000-00-00"),
        ("2023-02-31", "2023-02-31"),
    ])
    func `a date is read as it is written`(text: String, expected: String) {
        #expect(CivilDate(text)?.description == expected)
    }

    @Test(arguments: [
        "", "1987", "1987-6-27", "1987-06-2", "1987-06-278", "1987-13-01", "1987-01-32", "27-06-1987", "27/06/1987 ",
        "1987/06/27", "19a7-06-27", "1987-06-27X", "-987-06-27", "+987-06-27", "١٩٨٧-٠٦-٢٧", "1987-é6-27",
    ])
    func `what is no date is refused`(text: String) { #expect(CivilDate(text) == nil) }

    @Test func `a date is complete when its day exists`() {
        #expect(
            CivilDate(year: 2024, month: 2, day: 29).isComplete && CivilDate(year: 2000, month: 2, day: 29).isComplete)
        for (year, month, day) in [
            (1900, 2, 29), (2023, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0),
        ] {
            #expect(!CivilDate(year: year, month: month, day: day).isComplete)
        }
    }

    @Test func `dates are ordered, and the unknown comes first`() {
        let dates = ["1987-00-00", "1987-06-00", "1987-06-27", "1987-12-01", "1988-01-01"].compactMap { CivilDate($0) }
        #expect(dates.count == 5 && dates == dates.shuffled().sorted())
    }

    @Test func `age is counted in completed years`() {
        let birth = CivilDate(year: 2004, month: 2, day: 29)
        #expect(birth.age(at: CivilDate(year: 2026, month: 2, day: 28)) == 21)
        #expect(birth.age(at: CivilDate(year: 2026, month: 3, day: 1)) == 22)
        #expect(birth.age(at: CivilDate(year: 2028, month: 2, day: 29)) == 24)
    }

    @Test func `the end of a month is found over the turns of years`() {
        let date = CivilDate(year: 2023, month: 11, day: 15)
        #expect(date.endOfMonth(after: 0).description == "2023-11-30")
        #expect(date.endOfMonth(after: 1).description == "2023-12-31")
        #expect(date.endOfMonth(after: 3).description == "2024-02-29")
        #expect(date.endOfMonth(after: -11).description == "2022-12-31")
    }

    @Test func `numbers are padded and dates shown the French way`() {
        #expect(CivilDate.padded(7, 3) == "007" && CivilDate.padded(1234, 3) == "1234")
        #expect(CivilDate(year: 1987, month: 6, day: 7).french == "07/06/1987")
    }
}
