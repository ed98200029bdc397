import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A server that answers each connection with bytes of our choice, once it has read something.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel

    /// - Parameters:
    ///   - answer: what to write; nil to stay silent.
    ///   - closes: whether to close the connection afterwards.
    init(_ answer: [UInt8]?, closes: Bool = true, tls: TLSConfiguration? = nil) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handlers = channel.pipeline.syncOperations
                    if let context { try handlers.addHandler(NIOSSLServerHandler(context: context)) }
                    try handlers.addHandler(Answering(answer: answer, closes: closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close() }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: [UInt8]?
        private let closes: Bool
        private var hasAnswered = false

        init(answer: [UInt8]?, closes: Bool) {
            self.answer = answer
            self.closes = closes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let answer, !hasAnswered else { return }
            hasAnswered = true
            let written = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: written)
            if closes { written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// An answer of HTTP/1.1 with its length.
    static func http(_ status: Int = 200, _ headers: [String] = [], _ body: [UInt8] = []) -> [UInt8] {
        let head = ["HTTP/1.1 \(status) X"] + headers + ["Content-Length: \(body.count)", "Connection: close", "", ""]
        return Array(head.joined(separator: "\r\n").utf8) + body
    }
}

/// Certificates made for one test by openssl.
struct Certificates: Sendable {
    let folder: String
    private static let curve = "ec -pkeyopt ec_paramgen_curve:prime256v1"

    /// An authority; a server's and a client's certificate that it signed, one for another name, one that is over; a
    /// server's certificate that signed itself.
    init(in folder: String) throws {
        self.folder = folder
        try openssl(
            "req -x509 -newkey \(Self.curve) -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem"
        )
        try openssl(
            "req -x509 -newkey \(Self.curve) -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
                + " -keyout self.key -out self.pem")
        try Data("subjectAltName=IP:127.0.0.1".utf8).write(to: URL(filePath: folder + "/names"))
        try Data("subjectAltName=IP:127.0.0.2".utf8).write(to: URL(filePath: folder + "/othernames"))
        for (name, names, days) in [
            ("server", "names", 2), ("client", "names", 2), ("other", "othernames", 2), ("expired", "names", -1),
        ] {
            try openssl(
                "req -newkey \(Self.curve) -nodes -subj /CN=\(name) -keyout \(name).key -out \(name).csr"
            )
            try openssl(
                "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -extfile \(names)"
                    + " -out \(name).pem")
        }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func server(_ name: String, clientsOf authority: String? = nil) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path(name + ".pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path(name + ".key"), format: .pem)))
        if let authority {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(path(authority + ".pem"))
        }
        return configuration
    }

    private func openssl(_ arguments: String) throws {
        _ = try runTool(["openssl"] + arguments.split(separator: " ").map(String.init), in: folder)
    }
}

struct ToolFailure: Error {}

/// What a program of the system writes when it reads that.
func runTool(_ arguments: [String], in folder: String = "/", input: Data = Data()) throws -> [UInt8] {
    let (process, output, source) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardError = FileHandle.nullDevice
    process.standardOutput = output
    process.standardInput = source
    try process.run()
    DispatchQueue.global().async {
        try? source.fileHandleForWriting.write(contentsOf: input)
        try? source.fileHandleForWriting.close()
    }
    let written = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ToolFailure() }
    return Array(written)
}
