import Values
import Yams

/// Scalars as YAML 1.1 reads them, which the published cases are written for: `05` is 5, `08` a text, `yes` true.
enum YAML11 {
    /// The value of a node; nil for a mapping or an alias.
    static func value(_ node: Node) -> JSON? {
        switch node {
        case .scalar(let scalar): return value(scalar)
        case .sequence(let items):
            let values = items.compactMap(value)
            return values.count == items.count ? .array(values) : nil
        case .mapping, .alias: return nil
        }
    }

    private static func value(_ scalar: Node.Scalar) -> JSON {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return true
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return false
        default: break
        }
        if let integer = integer(text) { return .integer(integer) }
        if text.wholeMatch(of: /[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?/) != nil {
            return .decimal(text.replacing("_", with: ""))
        }
        return .string(text)
    }

    private static func integer(_ text: String) -> Int? {
        let isNegative = text.hasPrefix("-")
        let unsigned = (isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]).replacing("_", with: "")
        guard let magnitude = magnitude(String(unsigned)) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private static func magnitude(_ text: String) -> Int? {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) else { return nil }
        if text == "0" { return 0 }
        if text.hasPrefix("0b") { return Int(text.dropFirst(2), radix: 2) }
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0") { return Int(text.dropFirst(), radix: 8) }
        guard text.contains(":") else { return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil }
        return sexagesimal(text)
    }

    /// `1:30` is 90.
    private static func sexagesimal(_ text: String) -> Int? {
        var total = 0
        for (rank, part) in text.split(separator: ":", omittingEmptySubsequences: false).enumerated() {
            guard let number = Int(part), rank == 0 || number < 60 else { return nil }
            total = total * 60 + number
        }
        return total
    }
}
