import Foundation

/// What a reading of the whole ledger found.
public struct LedgerReport: Sendable, Hashable {
    public var segments = 0
    /// Whole records.
    public var records = 0
    /// Records of which only the hash is left, with a signed statement.
    public var purged = 0
    public var sequences: ClosedRange<UInt64>?
    /// Of the first and last record in the order of the ledger.
    public var firstTime: Date?
    public var lastTime: Date?
    /// Checkpoints that are signed and fit the records.
    public var checkpoints = 0
    /// Records that the largest of those answers for; what follows was written since.
    public var signed: UInt64 = 0
    /// Of those, records that a witness answers for too, among the witnesses whose keys were given.
    public var witnessed: UInt64 = 0
    /// The keys that checkpoints were checked with.
    public var keys: [NoteKey] = []
    public var problems: [Problem] = []

    /// One thing that is not as it was written.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The file at fault.
        public var segment: String
        /// Of the byte from which the file is wrong.
        public var offset: Int
        public var kind: Kind

        public var description: String { "\(segment), octet \(offset) : \(kind.text)" }
    }

    public enum Kind: Sendable, Hashable {
        /// Magic, version, first sequence, peaks or checksum of the segment's header.
        case badHeader
        case badLength
        case badChecksum
        /// Whole, but no record.
        case unreadable
        /// Records are missing.
        case missing(ClosedRange<UInt64>)
        /// A record stands again where another should: it was put in, or copied.
        case repeated(UInt64)
        /// A record stands after those that follow it.
        case moved(UInt64)
        /// Whole records whose content is not what was hashed when they were written.
        case altered(ClosedRange<UInt64>)
        /// Between two checkpoints something changed; which record cannot be told.
        case contentChanged(ClosedRange<UInt64>)
        /// The tree in a segment's header is not that of the records before it.
        case headerDisagrees
        /// The segment is of another ledger.
        case anotherLedger
        /// Fewer records than were signed for: the end was cut.
        case truncated(found: UInt64, signed: UInt64)
        /// Records that are gone without a signed statement.
        case purgedWithoutProof(ClosedRange<UInt64>)
        /// A checkpoint or a statement that no key of the ledger signed.
        case badSignature
        /// A checkpoint that is of another ledger.
        case checkpointOfAnotherLedger
        /// Two checkpoints of one size and two trees were signed: the ledger had two histories.
        case fork(size: UInt64)
        /// No checkpoint where a key says that there were.
        case noCheckpoint
        /// Hashes that stand beside the segments are not theirs; they are made again from the segments.
        case staleTree(ClosedRange<UInt64>)
        /// The last write was cut short by a crash, or is under way. None of its records was acknowledged, unless the
        /// damage is to the very last write: only a checkpoint kept elsewhere could tell.
        case tornTail
    }
}

extension LedgerReport.Kind {
    /// In plain French.
    public var text: String {
        switch self {
        case .badHeader: "l'en-tête du segment a été altéré"
        case .badLength: "un enregistrement a été altéré (sa longueur est fausse)"
        case .badChecksum: "un enregistrement a été altéré (sa somme de contrôle est fausse)"
        case .unreadable: "ce qui est écrit là n'est pas un enregistrement"
        case .missing(let range): "il manque \(Self.records(range))"
        case .repeated(let sequence): "l'enregistrement \(sequence) a été ajouté ou recopié ici"
        case .moved(let sequence): "l'enregistrement \(sequence) a été déplacé ici"
        case .altered(let range): "\(Self.records(range)) : le contenu n'est plus celui qui a été inscrit"
        case .contentChanged(let range):
            "\(Self.records(range)) : au moins un contenu n'est plus celui qui a été signé"
        case .headerDisagrees: "l'en-tête ne correspond pas aux enregistrements qui précèdent"
        case .anotherLedger: "ce segment vient d'un autre registre"
        case .truncated(let found, let signed):
            "la fin a été retirée : \(signed) enregistrements ont été signés, il en reste \(found)"
        case .purgedWithoutProof(let range): "\(Self.records(range)) : retirés sans preuve de purge signée"
        case .badSignature: "la signature n'est pas celle du registre"
        case .checkpointOfAnotherLedger: "ce point de contrôle est celui d'un autre registre"
        case .fork(let size): "deux histoires différentes ont été signées pour \(size) enregistrements"
        case .noCheckpoint: "aucun point de contrôle signé"
        case .staleTree(let range):
            "empreintes de \(Self.records(range)) : ce ne sont pas celles des segments (elles seront refaites)"
        case .tornTail: "la dernière écriture est incomplète (arrêt brutal ou écriture en cours)"
        }
    }

    private static func records(_ range: ClosedRange<UInt64>) -> String {
        range.count == 1
            ? "l'enregistrement \(range.lowerBound)"
            : "les enregistrements \(range.lowerBound) à \(range.upperBound)"
    }
}
