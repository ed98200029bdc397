import CatalogueModel
import Foundation
import Values

/// The answer of a tried call, for the eyes of a person at a terminal.
struct TriedReport {
    let errors: ErrorNomenclature
    let isColoured: Bool

    func text(_ answer: TriedCall.Answer, _ call: TriedCall) -> String {
        let json = try? JSON(parsing: answer.body)
        var lines = [head(answer)]
        if let quota = quota(answer) { lines.append(quota) }
        if let id = answer.headers.first(name: "X-Request-Id") { lines.append("appel \(TerminalText.safe(id))") }
        lines += ["", json.map { TerminalText.json($0, isColoured: isColoured) } ?? TerminalText.safe(answer.body), ""]
        if !answer.isFine, let json { lines += advice(json) }
        lines += ["La même demande :", "", call.example.curl(publicURL: call.base, token: "$UNEFOIS_TOKEN")]
        return lines.joined(separator: "\n")
    }

    private func head(_ answer: TriedCall.Answer) -> String {
        let milliseconds = max(1, Int(answer.duration / .milliseconds(1)))
        let word = answer.isFine ? "accepté" : "refusé"
        let origin = answer.headers.first(name: "X-Response-Cached") == "true" ? ", réponse gardée" : ""
        let text = "\(answer.status) \(word) en \(milliseconds) ms\(origin)"
        return TerminalText.coloured(text, answer.isFine ? .green : .red, isColoured)
    }

    private func quota(_ answer: TriedCall.Answer) -> String? {
        guard let limit = answer.headers.first(name: "RateLimit-Limit"),
            let left = answer.headers.first(name: "RateLimit-Remaining")
        else { return nil }
        let wait = answer.headers.first(name: "Retry-After").map { ", à refaire dans \($0) s" } ?? ""
        return TerminalText.safe("\(left) appels restants sur \(limit)\(wait)")
    }

    /// What each error means and what can be done about it.
    private func advice(_ body: JSON) -> [String] {
        (body["errors"]?.items ?? []).flatMap { error -> [String] in
            guard let entry = errors.entry(error["code"]?.text ?? ""), let remedy = entry.remedy else { return [] }
            let place = error["source"]?["parameter"]?.text ?? error["source"]?["header"]?.text
            return ["\(place.map { TerminalText.safe($0) } ?? entry.title) : \(remedy)", ""]
        }
    }
}

/// Text for a terminal. What comes from outside never holds a control character: a terminal obeys them.
enum TerminalText {
    enum Colour: String { case red = "31", green = "32", yellow = "33", blue = "34", magenta = "35" }

    static func coloured(_ text: String, _ colour: Colour, _ isColoured: Bool) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The text with its control characters but line ends and tabs written as JSON writes them.
    static func safe(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
            if isControl {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func safe(_ bytes: [UInt8]) -> String { safe(String(decoding: bytes.prefix(20_000), as: UTF8.self)) }

    /// JSON on lines of its own, which stays JSON where it is not coloured.
    static func json(_ json: JSON, isColoured: Bool, indent: String = "") -> String {
        let inner = indent + "  "
        switch json {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                let key = coloured(safe(JSON.string(member.key).serialized), .blue, isColoured)
                return inner + key + ": " + self.json(member.value, isColoured: isColoured, indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        case .array(let items) where !items.isEmpty:
            let lines = items.map { inner + self.json($0, isColoured: isColoured, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
        case .string: return coloured(safe(json.serialized), .green, isColoured)
        case .integer, .decimal: return coloured(json.serialized, .yellow, isColoured)
        case .bool, .null: return coloured(json.serialized, .magenta, isColoured)
        case .object, .array: return json.serialized
        }
    }
}
