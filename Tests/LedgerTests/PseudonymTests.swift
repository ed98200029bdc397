import Foundation
import Testing
import Values

@testable import Ledger

@Suite struct PseudonymTests {
    let scratch = Scratch()
    let person = Array("1950-01-01|F|DUPONT|JEANNE".utf8)

    /// A second around the new year in Paris, in winter one hour ahead of UTC.
    private func newYear(_ year: Int, plus seconds: Double = 0) throws -> Date {
        let midnight = try #require(Paris.midnight(of: CivilDate(year: year, month: 1, day: 1)))
        return Date(timeIntervalSince1970: Double(midnight) + seconds)
    }

    @Test func `a person keeps one pseudonym for a year, through a restart, and has another the next`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        let first = try keys.pseudonym(of: person, at: newYear(2026))
        #expect(try keys.pseudonym(of: person, at: newYear(2027, plus: -1)) == first)
        #expect(try PseudonymKeys(directory: scratch.url).pseudonym(of: person, at: newYear(2026, plus: 9)) == first)
        let next = try keys.pseudonym(of: person, at: newYear(2027))
        #expect(next.split(separator: ":").last != first.split(separator: ":").last)
        #expect(try keys.pseudonyms(of: person) == [2026: first, 2027: next])
        #expect(try keys.pseudonym(of: Array("another".utf8), at: newYear(2026)) != first)
    }

    @Test func `a pseudonym is its key's name and 32 hexadecimal digits`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        let pseudonym = try keys.pseudonym(of: person, at: newYear(2026))
        #expect(pseudonym.wholeMatch(of: /2026-[0-9a-f]{8}:[0-9a-f]{32}/) != nil)
    }

    @Test func `a destroyed key leaves pseudonyms that nothing makes again`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        let before = try keys.pseudonym(of: person, at: newYear(2026))
        try keys.destroyKey(of: 2026)
        try keys.destroyKey(of: 2026)
        #expect(try keys.pseudonyms(of: person).isEmpty)
        let after = try keys.pseudonym(of: person, at: newYear(2026))
        #expect(zip(before.split(separator: ":"), after.split(separator: ":")).allSatisfy { $0 != $1 })
    }

    @Test func `processes that make a year's key together share one`() async throws {
        let moment = try newYear(2026)
        let pseudonyms = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask { [scratch, person] in
                    try PseudonymKeys(directory: scratch.url).pseudonym(of: person, at: moment)
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(pseudonyms.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["2026.key"])
    }

    @Test func `keys are closed to others, and one that is cut short is refused`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        _ = try keys.pseudonym(of: person, at: newYear(2026))
        let file = scratch.url.appendingPathComponent("2026.key")
        let modes = try [scratch.url, file].map {
            try FileManager.default.attributesOfItem(atPath: $0.path)[.posixPermissions] as? Int
        }
        #expect(modes == [0o700, 0o600])
        try Data([1, 2, 3]).write(to: file)
        #expect(throws: LedgerError.failed(operation: "read key", code: EINVAL)) {
            try PseudonymKeys(directory: scratch.url).pseudonym(of: person, at: newYear(2026))
        }
    }
}
