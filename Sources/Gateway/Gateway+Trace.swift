import Foundation
import Ledger
import NIOCore
import NIOPosix
import Values

extension Gateway {
    /// Waits for the record's flush and goes on on the event loop of the call: woken by the ledger's thread directly,
    /// a call would change threads twice.
    func write(_ record: CallRecord) async throws {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else {
            try await parts.ledger.append(record)
            return
        }
        let promise = loop.makePromise(of: UInt64.self)
        parts.ledger.append(record) { result in promise.completeWith(result.mapError { $0 as any Error }) }
        _ = try await promise.futureResult.get()
    }

    /// A UUID says nothing of anybody; any other identifier of the caller's might, and is kept as a pseudonym.
    func recordedRequestID(_ call: Call, _ now: Date) -> String {
        if RequestID.isUUID(call.requestID) { return call.requestID }
        return (try? parts.pseudonyms.pseudonym(of: RecordedRequest.identity(call.requestID), at: now)) ?? "inconnu"
    }
}

extension Duration {
    var microseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
