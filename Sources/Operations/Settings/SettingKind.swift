import Foundation
import Logging
import Values

/// How the text of a setting is read, and how an operator is told what was expected.
public struct SettingKind<Value: Sendable>: Sendable {
    /// What a right value looks like, in French, to follow « attendu : ».
    public let expectation: String
    /// The value that a text stands for, or nil where it stands for none.
    public let parse: @Sendable (String) -> Value?

    /// A kind that may also be left without a value.
    var optional: SettingKind<Value?> {
        SettingKind<Value?>(expectation: expectation) { text in parse(text).map(Optional.some) }
    }
}

extension SettingKind<String> {
    /// A name or an address of this machine to listen on.
    static let host = Self(expectation: "un nom ou une adresse de machine, sans espace ni « / »") { text in
        text.contains(where: { $0.isWhitespace || $0 == "/" }) ? nil : text
    }

    /// A folder or a file that need not exist yet. A relative path starts at the working folder.
    static let path = Self(expectation: "un chemin") { $0.contains("\0") ? nil : $0 }

    /// Where a PostgreSQL database is: what libpq reads, checked when it is opened.
    static let database = Self(expectation: "une adresse postgres://…") { text in
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") ? text : nil
    }

    /// The name of a machine.
    static let node = Self(expectation: "un nom de 1 à 63 lettres sans accent, chiffres, points, « - » ou « _ »") {
        $0.wholeMatch(of: /[A-Za-z0-9._-]{1,63}/) == nil ? nil : $0
    }

    /// A folder that must be there at start.
    static let existingFolder = Self(expectation: "un dossier existant") { text in
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
        return exists && isFolder.boolValue ? text : nil
    }

    /// The base of absolute links: `http` or `https`, a host, no query; without its last « / ».
    static let baseAddress = Self(expectation: "une adresse http(s) sans identifiants, ni « ? », ni « # »") { text in
        address(text, query: false)
    }

    /// An address of a data provider: `http` or `https`, a host, maybe a query; without its last « / ».
    static let providerAddress = Self(expectation: "une adresse http(s) sans identifiants ni « # »") { text in
        address(text, query: true)
    }

    // Identifiers inside an address would reach logs and error texts: they have settings of their own.
    private static func address(_ text: String, query: Bool) -> String? {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.user == nil, parts.password == nil, parts.fragment == nil,
            query || parts.query == nil
        else { return nil }
        guard parts.query == nil else { return text }
        return String(text.reversed().drop(while: { $0 == "/" }).reversed())
    }
}

extension SettingKind<Int> {
    /// A TCP port; 0 lets the system choose a free one.
    static let port = integer(0...65_535, note: " (0 : un port libre)")

    /// A decimal integer within bounds, both included.
    static func integer(_ bounds: ClosedRange<Int>, note: String = "") -> Self {
        Self(expectation: "un entier de \(bounds.lowerBound) à \(bounds.upperBound)\(note)") { text in
            Int(text).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }
}

extension SettingKind<Int?> {
    /// A TCP port, 0 for a free one, or `off`, which reads as nil.
    static let portOrOff = Self(expectation: "un entier de 0 à 65535 (0 : un port libre) ou « off »") { text in
        text == "off" ? .some(nil) : SettingKind<Int>.port.parse(text).map(Optional.some)
    }
}

extension SettingKind<[AddressBlock]> {
    /// Addresses or CIDR blocks, separated by commas.
    static let addressBlocks = Self(expectation: "des adresses IP ou des blocs CIDR, séparés par des virgules") {
        text in
        let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let blocks = parts.compactMap(AddressBlock.init)
        return blocks.count == parts.count ? blocks : nil
    }
}

extension SettingKind<Bool> {
    /// Yes or no, in the spellings of shells, of YAML and of French.
    static let flag = Self(expectation: "« true » ou « false »") { text in
        switch text.lowercased() {
        case "true", "yes", "oui", "on", "1": true
        case "false", "no", "non", "off", "0": false
        default: nil
        }
    }
}

extension SettingKind<Date> {
    /// An instant with its offset (ISO 8601, RFC 3339), with or without a fraction of a second.
    static let instant = Self(expectation: "un instant comme « 2026-01-31T08:00:00Z »") { text in
        guard text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil else { return nil }
        let whole = Date.ISO8601FormatStyle(timeZoneSeparator: .colon)
        // The parser takes 31 February for 3 March: what it understood must be what is written.
        let asWritten = text.prefix(19) + "Z"
        guard let date = try? whole.parse(String(asWritten)), whole.format(date) == asWritten else { return nil }
        let fraction = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: true)
        return [whole, fraction].lazy.compactMap { try? $0.parse(text) }.first
    }
}

extension SettingKind<LogFormat> {
    static let logFormat = Self(expectation: "« lisible » ou « json »", parse: LogFormat.init(rawValue:))
}

extension SettingKind<Logger.Level> {
    static let logLevel = Self(
        expectation: "un niveau parmi " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
        parse: Logger.Level.init(rawValue:))
}
