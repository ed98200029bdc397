import Foundation

/// A JSON text (RFC 8259), checked whole and divided into its parts, none of which is copied before it is asked for.
///
/// An answer of a provider is read once and shown in parts: most of them go from its text into the hub's answer as they
/// stand. An object: many hold it, none changes it.
public final class JSONText: Sendable {
    let bytes: [UInt8]
    /// Every value, and every name of a member right before its value, in their order in the text.
    let parts: [Part]

    init(bytes: [UInt8], parts: [Part]) { (self.bytes, self.parts) = (bytes, parts) }

    /// The text `null`.
    public static let null = JSONText(
        bytes: Array("null".utf8), parts: [Part(kind: .null, isPlain: true, start: 0, end: 4, next: 1)])

    /// Which part; the whole text is the first.
    public struct Place: Hashable, Sendable {
        let index: Int
        public static let whole = Place(index: 0)
    }

    struct Part {
        let kind: JSON.Kind
        /// Whether it stands as this project writes it: a text without escapes, a number without a needless sign.
        let isPlain: Bool
        /// Its first byte in the text, and the one after its last.
        let (start, end): (UInt32, UInt32)
        /// The place after it and all that it holds.
        var next: UInt32
    }

    public func kind(_ place: Place) -> JSON.Kind { parts[place.index].kind }
}

extension JSONText {
    /// The member of that name, or nil where this is no object or has none; of two the first.
    public func member(_ name: String, of place: Place) -> Place? {
        let object = parts[place.index]
        guard object.kind == .object else { return nil }
        return name.withBytes { name in
            bytes.withUnsafeBufferPointer { text in
                var key = place.index + 1
                while key < object.next {
                    if Self.isName(parts[key], name, in: text) { return Place(index: key + 1) }
                    key = Int(parts[key + 1].next)
                }
                return nil
            }
        }
    }

    private static func isName(
        _ part: Part, _ name: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard part.isPlain else { return Self.unescaped(part, text).utf8.elementsEqual(name) }
        return Int(part.end &- part.start) == name.count &+ 2 && Self.isSame(Self.inside(part, text), name)
    }

    /// The items of an array, or nil where this is none.
    public func items(_ place: Place) -> Items? {
        let part = parts[place.index]
        return part.kind == .array ? Items(text: self, index: place.index + 1, end: Int(part.next)) : nil
    }

    public struct Items: Sequence, IteratorProtocol {
        let text: JSONText
        var index: Int
        let end: Int

        public mutating func next() -> Place? {
            guard index < end else { return nil }
            defer { index = Int(text.parts[index].next) }
            return Place(index: index)
        }
    }

    /// Absent, empty or made of spaces only, as ``JSON/isBlank`` says it.
    public func isBlank(_ place: Place) -> Bool {
        let part = parts[place.index]
        switch part.kind {
        case .null: return true
        case .bool, .integer, .decimal: return false
        case .array, .object: return Int(part.next) == place.index + 1
        case .string where !part.isPlain: return value(place).isBlank
        case .string:
            return bytes.withUnsafeBufferPointer { text in
                Self.inside(part, text).allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
            }
        }
    }

    /// Whether it is a text of just these bytes; nil where they alone do not tell: it is no text, or one with escapes or
    /// signs that Unicode writes in more than one way.
    public func isText(_ other: String, _ place: Place) -> Bool? {
        let part = parts[place.index]
        guard part.kind == .string, part.isPlain else { return nil }
        return bytes.withUnsafeBufferPointer { text in
            let own = Self.inside(part, text)
            return other.withBytes { other in
                own.allSatisfy { $0 < 0x80 } && other.allSatisfy { $0 < 0x80 } ? Self.isSame(own, other) : nil
            }
        }
    }

    /// Writes its text where it stands there as it would be written; false, and nothing, where it does not.
    package func write(_ place: Place, into output: inout ByteOutput) -> Bool {
        let part = parts[place.index]
        guard part.isPlain, part.kind != .array, part.kind != .object else { return false }
        bytes.withUnsafeBufferPointer { text in
            output.write(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[Int(part.start)..<Int(part.end)]))
        }
        return true
    }

    /// The value of a part.
    public func value(_ place: Place) -> JSON {
        bytes.withUnsafeBufferPointer { text in
            var index = place.index
            return value(at: &index, text)
        }
    }

    /// The value at a place, which goes on to the one after it.
    private func value(at index: inout Int, _ text: UnsafeBufferPointer<UInt8>) -> JSON {
        let part = parts[index]
        index += 1
        switch part.kind {
        case .null: return .null
        case .bool: return .bool(text[Int(part.start)] == UInt8(ascii: "t"))
        case .integer: return Int(Self.source(part, text)).map(JSON.integer) ?? .decimal(Self.source(part, text))
        case .decimal: return .decimal(Self.source(part, text))
        case .string: return .string(Self.string(part, text))
        case .array:
            var items: [JSON] = []
            while index < part.next { items.append(value(at: &index, text)) }
            return .array(items)
        case .object:
            var members: [JSON.Member] = []
            while index < part.next {
                let key = Self.string(parts[index], text)
                index += 1
                members.append(JSON.Member(key, value(at: &index, text)))
            }
            return .object(members)
        }
    }

    private static func string(_ part: Part, _ text: UnsafeBufferPointer<UInt8>) -> String {
        part.isPlain ? String(decoding: inside(part, text), as: UTF8.self) : unescaped(part, text)
    }

    private static func source(_ part: Part, _ text: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: text[Int(part.start)..<Int(part.end)]), as: UTF8.self)
    }

    /// What stands between the quotes.
    private static func inside(_ part: Part, _ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[Int(part.start) + 1..<Int(part.end) - 1])
    }

    private static func isSame(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count, let first = one.baseAddress, let second = other.baseAddress else {
            return one.count == other.count
        }
        return memcmp(first, second, one.count) == 0
    }
}
