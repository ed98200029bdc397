import Crypto
import Testing

@testable import Gateway

struct MemorySealTests {
    private static let bodies: [[UInt8]] = [
        [], [0], Array("{\"nom\":\"LEFEBVRE\"}".utf8), Array(repeating: 7, count: 70_000),
    ]

    private static func sealed(_ seal: MemorySeal, _ bytes: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        try #require(place.withUnsafeBytes { seal.seal(bytes, at: $0) })
    }

    private static func opened(_ seal: MemorySeal, _ box: [UInt8], at place: [UInt8]) -> [UInt8]? {
        place.withUnsafeBytes { seal.open(box, at: $0) }
    }

    @Test(arguments: bodies) func `what was sealed is opened at its place, under its key, unaltered`(body: [UInt8])
        throws
    {
        let (seal, place) = (MemorySeal(key: SymmetricKey(size: .bits256)), [UInt8](repeating: 1, count: 32))
        let box = try Self.sealed(seal, body, at: place)
        #expect(Self.opened(seal, box, at: place) == body)
        #expect(Self.opened(seal, box, at: [UInt8](repeating: 2, count: 32)) == nil)
        #expect(Self.opened(MemorySeal(key: SymmetricKey(size: .bits256)), box, at: place) == nil)
        for altered in Set([0, 11, 12, box.count / 2, box.count - 16, box.count - 1]) {
            var other = box
            other[altered] ^= 1
            #expect(Self.opened(seal, other, at: place) == nil)
        }
        for length in [0, 11, 27, box.count - 1] where length < box.count {
            #expect(Self.opened(seal, Array(box.prefix(length)), at: place) == nil)
        }
        #expect(Self.opened(seal, box, at: place) == body)
    }

    /// Whoever knows AES-256-GCM can open it: nonce, text and tag one after the other.
    @Test func `it seals as another library does`() throws {
        let (key, place) = (SymmetricKey(size: .bits256), [UInt8](repeating: 3, count: 32))
        let box = try Self.sealed(MemorySeal(key: key), [1, 2, 3], at: place)
        let opened = try AES.GCM.open(AES.GCM.SealedBox(combined: box), using: key, authenticating: place)
        #expect(Array(opened) == [1, 2, 3])
        let other = try AES.GCM.seal([4, 5], using: key, authenticating: place)
        #expect(Self.opened(MemorySeal(key: key), try #require(other.combined.map(Array.init)), at: place) == [4, 5])
    }

    @Test func `no nonce comes twice, however many seal and open at once`() async throws {
        let (seal, place) = (MemorySeal(key: SymmetricKey(size: .bits256)), [UInt8](repeating: 4, count: 32))
        let nonces = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
            for task in 0..<8 {
                group.addTask {
                    try (0..<500).map { number in
                        let body = Array("\(task)|\(number)".utf8)
                        let box = try Self.sealed(seal, body, at: place)
                        #expect(Self.opened(seal, box, at: place) == body)
                        return Array(box.prefix(12))
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(nonces).count == 4_000)
    }

    @Test func `a key of another size seals nothing`() {
        let seal = MemorySeal(key: SymmetricKey(size: .bits128))
        #expect([0].withUnsafeBytes { seal.seal([1], at: $0) } == nil)
    }
}
