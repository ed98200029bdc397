import Foundation
import Testing
import Values

@testable import CatalogueModel

struct MaintenanceWindowTests {
    /// An instant told as clocks in Paris show it.
    static func paris(_ text: String, _ showing: Paris.Showing = .first) throws -> Date {
        let words = text.split(separator: " ")
        let time = words[1].split(separator: ":").compactMap { Int($0) }
        let day = try #require(CivilDate(String(words[0])))
        let minute = try #require(Paris.instant(of: day, minute: time[0] * 60 + time[1], showing))
        return minute.addingTimeInterval(time.count > 2 ? Double(time[2]) : 0)
    }

    private static func secondsLeft(_ window: MaintenanceWindow, _ text: String) throws -> Int? {
        let now = try paris(text)
        return window.closing(at: now).map { Int($0.upperBound.timeIntervalSince(now)) }
    }

    /// 17 May 2026 is a Sunday.
    @Test(
        arguments: [
            ("2026-05-17 22:59:59", nil), ("2026-05-17 23:00", 2700), ("2026-05-17 23:44:59", 1),
            ("2026-05-17 23:45", nil), ("2026-05-18 23:00", nil), ("2026-05-16 23:00", nil),
        ] as [(String, Int?)])
    func `a window of one day holds on that day`(time: String, seconds: Int?) throws {
        let window = MaintenanceWindow(.regular(from: 23 * 60, to: 23 * 60 + 45, weekday: 1))
        #expect(try Self.secondsLeft(window, time) == seconds)
    }

    @Test(
        arguments: [
            ("2026-05-16 23:29", nil), ("2026-05-16 23:30", 3600), ("2026-05-17 00:00", 1800), ("2026-05-17 00:29", 60),
            ("2026-05-17 00:30", nil),
            // The evening belongs to Saturday only, the morning after it to Saturday's window.
            ("2026-05-17 23:30", nil), ("2026-05-16 00:00", nil), ("2026-05-18 00:00", nil),
        ] as [(String, Int?)])
    func `a window that crosses midnight belongs to the day it starts on`(time: String, seconds: Int?) throws {
        let window = MaintenanceWindow(.regular(from: 23 * 60 + 30, to: 30, weekday: 7))
        #expect(try Self.secondsLeft(window, time) == seconds)
    }

    @Test func `a window of every day that crosses midnight holds every night`() throws {
        let window = MaintenanceWindow(.regular(from: 23 * 60 + 30, to: 30, weekday: nil))
        for day in 11...17 {
            #expect(try Self.secondsLeft(window, "2026-05-\(day) 23:59") == 1860)
            #expect(try Self.secondsLeft(window, "2026-05-\(day) 00:01") == 1740)
            #expect(try Self.secondsLeft(window, "2026-05-\(day) 10:00") == nil)
        }
    }

    @Test func `in the night when clocks go forward a window is shorter, or is not`() throws {
        // 01:10 to 02:30, which no clock shows that night: the window ends when clocks jump to 03:00.
        let night = MaintenanceWindow(.regular(from: 70, to: 150, weekday: nil))
        #expect(try Self.secondsLeft(night, "2026-03-29 01:10") == 50 * 60)
        #expect(try Self.secondsLeft(night, "2026-03-29 03:00") == nil)
        #expect(try Self.secondsLeft(night, "2026-03-28 01:10") == 80 * 60)
        let skipped = MaintenanceWindow(.regular(from: 130, to: 160, weekday: nil))
        let change = try Self.paris("2026-03-29 03:00")
        #expect(skipped.closing(at: change) == nil && skipped.closing(at: change.addingTimeInterval(-1)) == nil)
        // From 03:00 to 03:30 it is as on any day.
        #expect(try Self.secondsLeft(.init(.regular(from: 180, to: 210, weekday: nil)), "2026-03-29 03:00") == 1800)
    }

