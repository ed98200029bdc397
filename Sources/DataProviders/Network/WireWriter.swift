import NIOCore
import Values

/// Writes a message piece by piece into room made beforehand. A `ByteBuffer` asks at each of its fifty pieces who else holds
/// it and whether it must grow: several times what the copy costs.
package struct WireWriter {
    private let room: UnsafeMutableRawBufferPointer
    /// Bytes written; where there was no room left, bytes that would have been.
    fileprivate private(set) var count = 0

    fileprivate init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) {
        let end = count + bytes.count
        if end <= room.count { UnsafeMutableRawBufferPointer(rebasing: room[count..<end]).copyMemory(from: bytes) }
        count = end
    }

    package mutating func write(_ text: String) { text.withBytes { write(UnsafeRawBufferPointer($0)) } }

    package mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    package mutating func write(decimal number: Int) {
        if number >= 10 { write(decimal: number / 10) }
        withUnsafeBytes(of: UInt8(ascii: "0") + UInt8(number % 10)) { write($0) }
    }
}

extension ByteBuffer {
    /// A buffer that holds what is written.
    /// - Parameters:
    ///   - capacity: the bytes that it may come to; where it is more, it is written a second time.
    ///   - write: writes the same each time.
    package static func written(capacity: Int, _ write: (inout WireWriter) -> Void) -> ByteBuffer {
        var (buffer, needed) = (ByteBuffer(), capacity)
        repeat {
            buffer = ByteBufferAllocator().buffer(capacity: needed)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: needed) { room in
                var writer = WireWriter(room)
                write(&writer)
                needed = writer.count
                return needed <= room.count ? needed : 0
            }
        } while buffer.readableBytes < needed
        return buffer
    }
}
