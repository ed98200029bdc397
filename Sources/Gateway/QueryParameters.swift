import Foundation
import Values

/// The parameters of a query string, in order; each is decoded when it is asked for.
public struct QueryParameters: Sendable {
    private let text: String
    private let places: [Place]

    /// Where a pair stands in the text.
    private struct Place {
        let start: Int
        /// The end of its name.
        let sign: Int
        let end: Int
        /// Whether they stand there as they are meant.
        let (isPlainName, isPlainValue): (Bool, Bool)
        var isPlain: Bool { isPlainName && isPlainValue }
    }

    /// Reads `application/x-www-form-urlencoded` text. Never fails: a broken escape stays as written, bytes that are
    /// no UTF-8 become U+FFFD, and the checks of parameters refuse both.
    public init(_ text: some StringProtocol) {
        self.text = String(text)
        places = self.text.withBytes(Self.places)
    }

    /// Parameters after which the rest is not read.
    private static let most = 200

    private static func places(_ bytes: UnsafeBufferPointer<UInt8>) -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(16)
        var next = 0
        while next < bytes.count, places.count < most {
            let start = next
            var sign: Int?
            var escapes = (name: false, value: false)
            while next < bytes.count, bytes[next] != UInt8(ascii: "&") {
                switch bytes[next] {
                case UInt8(ascii: "="): sign = sign ?? next
                case UInt8(ascii: "%"), UInt8(ascii: "+"):
                    if sign == nil { escapes.name = true } else { escapes.value = true }
                default: break
                }
                next += 1
            }
            if next > start {
                places.append(
                    Place(
                        start: start, sign: sign ?? next, end: next, isPlainName: !escapes.name,
                        isPlainValue: !escapes.value))
            }
            next += 1
        }
        return places
    }

    public struct Pair: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// All of them.
    public var pairs: [Pair] {
        text.withBytes { bytes in
            places.map { Pair(name: Self.name($0, bytes), value: Self.value($0, bytes)) }
        }
    }

    /// Does something with each pair in turn, written `name=value`: alike whatever their escapes are.
    func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.withBytes { bytes in
            for place in places {
                if place.isPlain, place.sign < place.end {
                    body(UnsafeBufferPointer(rebasing: bytes[place.start..<place.end]))
                } else {
                    let name = Self.name(place, bytes)
                    var pair = ByteOutput(capacity: 3 * (place.end - place.start) + 1)
                    pair.write(text: name)
                    // Where the name has such a sign itself, a byte that no UTF-8 has parts it from the value.
                    pair.write(name.utf8.contains(UInt8(ascii: "=")) ? 0xFF : UInt8(ascii: "="))
                    pair.write(text: Self.value(place, bytes))
                    pair.withWritten { body($0.bindMemory(to: UInt8.self)) }
                }
            }
        }
    }

    /// The last value of a parameter of one value.
    public func value(_ name: String) -> String? {
        name.withBytes { name in
            text.withBytes { bytes in
                let places = places.span
                var next = places.count
                while next > 0 {
                    next -= 1
                    if Self.isNamed(name, places[next], bytes) { return Self.value(places[next], bytes) }
                }
                return nil
            }
        }
    }

    /// The values of a list, `name[]=a&name[]=b`; the name comes with its brackets.
    public func values(_ name: String) -> [String] {
        name.withBytes { name in
            text.withBytes { bytes in
                var values: [String] = []
                for place in places where Self.isNamed(name, place, bytes) { values.append(Self.value(place, bytes)) }
                return values
            }
        }
    }

    @inline(__always)
    private static func isNamed(
        _ name: UnsafeBufferPointer<UInt8>, _ place: Place, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let length = place.sign - place.start
        guard !place.isPlainName || length == name.count else { return false }
        return isNamed(name, place, own: UnsafeBufferPointer(rebasing: bytes[place.start..<place.sign]))
    }

    @inline(never)
    private static func isNamed(
        _ name: UnsafeBufferPointer<UInt8>, _ place: Place, own: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if place.isPlainName {
            guard let own = own.baseAddress, let other = name.baseAddress else { return true }
            return memcmp(own, other, name.count) == 0
        }
        // Letters are seldom escaped: the first tells most names apart.
        if let first = own.first, first != UInt8(ascii: "%"), first != UInt8(ascii: "+"), first != name.first {
            return false
        }
        return decoded(own).withBytes { $0.elementsEqual(name) }
    }

    private static func name(_ place: Place, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        text(bytes[place.start..<place.sign], isPlain: place.isPlainName)
    }

    private static func value(_ place: Place, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        text(bytes[place.sign..<place.end].dropFirst(), isPlain: place.isPlainValue)
    }

    private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, isPlain: Bool) -> String {
        let bytes = UnsafeBufferPointer(rebasing: bytes)
        return isPlain ? String(decoding: bytes, as: UTF8.self) : decoded(bytes)
    }

    /// Percent-decoded text; `+` is a space.
    static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool = true) -> String {
        let all = bytes[...]
        guard
            all.place(of: UInt8(ascii: "%")) < bytes.count
                || plusIsSpace && all.place(of: UInt8(ascii: "+")) < bytes.count
        else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: bytes.count) { text in
            var (place, count) = (0, 0)
            while place < bytes.count {
                var byte = bytes[place]
                if byte == UInt8(ascii: "+"), plusIsSpace {
                    byte = 0x20
                } else if byte == UInt8(ascii: "%"), place + 2 < bytes.count, let high = nibble(bytes[place + 1]),
                    let low = nibble(bytes[place + 2])
                {
                    byte = high << 4 | low
                    place += 2
                }
                text[count] = byte
                (place, count) = (place + 1, count + 1)
            }
            return count
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// A percent-decoded path.
    public static func decodedPath(_ path: some StringProtocol) -> String {
        Array(path.utf8).withUnsafeBufferPointer { decoded($0, plusIsSpace: false) }
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Where a byte first stands; the end where it does not.
    func place(of byte: UInt8) -> Int {
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: self))
        guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else {
            return endIndex
        }
        return startIndex + (UnsafeRawPointer(found) - start)
    }
}