    @Test func `in the night when clocks go back a window covers the hour shown twice`() throws {
        let night = MaintenanceWindow(.regular(from: 70, to: 150, weekday: nil))
        #expect(try Self.secondsLeft(night, "2026-10-25 01:10") == 140 * 60)
        let second = try Self.paris("2026-10-25 02:29", .last)
        #expect(night.closing(at: second)?.upperBound == second.addingTimeInterval(60))
        #expect(night.closing(at: second.addingTimeInterval(60)) == nil)
        // Between the two showings of 02:30 too.
        #expect(night.closing(at: try Self.paris("2026-10-25 02:40")) != nil)
    }

    @Test func `a dated window holds once`() throws {
        let span = try Self.paris("2026-12-01 22:00")..<Self.paris("2026-12-02 04:00")
        let window = MaintenanceWindow(.once(span))
        #expect(try Self.secondsLeft(window, "2026-12-01 21:59:59") == nil)
        #expect(try Self.secondsLeft(window, "2026-12-01 22:00") == 6 * 3600)
        #expect(try Self.secondsLeft(window, "2026-12-02 03:59:59") == 1)
        #expect(try Self.secondsLeft(window, "2026-12-02 04:00") == nil)
        #expect(window.next(after: try Self.paris("2026-01-01 00:00")) == span)
        #expect(window.next(after: span.lowerBound) == nil)
    }

    @Test func `the next closing is that of the next day it is due`() throws {
        let window = MaintenanceWindow(.regular(from: 23 * 60, to: 23 * 60 + 45, weekday: 1))
        for (now, next) in [
            ("2026-05-15 12:00", "2026-05-17 23:00"), ("2026-05-17 22:59", "2026-05-17 23:00"),
            ("2026-05-17 23:00", "2026-05-24 23:00"), ("2026-05-17 23:59", "2026-05-24 23:00"),
        ] { #expect(window.next(after: try Self.paris(now))?.lowerBound == (try Self.paris(next))) }
    }

    @Test func `a window may close some APIs only`() {
        let part = MaintenanceWindow(.regular(from: 0, to: 60, weekday: nil), apis: ["a", "b"])
        #expect(part.closes(["a"]) && part.closes(["a", "b"]) && !part.closes(["a", "c"]) && !part.closes([]))
        let whole = MaintenanceWindow(.regular(from: 0, to: 60, weekday: nil))
        #expect(whole.closes([]) && whole.closes(["c"]))
    }
}

struct MaintenanceCalendarTests {
    private static let windows = [
        MaintenanceWindow(.regular(from: 23 * 60, to: 30, weekday: nil)),
        MaintenanceWindow(.regular(from: 30, to: 90, weekday: 2), apis: ["a"]),
        MaintenanceWindow(.regular(from: 60, to: 120, weekday: nil), apis: ["a", "b"]),
    ]

    /// The end as a plain reading of the rule gives it, minute by minute.
    private static func plainEnd(_ apis: Set<String>, _ now: Date) -> Date? {
        func isClosed(_ date: Date) -> Bool { windows.contains { $0.closes(apis) && $0.closing(at: date) != nil } }
        guard isClosed(now) else { return nil }
        var end = now
        while isClosed(end) { end += 60 }
        return end
    }

    @Test func `the answer kept in mind is the one a plain reading gives, in any order of times`() throws {
        let start = try MaintenanceWindowTests.paris("2026-10-23 12:00")
        let minutes = Array(stride(from: 0.0, to: 5 * 86_400, by: 1020))
        for order in [minutes, minutes.reversed(), minutes.sorted { $0.hashValue < $1.hashValue }] {
            let calendar = MaintenanceCalendar(Self.windows)
            for offset in order {
                let now = start + offset
                for apis in [[], ["a"], ["b"], ["a", "b"], ["c"]] as [Set<String>] {
                    #expect(calendar.end(for: apis, at: now) == Self.plainEnd(apis, now))
                }
            }
        }
    }

