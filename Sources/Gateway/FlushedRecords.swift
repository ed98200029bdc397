import Ledger
import NIOCore
import NIOPosix
import Synchronization

/// Calls that wait for the flush of their record, by event loop: one flush wakes each loop once, however many calls it
/// completes, and each call goes on on its own loop.
final class FlushedRecords: Sendable {
    typealias Waiting = UnsafeContinuation<Result<UInt64, LedgerError>, Never>

    private final class Box: Sendable {
        let loop: any EventLoop
        let flushed = Mutex<[(call: Waiting, result: Result<UInt64, LedgerError>)]>([])

        init(_ loop: any EventLoop) { self.loop = loop }

        /// Returns what wakes the loop, where nothing is about to.
        func put(_ call: Waiting, _ result: Result<UInt64, LedgerError>) -> (@Sendable () -> Void)? {
            let isFirst = flushed.withLock { flushed in
                flushed.append((call, result))
                return flushed.count == 1
            }
            guard isFirst else { return nil }
            return { self.loop.execute { self.empty() } }
        }

        private func empty() {
            let all = flushed.withLock { flushed in
                let all = flushed
                flushed = []
                flushed.reserveCapacity(all.count)
                return all
            }
            for (call, result) in all { call.resume(returning: result) }
        }
    }

    private let boxes: [ObjectIdentifier: Box]

    init(group: MultiThreadedEventLoopGroup = .singleton) {
        boxes = Dictionary(uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), Box($0)) })
    }

    /// Appends an entry and returns once it will survive a loss of power.
    func append(_ entry: LedgerEntry, to ledger: LedgerWriter) async throws(LedgerError) -> UInt64 {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop, let box = boxes[ObjectIdentifier(loop)] else {
            return try await ledger.append(entry)
        }
        let result = await withUnsafeContinuation { call in
            do throws(LedgerError) {
                try ledger.enqueue(entry) { box.put(call, $0) }
            } catch {
                call.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}
