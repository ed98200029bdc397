import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Values

@testable import unefois

struct MutatedRequestsTests {
    private static let lanes = 16
    private static let requests = 10_000

    @Test(.timeLimit(.minutes(10)))
    func `ten thousand mutated requests leave the hub up, and none finds an error of ours`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let token = try await hub.token()
            let statuses = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                for lane in 0..<Self.lanes {
                    group.addTask { try await Self.send(lane: lane, port: hub.port, token: token) }
                }
                return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            let allowed = Set(200..<500).union([501, 505])
            #expect(statuses.keys.filter { !allowed.contains($0) }.isEmpty, "\(statuses)")
            // Mutations that all end at the first check would prove nothing.
            for status in [200, 400, 401, 404, 405, 422] {
                #expect((statuses[status] ?? 0) > 50, "\(status): \(statuses)")
            }
            #expect(try await hub.send("/health").status == 200)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    /// Sends one lane's share; gives how often each status was answered.
    private static func send(lane: Int, port: Int, token: String) async throws -> [Int: Int] {
        var mutations = RequestMutations(seed: UInt64(lane), token: token)
        var statuses: [Int: Int] = [:]
        for _ in 0..<requests / lanes {
            let answer = try await exchange(mutations.next(), port: port)
            for status in Self.statuses(answer) { statuses[status, default: 0] += 1 }
        }
        return statuses
    }

    private static func exchange(_ request: [UInt8], port: Int) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        // A request that is cut short is never answered: its connection is left after a while.
        let end = channel.channel.eventLoop.scheduleTask(in: .milliseconds(150)) { channel.channel.close(promise: nil) }
        defer { end.cancel() }
        let received = Mutex<[UInt8]>([])
        // The hub may close before all is written or read; what came before counts.
        try? await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            for try await part in inbound { received.withLock { $0 += Array(part.readableBytesView) } }
        }
        return received.withLock { $0 }
    }

    /// The statuses of all answers of a connection.
    private static func statuses(_ bytes: [UInt8]) -> [Int] {
        String(decoding: bytes, as: UTF8.self).split(separator: "HTTP/1.", omittingEmptySubsequences: true).compactMap {
            part in
            let words = part.prefix(5).split(separator: " ")
            return words.count == 2 ? Int(words[1]) : nil
        }
    }
}
