import Crypto
import Foundation
import Values

extension Transform.Simple {
    /// The transformed value; null stays null unless the transform says otherwise.
    func apply(to value: consuming JSON, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        switch self {
        case .required:
            guard !value.isBlank else { throw MappingFailure(reason: "a value that must be there is missing") }
            return value
        case .count: return .integer(value.items?.count ?? 0)
        case .blankIsNull: return value.isBlank ? .null : value
        case .dateOfParts: return .string(Self.date(of: value.items ?? []).description)
        case .isBase64: return .bool(Self.decoded(value) != nil)
        case .content:
            guard value.members != nil else { return value }
            return value["_text"] ?? .null
        case .first, .last, .list, .unique, .compact, .flatten, .reverse, .zip, .entries, .sum:
            return try onList(value)
        default:
            guard value != .null else { return .null }
            guard let text = value.text else { throw MappingFailure(reason: "a text was expected") }
            return try onText(text, value, frame.facts.clock)
        }
    }

    /// A provider that answers one object where another day it answers a list: one counts as a list of one.
    private func onList(_ value: JSON) throws(MappingFailure) -> JSON {
        if self == .entries {
            return .array((value.members ?? []).map { ["key": .string($0.key), "value": $0.value] })
        }
        let items = value.items ?? (value == .null ? [] : [value])
        switch self {
        case .first: return items.first ?? .null
        case .last: return items.last ?? .null
        case .compact: return .array(items.filter { $0 != .null })
        case .unique:
            var seen: Set<JSON> = []
            return .array(items.filter { seen.insert($0).inserted })
        case .flatten: return .array(items.flatMap { $0 == .null ? [] : $0.items ?? [$0] })
        case .reverse: return .array(items.reversed())
        case .zip: return .array(Self.rows(of: items.map { $0.items ?? [] }))
        case .sum:
            var total = Decimal(0)
            for item in items where item != .null { total += try item.number() }
            return .from(total)
        default: return .array(items)
        }
    }

    /// The rows of columns: as many as the first has, null where another is shorter.
    private static func rows(of columns: [[JSON]]) -> [JSON] {
        (columns.first ?? []).indices.map { row in .array(columns.map { $0[safe: row] ?? .null }) }
    }

    private func onText(_ text: String, _ value: JSON, _ clock: WallClock) throws(MappingFailure) -> JSON {
        switch self {
        case .upcase: return .string(text.isInCapitals ? text : text.uppercased())
        case .downcase: return .string(text.lowercased())
        case .capitalize: return .string(text.prefix(1).uppercased() + text.dropFirst().lowercased())
        case .strip: return .string(text.trimmingCharacters(in: .whitespacesAndNewlines))
        case .squish: return .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        case .ascii: return .string(ASCII.transliterated(text))
        case .letters:
            let words = text.split { !$0.isLetter && !$0.isNumber }
            return .string(words.joined(separator: " "))
        case .words: return .array(text.split(whereSeparator: \.isWhitespace).map { .string(String($0)) })
        case .lines: return .array(text.split(whereSeparator: \.isNewline).map { .string(String($0)) })
        case .text: return .string(text)
        case .integer:
            guard let number = value.int else { throw MappingFailure(reason: "a whole number was expected") }
            return .integer(number)
        case .number: return .from(try value.number())
        case .base64: return .string(Data(text.utf8).base64EncodedString())
        case .base64url: return .string(Base64URL.encode(text.utf8, padded: true))
        case .decodedBase64: return .from(Self.decoded(value).map { String(decoding: $0, as: UTF8.self) })
        case .sha256: return .string(Self.hexadecimal(SHA256.hash(data: Data(text.utf8))))
        case .lastSegment: return .from(text.split(separator: "/").last.map(String.init))
        case .json: return (try? JSON(parsing: Array(text.utf8))) ?? .null
        case .xml: return (try? XMLReader.json(Array(text.utf8))) ?? .null
        case .epochDate, .epochTime: return try instant(value)
        case .epoch:
            let instant = try? Date(text, strategy: .iso8601)
            return instant.map { .integer(Int($0.timeIntervalSince1970)) } ?? .null
        default: return try onDate(text, value, clock)
        }
    }

    private func instant(_ value: JSON) throws(MappingFailure) -> JSON {
        guard !value.isBlank else { return .null }
        guard let seconds = value.int else { throw MappingFailure(reason: "a number of seconds was expected") }
        let instant = Date(timeIntervalSince1970: Double(seconds))
        return .string(self == .epochDate ? Paris.date(at: instant).description : Paris.timestamp(at: instant))
    }

    private func onDate(_ text: String, _ value: JSON, _ clock: WallClock) throws(MappingFailure) -> JSON {
        guard let date = try CivilDate.read(text) else { return value }
        switch self {
        case .date: return .string(date.description)
        case .frenchDate: return .string(date.french)
        case .epochParis: return Paris.midnight(of: date).map(JSON.integer) ?? .null
        case .age:
            guard date.isComplete else { throw MappingFailure(reason: "a complete date of birth was expected") }
            return .integer(date.age(at: clock.today))
        default: return value
        }
    }

    private static func date(of parts: [JSON]) -> CivilDate {
        let numbers = (0..<3).map { parts[safe: $0]?.int ?? 0 }
        let month = numbers[0] == 0 ? 0 : numbers[1]
        return CivilDate(year: numbers[0], month: month, day: month == 0 ? 0 : numbers[2])
    }

    /// The bytes of strict base64 (RFC 4648 §4); nil for anything else.
    static func decoded(_ value: JSON) -> Data? {
        guard case .string(let text) = value, !text.isEmpty else { return nil }
        return Data(base64Encoded: text)
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// Transliteration to ASCII, for providers whose registers hold no accents.
enum ASCII {
    private static let ligatures: [Character: String] = [
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l",
        "Ł": "L", "’": "'",
    ]

    /// The text without accents; a sign that has no equivalent becomes `?`.
    static func transliterated(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var result = ""
        for character in text {
            if let ligature = ligatures[character] {
                result += ligature
            } else {
                let base = String(character).decomposedStringWithCanonicalMapping.unicodeScalars.filter(\.isASCII)
                result += base.isEmpty ? "?" : String(String.UnicodeScalarView(base))
            }
        }
        return result
    }
}
