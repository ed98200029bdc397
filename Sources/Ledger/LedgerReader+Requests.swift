import Foundation

extension LedgerReader {
    /// The last records of how one request ended, the earliest first.
    ///
    /// Reads from the end, segment by segment: a recent request is found at once. The records of one lie together, so
    /// those of an earlier one under the same name are not looked for once a segment has none, or there are enough.
    /// - Parameters:
    ///   - names: under which the request may stand in the ledger, in letters that JSON writes as they are.
    ///   - since: what was written before is not looked for; nil: everything is.
    ///   - isWanted: what else the records must be; the others are as if they were not there.
    /// - Throws: as ``records(matching:)`` and ``LedgerCursor/next()``.
    public func records(
        ofRequest names: Set<String>, since: Date? = nil, atMost count: Int,
        where isWanted: (CallRecord) -> Bool = { _ in true }
    ) throws(LedgerError) -> [CallRecord] {
        let texts = names.map { Array($0.utf8) }
        let filter = LedgerFilter(since: since)
        var found: [CallRecord] = []
        let segments = try folder.segments()
        for segment in segments.reversed() {
            var scanner = try SegmentScanner.opening(segment)
            var (here, first) = ([CallRecord](), CallRecord?.none)
            while let frame = try scanner.nextFrame(isLast: segment == segments.last) {
                guard !frame.isPurged, first == nil || texts.contains(where: frame.payload.holds) else { continue }
                guard let record = CallRecord(payload: frame.payload) else {
                    throw .damaged(segment: segment.name, offset: frame.offset)
                }
                first = first ?? record
                guard names.contains(record.requestID), filter.matches(record), isWanted(record) else { continue }
                here = (here + [record]).suffix(count)
            }
            if here.isEmpty, !found.isEmpty { break }
            found = (here + found).suffix(count)
            if found.count == count { break }
            if let since, let first, first.time < since { break }
        }
        return found
    }
}

extension [UInt8] {
    fileprivate func holds(_ text: [UInt8]) -> Bool {
        guard let first = text.first, text.count <= count else { return false }
        return withUnsafeBytes { bytes in
            text.withUnsafeBytes { text in
                bytes.indices.dropLast(text.count - 1).contains { index in
                    bytes[index] == first && text.elementsEqual(bytes[index..<(index + text.count)])
                }
            }
        }
    }
}
