import NIOCore
import NIOHTTP1
import Values

/// One request on its way and the answer that it waits for. Lives on one event loop.
final class Exchange {
    let target: Target
    let head: HTTPRequestHead
    let body: ByteBuffer?
    /// One more try is allowed where no connection could be made, or where a kept one turns out to be closed, and the
    /// request may be repeated.
    private var mayRetry: Bool
    /// Says whether the provider may be tried once more; nil: only where a kept connection turns out to be closed.
    private let traffic: ProviderTraffic?
    /// An answer whose end never comes is taken as it is.
    let takesCutOff: Bool
    private let promise: EventLoopPromise<ProviderResponse>
    private var deadline: Scheduled<Void>?
    private(set) var isOver = false
    /// Ends the connection that carries it.
    var abandon: (() -> Void)?

    init(_ request: ProviderRequest, _ target: Target, _ promise: EventLoopPromise<ProviderResponse>) {
        self.target = target
        self.promise = promise
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: target.authority)
        for header in request.headers { headers.replaceOrAdd(name: header.name, value: header.value) }
        if let body = request.body { headers.replaceOrAdd(name: "Content-Length", value: String(body.count)) }
        head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: target.path,
            headers: headers)
        body = request.body.map { ByteBuffer(bytes: $0) }
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

    func start(timeout: TimeAmount, on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        deadline = loop.scheduleTask(in: timeout) { bound.value.fail(.timeout) }
    }

    func succeed(_ response: ProviderResponse) {
        guard finish() else { return }
        promise.succeed(response)
    }

    func fail(_ failure: TransportFailure) {
        guard finish() else { return }
        promise.fail(failure)
        abandon?()
    }

    private func finish() -> Bool {
        guard !isOver else { return false }
        isOver = true
        deadline?.cancel()
        return true
    }
}
