import Foundation
import Hummingbird
import ServiceLifecycle

/// A data provider as the sandbox plays it.
protocol SimulatedProvider: Sendable {
    /// The identifier under which configuration knows it.
    static var id: String { get }

    func answer(_ call: Call) async -> Reply
}

/// The HTTP side of a simulated provider: reads calls, simulates faults, writes replies.
struct ProviderServer<Provider: SimulatedProvider>: HTTPResponder {
    let provider: Provider
    /// Faults need no credential, so that a script can set them; nobody but this machine may.
    let allowsFaults: Bool
    let faults = Faults()

    /// Far more than any call of the protocols; keeps a mistaken client from filling the memory.
    private static var longestBody: Int { 1 << 20 }

    /// What the responder needs of the connection.
    struct Context: InitializableFromSource {
        let close: @Sendable () -> Void

        init(source: ApplicationRequestContextSource) {
            let channel = source.channel
            close = { channel.close(mode: .all, promise: nil) }
        }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        guard let body = try? await request.body.collect(upTo: Self.longestBody) else {
            return Response(status: .contentTooLarge)
        }
        let call = Call(
            method: request.method, path: request.uri.path, query: Form(request.uri.query ?? ""),
            headers: request.headers, authority: request.head.authority ?? "127.0.0.1", body: Array(buffer: body))
        if call.path == "/_faults" {
            return Self.response(allowsFaults ? faults.answer(call) : .notFound)
        }
        switch faults.next() {
        case nil: break
        case .status(let status): return Response(status: .init(code: status))
        case .slow(let milliseconds):
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(milliseconds)) }
        case .garbage: return Self.response(.text("<<< {garbage", type: "application/json"))
        case .close: context.close()
        }
        return Self.response(await provider.answer(call))
    }

    private static func response(_ reply: Reply) -> Response {
        Response(
            status: reply.status, headers: reply.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
