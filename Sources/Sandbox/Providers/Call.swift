import Foundation
import HTTPTypes
import Hummingbird
import Values

/// A request to a simulated provider, read whole.
struct Call: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let query: Form
    let headers: HTTPFields
    /// `host:port` as the client wrote it.
    let authority: String
    let body: [UInt8]

    /// The body as a form.
    var form: Form { Form(String(decoding: body, as: UTF8.self)) }

    /// The body as JSON; nil where it is none.
    var json: JSON? { try? JSON(parsing: body) }

    /// The secret after `Bearer`; nil without one.
    var bearer: String? { authorization(scheme: "bearer") }

    /// The user and password of a `Basic` header in base64 of either alphabet; nil without one.
    var basic: (user: String, password: String)? {
        guard let text = authorization(scheme: "basic"), let bytes = Self.base64(text) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// Reads either alphabet, padded or not.
    private static func base64(_ text: String) -> [UInt8]? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/").replacing("=", with: "")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map(Array.init)
    }

    /// The path's part after `prefix`; nil where it does not start so or holds another slash.
    func segment(after prefix: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        return rest.isEmpty || rest.contains("/") ? nil : String(rest).removingPercentEncoding
    }

    private func authorization(scheme: String) -> String? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == scheme ? String(parts[1]) : nil
    }
}

/// What a simulated provider answers.
struct Reply: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: [UInt8] = []

    /// A JSON answer.
    static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, headers: [.contentType: "application/json; charset=utf-8"], body: value.bytes)
    }

    /// An answer of that media type.
    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, headers: [.contentType: type], body: Array(text.utf8))
    }

    /// A refusal of OAuth 2.0 (RFC 6749 §5.2).
    static func oauth(_ error: String, status: HTTPResponse.Status = .badRequest) -> Reply {
        .json(["error": .string(error)], status: status)
    }

    static let notFound = json(["message": "Adresse inconnue de ce simulateur."], status: .notFound)

    func with(_ name: HTTPField.Name, _ value: String) -> Reply {
        var reply = self
        reply.headers[name] = value
        return reply
    }
}

/// A form or query string (application/x-www-form-urlencoded).
struct Form: Sendable {
    let pairs: [(name: String, value: String)]

    init(_ text: String) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The first value of that name; nil where it is absent or empty.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return String(spaced).removingPercentEncoding ?? String(spaced)
    }
}

extension JSON {
    /// The text, or null.
    static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}
