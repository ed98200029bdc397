import Foundation

/// How much of one segment is whole: what a copy of a ledger in use may take.
public struct LedgerExtent: Sendable, Hashable {
    /// Name of the segment's file in the ledger's folder.
    public var name: String
    /// From the start of the file.
    public var bytes: Int
}

extension LedgerReader {
    /// The segments in order, up to the end of the last whole record: every record that was durable before the call is
    /// in them. Damaged bytes count as whole: a copy keeps them for those who will look into it.
    /// - Throws: ``LedgerError``.
    public func extents() throws(LedgerError) -> [LedgerExtent] {
        var extents: [LedgerExtent] = []
        let segments = try folder.segments()
        for (index, segment) in segments.enumerated() {
            let bytes =
                try index < segments.count - 1 ? OpenFile(segment.path, O_RDONLY).size : Self.wholeBytes(segment)
            extents.append(LedgerExtent(name: segment.name, bytes: bytes))
        }
        return extents
    }

    private static func wholeBytes(_ segment: Segment) throws(LedgerError) -> Int {
        var scanner = try SegmentScanner(segment)
        while true {
            switch try scanner.next() {
            case .frame: continue
            case .end, .broken(_, .torn): return scanner.offset
            case .broken(_, .damaged): return try OpenFile(segment.path, O_RDONLY).size
            }
        }
    }
}
