import Foundation
import Synchronization
import TestSupport
import Testing
import Values

@testable import Gateway

/// A clock that moves when told.
private final class MovingClock: Sendable {
    private let instant = Mutex(noon)
    var wall: WallClock { WallClock { [self] in instant.withLock { $0 } } }
    func advance(days: Double) { instant.withLock { $0.addTimeInterval(days * 86_400) } }
}

struct LinkSealTests {
    private static let link = SealedLink(
        address: "https://provider.example/secret/13002526500013.pdf", operation: "operation", expires: 1,
        holder: .init(token: "jti-1", grant: "grant", organisation: "13002526500013"))

    private static func run(_ body: (LinkSeal, MovingClock, String) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = MovingClock()
            try body(try LinkSeal(folder: folder + "/keys", clock: clock.wall), clock, folder + "/keys")
        }
    }

    @Test func `what was sealed is opened, by another process too, and hides what it says`() async throws {
        try await Self.run { seal, clock, folder in
            let token = try seal.seal(Self.link)
            #expect(seal.open(token) == Self.link)
            #expect(try LinkSeal(folder: folder, clock: clock.wall).open(token) == Self.link)
            #expect(try seal.seal(Self.link) != token)
            let bytes = Data(try #require(Base64URL.decode(token)))
            for trace in ["provider", "13002526500013", "jti-1", "grant"] {
                #expect(bytes.range(of: Data(trace.utf8)) == nil)
            }
        }
    }

    @Test func `a text with any sign changed is none of ours`() async throws {
        try await Self.run { seal, _, _ in
            var bytes = try #require(Base64URL.decode(try seal.seal(Self.link)))
            for place in stride(from: 0, to: bytes.count, by: 7) {
                bytes[place] ^= 1
                #expect(seal.open(Base64URL.encode(bytes)) == nil)
                bytes[place] ^= 1
            }
            for text in ["", "A", "é", String(repeating: "A", count: 10_000)] { #expect(seal.open(text) == nil) }
        }
    }

    @Test func `keys change with the month; the last one still opens, older ones are destroyed`() async throws {
        try await Self.run { seal, clock, folder in
            let token = try seal.seal(Self.link)
            clock.advance(days: 31)
            let next = try seal.seal(Self.link)
            #expect(seal.open(token) == Self.link && seal.open(next) == Self.link)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
            clock.advance(days: 31)
            _ = try seal.seal(Self.link)
            #expect(seal.open(token) == nil && seal.open(next) == Self.link)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.count == 2)
            for name in names {
                let mode = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions]
                #expect(mode as? Int == 0o600)
            }
        }
    }

    @Test func `at a door callers are counted apart, and doors too`() {
        let limiter = RateLimiter()
        for _ in 1...30 { #expect(limiter.secondsToWait(at: .proofs, "a", now: 61) == nil) }
        #expect(limiter.secondsToWait(at: .proofs, "a", now: 61) == 59)
        #expect(limiter.secondsToWait(at: .proofs, "b", now: 61) == nil)
        #expect(limiter.secondsToWait(at: .files, "a", now: 61) == nil)
        #expect(limiter.secondsToWait(at: .proofs, "a", now: 120) == nil)
    }
}
