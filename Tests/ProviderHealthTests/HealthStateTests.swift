import Foundation
import ProviderHealth
import Testing
import Values

struct HealthStateTests {
    @Test(
        arguments: [
            ([], .unknown), ([.unknown], .unknown), ([.ok, .unknown], .ok), ([.ok, .ok], .ok),
            ([.down, .unknown], .down),
            ([.down, .down], .down), ([.ok, .down], .degraded), ([.ok, .degraded], .degraded),
            ([.degraded, .down], .degraded), ([.maintenance, .down], .degraded), ([.maintenance, .ok], .maintenance),
            ([.maintenance, .unknown], .maintenance),
        ] as [([HealthState], HealthState)])
    func `the whole is told by its parts`(parts: [HealthState], whole: HealthState) {
        #expect(HealthState(ofParts: parts) == whole)
        #expect(HealthState(ofParts: parts.reversed()) == whole)
    }

    @Test func `a tenth of failures is a fault, a half a breakdown, no call tells nothing`() {
        for calls in 0...60 {
            for failures in 0...calls {
                let expected: HealthState =
                    if calls == 0 { .unknown } else if Double(failures) / Double(calls) >= 0.5 {
                        .down
                    } else if failures * 100 >= calls * 10 { .degraded } else { .ok }
                #expect(HealthState(calls: calls, failures: failures) == expected)
            }
        }
    }

    @Test func `the words of pings are those of the contract`() {
        #expect(
            HealthState.allCases.map(\.ping) == ["ok", "bad_gateway", "bad_gateway", "maintenance", "unknown"])
    }

    @Test func `availability leaves out maintenance and time in which nobody looked`() {
        #expect(DayTally([.ok: 75, .degraded: 15, .down: 10, .maintenance: 500, .unknown: 900]).availability == 0.75)
        #expect(DayTally([.maintenance: 500, .unknown: 900]).availability == nil)
        #expect(DayTally().availability == nil)
    }

    @Test(
        arguments: [
            ([:], .unknown), ([.unknown: 86_400], .unknown), ([.ok: 86_400], .ok), ([.ok: 86_101, .down: 299], .ok),
            ([.ok: 86_100, .down: 300], .down), ([.ok: 86_100, .degraded: 300], .degraded),
            ([.degraded: 4000, .down: 300], .down), ([.ok: 600, .down: 60], .down), ([.ok: 600, .down: 59], .ok),
            ([.ok: 43_200, .maintenance: 43_200], .maintenance), ([.ok: 83_700, .maintenance: 2700], .ok),
        ] as [([HealthState: Int], HealthState)])
    func `a day is told by its worst trouble of some length`(seconds: [HealthState: Int], state: HealthState) {
        #expect(DayTally(seconds).telling == state)
    }
}
