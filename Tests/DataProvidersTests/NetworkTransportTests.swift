import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import DataProviders

struct NetworkTransportTests {
    private enum Outcome: Equatable {
        case answer(status: Int, body: [UInt8])
        case failure(TransportFailure)
    }

    private static func send(
        _ url: String, identity: ClientIdentity? = nil, takesCutOff: Bool = false, timeout: Duration = .seconds(5)
    ) async -> Outcome {
        let transport = NetworkTransport()
        var request = ProviderRequest(
            method: .post, url: url, headers: [("X-Test", "1")], body: Array("body".utf8), identity: identity)
        request.takesCutOff = takesCutOff
        let outcome: Outcome
        do throws(TransportFailure) {
            let answer = try await transport.send(request, timeout: timeout)
            outcome = .answer(status: answer.status, body: answer.body)
        } catch {
            outcome = .failure(error)
        }
        await transport.shutdown()
        return outcome
    }

    private static func ask(
        _ answer: [UInt8]?, closes: Bool = true, tls: TLSConfiguration? = nil, identity: ClientIdentity? = nil,
        takesCutOff: Bool = false, timeout: Duration = .seconds(5)
    ) async throws -> Outcome {
        let server = try await RawServer(answer, closes: closes, tls: tls)
        let scheme = tls == nil ? "http" : "https"
        let outcome = await send(
            "\(scheme)://127.0.0.1:\(server.port)/x", identity: identity, takesCutOff: takesCutOff, timeout: timeout)
        await server.stop()
        return outcome
    }

    private static func zipped(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await onThread { try runTool(["gzip", "-c"], input: Data(bytes)) }
    }

    @Test func `an answer comes whole, whatever its status`() async throws {
        for status in [200, 404, 500, 503] {
            let outcome = try await Self.ask(RawServer.http(status, ["X-A: b"], [0, 255, 10]))
            #expect(outcome == .answer(status: status, body: [0, 255, 10]))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func `a redirection is not followed`(status: Int) async throws {
        let outcome = try await Self.ask(RawServer.http(status, ["Location: http://127.0.0.1:1/elsewhere"]))
        #expect(outcome == .answer(status: status, body: []))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a provider that says nothing, stops in the middle or goes on for ever is too slow`() async throws {
        let short = Duration.milliseconds(300)
        #expect(try await Self.ask(nil, timeout: short) == .failure(.timeout))
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n".utf8)
        #expect(try await Self.ask(head, closes: false, timeout: short) == .failure(.timeout))
        let body = head + Array("\r\nhalf".utf8)
        #expect(try await Self.ask(body, closes: false, timeout: short) == .failure(.timeout))
        let chunked = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n".utf8)
        #expect(try await Self.ask(chunked, closes: false, timeout: short) == .failure(.timeout))
    }

    @Test func `a connection that ends too early counts as too slow, as at the national hubs`() async throws {
        #expect(try await Self.ask([]) == .failure(.timeout))
        let half = Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
        #expect(try await Self.ask(half) == .failure(.timeout))
    }

    @Test func `an answer that the provider cuts off is taken only where that is its habit`() async throws {
        let cut = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n".utf8)
        #expect(try await Self.ask(cut) == .failure(.timeout))
        #expect(try await Self.ask(cut, takesCutOff: true) == .answer(status: 200, body: Array("{}".utf8)))
        // Without a head there is no answer to take.
        #expect(try await Self.ask(Array("HTTP/1.1 200".utf8), takesCutOff: true) == .failure(.timeout))
    }

    @Test func `where nobody listens the provider is unavailable`() async throws {
        let server = try await RawServer(nil)
        await server.stop()
        #expect(await Self.send("http://127.0.0.1:\(server.port)/") == .failure(.unavailable))
        #expect(await Self.send("not an address") == .failure(.unconfigured))
    }

    @Test func `a name that does not exist has its own failure`() async {
        #expect(await Self.send("http://provider.invalid/") == .failure(.name))
    }

    @Test func `an answer that is no HTTP is a failure`() async throws {
        #expect(try await Self.ask(Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8)) == .failure(.unavailable))
    }

    @Test func `a compressed answer is read`() async throws {
        let gzip = try #require(
            Data(base64Encoded: "H4sIAAAAAAACA6tWKsvPVrJSMDIyqgUAmqn6hwwAAAA="))
        let outcome = try await Self.ask(RawServer.http(200, ["Content-Encoding: gzip"], Array(gzip)))
        #expect(outcome == .answer(status: 200, body: Array(#"{"vok": 222}"#.utf8)))
    }

    @Test func `an answer larger than the hub takes is refused, announced or not, compressed or not`() async throws {
        let announced = Array("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx".utf8)
        #expect(try await Self.ask(announced, closes: false) == .failure(.tooLarge))
        let large = [UInt8](repeating: 0x20, count: ConnectionHandler.largestAnswer + 1)
        #expect(try await Self.ask(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + large) == .failure(.tooLarge))
        let bomb = try await Self.ask(RawServer.http(200, ["Content-Encoding: gzip"], Self.zipped(large)))
        #expect(bomb == .failure(.tooLarge))
        let whole = try await Self.ask(RawServer.http(200, [], Array(large.dropLast())))
        #expect(whole == .answer(status: 200, body: Array(large.dropLast())))
    }
}

@Suite(.serialized) struct NetworkTransportTLSTests {
    private static let ok = RawServer.http(200, [], Array("{}".utf8))

    @Test func `certificates decide who is spoken to, on both sides`() async throws {
        try await withTemporaryFolder { folder in
            let certificates = try await onThread { try Certificates(in: folder) }
            func identity(_ name: String, trusting roots: String?) -> ClientIdentity {
                ClientIdentity(
                    certificate: certificates.path(name + ".pem"), key: certificates.path(name + ".key"),
                    trustRoots: roots.map { certificates.path($0 + ".pem") })
            }
            for (server, clients, shown, failure) in [
                // Known to nobody, signed by itself, for another name, over: refused before anything is sent.
                ("server", nil, nil, .certificate), ("self", nil, nil, .certificate),
                ("other", nil, identity("client", trusting: "ca"), .certificate),
                ("expired", nil, identity("client", trusting: "ca"), .certificate),
                ("self", nil, identity("client", trusting: "ca"), .certificate),
                // With a client certificate that the server knows.
                ("server", "ca", identity("client", trusting: "ca"), nil),
                // With one that it does not know.
                ("server", "ca", identity("self", trusting: "ca"), .certificate),
                // With one that cannot be read.
                ("server", "ca", identity("missing", trusting: "ca"), .unconfigured),
            ] as [(String, String?, ClientIdentity?, TransportFailure?)] {
                let listener = try await RawServer(
                    Self.ok, tls: certificates.server(server, clientsOf: clients))
                let transport = NetworkTransport()
                let request = ProviderRequest(
                    method: .get, url: "https://127.0.0.1:\(listener.port)/", identity: shown)
                var outcome: TransportFailure?
                do throws(TransportFailure) {
                    #expect(try await transport.send(request, timeout: .seconds(5)).status == 200)
                } catch {
                    outcome = error
                }
                #expect(outcome == failure, "\(server) \(shown?.certificate ?? "") ")
                await transport.shutdown()
                await listener.stop()
            }
        }
    }
}
