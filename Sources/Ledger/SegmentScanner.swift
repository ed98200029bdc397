import Foundation

/// Reads the frames of one segment in order, also while a writer appends to it.
struct SegmentScanner {
    let segment: Segment
    /// Nil where it is not right for the segment's name.
    let header: SegmentHeader?
    /// Of the next frame.
    private(set) var offset: Int
    /// Sequence of the next record.
    private(set) var expected: UInt64
    private let file: OpenFile
    private var window: [UInt8] = []
    private var windowStart = 0

    /// Bytes read at a time: more than the longest frame.
    private static let windowBytes = 256 << 10

    init(_ segment: Segment) throws(LedgerError) {
        self.segment = segment
        file = try OpenFile(segment.path, O_RDONLY)
        let most = SegmentHeader.byteCount(firstSequence: segment.firstSequence)
        header = SegmentHeader(try file.read(most, at: 0), firstSequence: segment.firstSequence)
        offset = header?.byteCount ?? most
        expected = segment.firstSequence
    }

    /// The tree before the segment; nil where its version does not say.
    var before: Frontier? { header.flatMap { $0.version == 1 ? nil : $0.before } }

    enum Step {
        case frame(Frame)
        /// Nothing but reserved zeros follows.
        case end
        /// What follows is no frame.
        case broken(Frame.Fault, Tail)
    }

    /// What stands where a frame was expected.
    enum Tail {
        /// A write that was never acknowledged.
        case torn
        /// Something that had been: a later write follows it.
        case damaged
    }

    /// The next frame; stays where it is at the end or on bytes that are no frame.
    mutating func next() throws(LedgerError) -> Step {
        if case .success(let frame) = try read() { return advance(past: frame) }
        guard let tail = try tail() else { return .end }
        // Read again after the tail: a writer may have filled this place between the two.
        switch try read() {
        case .success(let frame): return advance(past: frame)
        case .failure(let fault): return .broken(fault == .blank ? .badLength : fault, tail)
        }
    }

    /// Goes to the next whole frame after bytes that are none; false where there is none.
    mutating func skipToNextFrame() throws(LedgerError) -> Bool {
        guard let frame = Self.firstFrame(in: try rest(), after: 0, base: offset) else { return false }
        offset = frame.offset
        return true
    }

    /// The frame at an offset where one was read before.
    func frame(at offset: Int, byteCount: Int) throws(LedgerError) -> Frame {
        guard let frame = try? Frame.read(in: try file.read(byteCount, at: offset), at: 0, base: offset).get() else {
            throw .damaged(segment: segment.name, offset: offset)
        }
        return frame
    }

    private mutating func advance(past frame: Frame) -> Step {
        offset = frame.offset + frame.byteCount
        expected = (frame.sequence ?? expected) &+ frame.count
        return .frame(frame)
    }

    /// The frame at `offset`, from the window, or else from the file as it is now.
    private mutating func read() throws(LedgerError) -> Result<Frame, Frame.Fault> {
        if (windowStart..<(windowStart + window.count)).contains(offset),
            case .success(let frame) = Frame.read(in: window, at: offset - windowStart, base: windowStart)
        {
            return .success(frame)
        }
        windowStart = offset
        window = try file.read(Self.windowBytes, at: offset)
        return Frame.read(in: window, at: 0, base: offset)
    }

    /// Nil where only zeros follow.
    private func tail() throws(LedgerError) -> Tail? {
        let rest = try rest()
        let isBlank = rest.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return true }
            return bytes[0] == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
        }
        if isBlank { return nil }
        var found = Self.firstFrame(in: rest, after: 0, base: offset)
        while let frame = found {
            if let start = frame.startOfWrite, start > expected { return .damaged }
            found = Self.firstFrame(in: rest, after: frame.offset - offset + frame.byteCount - 1, base: offset)
        }
        return .torn
    }

    private func rest() throws(LedgerError) -> [UInt8] { try file.read(max(0, try file.size - offset), at: offset) }

    private static func firstFrame(in bytes: [UInt8], after index: Int, base: Int) -> Frame? {
        guard let lastUsed = bytes.lastIndex(where: { $0 != 0 }), index < lastUsed else { return nil }
        for candidate in (index + 1)...lastUsed {
            if case .success(let frame) = Frame.read(in: bytes, at: candidate, base: base) { return frame }
        }
        return nil
    }
}
