import Crypto
import Foundation
import Hummingbird

/// The static files: those of the State's design system and our own.
///
/// Each folder's address holds a version, so that browsers may keep the files for good.
struct Assets: Sendable {
    /// Address of the design system's folder; nil where it was not fetched.
    let dsfrPath: String?
    let ownPath: String
    private let dsfr: URL
    private let dsfrVersion: String
    private let own: URL
    private let ownVersion: String

    init(own: URL, dsfr: URL) throws {
        let style = try Data(contentsOf: own.appending(path: "unefois.css"))
        ownVersion = SHA256.hash(data: style).prefix(6).map { String(format: "%02x", $0) }.joined()
        ownPath = "/static/\(ownVersion)"
        self.own = own
        self.dsfr = dsfr
        let stamp = try? String(contentsOf: dsfr.appending(path: "VERSION"), encoding: .utf8)
        dsfrVersion = stamp?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        let exists = FileManager.default.fileExists(atPath: dsfr.appending(path: "dsfr.min.css").path)
        dsfrPath = exists ? (dsfrVersion.isEmpty ? "/dsfr" : "/dsfr/\(dsfrVersion)") : nil
    }

    func dsfrFile(_ path: [Substring], _ context: BasicRequestContext) async throws -> Response {
        try await file(path, in: dsfr, version: dsfrVersion, context)
    }

    func ownFile(_ path: [Substring], _ context: BasicRequestContext) async throws -> Response {
        try await file(path, in: own, version: ownVersion, context)
    }

    private func file(
        _ path: [Substring], in folder: URL, version: String, _ context: BasicRequestContext
    ) async throws -> Response {
        let isVersioned = !version.isEmpty && path.first.map(String.init) == version
        let names = isVersioned ? path.dropFirst() : path[...]
        guard !names.isEmpty, names.allSatisfy(Self.isPlainName), let type = names.last.flatMap(Self.mediaType) else {
            throw HTTPError(.notFound)
        }
        let file = folder.appending(path: names.joined(separator: "/"))
        let body = try await FileIO().loadFile(path: file.path, context: context)
        let lifetime = isVersioned ? "public, max-age=31536000, immutable" : "public, max-age=3600"
        return Response(status: .ok, headers: [.contentType: type, .cacheControl: lifetime], body: body)
    }

    /// Letters, digits, `-`, `_` and inner dots only: no way out of the folder and no hidden file.
    static func isPlainName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    private static func mediaType(_ name: Substring) -> String? {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff": "font/woff"
        case "woff2": "font/woff2"
        default: nil
        }
    }
}
