import Foundation
import Gateway
import Hummingbird
import Ledger
import Storage
import Values

/// What outsiders may ask of the ledger: its key, its last checkpoint, proofs; and, for other ledgers, this witness's word.
struct LedgerRoutes {
    let service: LedgerService
    let gateway: Gateway
    let clock: WallClock

    func add(to router: Router<BasicRequestContext>) {
        router.get("/ledger/key") { _, _ in
            guard let key = try await Blocking.run({ service.reader.key }) else { return text("", .notFound) }
            return text("\(key)\n")
        }
        router.get("/ledger/checkpoint") { _, _ in
            guard let note = try await Blocking.run({ service.reader.checkpoint }) else {
                return text("Rien n'est encore signé.\n", .notFound)
            }
            return text("\(note)")
        }
        router.get("/ledger/proof/:entry") { request, context in try await proof(request, context) }
        router.get("/ledger/consistency") { request, _ in try await consistency(request) }
        router.get("/ledger/witness/key") { _, _ in
            service.witness.map { text("\($0.key)\n") }
                ?? text("Cette instance n'est témoin de personne.\n", .notFound)
        }
        router.post("/ledger/witness/add-checkpoint") { request, _ in try await witness(request) }
    }

    private func proof(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let parts = (context.parameters.get("entry") ?? "").split(separator: "-")
        guard parts.count == 2, parts[0] == gateway.ledgerID, let sequence = UInt64(parts[1]) else {
            return text("Cette ligne n'est pas de ce registre.\n", .notFound)
        }
        guard let proof = try await Blocking.run({ try service.reader.proof(of: sequence) }) else {
            var answer = text(
                "Cette ligne n'existe pas, ou n'est pas encore signée : au plus une seconde.\n", .notFound)
            answer.headers[.retryAfter] = "1"
            return answer
        }
        // Whoever has the grant under which the call was made sees what was written of it.
        let payload = try await Blocking.run { try service.reader.payload(of: sequence) }
        let record = payload.flatMap { CallRecord(payload: $0) }
        let access = try? await gateway.recordAccess(of: request, now: clock.now()).get()
        let isOwn = record.map { access?.reads($0) ?? false } ?? false
        var members: [JSON.Member] = [
            .init("entree", .string("\(parts[0])-\(sequence)")), .init("index", .integer(Int(proof.index))),
            .init("feuille", .string(Self.base64(proof.leaf))),
            .init("chemin", .array(proof.path.map { .string(Self.base64($0)) })),
            .init("point_de_controle", .string("\(proof.checkpoint)")), .init("preuve", .string("\(proof)")),
        ]
        if isOwn, let payload { members.append(.init("ligne", .string(String(decoding: payload, as: UTF8.self)))) }
        return json(.object(members))
    }

    private func consistency(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        guard let old = query.get("from", as: UInt64.self), let new = query.get("to", as: UInt64.self) else {
            return text("Indiquez deux tailles : ?from=…&to=…\n", .badRequest)
        }
        guard let path = try await Blocking.run({ try service.reader.consistency(from: old, to: new) }) else {
            return text("Le registre signé n'a pas ces tailles.\n", .notFound)
        }
        return json([
            "de": .integer(Int(old)), "a": .integer(Int(new)), "chemin": .array(path.map { .string(Self.base64($0)) }),
        ])
    }

    private func witness(_ request: Request) async throws -> Response {
        guard let witness = service.witness else {
            return text("Cette instance n'est témoin de personne.\n", .notFound)
        }
        let body = String(buffer: try await request.body.collect(upTo: 65_536))
        let now = clock.now()
        let answer = try await Blocking.run { witness.answer(body, at: now) }
        return Response(
            status: .init(code: answer.status), headers: [.contentType: answer.contentType],
            body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }

    private static func base64(_ hash: MerkleHash) -> String { Data(hash.bytes).base64EncodedString() }

    private func json(_ body: JSON) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    private func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
