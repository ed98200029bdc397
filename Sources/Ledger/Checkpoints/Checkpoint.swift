import Foundation

/// The state of a ledger's tree at one moment, as it is signed (C2SP tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
    /// Which ledger: `unefois.ledger/<id>`.
    public let origin: String
    /// Records in the tree.
    public let size: UInt64
    public let root: MerkleHash

    public init(origin: String, size: UInt64, root: MerkleHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note; nil where it is no checkpoint.
    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", !lines[0].isEmpty, let size = UInt64(lines[1]),
            String(size) == lines[1], let data = Data(base64Encoded: String(lines[2])), let root = MerkleHash(data)
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// With its last line feed.
    public var text: String { "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n" }

    /// How checkpoints name the ledger of that id.
    public static func origin(_ id: String) -> String { "unefois.ledger/" + id }
}

/// Signs the checkpoints of one ledger, with a key that the writer does not have.
///
/// It signs only what continues the last it signed: whoever holds the ledger's files, but not the key, cannot have two
/// histories signed. What it signed last is durable before the signature leaves.
public final class CheckpointSigner: Sendable {
    public let origin: String
    private let signer: NoteSigner
    private let folder: LedgerFolder
    private let lock: OpenFile
    private var last: String { folder.path + "/last-signed" }

    /// Opens the folder of the key, made with a key where there is none.
    /// - Parameter ledger: the id of the ledger.
    /// - Throws: ``LedgerError/locked(directory:)`` where another process signs, ``LedgerError/failed(operation:code:)``.
    public init(directory: URL, ledger: String) throws(LedgerError) {
        origin = Checkpoint.origin(ledger)
        folder = LedgerFolder(directory)
        try folder.create()
        lock = try folder.lock()
        let isNew = access(folder.path + "/signing.key", F_OK) != 0
        signer = try NoteSigner(folder, name: origin, kind: .note)
        if isNew { try keep(Checkpoint(origin: origin, size: 0, root: .empty)) }
    }

    public var key: NoteKey { signer.key }

    /// What was signed last; of size 0 before the first.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where that was lost: a key that no longer knows what it signed
    ///   must not sign.
    public func lastSigned() throws(LedgerError) -> Checkpoint {
        let text = String(decoding: try OpenFile(last, O_RDONLY).read(1024, at: 0), as: UTF8.self)
        guard let checkpoint = Checkpoint(text), checkpoint.origin == origin else {
            throw .failed(operation: "read last checkpoint", code: EINVAL)
        }
        return checkpoint
    }

    /// Signs a checkpoint.
    /// - Parameter proof: that it continues ``lastSigned()``.
    /// - Throws: ``LedgerError/inconsistent`` where it does not.
    public func sign(size: UInt64, root: MerkleHash, proof: [MerkleHash]) throws(LedgerError) -> SignedNote {
        let before = try lastSigned()
        guard MerkleProof.isConsistent(before.size, before.root, size, root, proof) else { throw .inconsistent }
        let checkpoint = Checkpoint(origin: origin, size: size, root: root)
        let signature = try signer.signature(of: checkpoint.text)
        try keep(checkpoint)
        return SignedNote(text: checkpoint.text, signatures: [signature])
    }

    /// Lets another process sign; this one must not any more.
    func releaseLock() { flock(lock.descriptor, LOCK_UN) }

    private func keep(_ checkpoint: Checkpoint) throws(LedgerError) {
        try LedgerFolder.replace(last, Array(checkpoint.text.utf8))
    }
}
