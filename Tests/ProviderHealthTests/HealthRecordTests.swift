import Foundation
import Testing
import Values

@testable import ProviderHealth

struct HealthRecordTests {
    private static func shares(_ passage: HealthRecord.Passage) -> [String] {
        passage.spent.map { "\($0.day) \($0.state.rawValue) \($0.seconds)" }
    }

    @Test func `a finding closes the time since the one before, in the state found then`() {
        var record = HealthRecord(first: .ok, at: noon)
        #expect(Self.shares(record.find(.down, at: noon + 60)) == ["2026-05-15 ok 60"])
        #expect(Self.shares(record.find(.ok, at: noon + 121)) == ["2026-05-15 down 61"])
        #expect(record.lastOK == noon + 121 && record.updated == noon + 121)
    }

    @Test func `midnight in Paris divides the time`() {
        let midnight = noon + 12 * 3600
        var record = HealthRecord(first: .ok, at: midnight - 20)
        #expect(Self.shares(record.find(.ok, at: midnight + 40)) == ["2026-05-15 ok 20", "2026-05-16 ok 40"])
    }

    @Test func `time in which nobody looked is unknown, and ends an incident where it was seen last`() {
        var record = HealthRecord(first: .down, at: noon)
        #expect(record.find(.down, at: noon + 60).incident == .opened(at: noon, .down))
        let passage = record.find(.down, at: noon + 60 + 301)
        #expect(Self.shares(passage) == ["2026-05-15 unknown 301"])
        #expect(passage.incident == .closed(since: noon, at: noon + 60))
        // What is bad after the silence may be another incident.
        #expect(record.find(.down, at: noon + 420).incident == .opened(at: noon + 361, .down))
        var patient = HealthRecord(first: .ok, at: noon)
        #expect(Self.shares(patient.find(.ok, at: noon + 300)) == ["2026-05-15 ok 300"])
    }

    @Test func `a silence of years costs no more than the days that are kept`() {
        var record = HealthRecord(first: .ok, at: Date(timeIntervalSince1970: 0))
        let spent = record.find(.ok, at: noon).spent
        #expect(spent.count <= HealthHistory.days + 2 && spent.last?.day == today)
        #expect(spent.allSatisfy { $0.state == .unknown })
    }

    @Test func `a clock that goes back counts nothing twice`() {
        var record = HealthRecord(first: .ok, at: noon)
        #expect(record.find(.ok, at: noon - 3600).spent.isEmpty)
        #expect(Self.shares(record.find(.ok, at: noon - 3540)) == ["2026-05-15 ok 60"])
    }

    @Test func `an incident begins with the second bad finding, and is as bad as its worst`() {
        var record = HealthRecord(first: .ok, at: noon)
        let findings: [HealthState] = [.degraded, .ok, .degraded, .degraded, .down, .degraded, .unknown, .down, .ok]
        let changes = findings.enumerated().map { record.find($1, at: noon + Double($0 + 1) * 60).incident }
        #expect(
            changes == [
                nil, nil, nil, .opened(at: noon + 180, .degraded), .lasted(since: noon + 180, .down),
                .lasted(since: noon + 180, .down), .closed(since: noon + 180, at: noon + 420), nil, nil,
            ])
    }

    @Test func `every sequence of five findings agrees with a plain model`() {
        for code in 0..<3125 {
            var (rest, states) = (code, [HealthState]())
            for _ in 0..<5 {
                states.append(HealthState.allCases[rest % 5])
                rest /= 5
            }
            var record = HealthRecord(first: states[0], at: noon)
            var (open, incidents) = (nil as Date?, [String]())
            var spent = DayTally()
            for (index, state) in states.enumerated().dropFirst() {
                let passage = record.find(state, at: noon + Double(index) * 60)
                for share in passage.spent { spent[share.state] += share.seconds }
                switch passage.incident {
                case .opened(let start, _): open = start
                case .closed(let since, let end):
                    #expect(since == open)
                    incidents.append("\(since)–\(end)")
                    open = nil
                case .lasted(let since, _): #expect(since == open)
                case nil: break
                }
                #expect(record.incident == open)
            }
            // The model: stretches of bad findings, those of one finding left out.
            var stretches: [ClosedRange<Int>] = []
            for (index, state) in states.enumerated() where state.isBad {
                if let last = stretches.last, last.upperBound == index - 1 {
                    stretches[stretches.count - 1] = last.lowerBound...index
                } else {
                    stretches.append(index...index)
                }
            }
            let told = stretches.filter { $0.count > 1 }
            let closed = told.filter { $0.upperBound < 4 }
            #expect(
                incidents
                    == closed.map { "\(noon + Double($0.lowerBound) * 60)–\(noon + Double($0.upperBound + 1) * 60)" }
            )
            #expect((open != nil) == (told.last?.upperBound == 4))
            for state in HealthState.allCases {
                #expect(spent[state] == 60 * states.dropLast().filter { $0 == state }.count)
            }
        }
    }
}
