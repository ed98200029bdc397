/// The spelling rules of the text format: names, labels and values.
enum MetricNames {
    /// A metric's name: letters, digits, `_` and `:`, no digit first; anything else becomes `_`.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = sanitised(label, colon: true)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// The labels between braces, sorted by name and escaped, without the braces: `a="1",b="2"`.
    ///
    /// Of two dimensions with one name the first is kept: a name met twice makes a scraper refuse the whole page.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            let name = label(name)
            if values[name] == nil { values[name] = value }
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    /// A number as the format writes it: whole ones without a fraction, `+Inf`, `-Inf`, `NaN`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { String($0) } ?? String(value)
    }

    /// The text of `# HELP`.
    static func help(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    // `le` is the histogram's own, and names that start with `__` are the scraper's.
    private static func label(_ name: String) -> String {
        let name = sanitised(name, colon: false)
        if name == "le" { return "le_" }
        return name.hasPrefix("__") ? "x" + name : name
    }

    private static func escaped(_ value: String) -> String {
        help(value).replacing("\"", with: "\\\"")
    }

    private static func sanitised(_ text: String, colon: Bool) -> String {
        let bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                byte
            case UInt8(ascii: ":") where colon: byte
            default: UInt8(ascii: "_")
            }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return name.first.map { $0.isNumber ? "_" + name : name } ?? "_"
    }
}
