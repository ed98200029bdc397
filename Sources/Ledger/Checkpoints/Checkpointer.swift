import Foundation
import Logging
import Synchronization

/// Has the tree signed as it grows, on a thread of its own, and keeps what was signed beside the segments.
///
/// `checkpoint` is the last; one an hour and the last of each run stay in `checkpoints/`, to tell later where a ledger
/// was altered.
public final class Checkpointer: Sendable {
    private struct State {
        var latest: SignedNote?
        var hasEnded = false
        var whenEnded: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let folder: LedgerFolder
    private let signer: CheckpointSigner
    private let logger: Logger
    private let onSigned: @Sendable (SignedNote) -> Void

    /// Follows a writer until it is closed.
    /// - Parameter onSigned: called on the thread for each checkpoint; must return quickly.
    /// - Throws: ``LedgerError``.
    public init(
        _ writer: LedgerWriter, _ signer: CheckpointSigner, logger: Logger = Logger(label: "ledger"),
        onSigned: @escaping @Sendable (SignedNote) -> Void = { _ in }
    ) throws(LedgerError) {
        folder = writer.folder
        self.signer = signer
        self.logger = logger
        self.onSigned = onSigned
        try LedgerFolder.replace(folder.key, Array("\(signer.key)\n".utf8))
        try LedgerFolder(URL(filePath: folder.checkpoints)).create()
        let tips = writer.tips
        let thread = Thread { [self] in
            var kept = Date.distantPast
            var last: SignedNote?
            while let tip = tips.next() {
                guard let note = sign(tip) else { continue }
                last = note
                if Date.now.timeIntervalSince(kept) >= 3600, keep(note) { kept = .now }
            }
            if let last { keep(last) }
            signer.releaseLock()
            end()
        }
        thread.name = "checkpoints"
        thread.start()
    }

    /// The last checkpoint of this run.
    public var latest: SignedNote? { state.withLock(\.latest) }

    /// Returns once the writer is closed and its last record signed for.
    public func finish() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.whenEnded.append { continuation.resume() } }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }

    private func sign(_ tip: Frontier) -> SignedNote? {
        do throws(LedgerError) {
            let last = try signer.lastSigned()
            let proof = try ProofMaker(folder).consistency(from: last.size, to: max(last.size, tip.size))
            let note = try signer.sign(size: tip.size, root: tip.root, proof: proof)
            try LedgerFolder.replace(folder.checkpoint, Array(note.description.utf8))
            state.withLock { $0.latest = note }
            onSigned(note)
            return note
        } catch {
            logger.critical("the ledger's checkpoint cannot be signed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    @discardableResult
    private func keep(_ note: SignedNote) -> Bool {
        guard let size = Checkpoint(note.text)?.size else { return false }
        let path = folder.checkpoints + "/" + Segment.digits(size) + ".note"
        do throws(LedgerError) {
            try LedgerFolder.replace(path, Array(note.description.utf8))
            return true
        } catch {
            logger.error("a checkpoint cannot be kept", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func end() {
        let actions = state.withLock { state in
            state.hasEnded = true
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for action in actions { action() }
    }
}

/// Hands the tree from the writer's thread to the signing one: only the last one counts.
final class LedgerTips: Sendable {
    private struct State {
        var tip: Frontier?
        var isOver = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    func publish(_ tip: Frontier) {
        let wasEmpty = state.withLock { state in
            defer { state.tip = tip }
            return state.tip == nil
        }
        if wasEmpty { wake.signal() }
    }

    func end() {
        state.withLock { $0.isOver = true }
        wake.signal()
    }

    /// Waits for a tree; nil once there will be none.
    func next() -> Frontier? {
        while true {
            let (tip, isOver) = state.withLock { state in
                defer { state.tip = nil }
                return (state.tip, state.isOver)
            }
            if let tip { return tip }
            if isOver { return nil }
            wake.wait()
        }
    }
}