    @Test func `windows for ever do not make a call wait for ever`() {
        let calendar = MaintenanceCalendar([
            MaintenanceWindow(.regular(from: 0, to: 720, weekday: nil)),
            MaintenanceWindow(.regular(from: 720, to: 0, weekday: nil)),
        ])
        #expect(calendar.end(for: [], at: Date(timeIntervalSince1970: 1_778_839_200)) != nil)
    }

    @Test func `closings to come are told a week ahead, the nearest first`() throws {
        let now = try MaintenanceWindowTests.paris("2026-05-15 12:00")
        let calendar = MaintenanceCalendar(
            [
                MaintenanceWindow(.once(now + 8 * 86_400..<now + 9 * 86_400)),
                MaintenanceWindow(.once(now + 6 * 86_400..<now + 7 * 86_400), apis: ["a"]),
                MaintenanceWindow(.once(now - 60..<now + 60)), MaintenanceWindow(.once(now + 60..<now + 120)),
            ])
        #expect(calendar.upcoming(after: now).map(\.span.lowerBound) == [now + 60, now + 6 * 86_400])
        #expect(calendar.upcoming(after: now).last?.window.apis == ["a"])
        #expect(MaintenanceCalendar([]).upcoming(after: now).isEmpty)
    }
}

/// What a provider's file says of its state, as it is read.
struct ProviderFileTests {
    private static func provider(_ yaml: String) throws -> (ProviderDescription, [String]) {
        let diagnostics = Diagnostics()
        let file = try #require(try Element(yaml: "provider: essai\n" + yaml, file: "provider.yaml"))
        return (
            ProviderCompiler(nomenclatures: [:], diagnostics: diagnostics).provider(file),
            diagnostics.sorted.map(\.message)
        )
    }

    @Test func `windows of each kind are read`() throws {
        let (provider, remarks) = try Self.provider(
            """
            maintenance:
              - { from: "01:10", to: "02:30" }
              - { from: "23:00", to: "23:45", day: sunday, apis: [fiche] }
              - { on: 2026-12-01, from: '10:00', to: '12:00' }
              - { on: 2026-12-31, from: '23:00', to: '01:00' }
              - { from: '2026-12-01 22:00', to: '2026-12-02 04:00' }
            """)
        func once(_ start: String, _ end: String) throws -> MaintenanceWindow.Rule {
            .once(try MaintenanceWindowTests.paris(start)..<MaintenanceWindowTests.paris(end))
        }
        #expect(remarks == [])
        #expect(
            try provider.maintenances.windows == [
                .init(.regular(from: 70, to: 150, weekday: nil)),
                .init(.regular(from: 1380, to: 1425, weekday: 1), apis: ["fiche"]),
                .init(once("2026-12-01 10:00", "2026-12-01 12:00")),
                .init(once("2026-12-31 23:00", "2027-01-01 01:00")),
                .init(once("2026-12-01 22:00", "2026-12-02 04:00")),
            ])
    }

    @Test(arguments: [
        #"{ from: "10:00" }"#, #"{ from: "10:00", to: "10:00" }"#, #"{ from: "10:60", to: "11:00" }"#,
        #"{ on: 2026-02-30, from: "10:00", to: "11:00" }"#,
        #"{ on: 2026-12-01, day: sunday, from: "1:00", to: "2:00" }"#,
        #"{ from: "2026-12-02 22:00", to: "2026-12-01 04:00" }"#, #"{ from: "2026-12-01 22:00", to: "04:00" }"#,
        #"{ on: 2026-12-01, from: "2026-12-01 22:00", to: "2026-12-02 04:00" }"#, #"{ from: "10:00:00", to: "11:00" }"#,
    ])
    func `a window that means nothing is refused`(window: String) throws {
        let (provider, remarks) = try Self.provider("maintenance: [\(window)]")
        #expect(provider.maintenances.windows.isEmpty)
        #expect(remarks.contains { $0.hasPrefix("a maintenance window wants from and to") })
    }

