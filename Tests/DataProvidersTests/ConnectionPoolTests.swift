import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DataProviders

/// A server that keeps its connections and answers the n-th request that it gets, over all of them, as told.
private final class CountingServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let counter = Counter()
    private let opened = Counter()

    /// - Parameter later: what is sent without being asked, a moment after the first answer of a connection.
    init(later: String? = nil, _ answer: @escaping @Sendable (Int) -> String?) async throws {
        let (counter, opened) = (counter, opened)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    _ = opened.next()
                    let handler = Answering(counter: counter, later: later, answer: answer)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var requests: Int { counter.value }
    var connections: Int { opened.value }
    var url: String { "http://127.0.0.1:\(port)/" }

    func stop() async { try? await channel.close() }

    final class Counter: Sendable {
        private let held = Mutex(0)
        var value: Int { held.withLock { $0 } }
        func next() -> Int {
            held.withLock {
                $0 += 1
                return $0
            }
        }
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let counter: Counter
        private let later: String?
        private let answer: @Sendable (Int) -> String?

        init(counter: Counter, later: String?, answer: @escaping @Sendable (Int) -> String?) {
            (self.counter, self.later, self.answer) = (counter, later, answer)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let text = answer(counter.next()) else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            guard let later else { return }
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .milliseconds(30)) {
                channel.writeAndFlush(ByteBuffer(string: later), promise: nil)
            }
        }
    }

    static func http(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

struct ConnectionPoolTests {
    /// All on one event loop, so that a kept connection is used again.
    private static func send(
        _ transport: NetworkTransport, _ url: String, timeout: Duration = .seconds(5)
    ) async -> Result<String, TransportFailure> {
        do throws(TransportFailure) {
            let answer = try await transport.send(ProviderRequest(method: .get, url: url), timeout: timeout)
            return .success(String(decoding: answer.body, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    private static func withTransport(_ body: (NetworkTransport) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let transport = NetworkTransport(group: group)
        try await body(transport)
        await transport.shutdown()
        try await group.shutdownGracefully()
    }

    @Test func `a request given up on a kept connection is not sent again`() async throws {
        let server = try await CountingServer { $0 == 1 ? CountingServer.http("first") : nil }
        try await Self.withTransport { transport in
            #expect(await Self.send(transport, server.url) == .success("first"))
            #expect(await Self.send(transport, server.url, timeout: .milliseconds(200)) == .failure(.timeout))
            // A third one, on a connection of its own, shows that nothing was sent in between.
            #expect(await Self.send(transport, server.url, timeout: .milliseconds(200)) == .failure(.timeout))
            #expect(server.requests == 3)
        }
        await server.stop()
    }

    @Test func `an answer too many is never taken for that of the next request`() async throws {
        let server = try await CountingServer { number in
            number == 1
                ? CountingServer.http("mine") + CountingServer.http("of another") : CountingServer.http("\(number)")
        }
        try await Self.withTransport { transport in
            #expect(await Self.send(transport, server.url) == .success("mine"))
            for _ in 0..<3 {
                let next = await Self.send(transport, server.url)
                #expect(next != .success("of another"))
            }
        }
        await server.stop()
    }

    @Test func `after an answer to nothing no connection of that provider is used twice`() async throws {
        let server = try await CountingServer(later: CountingServer.http("of another")) { CountingServer.http("\($0)") }
        try await Self.withTransport { transport in
            #expect(await Self.send(transport, server.url) == .success("1"))
            try await Task.sleep(for: .milliseconds(200))
            for number in 2...5 { #expect(await Self.send(transport, server.url) == .success("\(number)")) }
            #expect(server.connections == 5)
        }
        await server.stop()
    }

    @Test func `many requests at once each get their own answer`() async throws {
        let server = try await CountingServer { CountingServer.http("\($0)") }
        try await Self.withTransport { transport in
            let answers = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<400 { group.addTask { try? await Self.send(transport, server.url).get() } }
                return await group.reduce(into: Set<String>()) { if let text = $1 { $0.insert(text) } }
            }
            #expect(answers.count == 400)
        }
        await server.stop()
    }
}
