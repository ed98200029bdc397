/// Bytes written piece by piece. An array asks at each piece who else holds it: several times what a copy of some bytes
/// costs.
package struct ByteOutput: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline package var count = 0

    @inlinable
    package init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 1)
    }

    deinit { base.deallocate() }

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
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
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

    package mutating func write(text: String) { text.withBytes { write(UnsafeRawBufferPointer($0)) } }

    package mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    package mutating func write(decimal number: Int) {
        if number < 0 { write(UInt8(ascii: "-")) }
        UInt64(number.magnitude).withDigits { write($0) }
    }
}

extension UInt64 {
    /// Does something with its decimal digits.
    package func withDigits(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (rest, start) = (self, 20)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            body(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }
}
