import CatalogueModel
import Foundation
import HTTPTypes

/// A provider's file as it is handed on: its type and its name, and nothing that a browser would run.
struct FetchedFile {
    let type: String
    let name: String

    init(_ facts: CallFacts, address: String) {
        let told = facts.headers["content-type"] ?? ""
        let essence = told.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        type = Self.isMediaType(essence) ? essence : "application/octet-stream"
        let named = facts.headers["content-disposition"].flatMap(Self.fileName)
        let path = address.prefix { $0 != "?" }.split(separator: "/").last.map(String.init)
        name = Self.cleaned(named ?? path?.removingPercentEncoding ?? "") ?? "document"
    }

    /// A PDF is shown, the rest is saved (RFC 6266) and given no origin to act in (CSP Level 3).
    var headers: [Answer.Header] {
        let isShown = type == "application/pdf"
        let kind = isShown ? "inline" : "attachment"
        let ascii = String(name.map { $0.isASCII ? $0 : "_" })
        let exact = name.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ascii
        return [
            .init(.contentDisposition, "\(kind); filename=\"\(ascii)\"; filename*=UTF-8''\(exact)"),
            .init(.robots, "noindex, nofollow"),
        ] + (isShown ? [] : [.init(.contentSecurityPolicy, "default-src 'none'; sandbox")])
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// `type/subtype` (RFC 6838 §4.2).
    private static func isMediaType(_ text: String) -> Bool {
        text.wholeMatch(of: #/[a-z0-9][a-z0-9!\#$&^_.+\-]{0,60}\/[a-z0-9][a-z0-9!\#$&^_.+\-]{0,60}/#) != nil
    }

    /// The name in a `Content-Disposition`, the extended form first (RFC 6266 §4.3).
    static func fileName(_ header: String) -> String? {
        if let match = header.firstMatch(of: #/(?i)filename\*\s*=\s*UTF-8''([^;\s]+)/#) {
            return String(match.1).removingPercentEncoding
        }
        if let match = header.firstMatch(of: #/(?i)filename\s*=\s*"([^"]*)"/#) { return String(match.1) }
        return header.firstMatch(of: #/(?i)filename\s*=\s*([^;\s"]+)/#).map { String($0.1) }
    }

    /// A name without path, quotes or signs that steer; nil where nothing is left.
    private static func cleaned(_ name: String) -> String? {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let safe = last.unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F && $0 != "\"" && $0 != ";" && $0.properties.generalCategory != .format
                && $0.properties.generalCategory != .control
        }
        let text = String(String.UnicodeScalarView(safe)).trimmingCharacters(in: .whitespaces)
        let bare = text.drop { $0 == "." }
        return bare.isEmpty ? nil : String(bare.suffix(120))
    }
}
