import CatalogueModel
import NIOCore
import NIOHTTP1
import Values

/// One request on its way and the answer that it waits for. Lives on one event loop.
final class Exchange {
    let target: Target
    let method: RequestPlan.Method
    /// The request as it is sent.
    let wire: ByteBuffer
    /// One more try is allowed where no connection could be made, or where a kept one turns out to be closed, and the
    /// request may be repeated.
    private var mayRetry: Bool
    /// Says whether the provider may be tried once more; nil: only where a kept connection turns out to be closed.
    private let traffic: ProviderTraffic?
    /// An answer whose end never comes is taken as it is.
    let takesCutOff: Bool
    /// Until when an answer is waited for.
    let deadline: NIODeadline
    private let waiting: UnsafeContinuation<Result<ProviderResponse, TransportFailure>, Never>
    private(set) var isOver = false
    /// The connection that carries it, which ends with it where it fails.
    var carrier: (any Channel)?

    /// - Parameter waiting: resumed once, on the loop.
    init(
        _ request: ProviderRequest, _ target: Target, _ wire: ByteBuffer, timeout: TimeAmount,
        _ waiting: UnsafeContinuation<Result<ProviderResponse, TransportFailure>, Never>
    ) {
        self.target = target
        self.wire = wire
        self.waiting = waiting
        method = request.method
        deadline = .now() + timeout
        mayRetry = request.method == .get
        takesCutOff = request.takesCutOff
        traffic = request.traffic
    }

    /// Whether it is put once more; asked before each retry.
    /// - Parameter wasKept: true where the connection had answered before, false where none could be made.
    func takesRetry(wasKept: Bool) -> Bool {
        guard mayRetry, !isOver, traffic?.takesRetry() ?? wasKept else { return false }
        mayRetry = false
        return true
    }

    func succeed(_ response: ProviderResponse) {
        guard finish() else { return }
        waiting.resume(returning: .success(response))
    }

    func fail(_ failure: TransportFailure) {
        guard finish() else { return }
        waiting.resume(returning: .failure(failure))
        carrier?.close(promise: nil)
    }

    private func finish() -> Bool {
        guard !isOver else { return false }
        isOver = true
        return true
    }
}