    @Test func `quotas are read, one or several`() throws {
        let (one, remarks) = try Self.provider(#"quota: { calls: 50, per: 1 minute, code: "31503" }"#)
        #expect(remarks == [] && one.quotas == [ProviderQuota(calls: 50, period: 60, code: "31503")])
        let (two, _) = try Self.provider(
            """
            quota:
              - { calls: 10, per: 1 second, each: client }
              - { calls: 100, per: 1 minute, each: operation, of: [x] }
            """)
        #expect(
            two.quotas == [
                ProviderQuota(calls: 10, period: 1, each: .client),
                ProviderQuota(calls: 100, period: 60, each: .operation, of: ["x"]),
            ])
        for wrong in ["{ calls: 0, per: 1 minute }", "{ calls: 5 }", "{ per: 1 minute }"] {
            #expect(try Self.provider("quota: \(wrong)").1 == ["a quota wants calls (1 or more) and per"])
        }
        #expect(
            try Self.provider("quota: { calls: 5, per: 1 minute, each: day }").1
                == ["each is provider, client or operation"])
    }

    @Test func `pings of each kind are read, and a provider without one is judged by its calls`() throws {
        let (provider, remarks) = try Self.provider(
            """
            ping:
              fiche: { call: fiche_v3, with: { siren: "130025265" } }
              cles: { get: "{jwks}/keys", status: [200, 401], timeout: 2 seconds }
              reste: { watch: [autre] }
            """)
        #expect(remarks == [] && provider.pings.map(\.name) == ["fiche", "cles", "reste"])
        guard case .call("fiche_v3", let values) = provider.pings[0].driver,
            case .request(let plain) = provider.pings[1].driver, case .calls(["autre"]) = provider.pings[2].driver
        else {
            Issue.record("another kind")
            return
        }
        #expect(values.map(\.name) == ["siren"] && values.map(\.value) == ["130025265"])
        #expect(
            plain
                == PingSource.PlainRequest(
                    address: "jwks", path: "/keys", statuses: [200, 401], timeout: .seconds(2)))
        let (silent, _) = try Self.provider("title: Essai")
        guard case .calls(let apis) = silent.pings.first?.driver else {
            Issue.record("no ping")
            return
        }
        #expect(silent.pings.map(\.name) == ["essai"] && apis.isEmpty)
    }

    @Test(arguments: [
        ("{ x: { ping: y } }", "unknown key 'ping'"), ("{ x: { call: y, status: 200 } }", "unknown key 'status'"),
        ("{ X: { watch: all } }", "a ping's name has small letters"), ("{ x: { get: keys } }", "'get' starts with"),
        ("{ x: { get: '{a}/{b}' } }", "'get' starts with"),
        ("{ x: { get: '{a}', status: ok } }", "'status' is a status"),
        ("{}", "'ping' names no source"), ("{ essai: { watch: all }, x: { watch: all } }", "this name is that of"),
    ])
    func `a ping that means nothing is refused`(ping: String, remark: String) throws {
        let remarks = try Self.provider("ping: \(ping)").1
        #expect(remarks.contains { $0.hasPrefix(remark) }, "\(remarks)")
    }

    @Test func `known issues are current from their first day to their last`() throws {
        let (provider, remarks) = try Self.provider(
            """
            known-issues:
              - { since: 2026-05-01, text: Données en retard., until: 2026-05-03 }
              - { since: 2026-05-02, text: Autre chose. }
            """)
        #expect(remarks == [])
        let days = (0..<5).map { CivilDate(year: 2026, month: 4, day: 30).adding(days: $0) }
        #expect(days.map { day in provider.knownIssues.filter { $0.isCurrent(on: day) }.count } == [0, 1, 2, 2, 1])
        for wrong in ["{ text: x }", "{ since: 2026-13-01, text: x }", "{ since: 2026-05-01 }"] {
            #expect(try Self.provider("known-issues: [\(wrong)]").1.first?.hasPrefix("a known issue wants") == true)
        }
        #expect(
            try Self.provider("known-issues: [{ since: 2026-05-01, until: 2026-04-30, text: x }]").1
                == ["'until' wants a date that is not before 'since'"])
    }
}
