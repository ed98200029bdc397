import Foundation

/// Bytes written piece by piece. An array asks at each piece who else holds it: several times what a copy of some bytes
/// costs. Its memory is `malloc`'s: `allocate` asks for an alignment, the long way round.
package struct ByteOutput: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline package var count = 0

    @inlinable
    package init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = Self.memory(self.capacity)
    }

    deinit { free(base) }

    /// Where none is left the program ends, as at any allocation of Swift's own: what is being written could neither be
    /// kept nor told.
    @usableFromInline
    static func memory(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = malloc(count) else { fatalError("no memory is left") }
        return memory
    }

    /// Does something with what was written, which is there no longer than that.
    @inlinable
    package borrowing func withWritten<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: base, count: count))
    }

    @inlinable package var bytes: [UInt8] { withWritten { Array($0) } }

    @inlinable package var text: String { withWritten { String(decoding: $0, as: UTF8.self) } }

    /// Makes room for so many more bytes.
    @usableFromInline
    mutating func grow(_ more: Int) {
        capacity = max(count + more, capacity * 2)
        let larger = Self.memory(capacity)
        larger.copyMemory(from: base, byteCount: count)
        free(base)
        base = larger
    }

    @inlinable
    package mutating func write(_ byte: UInt8) {
        if count == capacity { grow(1) }
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inlinable
    package mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        if count + bytes.count > capacity { grow(bytes.count) }
        (base + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    @inlinable
    package mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Makes room for so many bytes and has all of them written.
    @inlinable
    package mutating func write<Result>(count more: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Result) -> Result {
        if count + more > capacity { grow(more) }
        defer { count += more }
        return body((base + count).assumingMemoryBound(to: UInt8.self))
    }

    package mutating func write(text: String) { text.withBytes { write(UnsafeRawBufferPointer($0)) } }

    package mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    package mutating func write(decimal number: Int) {
        if number < 0 { write(UInt8(ascii: "-")) }
        UInt64(number.magnitude).withDigits { write($0) }
    }
}

extension String {
    /// A count in decimal digits, as `String(_:)` writes it by a longer way.
    package init(decimal number: UInt64) {
        self = number.withDigits { String(decoding: $0, as: UTF8.self) }
    }

    @usableFromInline package init(decimal number: Int) {
        self = number < 0 ? "-" + String(decimal: UInt64(number.magnitude)) : String(decimal: UInt64(number))
    }
}

extension UInt8 {
    /// Its two hexadecimal digits, in small letters.
    @inlinable
    package var hexadecimal: (high: UInt8, low: UInt8) {
        let digits: StaticString = "0123456789abcdef"
        return (digits.utf8Start[Int(self >> 4)], digits.utf8Start[Int(self & 15)])
    }
}

extension UInt64 {
    /// Does something with its decimal digits.
    package func withDigits<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (rest, start) = (self, 20)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            return body(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }
}
