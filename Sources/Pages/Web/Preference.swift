import HTTPTypes

/// What a visitor's program would rather have, by its `Accept` header (RFC 9110 §12.5.1).
enum Preference {
    case page, json

    /// JSON unless the header names pages and likes them better: programs that say nothing, or take anything, get data.
    init(accept: String?) {
        let ranges = (accept ?? "").split(separator: ",").map(Self.range)
        func weight(_ names: [String]) -> Double {
            // The most precise range that covers the type decides.
            for name in names {
                if let range = ranges.first(where: { $0.name == name }) { return range.weight }
            }
            return 0
        }
        let named = ranges.contains { ["text/html", "application/xhtml+xml"].contains($0.name) && $0.weight > 0 }
        let page = max(weight(["text/html", "text/*", "*/*"]), weight(["application/xhtml+xml"]))
        let json = max(
            weight(["application/json", "application/*", "*/*"]), weight(["application/vnd.api+json"]))
        self = named && page > json ? .page : .json
    }

    /// A media range and its weight, from 0 to 1; parameters other than `q` do not count.
    private static func range(_ text: Substring) -> (name: String, weight: Double) {
        let parts = text.split(separator: ";").map { $0.trimmingPrefix { $0 == " " || $0 == "\t" } }
        let name = parts.first.map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() } ?? ""
        let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
        return (name, weight.map { $0.isFinite ? min(max($0, 0), 1) : 0 } ?? 1)
    }
}
