/// The bounds within which a ledger is written; sizes in bytes.
public struct LedgerLimits: Sendable, Hashable {
    /// Records that may wait for the disk before ``LedgerError/overloaded``.
    public var queuedRecords: Int
    /// Bytes that may wait for the disk before ``LedgerError/overloaded``.
    public var queuedBytes: Int
    /// Size at which a new segment begins. A segment holds one flush at least, whatever its size.
    public var segmentBytes: Int
    /// Step by which space is reserved ahead, so that a flush need not write the file's metadata.
    public var preallocatedBytes: Int
    /// Free space under which records are refused with ``LedgerError/full``.
    public var freeBytes: Int

    /// The greatest sequence that is read: a thousand years of two million records a second.
    static let sequences: UInt64 = 1 << 56

    /// The longest record, encoded.
    public static let recordBytes = 65_536

    public init(
        queuedRecords: Int = 10_000, queuedBytes: Int = 16 << 20, segmentBytes: Int = 64 << 20,
        preallocatedBytes: Int = 4 << 20, freeBytes: Int = 64 << 20
    ) {
        self.queuedRecords = queuedRecords
        self.queuedBytes = queuedBytes
        self.segmentBytes = segmentBytes
        self.preallocatedBytes = preallocatedBytes
        self.freeBytes = freeBytes
    }
}
