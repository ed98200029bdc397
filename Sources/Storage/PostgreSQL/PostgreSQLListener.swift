import Foundation
import Synchronization

/// Waits for notifications on a link and a thread of its own, started with the first reader.
final class PostgreSQLListener: Sendable {
    /// One channel for all topics: the topic is the payload.
    static let channel = "unefois"

    private struct State {
        var readers: [Int: (topic: String, output: AsyncStream<Void>.Continuation)] = [:]
        var count = 0
        var isRunning = false
        var isStopped = false
    }

    private let address: PostgreSQLAddress
    private let state = Mutex(State())

    init(_ address: PostgreSQLAddress) { self.address = address }

    func stop() {
        let outputs = state.withLock { state in
            state.isStopped = true
            return state.readers.values.map(\.output)
        }
        for output in outputs { output.finish() }
    }

    func notices(of topic: String) -> AsyncStream<Void> {
        let (stream, output) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (number, isFirst) = state.withLock { state in
            state.count += 1
            state.readers[state.count] = (topic, output)
            defer { state.isRunning = true }
            return (state.count, !state.isRunning)
        }
        output.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.readers.removeValue(forKey: number) } }
        if isFirst {
            let thread = Thread { [weak self] in Self.loop { self } }
            thread.name = "postgresql-listen"
            thread.start()
        }
        return stream
    }

    /// Listens until the listener is gone or stopped.
    private static func loop(_ owner: () -> PostgreSQLListener?) {
        var link: PostgreSQLLink?
        while let listener = owner(), !listener.state.withLock({ $0.isStopped }) {
            do {
                if let link {
                    for topic in Set(try link.notifications()) { listener.wake { $0 == topic } }
                } else {
                    let fresh = try PostgreSQLLink(listener.address)
                    try fresh.command("LISTEN \(channel)")
                    link = fresh
                    // Something may have been said while nobody listened.
                    listener.wake { _ in true }
                }
            } catch {
                link = nil
            }
            pause(link)
        }
    }

    /// Until something arrives, for at most a second: then the owner may be gone.
    private static func pause(_ link: PostgreSQLLink?) {
        guard let link else {
            // The database is away: this thread, which does nothing else, tries again in a moment, and nodes not together.
            usleep(UInt32.random(in: 200_000..<400_000))
            return
        }
        var descriptor = pollfd(fd: link.socket, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, 1000)
    }

    private func wake(_ concerns: (String) -> Bool) {
        let outputs = state.withLock { state in state.readers.values.filter { concerns($0.topic) }.map(\.output) }
        for output in outputs { output.yield() }
    }
}
