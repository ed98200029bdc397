import Foundation
import Synchronization

/// Signs, for other ledgers, that each of their checkpoints continues the one before (C2SP tlog-witness,
/// tlog-cosignature): an administration then cannot rewrite its ledger without another seeing it.
public final class Witness: Sendable {
    private let signer: NoteSigner
    private let folder: LedgerFolder
    private let logs: [NoteKey]
    private let lock: OpenFile
    private let turn = Mutex(())

    /// What is answered to `add-checkpoint`.
    public struct Answer: Sendable, Hashable {
        public let status: Int
        /// `text/plain`, but for a conflict.
        public let contentType: String
        public let body: String

        init(_ status: Int, _ body: String, _ contentType: String = "text/plain; charset=utf-8") {
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }

    /// Opens the folder of the witness's key, made where there is none.
    /// - Parameters:
    ///   - name: what the key is known by, such as the address of this instance.
    ///   - logs: keys of the ledgers that are witnessed; each key's name is its ledger's origin.
    /// - Throws: ``LedgerError``.
    public init(directory: URL, name: String, logs: [NoteKey]) throws(LedgerError) {
        folder = LedgerFolder(directory)
        try folder.create()
        lock = try folder.lock()
        signer = try NoteSigner(folder, name: name, kind: .cosignature)
        self.logs = logs
    }

    public var key: NoteKey { signer.key }

    /// Answers a request: `old <size>`, the proof a hash a line, an empty line, the checkpoint. Reads and writes files:
    /// to be called off the event loops.
    public func answer(_ body: String, at time: Date) -> Answer {
        guard let request = WitnessRequest(body), let checkpoint = Checkpoint(request.note.text) else {
            return Answer(400, "bad request\n")
        }
        guard let log = logs.first(where: { $0.name == checkpoint.origin }) else { return Answer(404, "unknown log\n") }
        guard request.note.isSigned(by: log) else { return Answer(403, "no valid signature\n") }
        do throws(LedgerError) {
            return try turn.withLock { _ throws(LedgerError) in
                try answer(request, checkpoint, UInt64(max(0, time.timeIntervalSince1970)))
            }
        } catch { return Answer(500, "the witness cannot keep what it signs\n") }
    }

    private func answer(
        _ request: WitnessRequest, _ checkpoint: Checkpoint, _ time: UInt64
    ) throws(LedgerError) -> Answer {
        let known = try last(checkpoint.origin)
        guard request.old <= checkpoint.size else {
            return Answer(400, "the checkpoint is smaller than the old size\n")
        }
        guard request.old == known.size, known.size != checkpoint.size || known.root == checkpoint.root else {
            return Answer(409, "\(known.size)\n", "text/x.tlog.size")
        }
        guard
            MerkleProof.isConsistent(known.size, known.root, checkpoint.size, checkpoint.root, request.proof)
        else { return Answer(422, "the proof does not hold\n") }
        let signature = try signer.signature(of: checkpoint.text, at: time)
        try LedgerFolder.replace(file(checkpoint.origin), Array(checkpoint.text.utf8))
        return Answer(200, signature.line)
    }

    private func file(_ origin: String) -> String {
        folder.path + "/" + MerkleHash.leaf(origin.utf8).bytes.prefix(8).map { String($0) }.joined(separator: "-")
            + ".witnessed"
    }

    private func last(_ origin: String) throws(LedgerError) -> Checkpoint {
        guard access(file(origin), F_OK) == 0 else { return Checkpoint(origin: origin, size: 0, root: .empty) }
        let text = String(decoding: try OpenFile(file(origin), O_RDONLY).read(1024, at: 0), as: UTF8.self)
        guard let checkpoint = Checkpoint(text), checkpoint.origin == origin else {
            throw .failed(operation: "read witnessed checkpoint", code: EINVAL)
        }
        return checkpoint
    }
}

/// What a witness is asked.
public struct WitnessRequest: Sendable, Hashable {
    /// The size that the witness signed last.
    public let old: UInt64
    public let proof: [MerkleHash]
    public let note: SignedNote

    public init(old: UInt64, proof: [MerkleHash], note: SignedNote) {
        self.old = old
        self.proof = proof
        self.note = note
    }

    /// At most 63 hashes, as many as a tree has heights.
    init?(_ body: String) {
        guard body.utf8.count < 64_000, let end = body.range(of: "\n\n"),
            let note = SignedNote(parsing: String(body[end.upperBound...]))
        else { return nil }
        let lines = body[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = UInt64(first.dropFirst(4)), lines.count <= 64
        else { return nil }
        let proof = lines.dropFirst().compactMap { Data(base64Encoded: String($0)).flatMap { MerkleHash($0) } }
        guard proof.count == lines.count - 1 else { return nil }
        self.init(old: old, proof: proof, note: note)
    }

    public var body: String {
        "old \(old)\n" + proof.map { Data($0.bytes).base64EncodedString() + "\n" }.joined() + "\n\(note)"
    }
}

/// Has the checkpoints of a ledger signed by one witness.
public final class WitnessedLedger: Sendable {
    private let folder: LedgerFolder
    private let key: NoteKey
    /// The size that the witness knows.
    private let known = Mutex<UInt64>(0)

    /// - Parameter witness: the key that the witness is known by.
    public init(directory: URL, witness: NoteKey) {
        folder = LedgerFolder(directory)
        key = witness
    }

    /// Has one checkpoint signed, and keeps it with the signature as `checkpoint.cosigned`.
    /// - Parameter post: sends a body to the witness's `add-checkpoint`, and gives status and body of its answer.
    /// - Throws: ``LedgerError/inconsistent`` where the witness saw another history; what `post` throws.
    public func submit(
        _ note: SignedNote, post: (String) async throws -> (status: Int, body: String)
    ) async throws {
        guard let checkpoint = Checkpoint(note.text) else { return }
        for _ in 0..<2 {
            let old = known.withLock { $0 }
            guard old <= checkpoint.size else { throw LedgerError.inconsistent }
            let proof = try await Self.offLoop { [folder] in
                try ProofMaker(folder).consistency(from: old, to: checkpoint.size)
            }
            let answer = try await post(WitnessRequest(old: old, proof: proof, note: note).body)
            switch answer.status {
            case 200:
                var cosigned = note
                answer.body.split(separator: "\n").compactMap { SignedNote.Signature($0) }.forEach { cosigned.add($0) }
                guard cosigned.isSigned(by: key) else { throw LedgerError.failed(operation: "witness", code: EBADMSG) }
                known.withLock { $0 = checkpoint.size }
                let bytes = Array(cosigned.description.utf8)
                return try await Self.offLoop { [folder] in try LedgerFolder.replace(folder.cosigned, bytes) }
            case 409:
                guard let size = UInt64(answer.body.prefix { $0.isNumber }) else {
                    throw LedgerError.failed(operation: "witness", code: EBADMSG)
                }
                guard size != old else { throw LedgerError.inconsistent }
                known.withLock { $0 = size }
            case 422: throw LedgerError.inconsistent
            default: throw LedgerError.failed(operation: "witness answered \(answer.status)", code: EPROTO)
            }
        }
    }

    private static func offLoop<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}
