import Foundation
import Values

extension Transform {
    /// The transformed value; null stays null unless the transform says otherwise.
    func apply(to value: JSON, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        switch self {
        case .required:
            guard !value.isBlank else { throw MappingFailure(reason: "a value that must be there is missing") }
            return value
        case .count: return .integer(value.items?.count ?? 0)
        case .join(let separator): return Self.joined(value, separator)
        case .merge(let other): return Self.merged(value, try other.value(in: frame))
        case .tableOrSame(let table): return value.text.flatMap { table[$0] } ?? value
        case .table(let table): return value.text.flatMap { table[$0] } ?? .null
        case .nullIf(let literal): return value.equals(literal) ? .null : value
        case .first, .unique, .compact, .earliest: return onList(value)
        case .blankIsNull: return value.isBlank ? .null : value
        case .dateOfParts: return .string(Self.date(of: value.items ?? []).description)
        case .isBase64: return .bool(Self.decoded(value) != nil)
        default:
            guard value != .null else { return .null }
            return try onText(value, frame)
        }
    }

    private func onList(_ value: JSON) -> JSON {
        guard let items = value.items else { return self.isFirst ? value : .null }
        switch self {
        case .first: return items.first ?? .null
        case .compact: return .array(items.filter { $0 != .null })
        case .unique:
            var seen: Set<JSON> = []
            return .array(items.filter { seen.insert($0).inserted })
        case .earliest(let key): return items.min { ($0[key]?.text ?? "~") < ($1[key]?.text ?? "~") } ?? .null
        default: return value
        }
    }

    /// A provider that answers one object where another day it answers a list (CNOUS): the first of one is itself.
    private var isFirst: Bool {
        if case .first = self { return true }
        return false
    }

    private func onText(_ value: JSON, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        guard let text = value.text else { throw MappingFailure(reason: "a text was expected") }
        switch self {
        case .upcase: return .string(text.uppercased())
        case .downcase: return .string(text.lowercased())
        case .strip: return .string(text.trimmingCharacters(in: .whitespacesAndNewlines))
        case .squish: return .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        case .ascii: return .string(ASCII.transliterated(text))
        case .text: return .string(text)
        case .integer:
            guard let number = value.int else { throw MappingFailure(reason: "a whole number was expected") }
            return .integer(number)
        case .pad(let width): return .string(String(repeating: "0", count: max(0, width - text.count)) + text)
        case .split(let separator, let index):
            let parts = text.components(separatedBy: separator)
            return .from(parts[safe: index - 1])
        case .label(let nomenclature, let column): return .from(nomenclature.cell(text, column))
        case .base64: return .string(Data(text.utf8).base64EncodedString())
        case .base64url: return .string(Base64URL.encode(text.utf8, padded: true))
        case .capture(let pattern): return .from(pattern.firstCapture(in: text))
        case .lastSegment: return .from(text.split(separator: "/").last.map(String.init))
        default: return try onDate(text, frame)
        }
    }

    private func onDate(_ text: String, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        if JSON.string(text).isBlank { return .string(text) }
        guard let date = CivilDate(text) else { throw MappingFailure(reason: "a date was expected") }
        switch self {
        case .date: return .string(date.description)
        case .frenchDate: return .string(date.french)
        case .epochParis: return Paris.midnight(of: date).map(JSON.integer) ?? .null
        case .endOfMonth(let months): return .string(date.endOfMonth(after: months).description)
        case .age:
            guard date.isComplete else { throw MappingFailure(reason: "a complete date of birth was expected") }
            return .integer(date.age(at: frame.facts.clock.today))
        default: return .string(text)
        }
    }

    private static func date(of parts: [JSON]) -> CivilDate {
        let numbers = (0..<3).map { parts[safe: $0]?.int ?? 0 }
        let month = numbers[0] == 0 ? 0 : numbers[1]
        return CivilDate(year: numbers[0], month: month, day: month == 0 ? 0 : numbers[2])
    }

    private static func joined(_ value: JSON, _ separator: String) -> JSON {
        guard let items = value.items else { return value }
        return .string(items.compactMap(\.text).joined(separator: separator))
    }

    private static func merged(_ base: JSON, _ other: JSON) -> JSON {
        guard var members = base.members, let winners = other.members else { return base == .null ? other : base }
        members.removeAll { member in other[member.key] != nil }
        return .object(members + winners)
    }

    /// The bytes of strict base64 (RFC 4648 §4); nil for anything else.
    static func decoded(_ value: JSON) -> Data? {
        guard case .string(let text) = value, !text.isEmpty else { return nil }
        return Data(base64Encoded: text)
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
