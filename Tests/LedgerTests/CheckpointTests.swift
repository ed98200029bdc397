import Foundation
import Synchronization
import Testing

@testable import Ledger

/// A ledger whose tree is signed.
final class SignedScratch: Sendable {
    let ledger = Scratch()
    let keys = Scratch()

    /// Writes records, has them signed and closes.
    func fill(_ numbers: Range<Int>, limits: LedgerLimits = .small) async throws {
        let writer = try ledger.writer(limits: limits)
        let checkpointer = try Checkpointer(writer, signer(writer), logger: .silent)
        for number in numbers { try await writer.append(.sample(number)) }
        await writer.close()
        await checkpointer.finish()
    }

    func signer(_ writer: LedgerWriter) throws -> CheckpointSigner {
        try CheckpointSigner(directory: keys.url, ledger: writer.id)
    }

    var key: NoteKey { get throws { try #require(ledger.reader.key) } }
}

@Suite struct CheckpointTests {
    let scratch = SignedScratch()

    @Test func `what was written is signed for, and every record is proven`() async throws {
        try await scratch.fill(1..<30, limits: LedgerLimits(segmentBytes: 2000, preallocatedBytes: 4096))
        let (reader, key) = (scratch.ledger.reader, try scratch.key)
        let note = try #require(reader.checkpoint)
        #expect(Checkpoint(note.text)?.size == 29 && note.isSigned(by: key))
        let report = try reader.verify(keys: [key])
        #expect(report.problems == [] && report.signed == 29 && report.checkpoints > 0)
        for sequence in 1...29 as ClosedRange<UInt64> {
            let payload = try #require(try reader.payload(of: sequence))
            #expect(payload == Array(CallRecord.kept(Int(sequence)).serialized.utf8))
            let proof = try #require(try reader.proof(of: sequence))
            let copy = try #require(LedgerProof(proof.description, payload: payload))
            #expect(copy == proof && copy.holds(for: key))
            var altered = payload
            altered[40] ^= 1
            #expect(try #require(LedgerProof(proof.description, payload: altered)).holds(for: key) == false)
            #expect(proof.description.utf8.count < 1500)
        }
        for sequence in [0, 30] as [UInt64] { #expect(try reader.proof(of: sequence) == nil) }
    }

    @Test func `each run continues what the one before had signed`() async throws {
        for start in [1, 10, 20] { try await scratch.fill(start..<(start + 5)) }
        let kept = try FileManager.default.contentsOfDirectory(atPath: scratch.ledger.url.path + "/checkpoints")
        #expect(kept.count >= 3)
        let report = try scratch.ledger.reader.verify()
        #expect(report.problems == [] && report.checkpoints >= 3 && report.signed == 15)
        let proof = try #require(try scratch.ledger.reader.consistency(from: 5, to: 15))
        #expect(!proof.isEmpty)
        #expect(try scratch.ledger.reader.consistency(from: 5, to: 16) == nil)
    }

    @Test func `a checkpoint is signed within a second of its records, without waiting for more`() async throws {
        let writer = try scratch.ledger.writer()
        let sizes = Mutex<[UInt64]>([])
        let checkpointer = try Checkpointer(writer, try scratch.signer(writer), logger: .silent) { note in
            let size = Checkpoint(note.text)?.size ?? 0
            sizes.withLock { $0.append(size) }
        }
        try await writer.append(.sample(1))
        let began = ContinuousClock.now
        while sizes.withLock(\.isEmpty), began.duration(to: .now) < .seconds(20) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(sizes.withLock { $0 } == [1])
        await writer.close()
        await checkpointer.finish()
    }

    @Test func `the key signs no other history than the one it began`() async throws {
        try await scratch.fill(1..<10)
        let id = String(
            try #require(scratch.ledger.reader.checkpoint.flatMap { Checkpoint($0.text) }).origin.suffix(16))
        let signer = try CheckpointSigner(directory: scratch.keys.url, ledger: id)
        let maker = try ProofMaker(LedgerFolder(scratch.ledger.url))
        #expect(throws: LedgerError.inconsistent) { try signer.sign(size: 9, root: .empty, proof: []) }
        #expect(throws: LedgerError.inconsistent) { try signer.sign(size: 10, root: try maker.root(9), proof: []) }
        #expect(throws: LedgerError.inconsistent) { try signer.sign(size: 8, root: try maker.root(8), proof: []) }
        #expect(try signer.sign(size: 9, root: try maker.root(9), proof: []).isSigned(by: signer.key))
        // A key that forgot what it signed must not sign.
        try FileManager.default.removeItem(atPath: scratch.keys.url.path + "/last-signed")
        #expect(throws: LedgerError.failed(operation: "open", code: ENOENT)) { try signer.lastSigned() }
    }

    @Test func `key and folder are closed to others, and the key's name is its ledger's`() async throws {
        try await scratch.fill(1..<2)
        let file = scratch.keys.url.appending(path: "signing.key")
        let modes = try [scratch.keys.url, file].map {
            try FileManager.default.attributesOfItem(atPath: $0.path)[.posixPermissions] as? Int
        }
        #expect(modes == [0o700, 0o600])
        let error = LedgerError.failed(operation: "read signing key", code: EINVAL)
        #expect(throws: error) { try CheckpointSigner(directory: scratch.keys.url, ledger: "0000000000000000") }
    }

    @Test func `a note is read as it is written, and a changed one is signed by nobody`() throws {
        let signer = NoteSigner(name: "example.org/log", kind: .note)
        let text = "example.org/log\n3\n\(Data(MerkleHash.empty.bytes).base64EncodedString())\n"
        let note = SignedNote(text: text, signatures: [try signer.signature(of: text)])
        let copy = try #require(SignedNote(parsing: note.description))
        #expect(copy == note && copy.isSigned(by: signer.key))
        #expect(NoteKey("\(signer.key)") == signer.key)
        #expect(!copy.isSigned(by: NoteSigner(name: "example.org/log", kind: .note).key))
        let changed = try #require(SignedNote(parsing: note.description.replacing("\n3\n", with: "\n4\n")))
        #expect(!changed.isSigned(by: signer.key))
        for wrong in ["", "\n", text, text + "\n", text + "\n— x\n", note.description + "more"] {
            #expect(SignedNote(parsing: wrong) == nil)
        }
    }

    /// The example of the C2SP signed-note specification and of Go's `note` package.
    @Test func `the note of Go's documentation is signed by its key`() throws {
        let key = try #require(NoteKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
        let text = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        #expect(try #require(SignedNote(parsing: text)).isSigned(by: key))
    }
}

@Suite struct WitnessTests {
    let scratch = SignedScratch()
    let own = Scratch()

    private func witness() throws -> Witness {
        try Witness(directory: own.url, name: "temoin.example", logs: [try scratch.key])
    }

    @Test func `a witness signs what continues what it saw, and its word is kept`() async throws {
        try await scratch.fill(1..<4)
        let witness = try witness()
        let ledger = WitnessedLedger(directory: scratch.ledger.url, witness: witness.key)
        for round in 0..<3 {
            if round > 0 { try await scratch.fill((4 * round)..<(4 * round + 4)) }
            let note = try #require(scratch.ledger.reader.checkpoint)
            try await ledger.submit(note) { body in
                let answer = witness.answer(body, at: Date(timeIntervalSince1970: 1_790_000_000))
                return (answer.status, answer.body)
            }
            let cosigned = try #require(scratch.ledger.reader.checkpoint)
            let key = try scratch.key
            #expect(cosigned.time(signedBy: witness.key) == 1_790_000_000 && cosigned.isSigned(by: key))
        }
        // A ledger that was opened anew learns from the witness where it stands.
        let again = WitnessedLedger(directory: scratch.ledger.url, witness: witness.key)
        let asked = Mutex(0)
        try await again.submit(try #require(scratch.ledger.reader.checkpoint)) { body in
            asked.withLock { $0 += 1 }
            let answer = witness.answer(body, at: .now)
            return (answer.status, answer.body)
        }
        #expect(asked.withLock { $0 } == 2)
        let report = try scratch.ledger.reader.verify(keys: [witness.key])
        #expect(report.problems == [] && report.witnessed == 11)
        let stranger = NoteSigner(name: "temoin.example", kind: .cosignature).key
        #expect(try scratch.ledger.reader.verify(keys: [stranger]).witnessed == 0)
    }

    @Test func `a witness refuses what it does not know, what is not signed and what is another history`() async throws
    {
        try await scratch.fill(1..<8)
        let witness = try witness()
        let note = try #require(scratch.ledger.reader.checkpoint)
        let maker = try ProofMaker(LedgerFolder(scratch.ledger.url))
        func ask(_ old: UInt64, _ note: SignedNote, _ proof: [MerkleHash] = []) -> Int {
            witness.answer(WitnessRequest(old: old, proof: proof, note: note).body, at: .now).status
        }
        let stranger = NoteSigner(name: "stranger", kind: .note)
        let text = "stranger\n1\n\(Data(MerkleHash.empty.bytes).base64EncodedString())\n"
        #expect(ask(0, SignedNote(text: text, signatures: [try stranger.signature(of: text)])) == 404)
        #expect(ask(0, SignedNote(text: note.text, signatures: [try stranger.signature(of: note.text)])) == 403)
        #expect(witness.answer("old x\n\n", at: .now).status == 400)
        #expect(ask(3, note) == 409)
        #expect(ask(0, note) == 200)
        try await scratch.fill(8..<12)
        let next = try #require(scratch.ledger.reader.checkpoint)
        #expect(ask(7, next, [.empty]) == 422)
        #expect(ask(0, next) == 409)
        #expect(ask(7, next, try maker.consistency(from: 7, to: 11)) == 200)
    }
}
