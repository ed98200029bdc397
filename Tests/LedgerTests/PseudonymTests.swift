import Crypto
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

    @Test func `a person who is forgotten has another pseudonym, and nobody else has`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        let others = (0..<200).map { Array("person \($0)".utf8) }
        let moments = [try newYear(2026), try newYear(2027)]
        let before = try moments.map { moment in try others.map { try keys.pseudonym(of: $0, at: moment) } }
        let own = try moments.map { try keys.pseudonym(of: person, at: $0) }
        let stale = try PseudonymKeys(directory: scratch.url)
        _ = try stale.pseudonym(of: person, at: moments[0])
        let bytes = try Data(contentsOf: scratch.url.appending(path: "2026.key"))
        #expect(try keys.forget(person) == [])
        for reader in [keys, try PseudonymKeys(directory: scratch.url)] {
            let after = try moments.map { moment in try others.map { try reader.pseudonym(of: $0, at: moment) } }
            #expect(after == before)
            let mine = try moments.map { try reader.pseudonym(of: person, at: $0) }
            #expect(Set(mine).isDisjoint(with: own))
            #expect(Set(try reader.pseudonyms(of: person).values) == Set(mine))
        }
        // Neither the root nor any key on the way down is left.
        let left = try Data(contentsOf: scratch.url.appending(path: "2026.key"))
        #expect(left.range(of: bytes.suffix(32)) == nil)
        #expect(try keys.forget(others[0]) == [] && keys.forget(person) == [])
        #expect(try keys.pseudonym(of: others[1], at: moments[0]) == before[0][1])
        // Another process lets go of what it held.
        usleep(1_100_000)
        #expect(try stale.pseudonym(of: person, at: moments[0]) != own[0])
    }

    /// As the decision describes it, without any shortcut.
    private func pseudonym(of identity: [UInt8], root: [UInt8]) -> [UInt8] {
        let key = SHA256.hash(data: identity).prefix(6).reduce(root) { Array(SHA256.hash(data: $0 + [$1])) }
        return Array(SHA256.hash(data: key + identity))
    }

    @Test func `keys that are remembered on the way give the same pseudonyms, and go with who is forgotten`() throws {
        let root = [UInt8](0..<32)
        var tree = try #require(PseudonymKeyTree(Array("UFPSEUD1".utf8) + [0] + root))
        func first(_ identity: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: identity).prefix(2)) }
        let neighbour = try #require(
            (0..<2_000_000).lazy.map { Array("person \($0)".utf8) }.first { first($0) == first(person) })
        let others = [neighbour] + (0..<300).map { Array("person \($0)".utf8) }
        for _ in 0..<2 {
            for other in others + [person] {
                #expect(tree.pseudonym(of: other)?.bytes == pseudonym(of: other, root: root))
            }
        }
        tree.forget(person)
        for reader in [tree, try #require(PseudonymKeyTree(tree.bytes))] {
            #expect(
                reader.bytes == tree.bytes
                    && reader.bytes.count == 8 + (1...5).reduce(0) { $0 + 255 * (33 + $1) } + 256 * 39)
            for other in others { #expect(reader.pseudonym(of: other)?.bytes == pseudonym(of: other, root: root)) }
            #expect(reader.pseudonym(of: person)?.bytes != pseudonym(of: person, root: root))
            #expect(reader.pseudonym(of: person) == tree.pseudonym(of: person))
        }
        let again = tree.pseudonym(of: person)
        tree.forget(person)
        #expect(tree.pseudonym(of: person) != again)
    }

    @Test func `a key of the first version still gives its pseudonyms, and says that it cannot forget`() throws {
        let keys = try PseudonymKeys(directory: scratch.url)
        try Data(0..<32).write(to: scratch.url.appending(path: "2026.key"))
        #expect(try keys.pseudonym(of: person, at: newYear(2026)) == "2026-280b3233:d51805981d526a2a1394dfece85f7a25")
        #expect(try keys.forget(person) == [2026])
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
