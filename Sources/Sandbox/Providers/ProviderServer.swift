import Foundation
import Hummingbird
import ServiceLifecycle

/// A data provider as the sandbox plays it.
protocol SimulatedProvider: Sendable {
    /// The identifier under which configuration knows it.
    static var id: String { get }

    func answer(_ call: Call) async -> Reply
}

/// Who answers a call: a provider's faults, and what it answers when it has none.
struct ProviderSite: Sendable {
    let faults: Faults
    /// The path below the provider's base.
    let path: String
    let answer: @Sendable (Call) async -> Reply
}

/// The HTTP side of simulated providers: reads calls, simulates faults, writes replies.
struct ProviderServer: HTTPResponder {
    /// Faults need no credential, so that a script can set them; nobody but this machine may.
    let allowsFaults: Bool
    /// The provider that a path belongs to.
    let site: @Sendable (_ path: String) -> ProviderSite?

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
        guard let site = site(request.uri.path) else { return Self.response(.notFound) }
        let call = Call(
            method: request.method, path: site.path, query: Form(request.uri.query ?? ""),
            headers: request.headers, authority: request.head.authority ?? "127.0.0.1", body: Array(buffer: body))
        if call.path == "/_faults" {
            return Self.response(allowsFaults ? site.faults.answer(call) : .notFound)
        }
        switch site.faults.next() {
        case nil: break
        case .status(let status): return Response(status: .init(code: status))
        case .slow(let milliseconds):
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(milliseconds)) }
        case .garbage: return Self.response(.text("<<< {garbage", type: "application/json"))
        case .close: context.close()
        }
        return Self.response(await site.answer(call))
    }

    private static func response(_ reply: Reply) -> Response {
        Response(
            status: reply.status, headers: reply.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
