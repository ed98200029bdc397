import Foundation

/// The checkpoints that a verification goes by: those beside the segments, and those that the verifier brings.
struct SignedCheckpoints {
    /// By size, each signed by a key of the ledger.
    private(set) var bySize: [UInt64: MerkleHash] = [:]
    /// Records that signed statements say were purged.
    private(set) var purged: [ClosedRange<UInt64>] = []
    /// Sizes that a witness signed too.
    private(set) var witnessed: Set<UInt64> = []
    let keys: [NoteKey]
    private(set) var problems: [LedgerReport.Problem] = []
    private var origin: String?
    private let witnesses: [NoteKey]

    /// - Parameters:
    ///   - keys: the keys to trust; where none is a ledger's, that which stands in the folder.
    ///   - brought: files of checkpoints kept elsewhere.
    init(_ folder: LedgerFolder, keys: [NoteKey], brought: [URL]) {
        let own = NoteKey(Self.text(folder.key) ?? "")
        let given = keys.filter { $0.kind == .note }
        self.keys = given.isEmpty ? own.map { [$0] } ?? [] : given
        witnesses = keys.filter { $0.kind == .cosignature }
        let kept = Self.notes(in: folder.checkpoints).map { folder.checkpoints + "/" + $0 }
        for path in [folder.checkpoint, folder.cosigned] + kept where access(path, F_OK) == 0 { add(path) }
        for file in brought { add(file.path) }
        for name in Self.notes(in: folder.purges) { addPurge(folder.purges + "/" + name) }
        let isExpected = !self.keys.isEmpty || access(folder.key, F_OK) == 0
        if bySize.isEmpty, problems.isEmpty, isExpected { found(.noCheckpoint, folder.checkpoint) }
    }

    private static func notes(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".note") }.sorted()
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The note of a file, if a key of the ledger signed it.
    private mutating func note(_ path: String) -> SignedNote? {
        guard let note = Self.text(path).flatMap(SignedNote.init(parsing:)),
            keys.contains(where: note.isSigned)
        else {
            found(.badSignature, path)
            return nil
        }
        return note
    }

    private mutating func add(_ path: String) {
        guard let note = note(path) else { return }
        guard let checkpoint = Checkpoint(note.text) else { return found(.badSignature, path) }
        guard origin == nil || origin == checkpoint.origin else { return found(.checkpointOfAnotherLedger, path) }
        origin = checkpoint.origin
        if let known = bySize[checkpoint.size], known != checkpoint.root {
            return found(.fork(size: checkpoint.size), path)
        }
        bySize[checkpoint.size] = checkpoint.root
        if witnesses.contains(where: note.isSigned) { witnessed.insert(checkpoint.size) }
    }

    private mutating func addPurge(_ path: String) {
        guard let note = note(path) else { return }
        guard let statement = PurgeStatement(note.text) else { return found(.badSignature, path) }
        purged += statement.ranges
    }

    /// True where the checkpoints are this ledger's.
    func fits(logID: UInt64) -> Bool { origin.map { $0 == Checkpoint.origin(logID.hexadecimal) } ?? true }

    /// True where signed statements say that those records were purged.
    func covers(_ range: ClosedRange<UInt64>) -> Bool {
        var from = range.lowerBound
        for known in purged.sorted(by: { $0.lowerBound < $1.lowerBound }) where known.contains(from) {
            guard known.upperBound < range.upperBound else { return true }
            from = known.upperBound + 1
        }
        return false
    }

    private mutating func found(_ kind: LedgerReport.Kind, _ path: String) {
        let name = (path as NSString).lastPathComponent
        problems.append(LedgerReport.Problem(segment: name, offset: 0, kind: kind))
    }
}
