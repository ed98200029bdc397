import AsyncHTTPClient
import Foundation
import Ledger
import Logging
import NIOCore
import Operations
import Synchronization

/// What goes on around the ledger while the hub runs: its checkpoints are signed, and witnessed where that is set.
final class LedgerService: Sendable {
    let reader: LedgerReader
    /// For other ledgers; nil where none is witnessed.
    let witness: Witness?
    private let checkpointer: Checkpointer
    private let checkpoints: AsyncStream<SignedNote>
    private let logger = Logger(label: "unefois.ledger")

    /// - Parameter settings: nil where nothing is witnessed.
    init(_ writer: LedgerWriter, _ folder: DataFolder, _ settings: Settings?) throws {
        reader = LedgerReader(directory: folder.ledger)
        let (stream, continuation) = AsyncStream.makeStream(of: SignedNote.self, bufferingPolicy: .bufferingNewest(1))
        checkpoints = stream
        checkpointer = try Checkpointer(
            writer, CheckpointSigner(directory: folder.ledgerKey, ledger: writer.id), logger: logger,
            onSigned: { continuation.yield($0) })
        witness = try settings.flatMap { settings in
            settings.ledgerWitnessed.isEmpty
                ? nil
                : try Witness(
                    directory: folder.witnessKey, name: Self.name(settings),
                    logs: settings.ledgerWitnessed.texts.compactMap { NoteKey($0) })
        }
    }

    /// What the witness's key is known by: the address of this instance, without its scheme.
    private static func name(_ settings: Settings) -> String {
        let url = settings.publicURL(port: settings.port)
        return url.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true).last.map {
            String($0.trimmingPrefix("/"))
        } ?? url
    }

    /// Has checkpoints witnessed until cancelled.
    func run(_ settings: Settings) async throws {
        guard let url = settings.ledgerWitnessURL, let key = settings.ledgerWitnessKey.flatMap({ NoteKey($0) }) else {
            return
        }
        let ledger = WitnessedLedger(directory: reader.directory, witness: key)
        var isFailing = false
        for await note in checkpoints {
            do {
                try await ledger.submit(note) { try await Self.post($0, to: url + "/add-checkpoint") }
                isFailing = false
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // Once, not each second: a witness may be away for a night.
                if !isFailing { logger.error("le témoin n'a pas signé", metadata: ["raison": "\(error)"]) }
                isFailing = true
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static func post(_ body: String, to url: String) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let answer = try await response.body.collect(upTo: 65_536)
        return (Int(response.status.code), String(buffer: answer))
    }

    /// Returns once the last record of a closed ledger is signed for.
    func finish() async { await checkpointer.finish() }
}
